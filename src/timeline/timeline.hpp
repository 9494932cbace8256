// A timeline: a right-continuous step function from instants to values of one kind, or absent.
//
//   value   gold        silver                     (absent)
//           *-----------*--------------------------o
//   time    3 Jan       9 Feb                      1 May: an entry whose value is NULL
//
// Here: its entries, its bytes (docs/format.md), and look-ups that read only a part of the bytes.
#pragma once
#include "base/source.hpp"
#include "value/columns.hpp"
#include "value/value.hpp"

namespace csagg {

/// One row of the log: from `at` on the value holds. Of two entries at one instant the greater (seq, value) wins.
struct Entry {
    Instant at;
    std::int64_t seq;
    Value value;
};
using Entries = SmallVector<Entry, 24>;

inline std::strong_ordering compare_rank(const Entry& a, const Entry& b) {
    return a.seq != b.seq ? a.seq <=> b.seq : compare(a.value, b.value);
}

/// What a timeline's bytes begin with. known_from is -infinity unless forget_before() shortened the timeline.
struct TimelineHead {
    Kind kind;
    std::size_t count = 0;
    Instant known_from = minus_infinity;

    static TimelineHead read(ByteReader& in, bool& paged);
    void write(ByteWriter& out) const;
    bool paged() const { return count > block_entries; }
    std::size_t blocks() const { return (count + block_entries - 1) / block_entries; }
    std::size_t block_size(std::size_t i) const { return std::min(block_entries, count - i * block_entries); }
};

/// The heads of one block's columns and where their fields are; `at` and `word` are filled by decode().
class TimelineBlock {
public:
    TimelineBlock(Kind kind, std::size_t n, ByteSpan bytes);

    std::size_t size() const { return n_; }
    /// Decodes the instants; with `words` also what words() gives.
    void decode(bool words);
    std::span<const Instant> instants() const { return {at_, n_}; }
    /// Per entry: the word of a Value; for numbers at the scale scale_of(i); for text its number in the dictionary.
    std::span<const std::int64_t> words() const { return {word_, n_}; }
    Instant at(std::size_t i) const { return at_[i]; }
    std::int64_t word(std::size_t i) const { return word_[i]; }

    /// Whether no entry is absent, nor a number with a fraction.
    bool is_plain() const { return !has_absent_ && !mixed_scale_ && scale_ == 0; }
    bool absent(std::size_t i) const { return has_absent_ && bits_.get(absent_start_ + i, 1) != 0; }
    std::uint8_t scale_of(std::size_t i) const {
        return mixed_scale_ ? std::uint8_t(bits_.get(scale_start_ + i * scale_width, scale_width)) : scale_;
    }
    std::int64_t word_of(std::size_t i) const { return words_.get(bits_, words_start_, i); }
    std::int64_t seq_of(std::size_t i) const { return has_seq_ ? seqs_.get(bits_, seqs_start_, i) : 0; }
    Value value(std::size_t i, const Dictionary& dictionary) const { return value_of(i, word_of(i), dictionary); }
    Value value_of(std::size_t i, std::int64_t word, const Dictionary& dictionary) const;

    static constexpr unsigned scale_width = 6;

private:
    Kind kind_;
    bool has_absent_ = false, has_seq_ = false, mixed_scale_ = false;
    std::uint8_t scale_ = 0;
    std::size_t n_;
    InstantsHead instants_;
    IntegersHead words_, seqs_;
    BitSpan bits_;
    std::size_t absent_start_ = 0, words_start_ = 0, scale_start_ = 0, seqs_start_ = 0, high_start_ = 0;
    Instant at_[block_entries];
    std::int64_t word_[block_entries];
};

/// A view of a timeline's bytes. Nothing in the bytes is trusted: what does not fit is Errc::corrupt.
class Timeline {
public:
    static constexpr bool has_normalized_numbers = false;  // those of a block may be of one scale

    explicit Timeline(ByteSpan bytes);

    Kind kind() const { return head_.kind; }
    std::size_t size() const { return head_.count; }
    Instant known_from() const { return head_.known_from; }
    std::size_t blocks() const { return head_.blocks(); }
    TimelineBlock block(std::size_t i) const;
    /// The first instant of block i > 0.
    Instant block_start(std::size_t i) const;
    const Dictionary& dictionary() const { return dictionary_; }

    /// Appends all entries; texts point into the bytes.
    void read(Entries& out) const;

private:
    ByteSpan block_bytes(std::size_t i) const;

    ByteSpan bytes_;
    TimelineHead head_;
    Dictionary dictionary_;
    std::size_t directory_ = 0;  // offset of the directory, or of the only block
};

/// A timeline as its entries, none of them text. It is looked at block by block, like one that is bytes.
class UnencodedTimeline {
public:
    static constexpr bool has_normalized_numbers = true;

    class Block {
    public:
        explicit Block(std::span<const Entry> entries) : entries_(entries) {}

        void decode(bool) {}  // there is nothing to do
        std::size_t size() const { return entries_.size(); }
        bool is_plain() const { return false; }  // it was not looked at
        Instant at(std::size_t i) const { return entries_[i].at; }
        bool absent(std::size_t i) const { return entries_[i].value.absent; }
        std::int64_t word(std::size_t i) const { return entries_[i].value.word; }
        std::uint8_t scale_of(std::size_t i) const { return entries_[i].value.scale; }

    private:
        std::span<const Entry> entries_;
    };

    UnencodedTimeline(Kind kind, std::span<const Entry> entries, Instant known_from)
        : head_{kind, entries.size(), known_from}, entries_(entries) {}

    Kind kind() const { return head_.kind; }
    Instant known_from() const { return head_.known_from; }
    std::span<const Entry> entries() const { return entries_; }
    std::size_t blocks() const { return head_.blocks(); }
    Instant block_start(std::size_t i) const { return entries_[i * block_entries].at; }
    Block block(std::size_t i) const { return Block(entries_.subspan(i * block_entries, head_.block_size(i))); }

private:
    TimelineHead head_;
    std::span<const Entry> entries_;
};

/// Entries to be encoded, block by block; their texts stay as long as this.
class EntryBlocks {
public:
    virtual std::size_t size() const = 0;
    /// Entries from number i * block_entries on, until the next call.
    virtual std::span<const Entry> block(std::size_t i) = 0;

protected:
    ~EntryBlocks() = default;
};

/// The bytes of the timeline with these entries, which increase strictly and are shortened to known_from (see
/// drop_before). A pure function of its arguments.
void encode_timeline(Kind kind, EntryBlocks& entries, Instant known_from, Bytes& out);
void encode_timeline(Kind kind, std::span<const Entry> entries, Instant known_from, Bytes& out);

/// Reads all, encodes again and compares: accepts exactly what encode_timeline writes. Errc::corrupt.
void validate_timeline(ByteSpan bytes, Arena& arena);

/// The entry in force at `at`; `value.absent` where there is none, or where `at` lies before known_from.
struct Found {
    Value value;
    bool any = false;
    Instant since = minus_infinity;
};
Found find_value(ByteSource& source, Instant at);
Found find_value(ByteSpan timeline, Instant at);
Found find_value(const Timeline& timeline, Instant at);
Found find_value(const UnencodedTimeline& timeline, Instant at);

}  // namespace csagg
