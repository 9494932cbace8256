#include "population/format.hpp"

#include "base/interrupt.hpp"
#include "base/sort.hpp"

namespace csagg {
namespace {

using Id = Cells::Id;

/// Counted ids that something is left of, and the places of the values that they use.
class Order {
public:
    Order(const Cells& cells, Arena& arena)
        : cells_(cells),
          values_(cells.values(arena)),
          members_(cells.members(arena)),
          place_(arena),
          used_(arena),
          live_(arena) {
        find_live();
        place_values();
        sort_live();
    }

    std::span<const Id> live() const { return {live_.data(), live_.size()}; }
    std::span<const Id> used() const { return {used_.data(), used_.size()}; }
    const Value& value(Id id) const { return values_[id]; }
    std::uint32_t place(Id value) const { return place_[value]; }
    std::span<const Id> members(Id tuple) const { return {members_.data() + tuple * cells_.arity(), cells_.arity()}; }

private:
    void find_live() {
        place_.resize(values_.size(), 0);
        Changes changes(place_.get_stored_allocator().arena());
        for (Id id = 1; id <= cells_.counted(); ++id) {
            if (id % 4096 == 0) check_interrupts();
            if (!cells_.has_changes(id, changes)) continue;
            live_.push_back(id);
            if (cells_.has_tuples())
                for (const Id value : members(id)) place_[value] = 1;
            else
                place_[id] = 1;
        }
        place_[0] = 0;
    }
    void place_values() {
        for (Id id = 1; id < values_.size(); ++id)
            if (place_[id] != 0) used_.push_back(id);
        csagg::sort(used_.begin(), used_.end(), [this](Id a, Id b) {
            const Value &x = values_[a], &y = values_[b];
            return x.kind != y.kind ? x.kind < y.kind : compare(x, y) < 0;
        });
        for (std::size_t i = 0; i < used_.size(); ++i) place_[used_[i]] = std::uint32_t(i + 1);
    }
    void sort_live() {
        if (!cells_.has_tuples()) {
            live_ = used_;
            return;
        }
        csagg::sort(live_.begin(), live_.end(), [this](Id a, Id b) {
            const auto x = members(a), y = members(b);
            return std::lexicographical_compare(x.begin(), x.end(), y.begin(), y.end(),
                                                [this](Id u, Id v) { return place_[u] < place_[v]; });
        });
    }

    const Cells& cells_;
    Vector<Value> values_;
    Vector<Id> members_;
    Vector<std::uint32_t> place_;  // by value id
    Vector<Id> used_;              // value ids in order
    Vector<Id> live_;              // counted ids in order
};

Byte* put_varint(Byte* p, std::uint64_t v) {
    for (; v >= 0x80; v >>= 7) *p++ = Byte(v | 0x80);
    *p++ = Byte(v);
    return p;
}

void write_changes(const Changes& changes, Bytes& out) {
    constexpr std::size_t most = 5 + 10;  // of a bucket and a delta
    const std::size_t start = out.size();
    out.resize(start + 10 + changes.size() * most, boost::container::default_init);
    Byte* p = put_varint(out.data() + start, changes.size());
    std::uint32_t least = 0;
    for (const Change& change : changes) {
        p = put_varint(p, change.bucket - least);
        p = put_varint(p, zigzag(change.delta));
        least = change.bucket + 1;
    }
    out.resize(std::size_t(p - out.data()));
}

void write_value(const Value& value, ByteWriter& out) {
    switch (value.kind) {
        case Kind::boolean: out.u8(Byte(value.word)); break;
        case Kind::number:
            out.u8(value.scale);
            out.signed_varint(value.word);
            break;
        case Kind::text: out.text(value.text); break;
        case Kind::date:
        case Kind::time: out.signed_varint(value.word); break;
    }
}

void write_values(const Order& order, ByteWriter& out) {
    std::size_t count[6] = {};
    for (const Id id : order.used()) ++count[std::size_t(order.value(id).kind)];
    Byte mask = 0;
    for (std::size_t k = 1; k < std::size(count); ++k) mask = Byte(mask | (count[k] != 0) << (k - 1));
    out.u8(mask);
    Kind last{};
    for (const Id id : order.used()) {
        const Value& value = order.value(id);
        if (value.kind != last) out.varint(count[std::size_t(value.kind)]);
        last = value.kind;
        write_value(value, out);
    }
}

void write_head(const Cells& cells, ByteWriter& out) {
    out.u8(Byte(0x10 | Byte(cells.form())));
    out.varint(cells.grid().size());
    out.append(cells.grid());
    const std::size_t kinds = cells.form() == Form::joint ? cells.arity() : 1;
    if (cells.form() == Form::joint) out.varint(kinds);
    for (std::size_t m = 0; m < kinds; ++m) out.u8(cells.kind_known(m) ? Byte(cells.kind(m)) : 0);
}

void write_moments(const Cells& cells, ByteWriter& out, Arena& arena) {
    const Moments moments = cells.net_moments(arena);
    out.varint(moments.size());
    std::uint64_t least = 0;
    for (const Moment& moment : moments) {
        out.varint(moment.bucket - least);
        moment.sum.write(out);
        moment.squares.write(out);
        least = moment.bucket + 1;
    }
}

void check_size(const Bytes& out) {
    if (out.size() > max_value_bytes - 4)
        throw Error(Errc::limit_exceeded, "value exceeds 1 GB", "Use a coarser grid, or aggregate by group.");
}

}  // namespace

void encode_cells(const Cells& cells, Bytes& out) {
    Arena& arena = out.get_stored_allocator().arena();
    const Order order(cells, arena);
    ByteWriter writer(out);
    write_head(cells, writer);
    write_values(order, writer);
    writer.varint(order.live().size());
    Changes changes(arena);
    std::size_t n = 0;
    for (const Id id : order.live()) {
        if (++n % 1024 == 0) {
            check_interrupts();
            check_size(out);
        }
        if (cells.has_tuples())
            for (const Id value : order.members(id)) writer.varint(order.place(value));
        cells.net_changes(id, changes);
        write_changes(changes, out);
    }
    if (cells.form() == Form::summary) write_moments(cells, writer, arena);
    check_size(out);
}

}  // namespace csagg
