// Cells: the transition state of distribution(), summary() and flows(): how much is added to which value in which
// bucket.
//
// Everything lies in one Flat block: the distinct values (and tuples of values) by their ids, and a column per counted
// id. A column begins as a list of changes, appended without a search, and becomes an array over the buckets as soon as
// that is not larger. So a million values that change twice each stay small, and a hundred values that change all the
// time cost one addition per change.
#pragma once
#include "population/interner.hpp"
#include "population/moments.hpp"
#include "value/value.hpp"

namespace csagg {

enum class Form : Byte { distribution = 1, joint = 2, summary = 3, flows = 4 };

/// 'distribution', 'joint distribution', 'summary', 'flows'.
const char* form_name(Form form);

/// Errc::invalid_parameter unless these are the same bytes.
void require_same_grid(ByteSpan one, ByteSpan other);

inline constexpr std::size_t max_members = 16;  // timelines of a joint distribution

/// A change of a count, from `bucket` on (flows: in `bucket` only).
struct Change {
    std::uint32_t bucket;
    std::int64_t delta;
};
using Changes = Vector<Change>;

class Cells {
public:
    /// An id 1, 2, ...; 0 is the absent value and the tuple of absent values.
    using Id = std::uint32_t;

    explicit Cells(Flat flat) : flat_(flat) { refresh(); }
    /// Unlike those of timelines, whose kinds begin at 1 too.
    static constexpr Byte marker_of(Form form) { return Byte(state_marker | 8 | Byte(form)); }
    /// `buckets` is the size of the grid with these bytes. The seed should differ from state to state.
    static Cells create(Form form, ByteSpan grid, std::size_t buckets, std::uint64_t seed, Flat::Grow grow);

    const Flat& flat() const { return flat_; }
    Form form() const { return header().form; }
    ByteSpan grid() const { return {flat_.block() + header().grid, header().grid_size}; }
    std::size_t buckets() const { return header().buckets; }

    /// Errc::invalid_parameter for another form.
    void require_form(Form form) const;
    /// Errc::invalid_parameter unless `grid` has the same bytes.
    void require_grid(ByteSpan other) const { require_same_grid(grid(), other); }
    /// How many members a tuple has; 0 as long as a joint distribution has seen none.
    std::size_t arity() const { return header().arity; }
    /// Errc::invalid_parameter for another arity than before.
    void require_arity(std::size_t arity);
    bool kind_known(std::size_t member) const { return header().kinds[member] != 0; }
    Kind kind(std::size_t member) const { return Kind(header().kinds[member]); }
    /// Errc::kind_mismatch for another kind than before.
    void require_kind(std::size_t member, Kind kind) {
        if (header().kinds[member] != Byte(kind)) [[unlikely]]
            note_kind(member, kind);
    }

    /// The id of a value of fixed size: its word, and as tag its kind and scale.
    [[gnu::always_inline]] Id value_id(std::uint64_t word, std::uint32_t tag) {
        const Id id = value_slots_.find(word, tag);
        return id != 0 ? id : insert_value(word, tag);
    }
    /// For looking up several: valid until one is new.
    Interner::Lookup value_slots() const { return value_slots_; }
    Id text_id(std::string_view text);
    Id value_id(const Value& value);
    static constexpr std::uint32_t tag_of(Kind kind, unsigned scale) { return std::uint32_t(kind) << 8 | scale; }

    /// The id of a tuple of value ids; 0 if all are 0.
    Id tuple_id(std::span<const Id> members);
    /// The id of a tuple of two, or of a move from one value to another.
    Id pair_id(Id from, Id to) {
        const std::uint64_t word = std::uint64_t(from) << 32 | to;
        const Id id = header().tuples.lookup(flat_, header().seed).find(word, pair_tag);
        return id != 0 ? id : insert_pair(word);
    }

    /// Adds to a counted id: of a tuple if the form has tuples, else of a value.
    [[gnu::always_inline]] void add(Id id, std::size_t bucket, std::int32_t delta) {
        if (!add_in_place(flat_.block(), columns_[id], bucket, delta)) [[unlikely]]
            add_slowly(id, bucket, delta);
    }
    /// What counted as `held` counts as ids[i] from buckets[i] on, one after the other. Gives the last id.
    Id add_steps(Id held, std::span<const std::uint32_t> buckets, std::span<const Id> ids) {
        // Cells may lie anywhere, as far as the compiler knows: so where they are is not looked up for each of them.
        Byte* block = flat_.block();
        const Column* columns = columns_;
        const auto add_one = [&](Id id, std::uint32_t bucket, std::int32_t delta) {
            if (add_in_place(block, columns[id], bucket, delta)) [[likely]]
                return;
            add_slowly(id, bucket, delta);
            block = flat_.block();
            columns = columns_;
        };
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const Id id = ids[i];
            if (id == held) continue;
            if (held != 0) add_one(held, buckets[i], -1);
            if (id != 0) add_one(id, buckets[i], 1);
            held = id;
        }
        return held;
    }
    /// Above what the processor's caches hold for sure: then it pays to fetch ahead.
    bool is_large() const { return flat_.used() > std::size_t(256) << 10; }
    // What value_id() and add() will look at; of a column that is a list, nothing that helps or harms.
    [[gnu::always_inline]] void prefetch_value(std::uint64_t word, std::uint32_t tag) const {
        __builtin_prefetch(value_slots_.slots + value_slots_.position(word, tag));
    }
    [[gnu::always_inline]] void prefetch_cell(Id id, std::size_t bucket) const {
        const Column& column = columns_[id];
        const std::size_t shift = column.shape == Shape::bits8 ? 0 : 1;
        __builtin_prefetch(flat_.block() + column.place + (bucket << shift), 1);
    }
    /// Errc::out_of_range beyond 64 bits.
    void add_large(Id id, std::size_t bucket, std::int64_t delta);

    /// A number enters (sign 1) or leaves (sign -1) the exact sums of a bucket and those behind it.
    void add_number(std::size_t bucket, const Number& number, int sign) {
        moment_store().add(bucket, number, sign);
        refresh();
    }
    void add_moment(const Moment& moment) {
        moment_store().add(moment);
        refresh();
    }
    void add_moments(const Cells& other) {
        Flat flat = other.flat_;
        moment_store().add_all(MomentStore(flat, offsetof_moments(), other.buckets()));
        refresh();
    }
    Moments net_moments(Arena& arena) const {
        Flat flat = flat_;
        return MomentStore(flat, offsetof_moments(), buckets()).net(arena);
    }

    // What is there, for merging and encoding.
    bool has_tuples() const { return form() == Form::joint || form() == Form::flows; }
    std::size_t value_count() const { return header().values.count(); }
    std::size_t counted() const { return has_tuples() ? header().tuples.count() : value_count(); }
    /// Values by id; [0] is absent. Texts point into the block.
    Vector<Value> values(Arena& arena) const;
    /// The members of all tuples by id, arity() ids each; those of tuple 0 are 0.
    Vector<Id> members(Arena& arena) const;
    /// The column's changes by bucket, added up; those that cancel out are left out. Replaces what `out` held.
    void net_changes(Id id, Changes& out) const;
    /// Whether net_changes() finds any; `scratch` is overwritten.
    bool has_changes(Id id, Changes& scratch) const;

private:
    // An array begins with cells of 8 bits, since what fits in the processor's caches is several times as fast, and is
    // copied into wider ones when a cell overflows.
    enum class Shape : std::uint32_t { list, bits8, bits16, bits32, bits64 };
    /// Of an array.
    static constexpr std::size_t cell_size(Shape shape) { return std::size_t(1) << (unsigned(shape) - 1); }

    struct Item {
        std::uint32_t bucket;
        std::int32_t delta;
    };
    struct Column {
        std::uint32_t place;
        std::uint32_t count;     // of a list
        std::uint32_t capacity;  // of a list
        Shape shape;
    };
    struct Header {
        FlatHeader flat;
        std::uint64_t seed;
        Interner values;
        Interner tuples;
        MomentHeader moments;
        std::uint32_t columns;
        std::uint32_t column_capacity;
        std::uint32_t grid;
        std::uint32_t grid_size;
        std::uint32_t buckets;
        Form form;
        Byte arity;
        Byte kinds[max_members];
        Byte spare[2];
    };
    static_assert(has_no_padding<Header, Column, Item>);
    static constexpr std::uint32_t pair_tag = 1;

    Header& header() const { return *flat_.at<Header>(0); }
    static std::size_t offsetof_moments();
    MomentStore moment_store() { return MomentStore(flat_, offsetof_moments(), buckets()); }
    /// After the block may have moved.
    void refresh() {
        columns_ = flat_.at<Column>(header().columns);
        value_slots_ = header().values.lookup(flat_, header().seed);
    }

    void note_kind(std::size_t member, Kind kind);
    Id insert_value(std::uint64_t word, std::uint32_t tag);
    Id insert_pair(std::uint64_t word);
    Id with_column(Id id, bool counted);

    void add_slowly(Id id, std::size_t bucket, std::int64_t delta);
    void make_room(Id id);
    template <class Cell>
    void make_array(Id id, Shape shape);
    /// False where it needs more than an addition.
    [[gnu::always_inline]] static bool add_in_place(Byte* block, const Column& column, std::size_t bucket,
                                                    std::int32_t delta) {
        if (column.shape == Shape::bits8) [[likely]]
            return add_to_cell<std::int8_t>(block, column, bucket, delta);
        return column.shape == Shape::bits16 && add_to_cell<std::int16_t>(block, column, bucket, delta);
    }
    template <class Cell>
    [[gnu::always_inline]] static bool add_to_cell(Byte* block, const Column& column, std::size_t bucket,
                                                   std::int64_t delta) {
        Cell& cell = reinterpret_cast<Cell*>(block + column.place)[bucket];
        Cell sum;
        if (__builtin_add_overflow(cell, delta, &sum)) [[unlikely]]
            return false;
        cell = sum;
        return true;
    }
    /// Calls f(bucket, delta) for all that the column holds.
    template <class F>
    void for_each_change(const Column& column, F f) const;
    bool crowded(const Column& column) const;
    void compact(Column& column);

    Flat flat_;
    Column* columns_ = nullptr;
    Interner::Lookup value_slots_{};
};

}  // namespace csagg
