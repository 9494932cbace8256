// One customer of about 200 events and a rule set of 10 rules: score at an instant, assess, two years of assess_over.
#include "base/scratch.hpp"
#include "rules/random_rules.hpp"

#include <benchmark/benchmark.h>

namespace csagg {
namespace {

constexpr std::string_view document = R"json({
    "timezone": "Europe/Berlin",
    "facts": {"login": "counter", "export": "counter", "seats": "number", "active": "number", "plan": "text", "signup": "date",
              "contract_end": "date", "seen": "time", "churned": "boolean"},
    "stages": [{"name": "onboarding", "when": "days_since(signup) < 90"}, {"name": "renewal", "when": "contract_end within 60 days"},
               {"name": "adoption"}],
    "exists": "signup is not null and not coalesce(churned, false)",
    "base": 20, "min": 0, "max": 100,
    "rules": [
        {"name": "logs in regularly", "when": "count(login, 14 days) >= 5", "points": 20},
        {"name": "seats in use", "stages": ["adoption", "renewal"], "points": "20 * least(1, active / nullif(seats, 0))", "missing": 10},
        {"name": "renewal near and quiet", "stages": ["renewal"], "when": "count(login, 14 days) < 3", "points": -30},
        {"name": "usage drop", "when": "count(login, 14 days) < 0.5 * count(login, 14 days, 14 days ago)", "points": -15},
        {"name": "exports", "when": "sum(export, 30 days) >= 10", "points": 10},
        {"name": "silent", "when": "days_since(last(login)) > 14", "points": -20},
        {"name": "breadth", "when": "distinct(login, 30 days) >= 2", "points": 10},
        {"name": "steady", "when": "active_days(login, 28 days) >= 8", "points": 10},
        {"name": "downgraded", "when": "changed_within(plan, 30 days) and plan = 'free'", "points": -25},
        {"name": "gold", "when": "plan in ('gold', 'platinum')", "points": 5}],
    "bands": [{"name": "red"}, {"name": "yellow", "from": 40}, {"name": "green", "from": 70}]})json";

const twin::Zone& berlin() {
    static const twin::Zone zone(twin::berlin(), "Europe/Berlin");
    return zone;
}

struct Population {
    static constexpr Instant since = 9132 * micros_per_day, until = since + 730 * micros_per_day;  // 2025 and 2026
    static constexpr int customers = 500;

    Population()
        : rules(
              document, [](std::string_view) -> const Calendar& { return berlin(); }, twin::heap()) {
        for (std::uint64_t i = 0; i < customers; ++i) {
            twin::Random random(i, since, until);
            twin::Customer customer = random.customer(rules.document());
            for (auto& [fact, log] : customer.counters) {
                log = {};
                const bool login = rules.document().facts[fact].name == "login";
                for (int n = login ? 150 : 40; n > 0; --n)
                    log.add({random.instant(), 1'000'000, login ? "user " + random.number(1, 5) : ""});
            }
            for (auto& [fact, state] : customer.states) {
                const Document::Fact& declared = rules.document().facts[fact];
                state = {};
                if (declared.name == "signup")
                    state.entries[minus_infinity] =
                        Value::of_date(Date(since / micros_per_day + random.pick(-300, 100)));
                if (declared.name == "contract_end")
                    state.entries[minus_infinity] =
                        Value::of_date(Date(since / micros_per_day + random.pick(200, 900)));
                for (int n = declared.name == "plan" || declared.name == "active" || declared.name == "seats" ? 4 : 0;
                     n > 0; --n)
                    state.entries[random.instant()] = random.value(state_kind(declared.kind));
            }
            all.emplace_back(rules.document(), customer);
        }
    }
    RuleSet rules;
    std::vector<twin::CustomerBytes> all;
};

const Population& population() {
    static const Population all;
    return all;
}

void score(benchmark::State& state) {
    const Population& p = population();
    for (auto _ : state) {
        for (const auto& customer : p.all) {
            Scratch scratch(twin::heap());
            Assessor assessor(p.rules, customer.inputs(), scratch,
                              Population::since + 400 * micros_per_day + 3600 * micros_per_second);
            benchmark::DoNotOptimize(assessor.score());
        }
    }
    state.SetItemsProcessed(state.iterations() * Population::customers);
}
BENCHMARK(score)->Unit(benchmark::kMillisecond);

void read_facts(benchmark::State& state) {
    const Population& p = population();
    for (auto _ : state) {
        for (const auto& customer : p.all) {
            Scratch scratch(twin::heap());
            Assessor assessor(p.rules, customer.inputs(), scratch);
            benchmark::DoNotOptimize(assessor.until());
        }
    }
    state.SetItemsProcessed(state.iterations() * Population::customers);
}
BENCHMARK(read_facts)->Unit(benchmark::kMillisecond);

void assess(benchmark::State& state) {
    const Population& p = population();
    for (auto _ : state) {
        for (const auto& customer : p.all) {
            Scratch scratch(twin::heap());
            Assessor assessor(p.rules, customer.inputs(), scratch);
            assessor.run_alerts(Population::since + 400 * micros_per_day + 3600 * micros_per_second);
            benchmark::DoNotOptimize(assessor.find_change(assessor.assess()));
        }
    }
    state.SetItemsProcessed(state.iterations() * Population::customers);
}
BENCHMARK(assess)->Unit(benchmark::kMillisecond);

void assess_over_two_years(benchmark::State& state) {
    const Population& p = population();
    std::size_t entries = 0;
    for (auto _ : state) {
        for (const auto& customer : p.all) {
            Scratch scratch(twin::heap());
            entries += assess_over(p.rules, customer.inputs(), Population::since, Population::until, scratch)
                           .score.entries.size();
        }
    }
    state.SetItemsProcessed(state.iterations() * Population::customers);
    state.counters["entries"] = double(entries) / double(state.iterations() * Population::customers);
}
BENCHMARK(assess_over_two_years)->Unit(benchmark::kMillisecond);

void score_over_two_years(benchmark::State& state) {
    const Population& p = population();
    for (auto _ : state) {
        for (const auto& customer : p.all) {
            Scratch scratch(twin::heap());
            benchmark::DoNotOptimize(
                score_over(p.rules, customer.inputs(), Population::since, Population::until, scratch).entries.size());
        }
    }
    state.SetItemsProcessed(state.iterations() * Population::customers);
}
BENCHMARK(score_over_two_years)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace csagg
