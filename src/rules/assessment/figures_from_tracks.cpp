#include "rules/assessment/figures_from_tracks.hpp"

namespace csagg {

void FiguresFromTracks::move(std::uint32_t level) {
    const Level& after = levels_[level];
    const std::uint32_t source = after.source;
    const Level& before = levels_[std::exchange(now_[source], level)];
    if (source < rule_count_) [[likely]] {
        if (applies_[source] == 0) return;
        sum_ += after.scaled() - before.scaled();
        missing_ += int(after.missing) - int(before.missing);
        failed_ += int(after.failed) - int(before.failed);
        if (rules_.is_mean()) weight_ += weight_of(after) - weight_of(before);
    } else if (source == exists_source_) {
        look_at_existence();
    } else if (source == stage_source_) {
        look_at_stage();
    }
}

void FiguresFromTracks::look_at_existence() {
    const Level& level = levels_[now_[exists_source_]];
    if (level.failed) throw NoTrack{};
    exists_now_ = level.word != 0;
}

void FiguresFromTracks::look_at_stage() {
    const Level& level = levels_[now_[stage_source_]];
    stage_now_ = level.failed ? failed_stage : level.word;
}

void FiguresFromTracks::add_up(std::uint32_t stage) {
    added_stage_ = stage;
    sum_ = base_;
    applying_ = missing_ = failed_ = weight_ = 0;
    for (std::size_t i = 0; i < rule_count_; ++i) {
        const bool applies = rules_.rules()[i].applies_in(stage);
        applies_[i] = applies ? 1 : 0;
        if (!applies) continue;
        const Level& level = levels_[now_[i]];
        ++applying_;
        sum_ += level.scaled();
        missing_ += level.missing ? 1 : 0;
        failed_ += level.failed ? 1 : 0;
        weight_ += weight_of(level);
    }
}

std::optional<Number> FiguresFromTracks::score_of_sum() const {
    if (!rules_.is_mean()) {
        const Int128 sum = sum_ < low_ ? low_ : high_ < sum_ ? high_ : sum_;
        return round_to_number(sum < 0, sum < 0 ? -Uint128(sum) : Uint128(sum), scale_);
    }
    if (weight_ == 0) return std::nullopt;
    return rules_.document().clamped(divide_rounded(Wide{WideInteger<4>(sum_), scale_}, weight_));
}

/// Of the sum; the same sums come again and again.
const FiguresFromTracks::Known& FiguresFromTracks::find_score(bool wants_band) {
    const std::int64_t weight = rules_.is_mean() ? weight_ : 0;
    const auto mixed = (std::uint64_t(sum_) ^ std::uint64_t(sum_ >> 64) ^ std::uint64_t(weight)) * 0x9E3779B97F4A7C15U;
    Known& known = known_[mixed >> 58];
    if (!known.any || known.sum != sum_ || known.weight != weight) {
        known.score = score_of_sum();
        known.band = wants_band && known.score ? rules_.document().band_of(*known.score) : none;
        known.sum = sum_;
        known.weight = weight;
        known.any = true;
    }
    return known;
}

/// Whether it differs from what was present before.
bool FiguresFromTracks::find_present(Present& present, bool wants_band) {
    if (!exists_now_) return std::exchange(present.exists, false);
    if (stage_now_ != added_stage_) {
        if (stage_now_ == failed_stage) throw NoTrack{};
        add_up(stage_now_);
    }
    const Level& override = levels_[now_[override_source_]];
    if (failed_ > 0 || override.failed) throw NoTrack{};
    const bool same = present.exists && present.sum == sum_ && present.stage == stage_now_ &&
                      present.applying == applying_ && present.missing == missing_ && present.weight == weight_;
    if (same && rules_.override_when() == no_node) return false;
    present.exists = true;
    present.sum = sum_;
    present.stage = stage_now_;
    present.applying = applying_;
    present.missing = missing_;
    present.weight = weight_;
    if (override.missing) {
        const Known& known = find_score(wants_band);
        present.score = known.score;
        present.band = known.band;
    } else {
        present.score = rules_.document().clamped(override.points);
        present.band = rules_.document().band_of(*present.score);
    }
    return true;
}

void FiguresFromTracks::run_any(Steps* stage, Steps& score, Steps* band, Steps* coverage) {
    const Document& document = rules_.document();
    std::size_t scores = 0;
    score.entries.resize(merged_.size() + 2, boost::container::default_init);
    const auto append = [](Steps* steps, Instant at, const Value& value) {
        const bool repeats = steps->entries.empty() ? value.absent : same(steps->entries.back().value, value);
        if (!repeats) steps->entries.push_back({at, 0, value});
    };
    Present present, before;
    look_at_existence();
    look_at_stage();
    const auto put = [&](Instant at) {
        if (!find_present(present, band != nullptr)) return;
        const bool exists = present.exists, turned = exists != before.exists;
        const bool scored = exists && present.score;
        if ((turned || present.score != before.score) &&
            (scored || (scores > 0 && !score.entries[scores - 1].value.absent)))
            score.entries[scores++] = {at, 0, scored ? Value::of(*present.score) : Value::none(Kind::number)};
        if (stage != nullptr && (turned || present.stage != before.stage))
            append(stage, at,
                   exists && present.stage != none ? Value::of(document.stages[present.stage].name)
                                                   : Value::none(Kind::text));
        if (band != nullptr && (turned || present.band != before.band))
            append(band, at,
                   exists && present.band != none ? Value::of(document.bands[present.band].name)
                                                  : Value::none(Kind::text));
        if (coverage != nullptr && (turned || present.applying != before.applying || present.missing != before.missing))
            append(coverage, at,
                   exists && present.applying > 0
                       ? Value::of(divide(Number::of(present.applying - present.missing), Number::of(present.applying)))
                       : Value::none(Kind::number));
        before = present;
    };
    put(tracks_.from());
    const Change* change = merged_.data();
    const Change* const end = change + merged_.size();
    for (std::size_t steps = 0; change != end;) {
        if (++steps % 4096 == 0) check_interrupts();
        const Instant at = change->at;
        for (; change != end && change->at == at; ++change) move(change->level);
        put(at);
    }
    score.entries.resize(scores);
    for (Steps* steps : {stage, &score, band, coverage})
        if (steps != nullptr) append(steps, tracks_.until(), Value::none(steps->kind));
}

void FiguresFromTracks::run(Figures& figures) {
    run_any(&figures.stage, figures.score, &figures.band, &figures.coverage);
}

void follow_alert(const RuleSet::Alert& alert, const Track& exists, const Track& when, Instant since, Instant until,
                  AlertMachine& machine, Steps& out) {
    std::size_t there = 0, condition = 0, steps = 0;
    for (Instant t = exists.at[0]; t < until;) {
        if (++steps % 4096 == 0) check_interrupts();
        while (exists.at[there + 1] <= t) ++there;
        while (when.at[condition + 1] <= t) ++condition;
        const Piece present = exists[there], truth = when[condition];
        const bool exists_now = present.is_true();
        if (present.state() == PieceState::failed || (exists_now && truth.state() == PieceState::failed))
            throw NoTrack{};
        if (exists_now)
            machine.step(alert, truth.is_true(), t);
        else
            machine.reset();
        const Instant next = std::min({exists.at[there + 1], when.at[condition + 1], machine.deadline()});
        if (next > since) {
            const Value value =
                exists_now ? Value::of(machine.state() == AlertState::firing) : Value::none(Kind::boolean);
            const bool repeats = out.entries.empty() ? value.absent : same(out.entries.back().value, value);
            if (!repeats) out.entries.push_back({std::max(t, since), 0, value});
        }
        t = next;
    }
    const bool ended = out.entries.empty() || out.entries.back().value.absent;
    if (!ended) out.entries.push_back({until, 0, Value::none(Kind::boolean)});
}

}  // namespace csagg
