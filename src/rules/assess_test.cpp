#include "rules/assessment/assess.hpp"

#include "base/scratch.hpp"
#include "rules/assessment/evaluation_error.hpp"
#include "rules/explanation/explain.hpp"
#include "rules/instant/daily_lines.hpp"
#include "rules/test_case.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using namespace csagg::test;

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
