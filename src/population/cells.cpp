#include "population/cells.hpp"

#include <cstddef>
#include "base/sort.hpp"

namespace csagg {
namespace {

constexpr std::size_t first_block = 512;
constexpr unsigned log2_first_slots = 3;
constexpr std::size_t first_columns = 4;
constexpr std::uint32_t first_items = 4;
constexpr std::uint32_t least_to_compact = 32;
// A full list becomes an array that is at most so many times as large. The lists it would go through before they are as
// large leave as much room behind, which is copied whenever the block grows.
constexpr std::size_t array_worth = 8;

bool fits_narrow(std::int64_t v) { return v == std::int32_t(v); }

[[noreturn]] void throw_count_overflow() { throw Error(Errc::out_of_range, "count does not fit in bigint"); }

}  // namespace

const char* form_name(Form form) {
    constexpr const char* names[] = {"distribution", "joint distribution", "summary", "flows"};
    return names[std::size_t(form) - 1];
}

std::size_t Cells::offsetof_moments() { return offsetof(Header, moments); }

Cells Cells::create(Form form, ByteSpan grid, std::size_t buckets, std::uint64_t seed, Flat::Grow grow) {
    Flat flat = Flat::create(marker_of(form), first_block, grow);
    flat.allocate_zeroed(sizeof(Header) - sizeof(FlatHeader));
    const std::size_t place = flat.allocate(grid.size());
    std::memcpy(flat.block() + place, grid.data(), grid.size());

    auto header = [&flat]() -> Header& { return *flat.at<Header>(0); };
    header().seed = seed;
    header().grid = std::uint32_t(place);
    header().grid_size = std::uint32_t(grid.size());
    header().buckets = std::uint32_t(buckets);
    header().form = form;
    header().arity = form == Form::flows ? 2 : form == Form::joint ? 0 : 1;
    if (form == Form::summary) header().kinds[0] = Byte(Kind::number);
    Interner interner{};
    interner.create(flat, log2_first_slots);
    header().values = interner;
    if (form == Form::joint || form == Form::flows) interner.create(flat, log2_first_slots);
    header().tuples = interner;
    const std::size_t columns = flat.allocate_zeroed(first_columns * sizeof(Column));
    header().columns = std::uint32_t(columns);
    header().column_capacity = first_columns;
    return Cells(flat);
}

void require_same_grid(ByteSpan one, ByteSpan other) {
    if (one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size()) == 0) return;
    throw Error(Errc::invalid_parameter, "grids within one aggregate differ",
                "Group by the grid, or use one grid for all rows.");
}

void Cells::require_form(Form form) const {
    if (form != this->form())
        throw Error(Errc::invalid_parameter,
                    std::string("cannot add ") + form_name(form) + " to " + form_name(this->form()));
}

void Cells::require_arity(std::size_t arity) {
    if (arity == header().arity && arity != 0) [[likely]]
        return;
    if (arity == 0 || arity > max_members)
        throw Error(Errc::invalid_parameter, "a joint distribution is of 1 to " + std::to_string(max_members) +
                                                 " timelines, not of " + std::to_string(arity));
    if (header().arity != 0)
        throw Error(Errc::invalid_parameter, "arrays of one joint distribution differ in length: " +
                                                 std::to_string(header().arity) + " and " + std::to_string(arity));
    header().arity = Byte(arity);
}

void Cells::note_kind(std::size_t member, Kind kind) {
    if (kind_known(member)) csagg::require_kind(kind, this->kind(member), "timeline");
    header().kinds[member] = Byte(kind);
    if (form() == Form::flows) header().kinds[1] = Byte(kind);
}

// A new id must find its column when it is counted.
Cells::Id Cells::with_column(Id id, bool counted) {
    if (counted && id >= header().column_capacity) {
        const std::size_t old = header().column_capacity;
        const std::size_t place = flat_.allocate_zeroed(2 * old * sizeof(Column));
        std::memcpy(flat_.block() + place, flat_.at<Column>(header().columns), old * sizeof(Column));
        header().columns = std::uint32_t(place);
        header().column_capacity = std::uint32_t(2 * old);
    }
    refresh();
    return id;
}

Cells::Id Cells::insert_value(std::uint64_t word, std::uint32_t tag) {
    return with_column(Interner::insert(flat_, offsetof(Header, values), header().seed, word, tag), !has_tuples());
}

Cells::Id Cells::insert_pair(std::uint64_t word) {
    return with_column(Interner::insert(flat_, offsetof(Header, tuples), header().seed, word, pair_tag), true);
}

Cells::Id Cells::text_id(std::string_view text) {
    const ByteSpan bytes = as_bytes(text);
    const std::uint64_t hash = hash_bytes(bytes, header().seed);
    if (const Id id = header().values.find(flat_, hash, bytes)) return id;
    return with_column(Interner::insert(flat_, offsetof(Header, values), header().seed, hash, bytes), !has_tuples());
}

Cells::Id Cells::value_id(const Value& value) {
    if (value.absent) return 0;
    if (value.kind == Kind::text) return text_id(value.text);
    return value_id(std::uint64_t(value.word), tag_of(value.kind, value.scale));
}

Cells::Id Cells::tuple_id(std::span<const Id> members) {
    if (std::all_of(members.begin(), members.end(), [](Id id) { return id == 0; })) return 0;
    if (members.size() <= 2) return pair_id(members[0], members.size() == 2 ? members[1] : 0);
    const ByteSpan bytes{reinterpret_cast<const Byte*>(members.data()), members.size_bytes()};
    const std::uint64_t hash = hash_bytes(bytes, header().seed);
    if (const Id id = header().tuples.find(flat_, hash, bytes)) return id;
    return with_column(Interner::insert(flat_, offsetof(Header, tuples), header().seed, hash, bytes), true);
}

void Cells::add_large(Id id, std::size_t bucket, std::int64_t delta) {
    if (delta == 0) return;
    if (fits_narrow(delta))
        add(id, bucket, std::int32_t(delta));
    else
        add_slowly(id, bucket, delta);
}

void Cells::add_slowly(Id id, std::size_t bucket, std::int64_t delta) {
    switch (columns_[id].shape) {
        case Shape::list:
            if (!fits_narrow(delta)) {
                make_array<std::int64_t>(id, Shape::bits64);
            } else if (columns_[id].count == columns_[id].capacity) {
                make_room(id);
            } else {
                flat_.at<Item>(columns_[id].place)[columns_[id].count++] = {std::uint32_t(bucket), std::int32_t(delta)};
                return;
            }
            break;
        case Shape::bits8:
            if (add_to_cell<std::int8_t>(flat_.block(), columns_[id], bucket, delta)) return;
            make_array<std::int16_t>(id, Shape::bits16);
            break;
        case Shape::bits16:
            if (add_to_cell<std::int16_t>(flat_.block(), columns_[id], bucket, delta)) return;
            make_array<std::int32_t>(id, Shape::bits32);
            break;
        case Shape::bits32:
            if (add_to_cell<std::int32_t>(flat_.block(), columns_[id], bucket, delta)) return;
            make_array<std::int64_t>(id, Shape::bits64);
            break;
        case Shape::bits64:
            if (!add_to_cell<std::int64_t>(flat_.block(), columns_[id], bucket, delta)) throw_count_overflow();
            return;
    }
    add_slowly(id, bucket, delta);
}

void Cells::make_room(Id id) {
    Column& full = columns_[id];
    if (array_worth * full.capacity * sizeof(Item) >= buckets()) {
        make_array<std::int8_t>(id, Shape::bits8);
        return;
    }
    if (full.capacity >= least_to_compact && crowded(full)) compact(full);
    if (full.count > full.capacity / 2 || full.capacity == 0) {
        const std::uint32_t capacity = std::max(first_items, 2 * full.capacity);
        const std::size_t place = flat_.allocate_zeroed(capacity * sizeof(Item));
        refresh();
        Column& column = columns_[id];
        if (column.count > 0)
            std::memcpy(flat_.at<Item>(place), flat_.at<Item>(column.place), column.count * sizeof(Item));
        column.place = std::uint32_t(place);
        column.capacity = capacity;
    }
}

template <class F>
void Cells::for_each_change(const Column& column, F f) const {
    // f may add: the block may move.
    auto for_each_cell = [&]<class Cell>(const Cell&) {
        for (std::size_t b = 0, n = buckets(); b < n; ++b)
            if (const Cell delta = flat_.at<Cell>(column.place)[b]; delta != 0) f(std::uint32_t(b), delta);
    };
    switch (column.shape) {
        case Shape::list:
            for (std::uint32_t i = 0; i < column.count; ++i) {
                const Item item = flat_.at<Item>(column.place)[i];
                f(item.bucket, item.delta);
            }
            break;
        case Shape::bits8: for_each_cell(std::int8_t()); break;
        case Shape::bits16: for_each_cell(std::int16_t()); break;
        case Shape::bits32: for_each_cell(std::int32_t()); break;
        case Shape::bits64: for_each_cell(std::int64_t()); break;
    }
}

template <class Cell>
void Cells::make_array(Id id, Shape shape) {
    const std::size_t place = flat_.allocate_zeroed(buckets() * sizeof(Cell));
    refresh();
    const Column old = columns_[id];
    columns_[id] = {std::uint32_t(place), 0, 0, shape};
    // While they are added the cells may become wider and the block may move; the old place stays as it is.
    for_each_change(old, [this, id](std::uint32_t bucket, std::int64_t delta) { add_slowly(id, bucket, delta); });
}

// Sorting pays only if many changes fall into one bucket; a bitmap tells sooner. In a list too long for the bitmap
// its bits run out, and the list is sorted.
bool Cells::crowded(const Column& column) const {
    constexpr std::size_t bits = 1 << 15;
    std::uint64_t seen[bits / 64] = {};
    const std::size_t in_use = std::min(bits, std::bit_ceil(std::size_t(column.count) * 8));
    const Item* const items = flat_.at<Item>(column.place);
    std::size_t distinct = 0;
    for (std::uint32_t i = 0; i < column.count; ++i) {
        const std::size_t bit = items[i].bucket & (in_use - 1);
        distinct += (seen[bit / 64] >> bit % 64 & 1) ^ 1;
        seen[bit / 64] |= std::uint64_t(1) << bit % 64;
    }
    return distinct <= column.count / 2;
}

void Cells::compact(Column& column) {
    Item* const items = flat_.at<Item>(column.place);
    csagg::sort(items, items + column.count, [](const Item& a, const Item& b) { return a.bucket < b.bucket; });
    std::uint32_t kept = 0;
    for (std::uint32_t i = 0; i < column.count;) {
        const std::uint32_t bucket = items[i].bucket;
        std::int64_t sum = 0;
        for (; i < column.count && items[i].bucket == bucket; ++i) sum += items[i].delta;
        while (sum != 0) {  // more than one item only where as many were before
            const auto part = std::clamp<std::int64_t>(sum, INT32_MIN, INT32_MAX);
            items[kept++] = {bucket, std::int32_t(part)};
            sum -= part;
        }
    }
    column.count = kept;
}

Vector<Value> Cells::values(Arena& arena) const {
    Vector<Value> values(value_count() + 1, Value::none(Kind::text), arena);
    for (const InternSlot& slot : header().values.slots(flat_)) {
        if (slot.id == 0) continue;
        if (slot.is_bytes())
            values[slot.id] = Value::of(as_text(Interner::bytes_of(flat_, slot)));
        else
            values[slot.id] = {Kind(slot.tag >> 8), false, std::uint8_t(slot.tag), std::int64_t(slot.key), {}};
    }
    return values;
}

Vector<Cells::Id> Cells::members(Arena& arena) const {
    Vector<Id> members((counted() + 1) * arity(), 0, arena);
    if (!has_tuples()) return members;
    for (const InternSlot& slot : header().tuples.slots(flat_)) {
        if (slot.id == 0) continue;
        Id* const tuple = members.data() + slot.id * arity();
        if (slot.is_bytes()) {
            const ByteSpan bytes = Interner::bytes_of(flat_, slot);
            std::memcpy(tuple, bytes.data(), bytes.size());
        } else {
            tuple[0] = Id(slot.key >> 32);
            if (arity() == 2) tuple[1] = Id(slot.key);
        }
    }
    return members;
}

bool Cells::has_changes(Id id, Changes& scratch) const {
    const Column& column = columns_[id];
    if (column.shape == Shape::list) {
        if (column.count <= 1) return column.count == 1;
        net_changes(id, scratch);
        return !scratch.empty();
    }
    const Byte* const cells = flat_.block() + column.place;
    return std::any_of(cells, cells + buckets() * cell_size(column.shape), [](Byte b) { return b != 0; });
}

void Cells::net_changes(Id id, Changes& out) const {
    const Column& column = columns_[id];
    // Which cells have changed is not to be predicted: each is written, and stays if it has. So there is room for one
    // more.
    out.resize(column.shape == Shape::list ? column.count : buckets() + 1, boost::container::default_init);
    Change* next = out.data();
    if (column.shape == Shape::bits8)
        for (std::size_t b = 0, n = buckets(); b < n; ++b) {
            const std::int8_t delta = flat_.at<std::int8_t>(column.place)[b];
            *next = {std::uint32_t(b), delta};
            next += delta != 0 ? 1 : 0;
        }
    else
        for_each_change(column, [&next](std::uint32_t bucket, std::int64_t delta) { *next++ = {bucket, delta}; });
    out.resize(std::size_t(next - out.data()));
    if (column.shape != Shape::list) return;
    csagg::sort(out.begin(), out.end(), [](const Change& a, const Change& b) { return a.bucket < b.bucket; });
    std::size_t kept = 0;
    for (std::size_t i = 0; i < out.size();) {
        Change sum = out[i++];
        for (; i < out.size() && out[i].bucket == sum.bucket; ++i) sum.delta += out[i].delta;
        if (sum.delta != 0) out[kept++] = sum;
    }
    out.resize(kept);
}

}  // namespace csagg
