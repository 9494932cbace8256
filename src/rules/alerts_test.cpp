#include "rules/assessment/assess.hpp"

#include "rules/instant/daily_lines.hpp"
#include "rules/test_case.hpp"

#include <gtest/gtest.h>

#include <set>

namespace csagg {
namespace {

using namespace csagg::test;

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
TEST(Alerts, equal_a_simulation_by_the_minute) {
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
TEST(Alerts, are_valid_exactly_until) {
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

}  // namespace
}  // namespace csagg
