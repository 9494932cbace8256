#include "rules/language/sight.hpp"

namespace csagg {

void Sight::move_to(Instant now, const Nodes& nodes, std::span<const Question> questions) {
    now_ = minus_infinity;  // until all is known
    ends_.assign(questions.size(), Ends{});
    since_.clear();
    for (const Question& question : questions) {
        const Node& node = nodes.list[question.node];
        if (node.fact >= since_.size()) since_.resize(node.fact + 1, now);
    }
    today_ = days_.day_of(now);
    for (const Question& question : questions) {
        const Node& node = nodes.list[question.node];
        since_[node.fact] = std::min(since_[node.fact], first_seen(node, question, now));
    }
    now_ = now;
}

Sight::Ends Sight::find_ends(const Question& question, Instant now) {
    Ends ends{minus_infinity, question.shift.begin_of(now), question.has_window, true};
    if (question.has_window) ends.begin = question.window.begin_of(ends.end);
    return ends;
}

/// After which instant the question looks at events. What fails here fails again when it is asked.
Instant Sight::first_seen(const Node& node, const Question& question, Instant now) {
    switch (node.op) {
        case Op::first:
        case Op::last: return now;
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: break;
        default: return minus_infinity;
    }
    try {
        const Ends ends = find_ends(question, now);
        // Of a count without a window only how many are in it matters.
        return !question.has_window && node.op != Op::active_days ? ends.end : std::min(ends.begin, ends.end);
    } catch (const Error&) {
        return minus_infinity;
    }
}

}  // namespace csagg
