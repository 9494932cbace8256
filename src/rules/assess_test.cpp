#include "rules/assessment/assess.hpp"

#include "base/scratch.hpp"
#include "base/test_arena.hpp"
#include "rules/assessment/evaluation_error.hpp"
#include "rules/explanation/explain.hpp"
#include "rules/instant/daily_lines.hpp"
#include "rules/random_rules.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

// A CalendarSource is a function: the zone under test.
using twin::find_zone;
using twin::zone_under_test;

struct Place {
    const char* name;
    twin::Rules rules;
    Instant from, until;  // where the clocks change in it
};

std::vector<Place> places() {
    std::mt19937_64 random(7);
    return {
        {"autumn in Berlin", twin::berlin(), at("2025-10-18"), at("2025-11-05")},
        {"spring in Berlin", twin::berlin(), at("2025-03-20"), at("2025-04-06")},
        {"half an hour, south", twin::lord_howe(), at("2025-03-28"), at("2025-04-14")},
        {"no midnight", twin::sao_paulo(), at("2017-10-08"), at("2017-10-24")},
        {"midnight twice", twin::sao_paulo(), at("2018-02-10"), at("2018-02-26")},
        {"a day skipped", twin::apia(), at("2011-12-22"), at("2012-01-08")},
        {"a day twice", twin::repeated_day(), at("2011-12-22"), at("2012-01-08")},
        {"after midnight, back",
         {-150 * minute, {{at("2010-11-07 02:31"), -210 * minute}}},
         at("2010-10-30"),
         at("2010-11-14")},
        {"any", twin::random_rules(random, at("2019-12-01"), at("2020-03-01"), 9 * day), at("2020-01-01"),
         at("2020-01-20")},
    };
}

Value value_at(const Steps& steps, Instant t) {
    Value value = Value::none(steps.kind);
    for (const Entry& e : steps.entries)
        if (e.at <= t) value = e.value;
    return value;
}

std::string print(const Assessment& a) {
    const auto number = [](const std::optional<Number>& n) {
        char buffer[48];
        return n ? std::string(buffer, print(*n, buffer)) : std::string("-");
    };
    return a == Assessment{} ? "nothing"
                             : "stage " + std::to_string(int(a.stage)) + " band " + std::to_string(int(a.band)) +
                                   " score " + number(a.score) + " coverage " + number(a.coverage);
}

Assessment assessment_at(const RuleSet& rules, const AssessmentOver& over, Instant t) {
    const Document& document = rules.document();
    Assessment result;
    const Value stage = value_at(over.stage, t), score = value_at(over.score, t), band = value_at(over.band, t),
                coverage = value_at(over.coverage, t);
    for (std::uint32_t i = 0; !stage.absent && i < document.stages.size(); ++i)
        if (document.stages[i].name == stage.text) result.stage = i;
    for (std::uint32_t i = 0; !band.absent && i < document.bands.size(); ++i)
        if (document.bands[i].name == band.text) result.band = i;
    if (!score.absent) result.score = score.number();
    if (!coverage.absent) result.coverage = coverage.number();
    return result;
}

class Case {
public:
    Case(const Place& place, std::uint64_t seed, bool alerts, bool fails = false)
        : zone(place.rules),
          random(seed, place.from, place.until),
          source((zone_under_test = &zone, random.fails = fails, random.rules("Test/Zone", alerts))),
          rules(source, find_zone, arena),
          customer(random.customer(rules.document())),
          bytes(rules.document(), customer),
          naive(rules, customer, zone.rules()) {}

    test::TestArena arena;
    twin::Zone zone;
    twin::Random random;
    std::string source;
    RuleSet rules;
    twin::Customer customer;
    twin::CustomerBytes bytes;
    twin::Evaluator naive;
};

int repetitions(int quick) {
    return std::getenv("CSAGG_SLOW") != nullptr && *std::getenv("CSAGG_SLOW") != '\0' ? quick * 20 : quick;
}

TEST(Assess, over_time_equals_each_instant_and_the_definition) {
    for (const Place& place : places()) {
        const Instant since = place.from - 2 * day, until = place.until + 12 * day;
        for (int seed = 0; seed < repetitions(60); ++seed) {
            Case c(place, std::uint64_t(seed), false);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            AssessmentOver over(c.rules, c.arena);
            ASSERT_NO_THROW(over = assess_over(c.rules, c.bytes.inputs(), since, until, c.arena));
            std::set<Instant> instants, changes;
            for (const Steps* steps : {&over.stage, &over.score, &over.band, &over.coverage})
                for (const Entry& e : steps->entries) {
                    changes.insert(e.at);
                    instants.insert({e.at - 1, e.at, e.at + 1});
                }
            for (Instant t = since; t < until; t += hour) instants.insert(t);
            for (const Instant t : instants) {
                if (t < since || t >= until) continue;
                const Assessment swept = assessment_at(c.rules, over, t);
                ASSERT_EQ(print(swept), print(c.naive.assess(t))) << "at " << t;
            }
            // One instant alone, and when it changes next.
            for (int i = 0; i < 40; ++i) {
                const Instant t = since + c.random.pick(0, (until - since) / minute) * minute;
                if (t >= until) continue;
                Assessor one(c.rules, c.bytes.inputs(), c.arena);
                one.run_alerts(t);
                const Assessment now = one.assess();
                ASSERT_EQ(print(now), print(assessment_at(c.rules, over, t))) << "at " << t;
                Assessor alone(c.rules, c.bytes.inputs(), c.arena, t);
                ASSERT_EQ(print(alone.assess()), print(now)) << "at " << t;
                ASSERT_EQ(Assessor(c.rules, c.bytes.inputs(), c.arena, t).score(), now.score) << "at " << t;
                const auto next = changes.upper_bound(t);
                const Instant valid_until = one.find_change(now);
                if (next != changes.end() && *next < until) {
                    ASSERT_EQ(valid_until, *next) << "after " << t;
                } else {
                    ASSERT_GE(valid_until, until) << "after " << t;
                }
            }
        }
    }
}

/// In Apia 2011-12-30 was skipped: on the 31st a window of one day is empty. What the seats are then is not missing, up
/// to the last microsecond before they change.
TEST(Assess, extremes_of_an_empty_window) {
    test::TestArena arena;
    const twin::Zone zone(twin::apia());
    zone_under_test = &zone;
    const RuleSet rules(R"json({"timezone": "Test/Zone", "facts": {"seats": "number"},
                            "rules": [{"name": "r", "points": "highest(seats, 1 days)", "missing": -1}]})json",
                        find_zone, arena);
    const Instant change = at("2011-12-30 20:00"), since = change - 2 * hour;
    twin::Customer customer;
    customer.states[0].entries = {{at("2011-12-01"), Value::of(Number::of(8))}, {change, Value::of(Number::of(3))}};
    const twin::CustomerBytes bytes(rules.document(), customer);
    const twin::Evaluator naive(rules, customer, twin::apia());
    const Steps over = score_over(rules, bytes.inputs(), since, change + hour, arena);
    for (const auto& [t, seats] : {std::pair(since, 8), {change - 1, 8}, {change, 3}}) {
        EXPECT_EQ(value_at(over, t).number(), Number::of(seats)) << t;
        EXPECT_EQ(Assessor(rules, bytes.inputs(), arena, t).score(), Number::of(seats)) << t;
        EXPECT_EQ(naive.assess(t).score, Number::of(seats)) << t;
    }
}

/// One instant alone fails as the same instant on the way does, and has the same score where it does not.
TEST(Assess, alone_fails_as_on_the_way) {
    int failed = 0;
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(60); ++seed) {
            Case c(place, std::uint64_t(seed) + 7000, false, true);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            for (int i = 0; i < 10; ++i) {
                const Instant t = c.random.instant();
                std::optional<Number> score;
                try {
                    Assessor one(c.rules, c.bytes.inputs(), c.arena);
                    one.move_to(t);
                    score = one.score();
                } catch (const Error& e) {
                    ++failed;
                    try {
                        Assessor(c.rules, c.bytes.inputs(), c.arena, t).score();
                        FAIL() << "no error";
                    } catch (const Error& same) {
                        ASSERT_STREQ(e.what(), same.what());
                    }
                    continue;
                }
                ASSERT_EQ(Assessor(c.rules, c.bytes.inputs(), c.arena, t).score(), score) << "at " << t;
            }
        }
    }
    EXPECT_GT(failed, 0);
}

TEST(LocalDays, near_ones_are_the_same) {
    for (const Place& place : places()) {
        SCOPED_TRACE(place.name);
        const twin::Zone zone(place.rules);
        const LocalDays days(zone);
        NearDays near(days);
        std::mt19937_64 random(11);
        const auto pick = [&random](std::int64_t low, std::int64_t high) {
            return std::uniform_int_distribution<std::int64_t>(low, high)(random);
        };
        for (int i = 0; i < 20'000; ++i) {
            const Instant t =
                i % 100 == 0 ? pick(first_instant, last_instant) : pick(place.from - 20 * day, place.until + 20 * day);
            const std::int64_t d = days.day_of(t), far_day = pick(-3'000'000, 3'000'000'000);
            ASSERT_EQ(near.day_of(t), d) << t;
            ASSERT_EQ(near.begin_of(d), days.begin_of(d)) << d;
            if (i % 100 == 1) {
                ASSERT_EQ(near.begin_of(far_day), days.begin_of(far_day)) << far_day;
            }
        }
    }
}

bool equal(const Steps& a, const Steps& b) {
    const auto same_entry = [](const Entry& x, const Entry& y) { return x.at == y.at && same(x.value, y.value); };
    return a.kind == b.kind && std::ranges::equal(a.entries, b.entries, same_entry);
}

/// The two ways of assess_over() give the same, entry by entry, and the same errors.
TEST(Assess, tracks_equal_step_by_step) {
    int cases = 0, on_tracks = 0, failed = 0;
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(150); ++seed) {
            Case c(place, std::uint64_t(seed) + 4000, true, seed % 2 == 1);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            const Instant since = c.random.one_in(2) ? place.from - 2 * day : c.random.instant(),
                          until = since + c.random.pick(1, 30 * day / minute) * minute;
            ++cases;
            AssessmentOver stepped(c.rules, c.arena), over(c.rules, c.arena), tracked(c.rules, c.arena);
            const bool by_tracks = assess_by_tracks(c.rules, c.bytes.inputs(), since, until, tracked, c.arena);
            try {
                assess_by_steps(c.rules, c.bytes.inputs(), since, until, stepped, c.arena);
            } catch (const Error& e) {
                ++failed;
                ASSERT_FALSE(by_tracks) << e.what();
                try {
                    assess_over(c.rules, c.bytes.inputs(), since, until, c.arena);
                    FAIL() << "no error";
                } catch (const Error& same) {
                    ASSERT_STREQ(e.what(), same.what());
                }
                continue;
            }
            ASSERT_TRUE(by_tracks);
            ++on_tracks;
            over = assess_over(c.rules, c.bytes.inputs(), since, until, c.arena);
            const auto check = [&](const AssessmentOver& a) {
                ASSERT_TRUE(equal(a.stage, stepped.stage));
                ASSERT_TRUE(equal(a.score, stepped.score));
                ASSERT_TRUE(equal(a.band, stepped.band));
                ASSERT_TRUE(equal(a.coverage, stepped.coverage));
                for (std::size_t i = 0; i < a.alerts.size(); ++i)
                    ASSERT_TRUE(equal(a.alerts[i], stepped.alerts[i])) << "alert " << i;
            };
            check(tracked);
            check(over);
            ASSERT_TRUE(equal(score_over(c.rules, c.bytes.inputs(), since, until, c.arena), stepped.score));
        }
    }
    EXPECT_GT(on_tracks, cases / 2);
    EXPECT_GT(failed, 0);
}

/// From when on a customer cannot be assessed, if not for all of the time.
std::optional<Instant> failure_of(const Case& c, Instant since, Instant until, Arena& arena) {
    try {
        assess_over(c.rules, c.bytes.inputs(), since, until, arena);
        return std::nullopt;
    } catch (const EvaluationError& e) {
        return e.at();
    }
}

/// What an error tells of as the first instant is one for which there is an error, and up to the first of these there
/// is none.
TEST(Assess, errors_tell_from_when_on) {
    int failed = 0, cut = 0;
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(150); ++seed) {
            Case c(place, std::uint64_t(seed) + 4000, true, true);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            const Instant since = place.from - 2 * day;
            Instant until = since + c.random.pick(1, 30 * day / minute) * minute;
            while (const auto at = failure_of(c, since, until, c.arena)) {
                ASSERT_LT(*at, until);
                ASSERT_TRUE(failure_of(c, since, std::max(*at, since) + 1, c.arena));
                ++failed;
                if (*at <= since) break;
                ++cut;
                until = *at;
            }
        }
    }
    EXPECT_GT(failed, cut);
    EXPECT_GT(cut, 0);
}

/// Bounds that no sum reaches, or none is within, or of a finer scale; sums of more than 64 bits, and of more digits
/// than a number has.
TEST(Assess, score_alone_within_any_bounds) {
    const Place place = places()[0];
    int failed = 0, compared = 0;
    for (const char* bounds :
         {"", R"("min": 0, "max": 20,)", R"("min": 100000,)", R"("max": -0.000000000000000000005,)",
          R"("min": -0.000000000000000000005,)", R"("min": -3.0625, "max": 999999999999999999,)"})
        for (const char* points : {"seats", "seats / 7", "seats / 7 * 1000", "seats / 700000",
                                   "least(seats, 3) * 8000000000000000", "seats * 100000000000000000"})
            for (std::uint64_t seed = 0; seed < 20; ++seed) {
                SCOPED_TRACE(std::string(bounds) + " " + points + ", seed " + std::to_string(seed));
                test::TestArena arena;
                const twin::Zone zone(place.rules);
                zone_under_test = &zone;
                std::string more;  // together they need all bits
                for (const char* name : {"a", "b", "c", "d"})
                    more += std::string(R"(, {"name": ")") + name + R"(", "points": ")" + points + R"("})";
                const std::string source =
                    std::string(R"({"timezone": "Test/Zone", "facts": {"seats": "number", "active": "number"}, )") +
                    bounds + R"("base": 0.5, "rules": [{"name": "active", "when": "active > 3", "points": -7})" + more +
                    "]}";
                const RuleSet rules(source, find_zone, arena);
                twin::Random random(seed, place.from, place.until);
                twin::Customer customer;
                for (std::size_t fact = 0; fact < 2; ++fact)
                    for (int n = 8; n > 0; --n)
                        customer.states[fact].entries[random.instant()] = Value::of(Number::of(random.pick(-3, 12)));
                const twin::CustomerBytes bytes(rules.document(), customer);
                AssessmentOver stepped(rules, arena);
                try {
                    assess_by_steps(rules, bytes.inputs(), place.from, place.until, stepped, arena);
                } catch (const Error&) {
                    ++failed;
                    ASSERT_THROW(score_over(rules, bytes.inputs(), place.from, place.until, arena), Error);
                    continue;
                }
                ASSERT_TRUE(equal(score_over(rules, bytes.inputs(), place.from, place.until, arena), stepped.score));
                ++compared;
            }
    EXPECT_GT(failed, 0);
    EXPECT_GT(compared, 400);
}

/// The score and its like as facts of the twin, by asking it wherever something may have changed.
void know_figures(Case& c, Instant near, Instant until) {
    if (!c.rules.asks_figures()) return;
    const Instant from = c.rules.exists() == no_node ? std::max(first_daily, c.customer.first_entry()) : first_daily;
    std::set<Instant> instants;
    const AssessmentOver over = assess_over(c.rules, c.bytes.inputs(), from, until, c.arena);
    for (const Steps* steps : {&over.stage, &over.score, &over.band, &over.coverage})
        for (const Entry& e : steps->entries)
            for (const Instant t : {e.at - 1, e.at}) instants.insert(t);
    for (Instant t = std::max(from, near); t < until; t += hour) instants.insert(t);
    const std::size_t declared = c.rules.document().facts.size();
    twin::State *const score = &c.customer.states[declared], *const band = &c.customer.states[declared + 1],
                       *const stage = &c.customer.states[declared + 2],
                       *const coverage = &c.customer.states[declared + 3];
    const Document& document = c.rules.document();
    const auto number = [](const std::optional<Number>& n) { return n ? Value::of(*n) : Value::none(Kind::number); };
    const auto enter = [](twin::State& state, Instant t, const Value& value) {
        if (state.entries.empty() ? !value.absent : !same(std::prev(state.entries.end())->second, value))
            state.entries[t] = value;
    };
    for (const Instant t : instants) {
        if (t < from || t >= until) continue;
        const Assessment now = c.naive.assess(t);
        enter(*score, t, number(now.score));
        enter(*coverage, t, number(now.coverage));
        enter(*band, t, now.band == none ? Value::none(Kind::text) : Value::of(document.bands[now.band].name));
        enter(*stage, t, now.stage == none ? Value::none(Kind::text) : Value::of(document.stages[now.stage].name));
    }
}

/// Alerts by their words, minute by minute: firing once the condition has been true for all of `for`.
TEST(Assess, alerts_equal_a_simulation_by_the_minute) {
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(6); ++seed) {
            Case c(place, std::uint64_t(seed) + 1000, true);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            const Instant from = place.from - 2 * day, since = place.from + 5 * day, until = place.until + 4 * day;
            const AssessmentOver over = assess_over(c.rules, c.bytes.inputs(), since, until, c.arena);
            know_figures(c, from - 20 * day, until);
            for (std::size_t a = 0; a < c.rules.alerts().size(); ++a) {
                const Document::Alert& alert = c.rules.document().alerts[a];
                const auto ago = [&](Instant t, const std::optional<Span>& span) {
                    return span ? Window(c.zone, *span).begin_of(t) : t;
                };
                Instant true_since = plus_infinity, false_since = plus_infinity;
                bool firing = false;
                bool settled =
                    false;  // the simulation starts in the middle: it knows once the condition has been false for long
                Instant last_true = from;
                for (Instant t = from; t < until; t += minute) {
                    const bool there = c.naive.exists(t);
                    const bool condition = there && c.naive.of(c.rules.alerts()[a].when, t).is_true();
                    if (condition) last_true = t;
                    if (!there || t - last_true > 40 * day) settled = true;
                    if (!there) firing = false;
                    if (condition) {
                        true_since = std::min(true_since, t);
                        false_since = plus_infinity;
                        if (ago(t, alert.hold) >= true_since) firing = true;
                    } else {
                        true_since = plus_infinity;
                        false_since = std::min(false_since, t);
                        if (firing && ago(t, alert.keep) >= false_since) firing = false;
                    }
                    if (t < since || !settled) continue;
                    const Value swept = value_at(over.alerts[a], t);
                    ASSERT_EQ(swept.absent, !there) << "alert " << a << " at " << t;
                    ASSERT_EQ(swept.is_true(), firing) << "alert " << a << " at " << t;
                    if (t % (6 * hour) != 0) continue;
                    Assessor one(c.rules, c.bytes.inputs(), c.arena);
                    one.run_alerts(t);
                    ASSERT_EQ(one.alert(a) == AlertState::firing, firing) << "alert " << a << " at " << t;
                    ASSERT_EQ(one.alert(a) == AlertState::pending, condition && !firing)
                        << "alert " << a << " at " << t;
                }
            }
        }
    }
}

std::string present_at(Case& c, Instant t, Instant* until = nullptr) {
    Assessor one(c.rules, c.bytes.inputs(), c.arena);
    one.run_alerts(t);
    std::string all = print(one.assess());
    for (std::size_t a = 0; a < c.rules.alerts().size(); ++a) all += ' ' + std::to_string(int(one.alert(a)));
    if (until != nullptr) *until = one.find_change(one.assess());
    return all;
}

/// An assessment with its alerts stays up to valid_until, and no longer.
TEST(Assess, valid_until_is_exact_for_alerts_too) {
    int changes = 0;
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(15); ++seed) {
            Case c(place, std::uint64_t(seed) + 6000, true);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            for (int i = 0; i < 5; ++i) {
                const Instant t = c.random.instant();
                Instant until = 0;
                const std::string now = present_at(c, t, &until);
                if (until > t + 3000 * day) until = place.until + 20 * day;
                for (const Instant later : {until - 1, t + (until - t) / 2, t + (until - t) / 9})
                    ASSERT_EQ(present_at(c, later), now) << later;
                if (until > place.until + 10 * day) continue;
                ASSERT_NE(present_at(c, until), now) << until;
                ++changes;
            }
        }
    }
    EXPECT_GT(changes, 100);
}

Number sum_of(std::span<const Wide> points) {
    Wide sum;
    for (const Wide& p : points) sum.add(p);
    return sum.to_number();
}

TEST(Explain, adds_up_exactly) {
    for (const Place& place : places()) {
        for (int seed = 0; seed < repetitions(30); ++seed) {
            Case c(place, std::uint64_t(seed) + 2000, false), other(place, std::uint64_t(seed) + 3000, false);
            SCOPED_TRACE(std::string(place.name) + ", seed " + std::to_string(seed) + ": " + c.source);
            Instant a = c.random.instant(), b = c.random.instant();
            if (b < a) std::swap(a, b);
            const auto score_at = [&](const RuleSet& rules, Instant t) {
                Assessor assessor(rules, c.bytes.inputs(), c.arena);
                assessor.move_to(t);
                const Assessment now = assessor.assess();
                std::vector<Wide> points;
                for (const Explanation& row : explain(rules, assessor, c.arena)) points.push_back(row.points);
                EXPECT_EQ(sum_of(points), now.score.value_or(Number{}));
                return now.score.value_or(Number{});
            };
            const Number before = score_at(c.rules, a);
            for (const RuleSet* after : {&c.rules, &other.rules}) {
                std::vector<Wide> points;
                points.emplace_back().add(before);
                Instant last = a;
                for (const ScoreChange& change :
                     explain_change(c.rules, c.bytes.inputs(), *after, c.bytes.inputs(), a, b, c.arena)) {
                    points.push_back(change.points);
                    ASSERT_LE(last, change.at);
                    ASSERT_LE(change.at, b);
                    ASSERT_TRUE(after != &c.rules || change.at > a);
                    last = change.at;
                }
                ASSERT_EQ(sum_of(points), score_at(*after, b));
            }
        }
    }
}

}  // namespace
}  // namespace csagg
