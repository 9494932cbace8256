#include "pipeline/episodes.hpp"

#include "timeline/algebra.hpp"

namespace csagg {

Timeline alert_timeline(const Fact& fact) {
    if (fact.kind != FactKind::boolean)
        throw Error(Errc::kind_mismatch, "alert \"" + std::string(fact.key) + "\" is not boolean");
    return Timeline(fact.bytes);
}

namespace {

void read_alert(const Fact& fact, Arena& arena, Vector<Episode>& out) {
    Steps steps(alert_timeline(fact), arena);
    simplify(steps);
    const Entries& entries = steps.entries;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (entries[i].value.absent || entries[i].value.word == 0) continue;
        out.push_back({fact.key, entries[i].at, i + 1 < entries.size() ? entries[i + 1].at : plus_infinity});
    }
}

}  // namespace

void read_episodes(const History& alerts, Vector<Episode>& out) {
    for (std::size_t i = 0; i < alerts.size(); ++i) read_alert(alerts[i], out.get_stored_allocator().arena(), out);
}

Instant next_edge(const History& alerts, Instant after, Arena& arena) {
    Vector<Episode> episodes{Alloc<Episode>(arena)};
    read_episodes(alerts, episodes);
    Instant next = plus_infinity;
    for (const Episode& e : episodes)
        for (const Instant edge : {e.since, e.until})
            if (edge > after && edge < next) next = edge;
    return next;
}

}  // namespace csagg
