#include "population/format.hpp"

#include "base/interrupt.hpp"
#include "population/statistics.hpp"

namespace csagg {
namespace {

using Id = Cells::Id;

template <class Other>
void require_alike(Cells& cells, const Other& other) {
    cells.require_form(other.form());
    cells.require_grid(other.grid());
    if (other.arity() != 0) cells.require_arity(other.arity());
    const std::size_t kinds = cells.form() == Form::joint ? other.arity() : 1;
    for (std::size_t m = 0; m < kinds; ++m)
        if (other.kind_known(m)) cells.require_kind(m, other.kind(m));
}

/// The id in `cells` of what the members are; `ids` leads from the other's values to those of `cells`.
Id own_id(Cells& cells, std::span<const std::uint32_t> members, const Vector<Id>& ids) {
    Id own[max_members];
    for (std::size_t m = 0; m < members.size(); ++m) own[m] = ids[members[m]];
    if (cells.form() == Form::joint) return cells.tuple_id({own, members.size()});
    if (cells.form() == Form::flows) return cells.pair_id(own[0], own[1]);
    return own[0];
}

template <class Values>
Vector<Id> own_values(Cells& cells, const Values& values, Arena& arena) {
    Vector<Id> ids(arena);
    ids.reserve(values.size());
    ids.push_back(0);
    for (std::size_t i = 1; i < values.size(); ++i) ids.push_back(cells.value_id(values[i]));
    return ids;
}

}  // namespace

void merge(Cells& cells, const Cells& other, Arena& arena) {
    require_alike(cells, other);
    const Vector<Id> ids = own_values(cells, other.values(arena), arena);
    const Vector<Id> members = other.members(arena);
    Changes changes(arena);
    for (Id id = 1; id <= other.counted(); ++id) {
        if (id % 1024 == 0) check_interrupts();
        other.net_changes(id, changes);
        if (changes.empty()) continue;
        const std::span<const Id> tuple(members.data() + id * other.arity(), other.arity());
        const Id own = other.has_tuples() ? own_id(cells, tuple, ids) : ids[id];
        for (const Change& change : changes) cells.add_large(own, change.bucket, change.delta);
    }
    if (other.form() == Form::summary) cells.add_moments(other);
}

void merge(Cells& cells, const Stored& other, Arena& arena) {
    require_alike(cells, other);
    const Vector<Id> ids = own_values(cells, other.values(), arena);
    Stored::Reader in = other.read(cells.buckets());
    for (std::size_t c = 0; c < other.columns(); ++c) {
        if (c % 1024 == 1023) check_interrupts();
        const std::size_t n = in.next_column();
        const Id own = own_id(cells, in.members(), ids);
        if (own == 0 && n > 0) throw_corrupt("absent values are counted");
        for (std::size_t i = 0; i < n; ++i) {
            const Change change = in.next_change();
            cells.add_large(own, change.bucket, change.delta);
        }
    }
    if (other.form() == Form::summary) {
        for (std::size_t left = in.moments(); left > 0; --left) cells.add_moment(in.next_moment());
    }
}

namespace {

/// What standard_deviation() would find out in some bucket. `entering`: by how much the number of values changes.
void check_sums(Stored::Reader& in, std::span<const std::int64_t> entering) {
    Moment sums;
    std::int64_t n = 0;
    std::size_t left = in.moments();
    Moment next;
    if (left > 0) next = in.next_moment();
    for (std::size_t b = 0; b < entering.size(); ++b) {
        if (b % 4096 == 0) check_interrupts();
        const bool moves = left > 0 && next.bucket == b;
        if (moves) {
            sums.add(next);
            if (--left > 0) next = in.next_moment();
        }
        if (__builtin_add_overflow(n, entering[b], &n)) throw_corrupt("count is out of range");
        if ((moves || entering[b] != 0) && !are_possible_sums(n, sums.sum, sums.squares))
            throw_corrupt("no numbers have these sums");
    }
}

}  // namespace

void check_content(const Stored& stored, std::size_t buckets, Arena& arena) {
    for (const Value& value : stored.values()) {
        if (value.absent) continue;
        if (value.kind == Kind::text && value.text.find('\0') != std::string_view::npos)
            throw_corrupt("text has a zero byte");
        if (stored.form() == Form::summary && rounded_for_summary(value.number()) != value.number())
            throw_corrupt("number of a summary is not rounded");
        const bool infinite = value.word == minus_infinity || value.word == plus_infinity;
        if (value.kind == Kind::time && !infinite && (value.word < first_instant || value.word > last_instant))
            throw_corrupt("instant is out of range");
        const bool infinite_date = value.word == minus_infinity_date || value.word == plus_infinity_date;
        if (value.kind == Kind::date && !infinite_date && (value.word < first_date || value.word > last_date))
            throw_corrupt("date is out of range");
    }
    const bool is_summary = stored.form() == Form::summary;
    Vector<std::int64_t> entering(is_summary ? buckets : 0, 0, arena);
    Stored::Reader in = stored.read(buckets);
    for (std::size_t c = 0; c < stored.columns(); ++c) {
        const std::size_t n = in.next_column();
        if (stored.form() == Form::flows && in.members()[0] == in.members()[1])
            throw_corrupt("move leads to where it began");
        std::int64_t count = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const Change change = in.next_change();
            if (stored.form() == Form::flows) count = 0;
            if (__builtin_add_overflow(count, change.delta, &count) || count < 0)
                throw_corrupt("count is out of range");
            if (is_summary && __builtin_add_overflow(entering[change.bucket], change.delta, &entering[change.bucket]))
                throw_corrupt("count is out of range");
        }
    }
    if (is_summary) check_sums(in, {entering.data(), entering.size()});
}

void validate(ByteSpan bytes, std::size_t buckets, Flat::Grow grow, Arena& arena) {
    const Stored stored(bytes, arena);
    check_content(stored, buckets, arena);
    Cells cells = Cells::create(stored.form(), stored.grid(), buckets, process_hash_seed, grow);
    merge(cells, stored, arena);
    Bytes again(arena);
    encode_cells(cells, again);
    if (!std::equal(bytes.begin(), bytes.end(), again.begin(), again.end())) throw_corrupt("not in its normal form");
}

}  // namespace csagg
