#include "history/history_collect.hpp"

#include "base/interrupt.hpp"
#include "history/history_log.hpp"
#include "timeline/timeline_build.hpp"

namespace csagg {

HistoryParts::HistoryParts(ByteSpan log, Arena& arena)
    : log_(log), keys_(arena), kinds_(arena), parts_(arena), entries_(arena), piece_(arena) {
    read_log();
    sort_by_key(arena);
}

void HistoryParts::read_log() {
    SmallVector<std::uint32_t, 8> numbering(kinds_.get_stored_allocator().arena());  // facts of the keys in force
    ByteReader in(log_);
    for (std::size_t n = 1; in.left() > 0; ++n) {
        if (n % 65536 == 0) check_interrupts();
        const auto offset = std::uint32_t(log_.size() - in.left());
        switch (const Byte record = *in.position() & record_mask; record) {
            case record_key: {
                const KeyRecord key = KeyRecord::read(in);
                if (key.number == 0) numbering.clear();
                numbering.push_back(fact_of(key.key, key.kind));
                break;
            }
            case record_history:
            case record_skip: {
                in.u8();
                const ByteSpan bytes = in.take(in.varint());
                if (record == record_history) read_history(bytes);
                break;
            }
            default: parts_.push_back({numbering.at(RowRecord::read(in).key), offset, 0});
        }
    }
}

void HistoryParts::read_history(ByteSpan bytes) {
    const History history(bytes);
    known_from_ = std::max(known_from_, history.known_from());
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Fact fact = history[i];
        parts_.push_back({fact_of(fact.key, fact.kind), std::uint32_t(fact.bytes.data() - log_.data()),
                          std::uint32_t(fact.bytes.size())});
    }
}

std::uint32_t HistoryParts::fact_of(std::string_view key, FactKind kind) {
    const std::uint32_t fact = keys_.number_of(key);
    if (fact == kinds_.size())
        kinds_.push_back(kind);
    else if (kinds_[fact] != kind)
        throw_kinds_differ(key, kinds_[fact], kind);
    return fact;
}

/// Facts in the order of their keys, and parts in the order of their facts: a counting sort.
void HistoryParts::sort_by_key(Arena& arena) {
    SmallVector<std::uint32_t, 16> number(arena);
    number.resize(keys_.size(), 1);
    keys_.sort({number.data(), number.size()});
    SmallVector<FactKind, 8> kinds(arena);
    kinds.resize(kinds_.size());
    for (std::size_t i = 0; i < kinds_.size(); ++i) kinds[number[i]] = kinds_[i];
    kinds_ = std::move(kinds);

    SmallVector<std::uint32_t, 16> next(arena);
    next.resize(keys_.size() + 1, 0);
    for (Part& part : parts_) ++next[(part.fact = number[part.fact]) + 1];
    for (std::size_t i = 1; i < next.size(); ++i) next[i] += next[i - 1];
    SmallVector<Part, 32> sorted(arena);
    sorted.resize(parts_.size());
    for (const Part& part : parts_) sorted[next[part.fact]++] = part;
    parts_ = std::move(sorted);
}

Fact HistoryParts::fact(const Part& part) const {
    return {keys_[part.fact], kinds_[part.fact], log_.subspan(part.offset, part.size)};
}

void HistoryParts::write(HistoryWriter& writer) {
    for (std::size_t begin = 0, end = 0; begin < parts_.size(); begin = end) {
        const std::uint32_t fact = parts_[begin].fact;
        while (end < parts_.size() && parts_[end].fact == fact) ++end;
        if (end - begin == 1 && parts_[begin].size > 0) {
            writer.add(this->fact(parts_[begin]));
            continue;
        }
        const std::span<const Part> parts(parts_.data() + begin, end - begin);
        writer.add(keys_[fact], kinds_[fact], [&](Bytes& out) {
            if (kinds_[fact] == FactKind::counter)
                write_counter(parts, writer.known_from(), out);
            else
                write_state(fact, parts, writer.known_from(), out);
        });
    }
}

void HistoryParts::write_state(std::uint32_t fact, std::span<const Part> parts, Instant known_from, Bytes& out) {
    const Kind kind = state_kind(kinds_[fact]);
    entries_.clear();
    for (const Part& part : parts) {
        if (entries_.size() % 65536 == 65535) check_interrupts();
        if (part.size == 0) {
            ByteReader in(log_.subspan(part.offset));
            entries_.push_back(RowRecord::read(in).entry);
            entries_.back().value.kind = kind;
            continue;
        }
        const Timeline timeline(log_.subspan(part.offset, part.size));
        known_from = std::max(known_from, timeline.known_from());
        piece_.clear();
        timeline.read(piece_);
        entries_.insert(entries_.end(), piece_.begin(), piece_.end());
    }
    auto repeats = [](const Entry& a, const Entry& b) { return a.at >= b.at; };
    if (std::adjacent_find(entries_.begin(), entries_.end(), repeats) != entries_.end()) sort_entries(entries_);
    drop_before(entries_, known_from);
    encode_timeline(kind, view(entries_), known_from, out);
}

void HistoryParts::write_counter(std::span<const Part> parts, Instant known_from, Bytes& out) const {
    Events events(out.get_stored_allocator().arena());
    events.reserve(parts.size());
    events.forget_before(known_from);
    for (const Part& part : parts) {
        if (events.list().size() % 65536 == 65535) check_interrupts();
        if (part.size > 0) {
            Counter(log_.subspan(part.offset, part.size)).read(events);
            continue;
        }
        ByteReader in(log_.subspan(part.offset));
        const RowRecord row = RowRecord::read(in);
        if (row.has_actor)
            events.add(row.entry.at, row.entry.value.number(), row.actor);
        else
            events.add(row.entry.at, row.entry.value.number());
    }
    encode_counter(events, out);
}

}  // namespace csagg
