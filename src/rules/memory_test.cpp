// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "rules/explanation/explain.hpp"
#include "rules/assessment/look_back.hpp"
#include "rules/random_rules.hpp"

namespace csagg {
namespace {

using test::fail_every_allocation;
using twin::at;

const Calendar& berlin(std::string_view) {
    static const twin::Zone zone(twin::berlin(), "Europe/Berlin");
    return zone;
}

TEST(Memory, RulesSurviveThatItRunsOut) {
    const Instant since = at("2025-10-20"), until = at("2025-11-05");
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        twin::Random random(seed, since, until);
        const std::string source = random.rules("Europe/Berlin", true);
        SCOPED_TRACE(source);
        test::TestArena for_good;
        const RuleSet known(source, berlin, for_good);
        const twin::Customer customer = random.customer(known.document());
        const twin::CustomerBytes bytes(known.document(), customer);
        std::string expected;
        fail_every_allocation([&](Arena& arena) {
            const RuleSet rules(source, berlin, arena);
            String text(arena);
            rules.document().print(text);
            const std::optional<Span> span = look_back(rules, true, arena);
            text.push_back(char(span ? span->days : -1));
            try {
                AssessmentOver tracked(rules, arena), over(rules, arena);
                assess_by_tracks(rules, bytes.inputs(), since, until, tracked, arena);
                assess_by_steps(rules, bytes.inputs(), since, until, over, arena);
                for (const Steps* steps : {&over.stage, &over.score, &over.band, &over.coverage}) {
                    Bytes out(arena);
                    steps->write(out);
                    text.append(reinterpret_cast<const char*>(out.data()), out.size());
                }
                const Steps score = score_over(rules, bytes.inputs(), since, until, arena);
                EXPECT_EQ(score.entries.size(), over.score.entries.size());
                Assessor assessor(rules, bytes.inputs(), arena);
                assessor.run_alerts(at("2025-10-27"));
                EXPECT_EQ(Assessor(rules, bytes.inputs(), arena, assessor.now()).score(), assessor.assess().score);
                for (const Explanation& row : explain(rules, assessor, arena))
                    print_facts_seen(rules, row, assessor, text);
                assessor.find_change(assessor.assess());
                text.push_back(
                    char(explain_change(rules, bytes.inputs(), rules, bytes.inputs(), since, until, arena).size()));
            } catch (const Error& error) {  // an expression may fail, always at the same place
                text.append(error.what());
            }
            if (expected.empty()) expected.assign(text.data(), text.size());
            EXPECT_EQ(std::string_view(text.data(), text.size()), expected);
        });
    }
}

TEST(Memory, ErrorsOfRulesSurviveThatItRunsOut) {
    for (
        const char* const source :
        {R"({"timezone": "Europe/Berlin", "facts": {"seats": "number"}, "rules": [{"name": "wrong", "when": "seats + 'a text of more than sixteen bytes' > 3"}]})",
         R"({"timezone": "Europe/Berlin", "a member that nobody knows": [1, {"x": "y"}]})", R"({"timezone": )"})
        fail_every_allocation([&](Arena& arena) {
            try {
                const RuleSet rules(source, berlin, arena);
                ADD_FAILURE() << "no error";
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), Errc::invalid_text);
            }
        });
}

}  // namespace
}  // namespace csagg
