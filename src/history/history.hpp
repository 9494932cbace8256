// A history: all named facts of one customer, each a counter or a timeline.
//
//   "login"  counter    *  * **      *         *
//   "plan"   text       gold---------silver--------------
//   "seats"  number     40-------55-------50-------------
//
// A fact keeps its own horizon, the known_from of its timeline or counter. The history has one too, which holds for
// every fact, also for those that are not there: what is merged in later is shortened to it. So merging is associative
// and commutative, to the byte, whatever was forgotten when; and no fact's horizon lies before the history's.
#pragma once
#include "base/source.hpp"
#include "counter/counter.hpp"
#include "timeline/timeline.hpp"

#include <optional>

namespace csagg {

/// A state of one of the kinds, or a counter: the low nibble of the first byte of the fact's bytes.
enum class FactKind : Byte { boolean = 1, number = 2, text = 3, date = 4, time = 5, counter = counter_tag };

/// 'boolean', 'number', 'text', 'date', 'time', 'counter'.
const char* kind_name(FactKind kind);
/// Errc::invalid_parameter for any other name.
FactKind fact_kind_named(std::string_view name);
/// Errc::corrupt unless the bytes begin as those of a timeline or counter.
FactKind fact_kind_of(ByteSpan timeline_or_counter);
inline Kind state_kind(FactKind kind) { return Kind(kind); }

inline constexpr std::size_t max_key_bytes = 1000;
/// Errc::invalid_parameter for a key that is too long.
void check_key(std::string_view key);
/// Errc::kind_mismatch that names the key and both kinds, which differ.
[[noreturn]] void throw_kinds_differ(std::string_view key, FactKind a, FactKind b);

struct Fact {
    std::string_view key;
    FactKind kind;
    ByteSpan bytes;  // of a Timeline, or of a Counter
};

/// -infinity, or the horizon of the fact's own forget_before().
Instant known_from(const Fact& fact);

/// Keys, kinds and places of a history's facts. Nothing in the bytes is trusted.
class FactDirectory {
public:
    FactDirectory() = default;
    explicit FactDirectory(ByteSpan bytes);

    std::size_t size() const { return keys_.size(); }
    ByteSpan keys_and_kinds() const { return keys_and_kinds_; }
    std::string_view key(std::size_t i) const { return keys_[i]; }
    FactKind kind(std::size_t i) const;
    /// Where the bytes of fact i begin behind the directory; begin(size()) is where they all end.
    std::size_t begin(std::size_t i) const;
    /// Looks at `place` first; then it is where the key is, or would be.
    std::optional<std::size_t> find(std::string_view key, std::size_t& place) const;

private:
    bool is_place_of(std::string_view key, std::size_t i) const;
    std::size_t search(std::string_view key) const;

    Dictionary keys_;
    ByteSpan keys_and_kinds_, kinds_;
    unsigned width_ = 0;
    BitSpan ends_;
};

/// A view of a history's bytes. Nothing in the bytes is trusted: what does not fit is Errc::corrupt.
class History {
public:
    explicit History(ByteSpan bytes);

    std::size_t size() const { return directory_.size(); }
    /// -infinity, or the horizon that holds for every fact.
    Instant known_from() const { return known_from_; }
    /// Fact i; keys increase by bytes.
    Fact operator[](std::size_t i) const { return fact(i, directory_.key(i)); }
    /// Fact i, whose key is known: the fact's key is that text, here and below.
    Fact fact(std::size_t i, std::string_view key) const;
    /// These bytes are the same in histories that have the same keys and kinds at the same places.
    ByteSpan keys_and_kinds() const { return directory_.keys_and_kinds(); }
    std::optional<Fact> find(std::string_view key) const;
    /// For those who ask many histories: `place`, where the last one had the key or would have had it, is tried first,
    /// and updated.
    std::optional<Fact> find(std::string_view key, std::size_t& place) const;
    bool has(std::string_view key, std::size_t& place) const { return directory_.find(key, place).has_value(); }

private:
    Instant known_from_ = minus_infinity;
    FactDirectory directory_;
    ByteSpan facts_;
};

/// The fact of that key; fetches only the directory and the fact. The bytes stay valid as long as the source.
std::optional<Fact> find_fact(ByteSource& source, std::string_view key);

/// Writes a history fact by fact. A pure function of what is added.
class HistoryWriter {
public:
    HistoryWriter(Instant known_from, Arena& arena);

    Instant known_from() const { return known_from_; }
    /// Keys must increase, and stay alive until finish(). A fact is shortened to the history's horizon.
    void add(const Fact& fact);
    /// write(Bytes&) appends the fact's bytes, whose horizon does not lie before the history's.
    template <class Write>
    void add(std::string_view key, FactKind kind, Write write) {
        write(facts_);
        end_fact(key, kind);
    }
    /// Appends the history's bytes. Errc::limit_exceeded at 1 GB.
    void finish(Bytes& out) const;

private:
    void end_fact(std::string_view key, FactKind kind);

    Instant known_from_;
    SmallVector<std::string_view, 16> keys_;
    SmallVector<Byte, 16> kinds_;
    SmallVector<std::uint64_t, 16> ends_;
    Bytes facts_;
};

/// Reads all, encodes again and compares: accepts exactly what HistoryWriter writes. Errc::corrupt.
void validate_history(ByteSpan bytes, Arena& arena);

/// The low nibble of a history's first byte.
inline constexpr Byte history_tag = 7;

}  // namespace csagg
