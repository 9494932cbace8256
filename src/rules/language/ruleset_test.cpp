#include "rules/language/ruleset.hpp"

#include "base/test_arena.hpp"
#include "grid/zone_twin.hpp"
#include "rules/calendar/duration.hpp"

#include <gtest/gtest.h>

#include <set>

namespace csagg {
namespace {

const Calendar& utc(std::string_view name) {
    static const twin::Zone zone(twin::Rules{}, "UTC");
    if (name != "UTC") throw Error(Errc::invalid_parameter, "time zone \"" + std::string(name) + "\" not recognized");
    return zone;
}

struct Failure {
    Errc code{};
    std::string message, hint;
};

Failure failure_of(const std::string& document) {
    test::TestArena arena;
    try {
        const RuleSet rules(document, utc, arena);
    } catch (const Error& e) {
        return {e.code(), e.what(), e.hint()};
    }
    return {};
}

std::string message_of(const std::string& document) { return failure_of(document).message; }

/// The message about one condition of a rule set with facts of every kind.
std::string expression_message(const std::string& expression, const char* kind = "when") {
    const std::string head =
        R"({"timezone": "UTC", "facts": {"login": "counter", "seats": "number", "plan": "text", "end": "date", "seen": "time", "on": "boolean"}, "rules": [{"name": "r", "points": 1, )";
    const std::string message =
        message_of(kind == std::string("when")
                       ? head + "\"when\": \"" + expression + "\"}]}"
                       : R"({"timezone": "UTC", "facts": {"seats": "number"}, "rules": [{"name": "r", "points": ")" +
                             expression + "\"}]}");
    const auto colon = message.find(": ");
    return colon == std::string::npos ? message : message.substr(colon + 2);
}

std::string canonical(const std::string& document) {
    test::TestArena arena;
    const Json json(document, arena);
    String text(arena);
    Document(json, arena).print(text);
    return {text.data(), text.size()};
}

TEST(RuleSet, says_what_is_wrong_with_a_document_and_where) {
    EXPECT_TRUE(message_of("{").starts_with("line 1, column 2: not JSON: "));
    EXPECT_EQ(message_of("[]"), "line 1, column 1: a rule set must be an object, not an array");
    EXPECT_EQ(message_of("{}"), "line 1, column 1: rule set has no \"timezone\"");
    EXPECT_EQ(message_of(R"({"timezone": "Mars"})"), "line 1, column 14: time zone \"Mars\" not recognized");
    EXPECT_EQ(message_of("{\"timezone\": \"UTC\",\n \"rulez\": []}"),
              "line 2, column 2: unknown member \"rulez\" of a rule set");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "base": 1, "base": 2})"),
              "line 1, column 32: member \"base\" is there twice");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "facts": {"ä": "numbr"}})"),
              "line 1, column 36: unknown kind \"numbr\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "facts": {"a": "number", "a": "text"}})"),
              "line 1, column 46: there are two facts named \"a\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "stages": [{"name": "a"}, {"name": "b"}]})"),
              "line 1, column 47: stage \"b\" is never reached");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "rules": [{"name": "a", "stages": ["x"], "points": 1}]})"),
              "line 1, column 56: there is no stage \"x\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "bands": [{"name": "a", "from": 5}, {"name": "b", "from": 5}]})"),
              "line 1, column 79: bands are out of order");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "method": "mean"})"), "line 1, column 31: unknown method \"mean\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "method": "weighted mean", "base": 1})"),
              "line 1, column 56: a weighted mean has no \"base\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "rules": [{"name": "a", "points": 1, "weight": 2}]})"),
              "line 1, column 68: a sum has no weights");
    EXPECT_EQ(
        failure_of(
            R"({"timezone": "UTC", "method": "weighted mean", "rules": [{"name": "a", "points": 1, "weight": 1e-7}]})")
            .code,
        Errc::out_of_range);
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "min": 5, "max": 4})"),
              "line 1, column 38: \"max\" is less than \"min\"");
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "alerts": [{"name": "a", "when": "true", "for": "2 moons"}]})"),
              "line 1, column 69: cannot read a duration at \"2 moons\"");
    EXPECT_EQ(failure_of(R"({"timezone": "UTC", "rules": [{"name": "a", "points": "1 +"}]})").message,
              "line 1, column 59: expected a value but found the end");
    // The place is right behind escapes, too.
    EXPECT_EQ(message_of(R"({"timezone": "UTC", "rules": [{"name": "a", "points": "1 \u002b \n +x"}]})"),
              "line 1, column 69: fact \"x\" is not declared");
    EXPECT_EQ(message_of(R"x({"timezone": "UTC", "rules": [{"name": "a", "points": "if('\u0092' = '', x, 1)"}]})x"),
              "line 1, column 74: fact \"x\" is not declared");
}

TEST(RuleSet, hints_at_what_was_meant) {
    const auto hint = [](const std::string& when) {
        return failure_of(
                   R"({"timezone": "UTC", "facts": {"login": "counter", "plan": "text", "end": "date"}, "stages": [{"name": "a"}], "rules": [{"name": "r", "points": 1, )" +
                   when + "}]}")
            .hint;
    };
    EXPECT_EQ(hint(R"x("when": "plan = \"gold\"")x"),
              "A text stands in single quotes, a fact in double ones. Declared in \"facts\": end, login, plan.");
    EXPECT_EQ(hint(R"x("when": "\"login\" > 1")x"), "Say what is counted, as in count(login, 14 days).");
    EXPECT_EQ(hint(R"x("when": "plann = 'gold'")x"), "Declared in \"facts\": end, login, plan.");
    EXPECT_EQ(hint(R"x("when": "")x"),
              "A value is a fact, a number, a 'text', a function, or an expression in parentheses.");
    EXPECT_EQ(hint(R"x("when": "count(login) % 2 = 0")x"),
              "Operators are + - * / = <> < <= > >= and, or, not, is, in, between, within, @.");
    EXPECT_EQ(hint(R"x("when": "end < '2026-02-30'")x"), "Write it as in '2026-12-01'.");
    EXPECT_EQ(hint(R"x("when": "count(login)")x"), "A condition is true or false: compare, as in seats > 0.");
    EXPECT_EQ(hint(R"x("when": "count(login, 14days) > 1")x"), "Put a blank between them, as in 14 days.");
    EXPECT_EQ(hint(R"x("stages": ["b"])x"), "Stages are \"a\".");
}

TEST(RuleSet, says_what_a_value_must_be) {
    const auto message = [](const std::string& members) {
        const std::string all = message_of(R"({"timezone": "UTC", "facts": {"n": "number"}, )" + members + "}");
        return all.substr(all.find(": ") + 2);
    };
    for (const char* const member : {"base", "min", "max"}) {
        const std::string name = '"' + std::string(member) + '"';
        EXPECT_EQ(message(name + R"(: "20")"), name + " must be a number, not a string");
        EXPECT_EQ(message(name + ": true"), name + " must be a number, not a boolean");
    }
    const auto rule = [&](const std::string& members) {
        return message(R"("method": "weighted mean", "rules": [{"name": "r", "points": 1, )" + members + "}]");
    };
    EXPECT_EQ(rule(R"("missing": "1")"), "\"missing\" must be a number, not a string");
    EXPECT_EQ(rule(R"("weight": "1")"), "\"weight\" must be a number, not a string");
    EXPECT_EQ(rule(R"("when": true)"), "\"when\" must be a string, not a boolean");
    EXPECT_EQ(message(R"("bands": [{"name": "low"}, {"name": "high", "from": "50"}])"),
              "\"from\" must be a number, not a string");
    EXPECT_EQ(message(R"("alerts": [{"name": "a", "when": "true", "for": 2}])"),
              "\"for\" must be a string, not a number");
    EXPECT_EQ(message(R"("optional": "true")"), "\"optional\" must be a boolean, not a string");
    EXPECT_EQ(message(R"("rules": {})"), "\"rules\" must be an array, not an object");
}

TEST(RuleSet, lets_alerts_ask_for_the_assessment_and_nothing_else) {
    const auto alert = [](const std::string& when) {
        return message_of(R"({"timezone": "UTC", "facts": {"seats": "number"}, "alerts": [{"name": "a", "when": ")" +
                          when + "\"}]}");
    };
    for (const char* const good : {"score <= score @ 7 days ago - 20", "previous(band) = 'green' and band = 'red'",
                                   "changed_within(stage, 7 days)", "age(coverage) > 3 and seats > 0"})
        EXPECT_EQ(alert(good), "") << good;
    EXPECT_EQ(alert("score = 'red'"), "line 1, column 93: a number and a text do not go together");
    EXPECT_EQ(alert("count(score) > 1"), "line 1, column 91: \"score\" is not a counter");
    EXPECT_EQ(alert("points > 1"), "line 1, column 85: fact \"points\" is not declared");
    const Failure rule =
        failure_of(R"({"timezone": "UTC", "rules": [{"name": "a", "when": "band = 'red'", "points": 1}]})");
    EXPECT_EQ(rule.message, "line 1, column 54: only an alert can ask for the band");
    EXPECT_EQ(rule.hint,
              "The score comes from rules, stages and override. A fact of that name is to be declared in \"facts\".");
    // A fact of that name is what it was.
    EXPECT_EQ(
        message_of(
            R"({"timezone": "UTC", "facts": {"score": "text"}, "rules": [{"name": "a", "when": "score = 'x'", "points": 1}],
                             "alerts": [{"name": "a", "when": "score = 'x' and band = 'red'"}]})"),
        "");
}

TEST(RuleSet, puts_definitions_where_their_names_are) {
    test::TestArena arena;
    const RuleSet rules(
        R"({"timezone": "UTC", "facts": {"login": "counter", "seats": "number"}, "exists": "quiet or seats > 0",
        "define": [{"name": "usage", "is": "count(login, 14 days) / seats"}, {"name": "quiet", "is": "usage < 0.5"}, {"name": "the target", "is": 5}],
        "rules": [{"name": "a", "when": "quiet", "points": "usage * \"the target\""},
                  {"name": "b", "when": "count(login, 2 weeks) / seats < 0.5", "points": "(count(login, 14 days) / seats) * 5"}, {"name": "c", "points": 1}]})",
        utc, arena);
    EXPECT_EQ(rules.rules()[0].when, rules.rules()[1].when);
    EXPECT_EQ(rules.rules()[0].points, rules.rules()[1].points);
    EXPECT_EQ(rules.rules()[0].defined.size(), 3U);
    EXPECT_EQ(rules.rules()[1].defined.size() + rules.rules()[2].defined.size(), 0U);
    const auto message = [](const std::string& define, const std::string& when = "true") {
        return message_of(
            R"({"timezone": "UTC", "facts": {"n": "number"}, "rules": [{"name": "r", "points": 1, "when": ")" + when +
            "\"}],\n\"define\": " + define + "}");
    };
    EXPECT_EQ(message(R"([{"name": "a", "is": "n + 1"}, {"name": "b", "is": "a > 1"}])", "b or a = 3"), "");
    EXPECT_EQ(message(R"([{"name": "a", "is": "b"}, {"name": "b", "is": 1}])"),
              "line 2, column 33: fact \"b\" is not declared");
    EXPECT_EQ(message(R"([{"name": "n", "is": 1}])"), "line 2, column 21: there is a fact named \"n\"");
    EXPECT_EQ(message(R"([{"name": "a", "is": 1}, {"name": "a", "is": 2}])"),
              "line 2, column 45: there are two definitions named \"a\"");
    EXPECT_EQ(message(R"([{"name": "a", "is": "null"}])"), "line 2, column 33: cannot tell the kind of NULL here");
    EXPECT_EQ(message(R"([{"name": "a", "is": "score"}])"), "line 2, column 33: only an alert can ask for the score");
    EXPECT_EQ(message(R"([{"name": "a"}])"), "line 2, column 12: definition \"a\" has no \"is\"");
    EXPECT_EQ(message(R"([{"name": "a", "is": 1}])", "a @ 3 days ago = 1"),
              "line 1, column 95: \"a\" is a definition, not a fact");
    EXPECT_EQ(message(R"([{"name": "a", "is": 1}])", "age(a) > 1"),
              "line 1, column 97: \"a\" is a definition, not a fact");
    EXPECT_EQ(message(R"([{"name": "a", "is": 1}])", "a"),
              "line 1, column 93: the expression is a number, not a boolean");
    // They may build on one another as deep as one expression may.
    const auto chain = [&message](int n) {
        std::string all = R"([{"name": "d0", "is": "n"})";
        for (int i = 1; i < n; ++i)
            all += ", {\"name\": \"d" + std::to_string(i) + R"(", "is": "d)" + std::to_string(i - 1) + " + d" +
                   std::to_string(i - 1) + "\"}";
        return message(all + "]");
    };
    EXPECT_EQ(chain(500), "");
    EXPECT_TRUE(chain(501).ends_with("more than 499 operators that build on one another"));
}

TEST(RuleSet, limits_what_it_reads) {
    EXPECT_EQ(failure_of(std::string(2'000'000, ' ')).code, Errc::limit_exceeded);
    EXPECT_EQ(failure_of(std::string(100'000, '[')).code, Errc::limit_exceeded);
    const auto with_points = [](const std::string& points) {
        return R"({"timezone": "UTC", "facts": {"a": "number"}, "rules": [{"name": "r", "points": ")" + points +
               "\"}]}";
    };
    EXPECT_EQ(failure_of(with_points(std::string(4000, '(') + "1" + std::string(4000, ')'))).code,
              Errc::limit_exceeded);
    EXPECT_EQ(failure_of(with_points(std::string(9000, '-') + "1")).code, Errc::limit_exceeded);
    EXPECT_EQ(failure_of(with_points(std::string(20'000, '1'))).code, Errc::limit_exceeded);
    const auto repeated = [](const std::string& text, int times) {
        std::string all;
        for (int i = 0; i < times; ++i) all += text;
        return all;
    };
    EXPECT_EQ(message_of(with_points(repeated("a + ", 499) + "a")), "");
    EXPECT_TRUE(message_of(with_points(repeated("a + ", 500) + "a"))
                    .ends_with("more than 499 operators that build on one another"));
    for (const char* open : {"(", "1 + (", "2 * (1 - (", "- (", "abs(", "least(1, ", "-"}) {
        const std::string text(open);
        const int each = text.starts_with("2") || text == "- (" ? 2 : 1;
        const auto nested = [&](int times) {
            return repeated(text, times) + "a" + repeated(")", times * int(std::ranges::count(text, '(')));
        };
        EXPECT_EQ(message_of(with_points(nested(200 / each))), "") << text;
        EXPECT_TRUE(message_of(with_points(nested(200 / each + 1)))
                        .ends_with("more than 200 parentheses, functions, signs or NOT inside each other"))
            << text;
    }
    // As many calls inside each other as there can be.
    EXPECT_EQ(failure_of(with_points(repeated("0 or 0 and 0 = 0 + 0 * (", 200) + "a" + repeated(")", 200))).code,
              Errc::limit_exceeded);
    std::string rules;
    for (int i = 0; i < 10'000; ++i)
        rules += (i > 0 ? ", " : "") + (R"({"name": "r)" + std::to_string(i) + R"(", "points": 1})");
    EXPECT_EQ(failure_of(R"({"timezone": "UTC", "rules": [)" + rules + "]}").code, Errc::limit_exceeded);
}

TEST(RuleSet, checks_the_kinds_of_expressions) {
    EXPECT_EQ(expression_message("seats"), "the expression is a number, not a boolean");
    EXPECT_EQ(expression_message("seats = 'x'"), "a number and a text do not go together");
    EXPECT_EQ(expression_message("seats = null"), "a comparison with NULL is never true");
    EXPECT_EQ(expression_message("login > 3"), "\"login\" is a counter, which has no value of its own");
    EXPECT_EQ(expression_message("count(plan, 3 days) > 3"), "\"plan\" is not a counter");
    EXPECT_EQ(expression_message("count(login, 3 moons) > 3"), "expected a unit of time but found \"moons\"");
    EXPECT_EQ(expression_message("plan within 3 days"), "expected a date or a time here, not a text");
    EXPECT_EQ(expression_message("not seats"), "expected a boolean here, not a number");
    EXPECT_EQ(expression_message("1 < 2 < 3"), "expected AND or OR but found \"<\"");
    EXPECT_EQ(expression_message("coalesce(null, null)"), "cannot tell the kind of NULL here");
    EXPECT_EQ(expression_message("frob(1) > 2"), "there is no function frob");
    EXPECT_EQ(expression_message("count(login, this hour) > 2"), "expected a period but found \"hour\"");
    EXPECT_EQ(expression_message("count(login, last months) > 2"), "expected a period but found \"months\"");
    EXPECT_EQ(expression_message("count(login, last month, 1 month ago) > 2"), "expected \")\" but found \",\"");
    EXPECT_EQ(expression_message("changed_within(plan, this month)"), "expected a duration but found \"this\"");
    EXPECT_EQ(expression_message("mean(seats, 1 month) > 2"), "a mean is of up to 1000 whole days");
    EXPECT_EQ(expression_message("mean(seats, 36 hours) > 2"), "a mean is of up to 1000 whole days");
    EXPECT_EQ(expression_message("mean(seats, 1001 days) > 2"), "a mean is of up to 1000 whole days");
    EXPECT_EQ(expression_message("mean(plan, 3 days) > 2"), "a mean is of numbers, not of a text");
    EXPECT_EQ(expression_message("streak(seats) > 2"), "\"seats\" is not a counter");
    EXPECT_EQ(expression_message("lowest(seats) > 2"), "expected \",\" but found \")\"");
    EXPECT_EQ(expression_message("end = '2026-13-01'"), "cannot read a date at \"2026-13-01\"");
    EXPECT_EQ(expression_message("plan ="), "expected a value but found the end");
    for (const char* good :
         {"seats is null", "plan in ('gold', 'silver') and not on", "end < '2026-12-01'",
          "seen >= time '2026-01-01 10:00+02'", "coalesce(on, false) is not true",
          "count(login, 14 days, 14 days ago) between 1 and 5", "plan @ 30 days ago = previous(plan)",
          "changed_within(plan, 3 months) or age(plan) > 5", "if(seats > 0, 10 / seats, null) is null",
          "end within 60 days", "days_since(last(login)) > 14", "-seats * 2 + round(seats, 2) <> least(1, 2, seats)",
          "nullif(plan, 'x') is null and seats not in (1)",
          "lowest(seats, 7 days) < mean(seats, 4 weeks) and highest(plan, 2 days) = 'gold'", "streak(login) > 3",
          "count(login, this month) > sum(login, last quarter) or distinct(login, THIS day) > 1"})
        EXPECT_EQ(expression_message(good), "") << good;
}

TEST(RuleSet, has_a_canonical_text) {
    const std::string messy =
        R"( {"rules":[{"points":1.50,"name":"r","missing":0,"when":"true"}],"bands":[{"name":"low"},{"from":0010e-1,"name":"high"}],
        "facts":{"b":{"kind":"text","optional":true},"a":{"kind":"number"}}, "base":0, "alerts":[{"name":"x","when":"true","for":"2 weeks"}],"timezone":"UTC"})";
    EXPECT_TRUE(message_of(messy).starts_with("line 1, column 99: not JSON: ")) << message_of(messy);
    const std::string tidy =
        canonical(messy.substr(0, messy.find("0010e-1")) + "10e-1" + messy.substr(messy.find("0010e-1") + 7));
    EXPECT_EQ(
        tidy,
        R"({"timezone": "UTC", "facts": {"a": "number", "b": {"kind": "text", "optional": true}}, )"
        R"("rules": [{"name": "r", "when": "true", "points": 1.5}], "bands": [{"name": "low"}, {"name": "high", "from": 1}], )"
        R"("alerts": [{"name": "x", "when": "true", "for": "14 days"}]})");
    EXPECT_EQ(canonical(tidy), tidy);
    // What says the default is left out; in a mean 0 for a missing rule says more than nothing.
    const std::string rules =
        R"("rules": [{"name": "a", "points": 1, "weight": 1.0, "missing": 0}, {"name": "b", "points": 1, "weight": 2.50}]})";
    EXPECT_EQ(canonical(R"({"timezone": "UTC", "method": "sum", "rules": [{"name": "a", "points": 1, "missing": 0}]})"),
              R"({"timezone": "UTC", "rules": [{"name": "a", "points": 1}]})");
    EXPECT_EQ(
        canonical(R"({"timezone": "UTC", "method": "weighted mean", )" + rules),
        R"({"timezone": "UTC", "method": "weighted mean", "rules": [{"name": "a", "points": 1, "missing": 0}, {"name": "b", "points": 1, "weight": 2.5}]})");
}

TEST(RuleSet, shares_equal_parts) {
    test::TestArena arena;
    const RuleSet rules(R"({"timezone": "UTC", "facts": {"login": "counter"}, "rules": [
        {"name": "a", "when": "count(login, 14 days) >= 5", "points": 1}, {"name": "b", "when": "count(login, 2 weeks) < 5", "points": 1},
        {"name": "c", "when": "count(login, 14 days, 14 days ago) < 5", "points": 1}]})",
                        utc, arena);
    EXPECT_EQ(rules.program().questions().size(), 2U);
    EXPECT_EQ(rules.rules()[0].points, rules.rules()[1].points);
}

TEST(Duration, has_a_unit_or_several_of_it_up_to_1000_years) {
    EXPECT_EQ(parse_duration("1 week"), (Span{0, 7, 0}));
    EXPECT_EQ(parse_duration("2 quarters"), (Span{6, 0, 0}));
    EXPECT_EQ(parse_duration("36 hours"), (Span{0, 0, 36 * 3600 * micros_per_second}));
    for (const char* const most : {"1000 years", "4000 quarters", "12000 months", "366000 days", "8784000 hours"})
        EXPECT_NO_THROW(parse_duration(most)) << most;
    for (const char* const wrong : {"0 days", "-1 days", "1001 years", "4001 quarters", "12001 months", "366001 days",
                                    "8784001 hours", "2 dayz", "2 dayss", "2 day s", "2 s", "2 ", "2days", "days"})
        EXPECT_THROW(parse_duration(wrong), Error) << wrong;
}

// However the table of nodes puts them beside one another.
TEST(RuleSet, shares_nothing_else) {
    test::TestArena arena;
    std::string rules;
    int n = 0;
    const auto add = [&](const std::string& points) {
        rules += (n > 0 ? ", " : "") + (R"({"name": "r)" + std::to_string(n) + R"(", "points": ")" + points + "\"}");
        ++n;
    };
    for (int i = 1; i <= 150; ++i) {
        const std::string days = std::to_string(i) + " days";
        for (const char* const fact : {"login", "visit"}) {
            add("count(" + std::string(fact) + ", " + days + ")");
            add("sum(" + std::string(fact) + ", 14 days, " + days + " ago)");
        }
        add("round(seats, " + std::to_string(i % 10) + ") * " + std::to_string(i));
    }
    const RuleSet set(
        R"({"timezone": "UTC", "facts": {"login": "counter", "visit": "counter", "seats": "number"}, "rules": [)" +
            rules + "]}",
        utc, arena);
    std::set<NodeId> points;
    for (const auto& rule : set.rules()) points.insert(rule.points);
    EXPECT_EQ(points.size(), std::size_t(n));
}

}  // namespace
}  // namespace csagg
