// For tests: a history as naive code, a map of maps, and random logs that meet the edges often.
#pragma once
#include "base/test_arena.hpp"
#include "history/history_algebra.hpp"
#include "history/history_build.hpp"
#include "history/history_replace.hpp"
#include "history/history_text.hpp"
#include "timeline/algebra.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace csagg::twin {

using ByteString = std::vector<Byte>;

struct Row {
    std::string key;
    FactKind kind;
    Instant at;
    std::int64_t seq;
    bool absent;
    std::int64_t number;  // value or amount, unless the kind is text
    std::string text;
    std::string actor;  // empty: none

    Value value() const {
        if (absent) return Value::none(state_kind(kind));
        if (kind == FactKind::text) return Value::of(std::string_view(text));
        if (kind == FactKind::boolean) return Value::of(number % 2 != 0);
        return {state_kind(kind), false, 0, number, {}};
    }
};
using Rows = std::vector<Row>;

/// In the order of ranks.
struct Held {
    std::int64_t seq = 0;
    bool present = false;
    std::int64_t word = 0;
    std::string text;

    friend auto operator<=>(const Held&, const Held&) = default;
};

struct Happened {
    std::int64_t rows = 0, total = 0;
    std::set<std::string> actors;

    friend bool operator==(const Happened&, const Happened&) = default;
};

struct Known {
    FactKind kind;
    Instant known_from = minus_infinity;
    bool forgotten = false;
    std::map<Instant, Held> entries;
    std::map<Instant, Happened> events;

    void forget_before(Instant horizon) {
        known_from = std::max(known_from, horizon);
        if (known_from == minus_infinity) return;
        if (events.lower_bound(known_from) != events.begin()) forgotten = true;
        events.erase(events.begin(), events.lower_bound(known_from));
        auto in_force = entries.upper_bound(known_from);
        if (in_force != entries.begin()) entries.erase(entries.begin(), --in_force);
    }
    void merge(const Known& other) {
        for (const auto& [at, held] : other.entries) {
            const auto [place, is_new] = entries.emplace(at, held);
            if (!is_new) place->second = std::max(place->second, held);
        }
        for (const auto& [at, e] : other.events) {
            Happened& into = events[at];
            into.rows += e.rows;
            into.total += e.total;
            into.actors.insert(e.actors.begin(), e.actors.end());
        }
        forgotten |= other.forgotten;
        forget_before(other.known_from);
        forget_before(known_from);
    }
    friend bool operator==(const Known&, const Known&) = default;
};

struct Twin {
    Instant known_from = minus_infinity;
    std::map<std::string, Known> facts;

    void add(const Row& row) {
        Known one{row.kind, minus_infinity, false, {}, {}};
        if (row.kind == FactKind::counter) {
            Happened& e = one.events[row.at];
            e = {1, row.number, {}};
            if (!row.actor.empty()) e.actors.insert(row.actor);
        } else {
            const Value v = row.value();
            one.entries[row.at] = {row.seq, !v.absent, v.word, std::string(v.text)};
        }
        merge({minus_infinity, {{row.key, one}}});
    }
    void merge(const Twin& other) {
        for (const auto& [key, fact] : other.facts) {
            const auto [place, is_new] = facts.emplace(key, fact);
            if (!is_new) place->second.merge(fact);
        }
        forget_before(other.known_from);
        forget_before(known_from);
    }
    void replace(const Twin& other) {
        for (const auto& [key, fact] : other.facts) facts.insert_or_assign(key, fact);
        forget_before(other.known_from);
        forget_before(known_from);
    }
    void forget_before(Instant horizon) {
        known_from = std::max(known_from, horizon);
        for (auto& [key, fact] : facts) fact.forget_before(known_from);
    }
    friend bool operator==(const Twin&, const Twin&) = default;
};

inline Twin twin_of(const Rows& rows) {
    Twin twin;
    for (const Row& row : rows) twin.add(row);
    return twin;
}

inline Known decode(const Fact& fact, Arena& arena) {
    Known out{fact.kind, csagg::known_from(fact), false, {}, {}};
    if (fact.kind != FactKind::counter) {
        const Steps steps(Timeline(fact.bytes), arena);
        for (const Entry& e : steps.entries)
            out.entries[e.at] = {e.seq, !e.value.absent, e.value.word, std::string(e.value.text)};
        return out;
    }
    const Counter counter(fact.bytes);
    out.forgotten = counter.forgotten();
    Events events(arena);
    counter.read(events);
    for (const Event& e : events.list()) {
        Happened& into = out.events[e.at];
        into = {e.rows, std::int64_t(e.total.coefficient.word(0)), {}};
        for (const std::uint32_t actor : events.actors_of(e)) into.actors.emplace(events.name(actor));
    }
    return out;
}

inline Twin decode(const ByteString& bytes) {
    test::TestArena arena;
    const History history{ByteSpan(bytes)};
    Twin out;
    out.known_from = history.known_from();
    for (std::size_t i = 0; i < history.size(); ++i)
        out.facts.emplace(std::string(history[i].key), decode(history[i], arena));
    return out;
}

/// What write(Bytes&) writes.
template <class Write>
ByteString written(Write write) {
    test::TestArena arena;
    Bytes bytes{Alloc<Byte>(arena)};
    write(bytes);
    return {bytes.begin(), bytes.end()};
}

inline void add(HistoryLog& log, const Row& row) {
    const Number amount = Number::of(row.number);
    if (row.kind != FactKind::counter)
        log.add_state(row.key, {row.at, row.seq, row.value()});
    else if (row.actor.empty())
        log.add_event(row.key, row.at, amount);
    else
        log.add_event(row.key, row.at, amount, row.actor);
}

/// Lives in the StateArena in use.
inline HistoryLog log_of(const Rows& rows) {
    HistoryLog log = HistoryLog::create(test::grow_in_arena);
    for (const Row& row : rows) add(log, row);
    return log;
}

inline ByteString finished(const HistoryLog& log) {
    return written([&](Bytes& out) { log.finish(out); });
}

inline ByteString encode(const Rows& rows) {
    test::TestArena arena;
    const test::StateArena use(arena);
    return finished(log_of(rows));
}

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }

    /// Few instants, so that rows meet.
    Instant instant() { return one_in(20) ? minus_infinity : Instant(below(30)) * micros_per_day; }
    Instant horizon() {
        return one_in(4) ? minus_infinity
                         : Instant(below(32)) * micros_per_day - micros_per_day / 2 * Instant(below(2));
    }

    /// The key decides the kind.
    Row row(std::size_t keys) {
        const auto k = below(keys);
        const FactKind kind = k % 7 >= 5 ? FactKind::counter : FactKind(k % 7 + 1);
        Row row{"key " + std::to_string(k), kind, instant(), std::int64_t(below(4)) - 1, one_in(5),
                std::int64_t(below(9)) - 4, {},   {}};
        if (k % 9 == 8) row.key += std::string(300, 'x');
        if (kind == FactKind::counter) row.absent = false;
        if (kind == FactKind::text) row.text = one_in(4) ? "" : std::string(below(30), char('a' + below(4)));
        if (one_in(2)) row.actor = "actor " + std::to_string(below(5));
        return row;
    }
    Rows rows(std::size_t most, std::size_t keys) {
        Rows out;
        for (std::size_t n = below(most + 1); n > 0; --n) out.push_back(row(keys));
        return out;
    }
    /// A history as a pipeline makes them: of some rows, forgotten in whole or in part.
    ByteString history() {
        ByteString bytes = encode(rows(40, 1 + below(20)));
        if (one_in(3)) bytes = written([&](Bytes& out) { forget_history_before(bytes, horizon(), out); });
        if (!one_in(3)) return bytes;
        const Instant known_from = History(ByteSpan(bytes)).known_from();
        return written([&](Bytes& out) {
            const History whole{ByteSpan(bytes)};
            HistoryWriter writer(known_from, out.get_stored_allocator().arena());
            for (std::size_t i = 0; i < whole.size(); ++i)
                writer.add(whole[i].key, whole[i].kind,
                           [&](Bytes& fact) { forget_fact_before(whole[i], horizon(), fact); });
            writer.finish(out);
        });
    }
    template <class T>
    void shuffle(std::vector<T>& v) {
        std::shuffle(v.begin(), v.end(), engine_);
    }

private:
    std::mt19937_64 engine_;
};

}  // namespace csagg::twin
