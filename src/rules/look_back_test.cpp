#include "rules/assessment/look_back.hpp"

#include "base/test_arena.hpp"
#include "history/history_algebra.hpp"
#include "rules/random_rules.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::minute;

using twin::find_zone;
using twin::zone_under_test;

bool equal(const Steps& a, const Steps& b) {
    return std::ranges::equal(a.entries, b.entries,
                              [](const Entry& x, const Entry& y) { return x.at == y.at && same(x.value, y.value); });
}

/// The inputs, each forgotten before the horizon.
struct Forgotten {
    Forgotten(const Document& document, std::span<const FactInput> inputs, Instant horizon, Arena& arena)
        : inputs(inputs.begin(), inputs.end()) {
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            Bytes& out = bytes.emplace_back(Alloc<Byte>(arena));
            forget_fact_before({document.facts[i].name, document.facts[i].kind, inputs[i].bytes}, horizon, out);
            shorter += inputs[i].bytes.size() - out.size();
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) this->inputs[i].bytes = view(bytes[i]);
    }

    std::vector<Bytes> bytes;
    std::vector<FactInput> inputs;
    std::int64_t shorter = 0;
};

struct Tally {
    int compared = 0, shortened = 0, unbounded = 0, different = 0;
};

class LookBackTest : public testing::Test {
protected:
    void compare(const twin::Rules& zone_rules, Instant from, Instant until, std::uint64_t seed, bool alerts,
                 int divisor) {
        test::TestArena arena;
        const twin::Zone zone(zone_rules);
        zone_under_test = &zone;
        twin::Random random(seed, from, until);
        const std::string source = random.rules("Test/Zone", alerts);
        SCOPED_TRACE("seed " + std::to_string(seed) + ": " + source);
        const RuleSet rules(source, find_zone, arena);
        twin::Customer customer = random.customer(rules.document());
        drop_leading_nulls(customer);
        const twin::CustomerBytes bytes(rules.document(), customer);
        const std::optional<Span> span = look_back(rules, alerts, arena);
        if (!span) {
            ++tally.unbounded;
            return;
        }
        ASSERT_EQ(span->months, 0);
        for (int i = 0; i < 10; ++i) {
            const Instant t = from + random.pick(0, (until - from + 40 * day) / minute) * minute;
            same_from(rules, bytes.inputs(), t, t - (span->days * day + span->micros) / divisor, divisor == 1, arena);
        }
    }

    /// NULLs at the beginning of a fact say nothing; once something was forgotten it is not known that nothing was
    /// before.
    static void drop_leading_nulls(twin::Customer& customer) {
        for (auto& [fact, state] : customer.states)
            while (!state.entries.empty() && state.entries.begin()->second.absent && state.known_from == minus_infinity)
                state.entries.erase(state.entries.begin());
    }

    void same_from(const RuleSet& rules, std::span<const FactInput> inputs, Instant t, Instant horizon, bool must,
                   Arena& arena) {
        const Forgotten forgotten(rules.document(), inputs, horizon, arena);
        const AssessmentOver whole = assess_over(rules, inputs, t, t + 20 * day, arena),
                             part = assess_over(rules, forgotten.inputs, t, t + 20 * day, arena);
        bool same = equal(whole.stage, part.stage) && equal(whole.score, part.score) && equal(whole.band, part.band) &&
                    equal(whole.coverage, part.coverage);
        for (std::size_t i = 0; i < whole.alerts.size(); ++i) {
            const Document::Alert& alert = rules.document().alerts[i];
            same = same && ((alert.hold && alert.keep) || equal(whole.alerts[i], part.alerts[i]));
        }
        ++tally.compared;
        tally.shortened += forgotten.shorter > 0 ? 1 : 0;
        tally.different += same ? 0 : 1;
        if (must) {
            ASSERT_TRUE(same) << "at " << t << ", forgotten before " << horizon;
        }
    }

    void compare_all(bool alerts, int divisor) {
        std::mt19937_64 random(7);
        for (std::uint64_t seed = 0; seed < 300; ++seed) {
            compare(twin::berlin(), at("2025-10-18"), at("2025-11-05"), seed, alerts, divisor);
            compare(twin::apia(), at("2011-12-22"), at("2012-01-08"), seed + 1000, alerts, divisor);
            compare(twin::random_rules(random, at("2019-12-01"), at("2020-03-01"), 9 * day), at("2020-01-01"),
                    at("2020-01-20"), seed + 2000, alerts, divisor);
            if (HasFatalFailure()) return;
        }
    }

    Tally tally;
};

TEST_F(LookBackTest, what_is_forgotten_before_it_changes_nothing) {
    compare_all(false, 1);
    EXPECT_GT(tally.shortened, 300);
    EXPECT_LT(tally.unbounded, 900);
}

TEST_F(LookBackTest, what_is_forgotten_before_it_changes_no_alert) {
    compare_all(true, 1);
    EXPECT_GT(tally.shortened, 100);
}

/// That the two above can fail.
TEST_F(LookBackTest, what_is_forgotten_within_it_changes_something) {
    compare_all(false, 3);
    EXPECT_GT(tally.different, 20);
    tally = {};
    compare_all(true, 3);
    EXPECT_GT(tally.different, 20);
}

std::string look_back_of(const std::string& rest, bool alerts = true) {
    test::TestArena arena;
    const twin::Zone zone(twin::berlin());
    zone_under_test = &zone;
    const std::string source =
        "{\"timezone\": \"Test/Zone\", \"facts\": {\"login\": \"counter\", \"seats\": \"number\"}, " + rest + "}";
    const RuleSet rules(source, find_zone, arena);
    const std::optional<Span> span = look_back(rules, alerts, arena);
    if (!span) return "none";
    return span->days != 0 ? std::to_string(span->days) + " days" : std::to_string(span->micros / minute) + " minutes";
}
std::string of_rule(const std::string& points) {
    return look_back_of("\"rules\": [{\"name\": \"r\", \"points\": \"" + points + "\"}]");
}

TEST(LookBack, of_each_function) {
    EXPECT_EQ(of_rule("seats + 1"), "0 minutes");
    EXPECT_EQ(of_rule("seats @ 36 hours ago"), "2160 minutes");
    EXPECT_EQ(of_rule("count(login, 90 minutes, 2 hours ago)"), "210 minutes");
    EXPECT_EQ(of_rule("lowest(seats, 7 days)"), "11 days");
    EXPECT_EQ(of_rule("if(changed_within(seats, 1 month), 1, 0)"), "35 days");
    EXPECT_EQ(of_rule("mean(seats, 7 days)"), "12 days");
    EXPECT_EQ(of_rule("sum(login, 14 days, 14 days ago)"), "34 days");
    EXPECT_EQ(of_rule("distinct(login, last year)"), "738 days");
    EXPECT_EQ(of_rule("active_days(login, this week)"), "11 days");
    EXPECT_EQ(of_rule("count(login, 90 minutes) + count(login, 2 days)"), "6 days");
    for (const char* const unbounded : {"count(login)", "sum(login)", "days_since(first(login))",
                                        "days_since(last(login))", "age(seats)", "previous(seats)", "streak(login)"})
        EXPECT_EQ(of_rule(unbounded), "none") << unbounded;
}

TEST(LookBack, adds_up_what_builds_on_one_another) {
    const std::string rules =
        "\"define\": [{\"name\": \"use\", \"is\": \"count(login, 7 days)\"}], \"rules\": [{\"name\": \"r\", "
        "\"points\": \"use\"}], "
        "\"bands\": [{\"name\": \"red\"}, {\"name\": \"green\", \"from\": 5}], \"alerts\": [{\"name\": \"a\", ";
    EXPECT_EQ(look_back_of(rules + "\"when\": \"score < 1\"}]"), "11 days");
    EXPECT_EQ(look_back_of(rules + "\"when\": \"score < score @ 14 days ago\"}]"), "27 days");
    EXPECT_EQ(
        look_back_of(
            rules +
            "\"when\": \"score < score @ 14 days ago\", \"for\": \"2 days\", \"keep_firing_for\": \"30 minutes\"}]"),
        "32 days");
    EXPECT_EQ(look_back_of(rules + "\"when\": \"count(login, 1 day) = 0\", \"for\": \"2 days\"}]"), "11 days");
    EXPECT_EQ(look_back_of(rules + "\"when\": \"previous(band) = 'green'\"}]"), "none");
    EXPECT_EQ(look_back_of(rules + "\"when\": \"previous(band) = 'green'\"}]", false), "11 days");
    // A definition that nothing uses asks nothing.
    EXPECT_EQ(look_back_of("\"define\": [{\"name\": \"all\", \"is\": \"count(login)\"}], \"rules\": [{\"name\": \"r\", "
                           "\"points\": 1}]"),
              "0 minutes");
}

}  // namespace
}  // namespace csagg
