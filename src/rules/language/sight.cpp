#include "rules/language/sight.hpp"

namespace csagg {

void Sight::move_to(Instant now, const Nodes& nodes, std::span<const Question> questions) {
    now_ = minus_infinity;  // until all is known
    ends_.assign(questions.size(), Ends{});
    seen_.clear();
    today_ = days_.day_of(now);
    for (std::uint32_t i = 0; i < questions.size(); ++i) {
        const Node& node = nodes.list[questions[i].node];
        if (node.fact >= seen_.size()) seen_.resize(node.fact + 1, Stretch{now, now});
        const Stretch more = see(i, node, questions[i], now);
        Stretch& seen = seen_[node.fact];
        seen = {std::min(seen.since, more.since), std::max(seen.until, more.until)};
    }
    now_ = now;
}

Sight::Ends Sight::find_ends(const Question& question, Instant now) {
    Ends ends{minus_infinity, question.shift.begin_of(now), question.has_window, true};
    if (question.has_window) ends.begin = question.window.begin_of(ends.end);
    return ends;
}

/// Between which instants question `number` looks at events. What fails here fails again when it is asked.
Stretch Sight::see(std::uint32_t number, const Node& node, const Question& question, Instant now) {
    switch (node.op) {
        case Op::first:
        case Op::last: return {now, now};
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: break;
        default: return {minus_infinity, now};
    }
    try {
        const Ends& ends = ends_[number] = find_ends(question, now);
        // Of a count without a window only how many are in it matters.
        const Instant since =
            !question.has_window && node.op != Op::active_days ? ends.end : std::min(ends.begin, ends.end);
        return {since, ends.end};
    } catch (const Error&) {
        return {minus_infinity, now};
    }
}

}  // namespace csagg
