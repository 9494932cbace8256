#include "rules/sweep.hpp"

#include "rules/lift_parts.hpp"

namespace csagg {

Sweep::Sweep(const RuleSet& rules, Lift& lift, Track exists, Arena& arena)
    : rules_(rules),
      lift_(lift),
      rule_count_(rules.rules().size()),
      override_source_(rule_count_),
      exists_source_(rule_count_ + 1),
      stage_source_(rule_count_ + 2),
      outcomes_(Alloc<Outcome>(arena)),
      outcome_begins_(Alloc<std::size_t>(arena)),
      now_(Alloc<const Outcome*>(arena)),
      changes_(Alloc<Change>(arena)),
      exists_track_(exists),
      stage_track_(stages()),
      exists_(exists.pieces),
      stage_(stage_track_.pieces) {
    outcomes_.reserve(64);
    outcome_begins_.reserve(rule_count_ + 2);
    const Outcome nothing{lift.from(), {}, false, false}, not_set{lift.from(), {}, true, false};
    for (std::size_t i = 0; i < rule_count_; ++i) {
        const RuleSet::Rule& rule = rules.rules()[i];
        collect(i, rule.when, rule.points, nothing, {lift.from(), rule.missing, true, false});
    }
    if (rules.override_when() == no_node) {
        outcome_begins_.push_back(outcomes_.size());
        outcomes_.push_back(not_set);
    } else {
        collect(override_source_, rules.override_when(), rules.override_score(), not_set, not_set);
    }
    outcome_begins_.push_back(outcomes_.size());
    find_scale();
    note_changes(arena);
    now_.reserve(rule_count_ + 1);
    for (std::size_t i = 0; i <= rule_count_; ++i) now_.push_back(outcomes_.data() + outcome_begins_[i]);
}

/// The number of the first stage whose condition is true; absent where none is.
Track Sweep::stages() {
    Track all = lift_.constant(absent_at(lift_.from()));
    for (std::size_t i = rules_.stages().size(); i-- > 0;) {
        const Track here = lift_.constant({lift_.from(), std::int64_t(i)});
        all = rules_.stages()[i] == no_node ? here : lift_.choose(lift_.of(rules_.stages()[i]), here, all);
    }
    return all;
}

void Sweep::add_outcome(const Outcome& outcome) {
    if (outcomes_.size() > outcome_begins_.back()) {
        const Outcome& last = outcomes_.back();
        if (last.points == outcome.points && last.missing == outcome.missing && last.failed == outcome.failed) return;
    }
    outcomes_.push_back(outcome);
}

/// Outcomes of one source: `off` while the condition is false, `unknown` while it or the points are NULL.
void Sweep::collect(std::size_t source, NodeId when, NodeId points, const Outcome& off, const Outcome& unknown) {
    outcome_begins_.push_back(outcomes_.size());
    const auto add = [this](Outcome outcome, Instant at) {
        outcome.at = at;
        add_outcome(outcome);
    };
    const auto add_points = [&](Instant begin, Instant end, const Piece& piece) {
        if (piece.state == PieceState::failed) return add({begin, {}, false, true}, begin);
        if (piece.state == PieceState::absent) return add(unknown, begin);
        lift_.for_values(piece, begin, end, [this](Instant t, Instant, const Number& number) { add_outcome({t, number}); });
    };
    // A condition that decides against a rule where it is NULL decides against an override too, but does not make it missing.
    const bool is_override = source == override_source_;
    const Track conditions = when == no_node ? lift_.constant(truth_at(lift_.from(), true)) : lift_.of(when);
    Track values;
    const Piece* value = nullptr;
    for (std::size_t i = 0; i < conditions.size; ++i) {
        const Piece& condition = conditions.pieces[i];
        const Instant end = conditions.pieces[i + 1].at;
        if (condition.state == PieceState::failed) {
            add({condition.at, {}, false, true}, condition.at);
        } else if (condition.state == PieceState::absent) {
            add(is_override ? off : unknown, condition.at);
        } else if (condition.word == 0) {
            add(off, condition.at);
        } else {
            if (value == nullptr) value = (values = lift_.of(points)).pieces;
            while (value[1].at <= condition.at) ++value;
            add_points(condition.at, std::min(end, value[1].at), *value);
            while (value[1].at < end) {
                ++value;
                add_points(value->at, std::min(end, value[1].at), *value);
            }
        }
    }
}

/// The scale at which all sums are whole, and fit.
void Sweep::find_scale() {
    const Document& document = rules_.document();
    scale_ = document.base.scale;
    for (const Outcome& outcome : outcomes_) scale_ = std::max<int>(scale_, outcome.points.scale);
    constexpr std::size_t few = 150;  // so many numbers of 18 digits before the point and 18 behind it
    if (scale_ <= Number::max_digits && rule_count_ <= few) return;
    const Int128 limit = Int128(~Uint128(0) >> 1) / Int128(rule_count_ + 2);
    const auto check = [&](const Number& number) {
        Int128 room = limit;
        for (int digits = scale_ - number.scale; digits > 0; digits -= 18) room /= power_of_ten[std::min(digits, 18)];
        if (Int128(magnitude_of(number.coefficient)) > room) throw NotLifted{};
    };
    check(document.base);
    for (const Outcome& outcome : outcomes_) check(outcome.points);
}

Int128 Sweep::at_scale(const Number& number) const {
    Int128 scaled = number.coefficient;
    int digits = scale_ - number.scale;
    for (; digits > 18; digits -= 18) scaled *= power_of_ten[18];
    return scaled * power_of_ten[digits];
}

/// All changes in order of time. The changes of one source are in order; so lists are merged, two by two.
void Sweep::note_changes(Arena& arena) {
    Vector<std::size_t> ends{Alloc<std::size_t>(arena)};
    ends.reserve(rule_count_ + 4);
    changes_.reserve(outcomes_.size() + exists_track_.size + stage_track_.size);
    const auto note = [this, &ends] {
        if (changes_.size() > (ends.empty() ? 0 : ends.back())) ends.push_back(changes_.size());
    };
    for (std::size_t i = 0; i <= rule_count_; ++i, note())
        for (std::size_t k = outcome_begins_[i] + 1; k < outcome_begins_[i + 1]; ++k) changes_.push_back({outcomes_[k].at, i});
    for (std::size_t k = 1; k < exists_track_.size; ++k) changes_.push_back({exists_track_.pieces[k].at, exists_source_});
    note();
    for (std::size_t k = 1; k < stage_track_.size; ++k) changes_.push_back({stage_track_.pieces[k].at, stage_source_});
    note();

    Vector<Change> other(changes_.size(), boost::container::default_init, Alloc<Change>(arena));
    while (ends.size() > 1) {
        check_interrupts();
        std::size_t kept = 0, begin = 0;
        for (std::size_t i = 0; i < ends.size(); i += 2) {
            const Change* a = changes_.data() + begin;
            const Change* const a_end = changes_.data() + ends[i];
            const Change* b = a_end;
            const Change* const b_end = changes_.data() + (i + 1 < ends.size() ? ends[i + 1] : ends[i]);
            Change* out = other.data() + begin;
            while (a != a_end && b != b_end) {
                const bool second = b->at < a->at;
                *out++ = second ? *b : *a;
                a += second ? 0 : 1;
                b += second ? 1 : 0;
            }
            out = std::copy(a, a_end, out);
            std::copy(b, b_end, out);
            begin = std::size_t(b_end - changes_.data());
            ends[kept++] = begin;
        }
        ends.resize(kept);
        changes_.swap(other);
    }
}

void Sweep::move(std::size_t source) {
    if (source == exists_source_) {
        ++exists_;
    } else if (source == stage_source_) {
        ++stage_;
    } else {
        const Outcome& before = *now_[source];
        const Outcome& after = *++now_[source];
        if (source == override_source_ || !rules_.rules()[source].applies_in(added_stage_)) return;
        sum_ += at_scale(after.points) - at_scale(before.points);
        missing_ += int(after.missing) - int(before.missing);
        failed_ += int(after.failed) - int(before.failed);
    }
}

void Sweep::add_up(std::uint32_t stage) {
    added_stage_ = stage;
    sum_ = at_scale(rules_.document().base);
    applying_ = missing_ = failed_ = 0;
    for (std::size_t i = 0; i < rule_count_; ++i) {
        if (!rules_.rules()[i].applies_in(stage)) continue;
        ++applying_;
        sum_ += at_scale(now_[i]->points);
        missing_ += now_[i]->missing ? 1 : 0;
        failed_ += now_[i]->failed ? 1 : 0;
    }
}

Number Sweep::clamped(const Number& score) const {
    const Document& document = rules_.document();
    if (document.min && score < *document.min) return *document.min;
    if (document.max && *document.max < score) return *document.max;
    return score;
}

std::uint32_t Sweep::band_of(const Number& score) const {
    std::uint32_t band = none;
    const auto& bands = rules_.document().bands;
    for (std::uint32_t i = 0; i < bands.size() && (!bands[i].from || *bands[i].from <= score); ++i) band = i;
    return band;
}

/// Of the sum; the same sums come again and again.
const Sweep::Known& Sweep::find_score() {
    const auto mixed = (std::uint64_t(sum_) ^ std::uint64_t(sum_ >> 64)) * 0x9E3779B97F4A7C15U;
    Known& known = known_[mixed >> 58];
    if (!known.any || known.sum != sum_) {
        known.score = clamped(round_to_number(sum_ < 0, sum_ < 0 ? -Uint128(sum_) : Uint128(sum_), scale_));
        known.band = band_of(known.score);
        known.sum = sum_;
        known.any = true;
    }
    return known;
}

/// Whether it differs from what was present before.
bool Sweep::find_present(Present& present) {
    const Present before = present;
    if (exists_->state == PieceState::failed) throw NotLifted{};
    present.exists = exists_->is_true();
    if (!present.exists) return before.exists;
    if (stage_->state == PieceState::failed) throw NotLifted{};
    present.stage = stage_->state == PieceState::absent ? none : std::uint32_t(stage_->word);
    if (present.stage != added_stage_) add_up(present.stage);
    const Outcome& override = *now_[override_source_];
    if (failed_ > 0 || override.failed) throw NotLifted{};
    if (override.missing) {
        const Known& known = find_score();
        present.score = known.score;
        present.band = known.band;
    } else {
        present.score = clamped(override.points);
        present.band = band_of(present.score);
    }
    present.applying = applying_;
    present.present = applying_ - missing_;
    return !before.exists || present.score != before.score || present.stage != before.stage || present.applying != before.applying ||
           present.present != before.present;
}

void Sweep::run(Steps* stage, Steps* score, Steps* band, Steps* coverage) {
    const Document& document = rules_.document();
    if (score != nullptr) score->entries.reserve(changes_.size() + 2);
    const auto append = [](Steps* steps, Instant at, const Value& value) {
        if (steps == nullptr) return;
        const bool repeats = steps->entries.empty() ? value.absent : same(steps->entries.back().value, value);
        if (!repeats) steps->entries.push_back({at, 0, value});
    };
    Present present;
    const auto put = [&](Instant at) {
        if (!find_present(present)) return;
        const bool exists = present.exists;
        append(score, at, exists ? Value::of(present.score) : Value::none(Kind::number));
        if (stage != nullptr)
            append(stage, at, exists && present.stage != none ? Value::of(document.stages[present.stage].name) : Value::none(Kind::text));
        if (band != nullptr)
            append(band, at, exists && present.band != none ? Value::of(document.bands[present.band].name) : Value::none(Kind::text));
        if (coverage != nullptr)
            append(coverage, at, exists && present.applying > 0 ? Value::of(divide(Number::of(present.present), Number::of(present.applying)))
                                                                : Value::none(Kind::number));
    };
    put(lift_.from());
    for (std::size_t i = 0; i < changes_.size();) {
        const Instant at = changes_[i].at;
        for (; i < changes_.size() && changes_[i].at == at; ++i) {
            move(changes_[i].source);
            if (i % 4096 == 4095) check_interrupts();
        }
        put(at);
    }
    for (Steps* steps : {stage, score, band, coverage})
        if (steps != nullptr) append(steps, lift_.until(), Value::none(steps->kind));
}

void sweep_alert(const RuleSet::Alert& alert, const Track& exists, const Track& when, Instant since, Instant until, Steps& out) {
    AlertMachine machine;
    const Piece *there = exists.pieces, *condition = when.pieces;
    std::size_t steps = 0;
    for (Instant t = there->at; t < until;) {
        if (++steps % 4096 == 0) check_interrupts();
        while (there[1].at <= t && t < until) ++there;
        while (condition[1].at <= t) ++condition;
        if (there->state == PieceState::failed) throw NotLifted{};
        const bool exists_now = there->is_true();
        if (exists_now && condition->state == PieceState::failed) throw NotLifted{};
        if (exists_now)
            machine.step(alert, condition->is_true(), t);
        else
            machine.reset();
        const Instant next = std::min({there[1].at, condition[1].at, machine.deadline()});
        if (next > since) {
            const Value value = exists_now ? Value::of(machine.state() == AlertState::firing) : Value::none(Kind::boolean);
            const bool repeats = out.entries.empty() ? value.absent : same(out.entries.back().value, value);
            if (!repeats) out.entries.push_back({std::max(t, since), 0, value});
        }
        t = next;
    }
    const bool ended = out.entries.empty() || out.entries.back().value.absent;
    if (!ended) out.entries.push_back({until, 0, Value::none(Kind::boolean)});
}

}  // namespace csagg
