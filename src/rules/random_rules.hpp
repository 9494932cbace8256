// For tests: random customers and rule sets.
#pragma once
#include "rules/rules_twin.hpp"

namespace csagg::twin {

/// The zone of any name.
inline const Calendar* zone_under_test = nullptr;
inline const Calendar& find_zone(std::string_view) { return *zone_under_test; }

/// A customer's facts as the bytes that the server would give.
class CustomerBytes {
public:
    CustomerBytes(const Document& document, const Customer& customer) {
        for (std::size_t i = 0; i < document.facts.size(); ++i) {
            Bytes& bytes = bytes_.emplace_back(Alloc<Byte>(heap()));
            FactInput& input = inputs_.emplace_back();
            if (document.facts[i].kind == FactKind::counter) {
                input.form = FactInput::Form::counter;
                Events events(heap());
                const Log& log = customer.counters.at(i);
                events.forget_before(log.known_from, log.forgotten);
                for (const auto& [at, e] : log.events) {
                    Wide total;
                    total.add(
                        round_to_number(e.millionths < 0, Uint128(e.millionths < 0 ? -e.millionths : e.millionths), 6));
                    std::vector<std::string_view> actors(e.actors.begin(), e.actors.end());
                    events.add(at, e.rows, total, actors);
                }
                encode_counter(events, bytes);
            } else {
                input.form = FactInput::Form::timeline;
                const State& state = customer.states.at(i);
                Entries entries(heap());
                for (const auto& [at, value] : state.entries) entries.push_back({at, 0, value});
                encode_timeline(state_kind(document.facts[i].kind), view(entries), state.known_from, bytes);
            }
        }
        for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i].bytes = view(bytes_[i]);
    }
    std::span<const FactInput> inputs() const { return inputs_; }

private:
    std::vector<Bytes> bytes_;
    std::vector<FactInput> inputs_;
};

// ---- random customers and rule sets, all on whole minutes

inline const char* const facts_member =
    R"("facts": {"login": "counter", "export": "counter", "seats": "number", "active": "number", "plan": "text", "signup": "date",
               "contract_end": "date", "seen": "time", "churned": "boolean"})";

class Random {
public:
    Random(std::uint64_t seed, Instant from, Instant until) : engine_(seed), from_(from), until_(until) {}

    bool fails = false;    // some quotients divide by zero
    bool defines = false;  // expressions use what the rule set defines

    std::int64_t pick(std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(engine_);
    }
    bool one_in(int n) { return pick(1, n) == 1; }
    std::string number(std::int64_t low, std::int64_t high) { return std::to_string(pick(low, high)); }
    template <std::size_t N>
    std::string word(const char* const (&list)[N]) {
        return list[std::size_t(pick(0, N - 1))];
    }
    Instant instant() { return from_ + pick(0, (until_ - from_) / minute) * minute; }
    Date date() { return Date(pick(from_ / twin::day - 3, until_ / twin::day + 3)); }

    std::string duration() {
        switch (pick(0, 9)) {
            case 0: return "1 month";
            case 1: return number(1, 50) + " hours";
            case 2: return number(1, 90) + " minutes";
            case 3: return "1 week";
            default: return number(1, 9) + " days";
        }
    }
    std::string state_number() { return word({"seats", "active"}); }
    std::string counter() { return word({"login", "export"}); }
    std::string any_state() { return word({"seats", "active", "plan", "signup", "contract_end", "seen", "churned"}); }
    std::string day() {
        switch (pick(0, 5)) {
            case 0: return "signup";
            case 1: return "contract_end @ " + duration() + " ago";
            case 2: return "last(" + counter() + ")";
            case 3: return "seen";
            case 4: return "first(" + counter() + ")";
            default: return "contract_end";
        }
    }
    std::string text() { return one_in(3) ? "previous(plan)" : one_in(2) ? "plan @ " + duration() + " ago" : "plan"; }

    std::string numeric(int depth) {
        if (depth <= 0) {
            if (one_in(8)) {
                switch (pick(0, 3)) {
                    case 0: return "lowest(" + state_number() + ", " + duration() + ")";
                    case 1: return "highest(" + state_number() + ", " + duration() + ")";
                    case 2: return "mean(" + state_number() + ", " + number(1, 12) + " days)";
                    default: return "streak(" + counter() + ")";
                }
            }
            switch (pick(0, defines ? 10 : 9)) {
                case 10: return one_in(2) ? "usage" : R"(\"twice the usage\")";
                case 0: return number(-20, 60);
                case 1: return number(0, 9) + "." + number(1, 99);
                case 2: return "age(" + any_state() + ")";
                case 3: return "days_since(" + day() + ")";
                case 4: return "days_until(" + day() + ")";
                case 5: return state_number() + (one_in(3) ? " @ " + duration() + " ago" : "");
                default: {
                    const std::string name = word({"count", "sum", "distinct", "active_days"});
                    if (one_in(4))
                        return name + "(" + counter() + ", " + word({"this ", "last "}) +
                               word({"day", "week", "month", "quarter", "year"}) + ")";
                    return name + "(" + counter() +
                           (one_in(6) ? "" : ", " + duration() + (one_in(3) ? ", " + duration() + " ago" : "")) + ")";
                }
            }
        }
        const auto a = [&] { return "(" + numeric(depth - 1) + ")"; };
        switch (pick(0, 11)) {
            case 0: return a() + " + " + a();
            case 1: return a() + " - " + a();
            case 2: return a() + " * " + (one_in(4) ? a() : number(-5, 5));
            case 3:
                return a() + (fails ? " / (" + numeric(depth - 1) + ")" : " / nullif(" + numeric(depth - 1) + ", 0)");
            case 4: return "-" + a();
            case 5: return "abs(" + numeric(depth - 1) + ")";
            case 6: return "round(" + numeric(depth - 1) + ", " + number(-1, 2) + ")";
            case 7: return "least(" + numeric(depth - 1) + ", " + numeric(depth - 1) + (one_in(3) ? ", 10" : "") + ")";
            case 8: return "greatest(" + numeric(depth - 1) + ", " + numeric(depth - 1) + ")";
            case 9: return "coalesce(" + numeric(depth - 1) + ", " + numeric(depth - 1) + ")";
            case 10:
                return "if(" + truth(depth - 1) + ", " + numeric(depth - 1) + ", " +
                       (one_in(3) ? "null" : numeric(depth - 1)) + ")";
            default: return "nullif(" + numeric(depth - 1) + ", " + number(0, 9) + ")";
        }
    }
    std::string truth(int depth) {
        if (depth <= 0) {
            if (one_in(12)) return "highest(" + any_state() + ", " + duration() + ") is not null";
            switch (pick(0, defines ? 7 : 5)) {
                case 0: return "churned";
                case 1: return "changed_within(" + any_state() + ", " + duration() + ")";
                case 2: return text() + " in ('gold', 'silver')";
                case 3: return any_state() + " is not null";
                case 6: return "quiet";
                case 7: return "usage > " + number(0, 20);
                default: return day() + " within " + duration();
            }
        }
        const auto counted = [&] {
            if (one_in(5))
                return word({"count", "distinct", "active_days"}) + "(" + counter() + ", " + word({"this ", "last "}) +
                       word({"day", "week", "month"}) + ")";
            return word({"count", "distinct", "active_days"}) + "(" + counter() + ", " + duration() +
                   (one_in(2) ? ", " + duration() + " ago" : "") + ")";
        };
        switch (pick(0, 9)) {
            case 9:
                return counted() + " " + word({"<", "<=", ">", ">=", "=", "<>"}) + " " +
                       (one_in(2) ? "0." + number(1, 9) + " * " : "") + counted() + (one_in(3) ? " * 2" : "");
            case 0: return "(" + truth(depth - 1) + ") and (" + truth(depth - 1) + ")";
            case 1: return "(" + truth(depth - 1) + ") or (" + truth(depth - 1) + ")";
            case 2: return "not (" + truth(depth - 1) + ")";
            case 3: return "(" + numeric(depth - 1) + ") between " + number(-5, 5) + " and " + number(3, 30);
            case 4: return "(" + truth(depth - 1) + ") is " + word({"null", "not null", "true", "not false"});
            case 5: return text() + " = " + text();
            default:
                return "(" + numeric(depth - 1) + ") " + word({"<", "<=", ">", ">=", "=", "<>"}) + " " +
                       (one_in(3) ? "(" + numeric(depth - 1) + ")" : number(-3, 20));
        }
    }

    /// What an alert may ask of the assessment.
    std::string figures() {
        switch (pick(0, 11)) {
            case 10: return "score < highest(score, " + duration() + ") - 5";
            case 11: return "score < mean(score, 7 days)";
            case 0: return "score <= score @ " + duration() + " ago - " + number(1, 20);
            case 1: return "previous(band) = 'green' and band = 'red'";
            case 2: return "changed_within(" + word({"score", "band", "stage", "coverage"}) + ", " + duration() + ")";
            case 3: return "age(" + word({"score", "band", "stage", "coverage"}) + ") >= " + number(1, 5);
            case 4: return "coverage < 1 and score > " + number(0, 60);
            case 5: return "stage = 's0' or stage @ " + duration() + " ago is null";
            case 6: return "score - previous(score) > " + number(-9, 9);
            case 7: return "band <> band @ " + duration() + " ago";
            case 8: return "score * count(" + counter() + ", " + duration() + ") > " + number(0, 90);
            default: return "score is not null and (" + truth(0) + ")";
        }
    }

    std::string rules(std::string_view zone, bool alerts) {
        std::string text = "{\"timezone\": \"" + std::string(zone) + "\", " + facts_member;
        if ((defines = one_in(3))) {
            defines = false;
            text += ", \"define\": [{\"name\": \"usage\", \"is\": \"" + numeric(int(pick(0, 2))) +
                    "\"}, {\"name\": \"quiet\", \"is\": \"usage < 5 or " + truth(0) +
                    "\"}, {\"name\": \"twice the usage\", \"is\": \"usage + usage\"}]";
            defines = true;
        }
        const std::int64_t stages = pick(0, 2);
        for (std::int64_t i = 0; i < stages; ++i)
            text += (i == 0 ? ", \"stages\": [" : ", ") + ("{\"name\": \"s" + std::to_string(i) + "\", \"when\": \"") +
                    truth(1) + "\"}";
        if (stages > 0) text += one_in(2) ? ", {\"name\": \"rest\"}]" : "]";
        if (one_in(3))
            text += ", \"exists\": \"" +
                    (one_in(2) ? std::string("signup is not null and not coalesce(churned, false)") : truth(1)) + "\"";
        const bool mean = one_in(3);
        text += (mean ? std::string(", \"method\": \"weighted mean\"") : ", \"base\": " + number(0, 50)) +
                (one_in(2) ? ", \"min\": 0, \"max\": 100" : "");
        if (one_in(4)) text += ", \"override\": {\"when\": \"" + truth(0) + "\", \"score\": \"" + numeric(0) + "\"}";
        const std::int64_t n = pick(1, 4);
        for (std::int64_t i = 0; i < n; ++i) {
            text += (i == 0 ? ", \"rules\": [" : ", ") + ("{\"name\": \"r" + std::to_string(i) + "\"");
            if (stages > 0 && one_in(2)) text += ", \"stages\": [\"s0\"]";
            if (!one_in(4)) text += ", \"when\": \"" + truth(int(pick(0, 2))) + "\"";
            text += ", \"points\": " + (one_in(2) ? number(-40, 40) : "\"" + numeric(int(pick(0, 2))) + "\"");
            if (mean && !one_in(4))
                text += ", \"weight\": " + (one_in(5) ? "0" : one_in(3) ? "0." + number(1, 999999) : number(1, 50));
            text += one_in(2) ? ", \"missing\": 5}" : "}";
        }
        text += R"(], "bands": [{"name": "red"}, {"name": "yellow", "from": 30}, {"name": "green", "from": 60.5}])";
        for (int i = 0; alerts && i < 3; ++i) {
            text += (i == 0 ? ", \"alerts\": [" : ", ") + ("{\"name\": \"a" + std::to_string(i) + "\", \"when\": \"" +
                                                           (one_in(3) ? figures() : truth(int(pick(0, 1)))) + "\"");
            if (!one_in(3)) text += ", \"for\": \"" + (one_in(2) ? "1 day" : duration()) + "\"";
            if (!one_in(3)) text += ", \"keep_firing_for\": \"" + (one_in(2) ? "2 days" : duration()) + "\"";
            text += i == 2 ? "}]" : "}";
        }
        return text + "}";
    }

    Value value(Kind kind) {
        static constexpr std::string_view plans[] = {"gold", "silver", "free"};
        if (one_in(8)) return Value::none(kind);
        switch (kind) {
            case Kind::boolean: return Value::of(one_in(2));
            case Kind::number: return Value::of(Number::normalized(pick(0, 400), one_in(3) ? 1 : 0));
            case Kind::text: return Value::of(plans[pick(0, 2)]);
            case Kind::date: return Value::of_date(one_in(20) ? plus_infinity_date : date());
            case Kind::time: return Value::of_time(one_in(20) ? minus_infinity : instant());
        }
        return Value::none(kind);
    }
    Customer customer(const Document& document) {
        Customer customer;
        for (std::size_t i = 0; i < document.facts.size(); ++i) {
            const bool shortened = one_in(8);
            const Instant horizon = instant();
            if (document.facts[i].kind == FactKind::counter) {
                Log log;
                for (std::int64_t n = pick(0, 12); n > 0; --n)
                    log.add({one_in(40) ? minus_infinity : instant(), pick(-3, 9) * 500'000,
                             one_in(3) ? "" : "actor " + number(1, 3)});
                if (shortened) log.forget_before(horizon);
                customer.counters[i] = log;
                continue;
            }
            State state;
            for (std::int64_t n = pick(0, 4); n > 0; --n)
                state.entries[one_in(10) ? minus_infinity : instant()] = value(state_kind(document.facts[i].kind));
            if (shortened) {
                state.known_from = horizon;
                auto after = state.entries.upper_bound(horizon);
                if (after != state.entries.begin()) state.entries.erase(state.entries.begin(), std::prev(after));
            }
            customer.states[i] = state;
        }
        return customer;
    }

private:
    std::mt19937_64 engine_;
    Instant from_, until_;
};

}  // namespace csagg::twin
