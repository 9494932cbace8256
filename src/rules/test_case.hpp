// For tests of rules: random rules and customers in zones whose clocks change.
#pragma once
#include "base/test_arena.hpp"
#include "rules/assessment/assess.hpp"
#include "rules/random_rules.hpp"

namespace csagg::test {

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

inline std::vector<Place> places() {
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

inline Value value_at(const Steps& steps, Instant t) {
    Value value = Value::none(steps.kind);
    for (const Entry& e : steps.entries)
        if (e.at <= t) value = e.value;
    return value;
}

inline std::string print(const Assessment& a) {
    const auto number = [](const std::optional<Number>& n) {
        char buffer[48];
        return n ? std::string(buffer, print(*n, buffer)) : std::string("-");
    };
    return a == Assessment{} ? "nothing"
                             : "stage " + std::to_string(int(a.stage)) + " band " + std::to_string(int(a.band)) +
                                   " score " + number(a.score) + " coverage " + number(a.coverage);
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

inline int repetitions(int quick) {
    return std::getenv("CSAGG_SLOW") != nullptr && *std::getenv("CSAGG_SLOW") != '\0' ? quick * 20 : quick;
}

}  // namespace csagg::test
