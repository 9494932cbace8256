#include "history/history_replace.hpp"

#include "counter/counter_algebra.hpp"

namespace csagg {
namespace {

bool has_actor(const Fact& fact, std::string_view actor) {
    if (fact.kind != FactKind::counter) return false;
    const Counter counter(fact.bytes);
    const Dictionary& names = counter.names();
    for (std::size_t i = 0; i < names.size(); ++i)
        if (names[i] == actor) return true;
    return false;
}

}  // namespace

void replace_facts(ByteSpan a_bytes, ByteSpan b_bytes, Bytes& out) {
    const History a(a_bytes), b(b_bytes);
    HistoryWriter writer(std::max(a.known_from(), b.known_from()), out.get_stored_allocator().arena());
    std::size_t i = 0;
    for (std::size_t j = 0; j < b.size(); ++j) {
        const Fact fact = b[j];
        for (; i < a.size() && a[i].key < fact.key; ++i) writer.add(a[i]);
        if (i < a.size() && a[i].key == fact.key) ++i;
        writer.add(fact);
    }
    for (; i < a.size(); ++i) writer.add(a[i]);
    writer.finish(out);
}

void drop_facts(ByteSpan bytes, std::span<std::string_view> keys, Bytes& out) {
    std::sort(keys.begin(), keys.end());
    const History history(bytes);
    HistoryWriter writer(history.known_from(), out.get_stored_allocator().arena());
    for (std::size_t i = 0; i < history.size(); ++i)
        if (!std::binary_search(keys.begin(), keys.end(), history[i].key)) writer.add(history[i]);
    writer.finish(out);
}

void replace_history_actor(ByteSpan bytes, std::string_view actor, std::string_view replacement, Bytes& out) {
    const History history(bytes);
    HistoryWriter writer(history.known_from(), out.get_stored_allocator().arena());
    for (std::size_t i = 0; i < history.size(); ++i) {
        const Fact fact = history[i];
        if (has_actor(fact, actor))
            writer.add(fact.key, fact.kind, [&](Bytes& part) { replace_actor(fact.bytes, actor, replacement, part); });
        else
            writer.add(fact);
    }
    writer.finish(out);
}

}  // namespace csagg
