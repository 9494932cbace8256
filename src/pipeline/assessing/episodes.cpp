#include "pipeline/assessing/episodes.hpp"

#include "timeline/algebra.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

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

void read_episodes(const History& alerts, Instant through, Vector<Episode>& out) {
    read_episodes(alerts, out);
    out.erase(std::remove_if(out.begin(), out.end(), [through](const Episode& e) { return e.since > through; }),
              out.end());
    for (Episode& e : out)
        if (e.until > through) e.until = plus_infinity;
}

namespace {

auto place(const Episode& e) { return std::tie(e.since, e.until); }

bool is_open(const Episode& e) { return e.until == plus_infinity; }

/// Both are of one alert, and sorted.
class AlertTurn {
public:
    AlertTurn(std::span<const Booked> booked, std::span<const Episode> firing, Vector<Turn>& out)
        : booked_(booked), firing_(firing), out_(out), heirs_(Alloc<Turn>(out.get_stored_allocator().arena())) {}

    void run() {
        for (const Episode& f : firing_)
            if (!std::ranges::binary_search(booked_, place(f), {}, [](const Booked& b) { return place(b.episode); }))
                heirs_.push_back({nullptr, &f});
        for (const Booked& b : booked_)
            if (!std::ranges::binary_search(firing_, place(b.episode), {}, place)) move(b);
        out_.insert(out_.end(), heirs_.begin(), heirs_.end());
    }

private:
    /// Intervals of one alert do not overlap: their ends are sorted, too.
    void move(const Booked& b) {
        const Episode& e = b.episode;
        const auto next =
            std::ranges::partition_point(heirs_, [&e](const Turn& t) { return t.firing->until <= e.since; });
        if (next == heirs_.end() || !(is_open(e) || (next->firing->since < e.until && !is_open(*next->firing))))
            return remove(b);
        if (next->booked != nullptr && !precedes(b, *next->booked)) return remove(b);
        if (next->booked != nullptr) remove(*next->booked);
        next->booked = &b;
    }

    static bool precedes(const Booked& a, const Booked& b) {
        const auto rank = [](const Booked& x) { return std::tuple(!is_open(x.episode), x.episode.since, x.number); };
        return rank(a) < rank(b);
    }

    void remove(const Booked& b) {
        const auto next =
            std::ranges::partition_point(firing_, [&b](const Episode& f) { return f.until <= b.episode.since; });
        out_.push_back({&b, nullptr, next != firing_.end() && next->since < b.episode.until});
    }

    std::span<const Booked> booked_;
    std::span<const Episode> firing_;
    Vector<Turn>& out_;
    Vector<Turn> heirs_;  // the intervals that are not booked as they are
};

}  // namespace

void turn_episodes(std::span<Booked> booked, std::span<const Episode> firing, Vector<Turn>& out) {
    std::ranges::sort(booked, {}, [](const Booked& b) {
        return std::tuple(b.episode.alert, b.episode.since, b.episode.until, b.number);
    });
    auto b = booked.begin();
    auto f = firing.begin();
    while (b != booked.end() || f != firing.end()) {
        const std::string_view alert =
            f == firing.end() || (b != booked.end() && b->episode.alert < f->alert) ? b->episode.alert : f->alert;
        const auto b_end = std::find_if(b, booked.end(), [alert](const Booked& x) { return x.episode.alert != alert; });
        const auto f_end = std::find_if(f, firing.end(), [alert](const Episode& x) { return x.alert != alert; });
        AlertTurn({b, b_end}, {f, f_end}, out).run();
        b = b_end;
        f = f_end;
    }
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

Instant look_at(Instant at, Instant now, Instant origin) {
    constexpr std::uint64_t near = 120'000'000;  // microseconds
    const std::uint64_t distance = std::uint64_t(at) - std::uint64_t(now);
    if (at <= now || distance < near) return at;
    const std::uint64_t step = std::bit_floor(distance / 2);
    return at - Instant((std::uint64_t(at) - std::uint64_t(origin)) & (step - 1));
}

}  // namespace csagg
