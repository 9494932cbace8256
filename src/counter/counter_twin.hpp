// For tests: a counter as naive code, and random logs. Totals are counted in millionths.
#pragma once
#include "counter/counter.hpp"
#include "timeline/algebra.hpp"

#include <map>
#include <memory_resource>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace csagg::twin {

inline Arena& heap() { return *std::pmr::new_delete_resource(); }

struct Row {
    Instant at;
    std::int64_t millionths;
    std::string actor;  // empty: none

    Number amount() const { return Number::normalized(millionths, 6); }
};

struct At {
    std::int64_t rows = 0;
    Int128 millionths = 0;
    std::set<std::string> actors;

    Number total() const {
        return round_to_number(millionths < 0, Uint128(millionths < 0 ? -millionths : millionths), 6);
    }
    void add(const At& other) {
        rows += other.rows;
        millionths += other.millionths;
        actors.insert(other.actors.begin(), other.actors.end());
    }
    friend bool operator==(const At&, const At&) = default;
};

/// What a counter says, one statement a line of the model.
struct Log {
    std::map<Instant, At> events;
    Instant known_from = minus_infinity;
    bool forgotten = false;

    void add(const Row& row) {
        if (row.at < known_from) {
            forgotten = true;
            return;
        }
        At& e = events[row.at];
        ++e.rows;
        e.millionths += row.millionths;
        if (!row.actor.empty()) e.actors.insert(row.actor);
    }
    void forget_before(Instant horizon) {
        if (horizon <= known_from) return;
        known_from = horizon;
        if (events.begin() != events.lower_bound(horizon)) forgotten = true;
        events.erase(events.begin(), events.lower_bound(horizon));
    }
    friend bool operator==(const Log&, const Log&) = default;
};

inline Log log_of(const std::vector<Row>& rows) {
    Log log;
    for (const Row& row : rows) log.add(row);
    return log;
}

inline Log merged(Log a, const Log& b) {
    a.forget_before(b.known_from);
    a.forgotten |= b.forgotten;
    for (const auto& [at, e] : b.events) {
        if (at < a.known_from) {
            a.forgotten = true;
            continue;
        }
        a.events[at].add(e);
    }
    return a;
}

/// All that is asked of a counter about (after, until].
inline At sum_of(const Log& log, Instant after, Instant until) {
    At sum;
    for (const auto& [at, e] : log.events)
        if (at > after && at <= until) sum.add(e);
    return sum;
}
/// Whether there has been an event, be it one that was forgotten.
inline bool has_begun(const Log& log, Instant t) {
    return log.forgotten || (!log.events.empty() && log.events.begin()->first <= t);
}

/// What a timeline of numbers says of an instant; nothing where it is not known.
inline std::optional<Number> value_at(const Steps& steps, Instant t) {
    if (t < steps.known_from) return std::nullopt;
    std::optional<Number> value;
    for (const Entry& e : steps.entries)
        if (e.at <= t) value = e.value.number();
    return value;
}

inline Bytes encode(const std::vector<Row>& rows) {
    Events events(heap());
    for (const Row& row : rows) {
        if (row.actor.empty())
            events.add(row.at, row.amount());
        else
            events.add(row.at, row.amount(), row.actor);
    }
    Bytes bytes{Alloc<Byte>(heap())};
    encode_counter(events, bytes);
    return bytes;
}

inline Log decode(const Bytes& bytes) {
    Events events(heap());
    Counter(view(bytes)).read(events);
    Log log;
    log.known_from = events.known_from();
    log.forgotten = events.forgotten();
    for (const Event& e : events.list()) {
        At& at = log.events[e.at];
        at.rows = e.rows;
        Wide total = e.total;
        total.coefficient.multiply_by_power_of_ten(int(6 - total.scale));
        at.millionths = Int128(Uint128(total.coefficient.word(1)) << 64 | total.coefficient.word(0));
        for (const std::uint32_t actor : events.actors_of(e)) at.actors.emplace(events.name(actor));
    }
    return log;
}

/// Rows in no order: many at one instant, amounts and actors only in some logs.
inline std::vector<Row> random_rows(std::mt19937_64& random, std::size_t most, Instant from = 0,
                                    Instant until = 40 * micros_per_day) {
    const std::int64_t units[] = {1, micros_per_second, 60 * micros_per_second, 3600 * micros_per_second};
    const std::int64_t unit = units[random() % 4];
    const std::int64_t amounts[] = {1, 1'000'000, 250'000, 7};
    const std::int64_t amount = amounts[random() % 4];
    const bool plain = random() % 3 == 0, late_amounts = random() % 2 == 0;
    const std::size_t actors = random() % 2 == 0 ? 0 : 1 + random() % 20;
    std::vector<Row> rows(random() % (most + 1));
    for (Row& row : rows) {
        row.at = from + std::int64_t(random() % std::uint64_t((until - from) / unit)) * unit;
        if (random() % 50 == 0) row.at = minus_infinity;
        row.millionths =
            plain || (late_amounts && random() % 4 != 0) ? 1'000'000 : (std::int64_t(random() % 2001) - 1000) * amount;
        if (random() % 500 == 0 && !plain) row.millionths = std::int64_t(random() % 1'000'000'000'000'000'000);
        if (actors > 0 && random() % 3 != 0) row.actor = "actor " + std::to_string(random() % actors);
    }
    return rows;
}

}  // namespace csagg::twin
