// Assessments that go on from the alerts' states at an instant.
#include "base/test_arena.hpp"
#include "rules/assessment/assess.hpp"
#include "rules/random_rules.hpp"

#include <gtest/gtest.h>

namespace csagg {
namespace {

using twin::at;
using twin::day;
using twin::minute;

using twin::find_zone;
using twin::zone_under_test;

/// What of the steps there is from an instant on.
std::vector<std::string> from(const Steps& steps, Instant since) {
    std::vector<std::string> out;
    Value last = Value::none(steps.kind);
    const auto print = [](Instant t, const Value& v) {
        return std::to_string(t) +
               (v.absent ? " -" : " " + std::to_string(v.word) + "/" + std::to_string(v.scale) + std::string(v.text));
    };
    for (const Entry& e : steps.entries) {
        if (e.at > since && out.empty() && !last.absent) out.push_back(print(since, last));
        if (e.at >= since) out.push_back(print(e.at, e.value));
        last = e.value;
    }
    return out;
}

void expect_equal(const AssessmentOver& whole, const AssessmentOver& part, Instant since) {
    ASSERT_EQ(from(whole.stage, since), from(part.stage, since));
    ASSERT_EQ(from(whole.score, since), from(part.score, since));
    ASSERT_EQ(from(whole.band, since), from(part.band, since));
    ASSERT_EQ(from(whole.coverage, since), from(part.coverage, since));
    for (std::size_t i = 0; i < whole.alerts.size(); ++i) {
        ASSERT_EQ(from(whole.alerts[i], since), from(part.alerts[i], since)) << "alert " << i;
        ASSERT_EQ(whole.machines[i].state(), part.machines[i].state()) << "alert " << i;
        ASSERT_EQ(whole.machines[i].deadline(), part.machines[i].deadline()) << "alert " << i;
    }
}

AssessmentOver stepped(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                       std::span<const AlertMachine> seed, Arena& arena) {
    AssessmentOver over(rules, arena, seed);
    assess_by_steps(rules, inputs, since, until, over, arena);
    return over;
}

/// In pieces, each from where the one before has ended, it is what it is as a whole.
TEST(AssessOver, goes_on_from_the_states_of_its_alerts) {
    int pending = 0, kept = 0, different = 0;
    for (const auto& [zone_rules, first, last] : {std::tuple(twin::berlin(), at("2025-10-18"), at("2025-11-05")),
                                                  std::tuple(twin::apia(), at("2011-12-22"), at("2012-01-08"))})
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            test::TestArena arena;
            const twin::Zone zone(zone_rules);
            zone_under_test = &zone;
            twin::Random random(seed, first, last);
            const std::string source = random.rules("Test/Zone", true);
            SCOPED_TRACE("seed " + std::to_string(seed) + ": " + source);
            const RuleSet rules(source, find_zone, arena);
            const twin::CustomerBytes bytes(rules.document(), random.customer(rules.document()));
            const Instant until = last + 10 * day;
            AssessmentOver before(rules, arena);
            for (Instant since = first - 2 * day; since < until;) {
                const Instant end = std::min(until, since + random.pick(1, 6 * day / minute) * minute);
                const bool by_steps = random.one_in(3);
                const AssessmentOver whole = assess_over(rules, bytes.inputs(), first - 2 * day, end, arena);
                const auto states = since == first - 2 * day ? std::span<const AlertMachine>() : view(before.machines);
                AssessmentOver piece = by_steps ? stepped(rules, bytes.inputs(), since, end, states, arena)
                                                : assess_over(rules, bytes.inputs(), since, end, arena, states);
                expect_equal(whole, piece, since);
                if (testing::Test::HasFatalFailure()) return;
                for (const AlertMachine& machine : piece.machines) {
                    pending += machine.state() == AlertState::pending ? 1 : 0;
                    kept += machine.state() == AlertState::firing && machine.deadline() < plus_infinity ? 1 : 0;
                }
                // That the states matter.
                const std::vector<AlertMachine> none(rules.alerts().size());
                const AssessmentOver otherwise = assess_over(rules, bytes.inputs(), since, end, arena, none);
                for (std::size_t i = 0; i < none.size(); ++i)
                    different += from(otherwise.alerts[i], since) != from(piece.alerts[i], since) ? 1 : 0;
                before = std::move(piece);
                since = end;
            }
        }
    EXPECT_GT(pending, 100);
    EXPECT_GT(kept, 100);
    EXPECT_GT(different, 100);
}

}  // namespace
}  // namespace csagg
