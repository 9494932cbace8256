// Keys of an as-of join: equality as SQL has it, grouped by the core's table.
#pragma once
#include "asof/core/groups.hpp"

#include "asof/join/store_pg.hpp"

extern "C" {
#include "access/attnum.h"
}

namespace csagg::pg {

/// One equality of the join.
struct KeySpec {
    AttrNumber column;  // of the right row
    Oid equality;       // the operator `left = right`, a member of a hash operator family; binary coercions allowed
    Oid collation;
    bool null_safe = false;  // NULL equals NULL
};

/// Keys at hand are arrays of Datums, one for each KeySpec, in the order given. NULL equals nothing, unless the spec
/// says so.
class Keys {
public:
    Keys(MemoryContext context, Arena& arena, const KeySpec* specs, int count);

    /// Whether a word says all of such a key. May ereport.
    static bool are_words(const KeySpec* specs, int count);

    int count() const { return count_; }
    const KeySpec& spec(int i) const { return columns_[i].spec; }

    /// Reads the key at hand: it becomes the one that find() and group() mean. False if it has a NULL that equals
    /// nothing.
    bool read_left(const Datum* values, const bool* nulls);
    bool read_right(const Datum* values, const bool* nulls);
    std::uint64_t word() const { return word_; }
    /// Makes it the key at hand; only where is_word().
    void set_word(std::uint64_t word) { word_ = word; }
    /// The words of the groups, which are forgotten.
    void take_words(Vector<std::uint64_t>& words) {
        groups_.take_words(words);
        clear();
    }

    /// The group of the left key at hand, or no_group.
    asof::Group find();
    /// True if the word says all of a key: then it can be looked for later.
    bool is_word() const { return mode_ == Mode::word; }
    void prefetch() const { groups_.prefetch(word_); }
    asof::Group find_word(std::uint64_t word) const {
        return groups_.find(word, [](asof::Group) { return true; });
    }
    /// The group of the right key at hand; what has to be kept of a new one goes to `store`.
    asof::Group group(Store& store);

    std::size_t groups() const { return groups_.size(); }
    /// Where words say all of them.
    const asof::Groups& words() const { return groups_; }
    std::size_t bytes() const { return groups_.bytes() + images_.capacity() * sizeof(const void*); }
    void clear();

private:
    /// Types whose equality is that of bits, one by one.
    enum class Form : std::uint8_t { int2, int4, int8, byte, float4, float8, text, padded_text, name, uuid, other };
    enum class Mode : std::uint8_t { word, bytes, functions };
    struct Column {
        KeySpec spec;
        Form left, right;
        bool by_value;
        std::int16_t length;  // of the right type
        FmgrInfo *hash_left, *hash_right, *equal_left, *equal_right;
    };
    static bool forms(Oid procedure, Form& left, Form& right);
    /// How keys are kept of which the columns before this one are kept in `mode`; sets the column's forms. May ereport.
    static Mode mode_with(Mode mode, Column& column, int count);
    void prepare_functions(MemoryContext context);

    bool read(const Datum* values, const bool* nulls, bool left);
    void read_bytes(const Datum* values, const bool* nulls, bool left);
    void read_functions(const Datum* values, const bool* nulls, bool left);
    bool equals_values(const Datum* kept, bool left) const;
    void append(Form form, Datum value);
    bool equals_image(asof::Group group, bool left) const;
    void* keep(Store& store) const;

    int count_;
    Column* columns_;
    Mode mode_;
    MemoryContext scratch_ = nullptr;  // what hash and equality functions leave behind
    std::uint64_t word_ = 0;
    Bytes bytes_;                    // the key at hand in mode `bytes`
    const Datum* values_ = nullptr;  // the key at hand in mode `functions`
    const bool* nulls_ = nullptr;
    asof::Groups groups_;
    Vector<void*> images_;  // of each group, unless its word says all: length and bytes, or Datums and which are NULL
};

}  // namespace csagg::pg
