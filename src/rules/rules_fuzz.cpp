// Any bytes as a rule set: what is read has a canonical text that reads the same, and evaluates without harm. The facts
// come from the bytes too, by way of a seed.
#include "base/scratch.hpp"
#include "base/test_arena.hpp"
#include "rules/explanation/explain.hpp"
#include "rules/random_rules.hpp"

namespace {

using namespace csagg;

const Calendar& berlin(std::string_view) {
    static const twin::Zone zone(twin::berlin(), "Europe/Berlin");
    return zone;
}

std::string canonical(const RuleSet& rules, Arena& arena) {
    String text(arena);
    rules.document().print(text);
    return {text.data(), text.size()};
}

void check(bool good) {
    if (!good) std::abort();
}

bool is_same(const Steps& a, const Steps& b) {
    return std::ranges::equal(a.entries, b.entries,
                              [](const Entry& x, const Entry& y) { return x.at == y.at && same(x.value, y.value); });
}

void evaluate(const RuleSet& rules, std::uint64_t seed, Arena& arena) {
    static const Instant from = twin::at("2025-10-20"), until = twin::at("2025-11-05");
    twin::Random random(seed, from, until);
    const twin::Customer customer = random.customer(rules.document());
    const twin::CustomerBytes bytes(rules.document(), customer);
    // Whole tracks say what is said step by step. (Of alerts too, but for daily values before 1970, which are not
    // followed.)
    AssessmentOver tracked(rules, arena), over(rules, arena);
    const bool by_tracks = assess_by_tracks(rules, bytes.inputs(), from, until, tracked, arena);
    assess_by_steps(rules, bytes.inputs(), from, until, over, arena);
    check(!by_tracks || (is_same(tracked.stage, over.stage) && is_same(tracked.score, over.score) &&
                         is_same(tracked.band, over.band) && is_same(tracked.coverage, over.coverage)));
    const Instant at = random.instant();
    Assessor assessor(rules, bytes.inputs(), arena);
    assessor.run_alerts(at);
    const Assessment now = assessor.assess();
    check(now.exists || !now.score);
    check(Assessor(rules, bytes.inputs(), arena, at).score() == now.score);
    const Instant next = assessor.find_change(now);
    check(next > at);
    explain_change(rules, bytes.inputs(), rules, bytes.inputs(), from, until, arena);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 8) return 0;
    const std::uint64_t seed = load_le<std::uint64_t>(data);
    const std::string source(reinterpret_cast<const char*>(data) + 8, size - 8);
    test::TestArena arena;
    try {
        const RuleSet rules(source, berlin, arena);
        const std::string text = canonical(rules, arena);
        const RuleSet again(text, berlin, arena);
        check(canonical(again, arena) == text);
        if (rules.document().facts.size() < 20) evaluate(rules, seed, arena);
    } catch (const Error&) {
    }
    return 0;
}
