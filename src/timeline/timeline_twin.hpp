// For tests: the naive twin of a timeline, a map from instants to entries that is asked instant by instant, and random
// logs that meet the edges often.
#pragma once
#include "base/test_arena.hpp"
#include "timeline/algebra.hpp"
#include "timeline/timeline_text.hpp"

#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace csagg::test {

using Log = std::vector<Entry>;

inline constexpr Kind all_kinds[] = {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time};

class Random {
public:
    explicit Random(unsigned seed) : engine_(seed) {}

    std::uint64_t bits() { return engine_(); }
    std::uint64_t below(std::uint64_t n) { return engine_() % n; }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    template <class T, std::size_t N>
    const T& pick(const T (&list)[N]) {
        return list[below(N)];
    }

    /// Few values, so that repeats are frequent, among them the extremes of the kind.
    Value value(Kind kind) {
        static constexpr Number numbers[] = {
            {0, 0}, {1, 0}, {-1, 0}, {5, 1}, {1, 18}, {1, 36}, {123, 2}, {7, 0}, {999'999'999'999'999'999, 0}};
        static constexpr std::string_view texts[] = {"", "gold", "silver", "Z\xC3\xBCrich",
                                                     "a longer plan, with a \"name\"\n"};
        static constexpr Date dates[] = {minus_infinity_date, plus_infinity_date, first_date, last_date, 0, 9000, 9001};
        static constexpr Instant times[] = {minus_infinity, plus_infinity, first_instant, last_instant, 0, 1,
                                            86'400'000'000};
        if (one_in(5)) return Value::none(kind);
        switch (kind) {
            case Kind::boolean: return Value::of(one_in(2));
            case Kind::number: return Value::of(pick(numbers));
            case Kind::text: return Value::of(pick(texts));
            case Kind::date: return Value::of_date(pick(dates));
            case Kind::time: return Value::of_time(pick(times));
        }
        return Value::none(kind);
    }
    /// One of `different` instants, or -infinity.
    Instant instant(int different) {
        if (one_in(20)) return minus_infinity;
        return Instant(below(std::uint64_t(different))) * 1000 - 3000;
    }
    Entry entry(Kind kind, int different, bool with_seq) {
        static constexpr std::int64_t seqs[] = {0, 1, 2, -1, -2, INT64_MIN, INT64_MAX};
        return {instant(different), with_seq ? pick(seqs) : 0, value(kind)};
    }
    Log log(Kind kind, std::size_t rows, int different, bool with_seq) {
        Log log;
        while (log.size() < rows) log.push_back(entry(kind, different, with_seq));
        return log;
    }
    template <class T>
    void shuffle(std::vector<T>& v) {
        std::shuffle(v.begin(), v.end(), engine_);
    }

private:
    std::mt19937_64 engine_;
};

/// What holds at an instant: the model, word by word.
struct Twin {
    Kind kind;
    std::map<Instant, Entry> entries;
    Instant known_from = minus_infinity;

    explicit Twin(Kind k) : kind(k) {}
    Twin(Kind k, const Log& log) : kind(k) {
        for (const Entry& e : log) add(e);
    }
    explicit Twin(const Steps& steps) : kind(steps.kind), known_from(steps.known_from) {
        for (const Entry& e : steps.entries) add(e);
    }

    void add(const Entry& e) {
        const auto [place, is_new] = entries.emplace(e.at, e);
        if (is_new) return;
        const Entry& old = place->second;
        const bool wins = e.seq != old.seq ? e.seq > old.seq : compare(e.value, old.value) > 0;
        if (wins) place->second = e;
    }
    Value at(Instant t) const {
        if (t < known_from) return Value::none(kind);
        const auto after = entries.upper_bound(t);
        return after == entries.begin() ? Value::none(kind) : std::prev(after)->second.value;
    }
    Log list() const {
        Log out;
        for (const auto& [at, e] : entries) out.push_back(e);
        return out;
    }
};

/// Every instant at which one of the functions may change, and its neighbours.
inline std::set<Instant> probes(std::initializer_list<const Twin*> twins, std::initializer_list<Instant> more = {}) {
    std::set<Instant> out = {minus_infinity, first_instant, 0, last_instant};
    auto around = [&out](Instant t) {
        if (t == minus_infinity || t == plus_infinity) return;
        for (const Instant near : {t - 1, t, t + 1}) out.insert(near);
    };
    for (const Twin* twin : twins) {
        for (const auto& [at, e] : twin->entries) around(at);
        around(twin->known_from);
    }
    for (const Instant t : more) around(t);
    return out;
}

using ByteString = std::vector<Byte>;

inline ByteString copy(const Bytes& bytes) { return {bytes.begin(), bytes.end()}; }

inline ByteString encoded(Kind kind, const Log& entries, Instant known_from = minus_infinity) {
    TestArena arena;
    Bytes out(arena);
    encode_timeline(kind, entries, known_from, out);
    return copy(out);
}
inline ByteString encoded(const Steps& steps) {
    TestArena arena;
    Bytes out(arena);
    steps.write(out);
    return copy(out);
}
inline ByteString finished(const TimelineLog& log) {
    TestArena arena;
    Bytes out(arena);
    log.finish(out);
    return copy(out);
}
/// The aggregate over the rows, in their order.
inline ByteString aggregated(Kind kind, const Log& rows) {
    TestArena arena;
    const StateArena states(arena);
    TimelineLog log = TimelineLog::create(kind, grow_in_arena);
    for (const Entry& e : rows) log.add(e);
    return finished(log);
}
inline Timeline timeline(const ByteString& bytes) { return Timeline(ByteSpan(bytes)); }
inline std::string printed(const ByteString& bytes) {
    TestArena arena;
    String out(arena);
    print_timeline(timeline(bytes), out);
    return {out.data(), out.size()};
}
inline ByteString parsed(std::string_view text) {
    TestArena arena;
    Bytes out(arena);
    parse_timeline(text, out);
    return copy(out);
}

inline std::string name_of(const Value& value) {
    TestArena arena;
    String out(arena);
    print_literal(value, out);
    return {out.data(), out.size()};
}

}  // namespace csagg::test
