// Assessments over time. By tracks where that can be done (figures_from_tracks.hpp), else step by step, which is the
// definition.
#include "base/interrupt.hpp"
#include "rules/assessment/figures_from_tracks.hpp"

namespace csagg {

AssessmentOver::AssessmentOver(const RuleSet& rules, Arena& arena, std::span<const AlertMachine> seed)
    : Figures(arena), alerts(arena), is_seeded(!seed.empty()), machines(arena) {
    machines.assign(seed.begin(), seed.end());
    machines.resize(rules.alerts().size());
    for (std::size_t i = 0; i < rules.alerts().size(); ++i) alerts.emplace_back(Kind::boolean, arena);
}

namespace {

void append(Steps& steps, Instant at, const Value& value) {
    const bool repeats = steps.entries.empty() ? value.absent : same(steps.entries.back().value, value);
    if (!repeats) steps.entries.push_back({at, 0, value});
}

Value optional_number(const std::optional<Number>& number) {
    return number ? Value::of(*number) : Value::none(Kind::number);
}

Track existence(const RuleSet& rules, const Facts& facts, TrackEvaluation& tracks) {
    if (rules.exists() != no_node) return tracks.of(rules.exists());
    const Track yes = tracks.constant(truth_at(tracks.from(), true)),
                no = tracks.constant(truth_at(tracks.from(), false));
    if (facts.first_entry() <= tracks.from()) return yes;
    if (facts.first_entry() >= tracks.until()) return no;
    auto& pieces = tracks.pieces();
    pieces.begin(2);
    pieces.add(truth_at(tracks.from(), false));
    pieces.add(truth_at(facts.first_entry(), true));
    return pieces.finish();
}

void append(Figures& figures, Instant at, const Assessment& now, const Document& document) {
    append(figures.stage, at, now.stage == none ? Value::none(Kind::text) : Value::of(document.stages[now.stage].name));
    append(figures.score, at, optional_number(now.score));
    append(figures.band, at, now.band == none ? Value::none(Kind::text) : Value::of(document.bands[now.band].name));
    append(figures.coverage, at, optional_number(now.coverage));
}

void finish(Figures& figures, Instant until) {
    for (Steps* timeline : {&figures.stage, &figures.score, &figures.band, &figures.coverage})
        append(*timeline, until, Value::none(timeline->kind));
}

/// Steps are kept until the end: who asks for a far year should not get all memory for it.
void count_step(std::size_t& steps) {
    constexpr std::size_t most = 4'000'000;
    if (++steps % 1024 == 0) check_interrupts();
    if (steps > most)
        throw Error(Errc::limit_exceeded,
                    "there are more than " + std::to_string(most) + " instants at which what the rules say may change",
                    "Ask for a shorter time.");
}

/// Step by step it would only take longer to come to it.
void pass_on_limit(const Error& e) {
    if (e.code() == Errc::limit_exceeded) throw;
}

Instant figures_from(const RuleSet& rules, const Facts& facts) {
    return rules.exists() == no_node ? std::max(first_daily, facts.first_entry()) : first_daily;
}

void lift_figures(const RuleSet& rules, const Facts& facts, Windows& windows, Instant since, Instant until,
                  Figures& figures, Arena& arena) {
    TrackEvaluation tracks(rules.program(), facts, windows, since, until, arena);
    FiguresFromTracks summed(rules, tracks, existence(rules, facts, tracks), arena);
    summed.run(figures);
}

Figures step_figures(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                     Arena& arena) {
    Figures figures(arena);
    Assessor assessor(rules, inputs, arena);
    std::size_t steps = 0;
    for (Instant at = since; at < until; at = assessor.until()) {
        assessor.move_to(at);
        append(figures, at, assessor.assess(), rules.document());
        count_step(steps);
    }
    finish(figures, until);
    return figures;
}

void lift_alerts(const RuleSet& rules, const Facts& facts, Windows& windows, AssessmentOver& over, Instant since,
                 Instant until, Arena& arena) {
    if (rules.alerts().empty()) return;
    TrackEvaluation tracks(rules.program(), facts, windows, over.is_seeded ? since : alerts_from(rules, facts, since),
                           until, arena);
    const Track exists = existence(rules, facts, tracks);
    for (std::size_t i = 0; i < rules.alerts().size(); ++i)
        follow_alert(rules.alerts()[i], exists, tracks.of(rules.alerts()[i].when), since, until, over.machines[i],
                     over.alerts[i]);
}

}  // namespace

bool assess_by_tracks(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                      AssessmentOver& over, Arena& arena) {
    try {
        Facts facts(view(rules.document().facts), inputs, rules.wanted(), arena);
        Windows windows(rules.program(), facts, arena);
        lift_figures(rules, facts, windows, since, until, over, arena);
        if (rules.asks_figures()) {
            Figures figures(arena);
            const Instant from = figures_from(rules, facts);
            if (from < until) lift_figures(rules, facts, windows, from, until, figures, arena);
            facts.set_figures(figures, until);
        }
        lift_alerts(rules, facts, windows, over, since, until, arena);
        return true;
    } catch (const NoTrack&) {
        return false;
    } catch (const Error& e) {
        pass_on_limit(e);
        return false;  // step by step it is raised again, with what it concerns, if it is in order
    }
}

void assess_by_steps(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                     AssessmentOver& over, Arena& arena) {
    Assessor assessor(rules, inputs, arena);
    if (rules.asks_figures())
        assessor.set_figures(step_figures(rules, inputs, figures_from(rules, assessor.facts()), until, arena), until);
    if (over.is_seeded)
        assessor.resume_alerts(view(over.machines), since);
    else
        assessor.run_alerts(since);
    std::size_t steps = 0;
    Assessment last;
    for (Instant at = since; at < until; at = assessor.until()) {
        if (at != since) {
            assessor.move_to(at);
            assessor.step_alerts();
        }
        const Assessment now = assessor.assess();
        for (std::size_t i = 0; i < over.alerts.size(); ++i)
            append(over.alerts[i], at,
                   now.exists ? Value::of(assessor.alert(i) == AlertState::firing) : Value::none(Kind::boolean));
        count_step(steps);
        if (at != since && now == last) continue;
        last = now;
        append(over, at, now, rules.document());
    }
    std::ranges::copy(assessor.alert_states(), over.machines.begin());
    finish(over, until);
    for (Steps& timeline : over.alerts) append(timeline, until, Value::none(Kind::boolean));
}

AssessmentOver assess_over(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until,
                           Arena& arena, std::span<const AlertMachine> seed) {
    AssessmentOver over(rules, arena, seed);
    if (since >= until || assess_by_tracks(rules, inputs, since, until, over, arena)) return over;
    AssessmentOver stepped(rules, arena, seed);
    assess_by_steps(rules, inputs, since, until, stepped, arena);
    return stepped;
}

Figures figures_until(const RuleSet& rules, std::span<const FactInput> inputs, const Facts& facts, Instant until,
                      Arena& arena) {
    const Instant from = figures_from(rules, facts);
    Figures figures(arena);
    if (from >= until) return figures;
    try {
        Windows windows(rules.program(), facts, arena);
        lift_figures(rules, facts, windows, from, until, figures, arena);
        return figures;
    } catch (const NoTrack&) {
    } catch (const Error& e) {
        pass_on_limit(e);
    }
    return step_figures(rules, inputs, from, until, arena);
}

Steps score_over(const RuleSet& rules, std::span<const FactInput> inputs, Instant since, Instant until, Arena& arena) {
    Steps score(Kind::number, arena);
    if (since >= until) return score;
    try {
        const Facts facts(view(rules.document().facts), inputs, rules.wanted(), arena);
        Windows windows(rules.program(), facts, arena);
        TrackEvaluation tracks(rules.program(), facts, windows, since, until, arena);
        FiguresFromTracks summed(rules, tracks, existence(rules, facts, tracks), arena);
        summed.run(score);
        return score;
    } catch (const NoTrack&) {
    } catch (const Error& e) {
        pass_on_limit(e);
    }
    Assessor assessor(rules, inputs, arena);
    Steps stepped(Kind::number, arena);
    std::size_t steps = 0;
    for (Instant at = since; at < until; at = assessor.until()) {
        assessor.move_to(at);
        append(stepped, at, optional_number(assessor.score()));
        count_step(steps);
    }
    append(stepped, until, Value::none(Kind::number));
    return stepped;
}

}  // namespace csagg
