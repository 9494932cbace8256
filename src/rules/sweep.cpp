#include "rules/sweep.hpp"

#include "base/sort.hpp"

namespace csagg {

Sweep::Sweep(const RuleSet& rules, Lift& lift, Track exists, Arena& arena)
    : rules_(rules),
      lift_(lift),
      rule_count_(rules.rules().size()),
      override_source_(rule_count_),
      exists_source_(rule_count_ + 1),
      stage_source_(rule_count_ + 2),
      arena_(arena),
      outcome_begins_(Alloc<std::size_t>(arena)),
      now_(Alloc<const Outcome*>(arena)),
      exists_(exists),
      stage_(stages()) {
    make_room(500);
    outcome_begins_.reserve(rule_count_ + 2);
    const Outcome nothing{lift.from(), {}, false, false}, not_set{lift.from(), {}, true, false};
    for (std::size_t i = 0; i < rule_count_; ++i) {
        const RuleSet::Rule& rule = rules.rules()[i];
        collect(i, rule.when, rule.points, nothing, {lift.from(), rule.missing, true, false});
    }
    if (rules.override_when() == no_node) {
        outcome_begins_.push_back(outcome_count_);
        add_outcome(not_set);
    } else {
        collect(override_source_, rules.override_when(), rules.override_score(), not_set, not_set);
    }
    outcome_begins_.push_back(outcome_count_);
    scale_points();
    note_changes(arena);
    now_.reserve(rule_count_ + 1);
    for (std::size_t i = 0; i <= rule_count_; ++i) now_.push_back(outcomes_ + outcome_begins_[i]);
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

/// For so many more outcomes.
void Sweep::make_room(std::size_t outcomes) {
    if (outcomes <= outcome_room_ - outcome_count_) return;
    outcome_room_ = std::max(outcome_count_ + outcomes, 2 * outcome_room_);
    auto* const fresh = static_cast<Outcome*>(arena_.allocate(outcome_room_ * sizeof(Outcome), alignof(Outcome)));
    std::copy_n(outcomes_, outcome_count_, fresh);
    outcomes_ = fresh;
}

/// Outcomes of one source: `off` while the condition is false, `unknown` while it or the points are NULL.
void Sweep::collect(std::size_t source, NodeId when, NodeId points, const Outcome& off, const Outcome& unknown) {
    outcome_begins_.push_back(outcome_count_);
    const auto add = [this](Outcome outcome, Instant at) {
        outcome.at = at;
        add_outcome(outcome);
    };
    const auto add_points = [&](Instant begin, Instant end, const Piece& piece) {
        if (piece.state() == PieceState::failed) return add({begin, {}, false, true}, begin);
        if (piece.state() == PieceState::absent) return add(unknown, begin);
        lift_.for_values(piece, begin, end, [this](Instant t, Instant, const Number& number) {
            add_outcome({t, number});
        });
    };
    // A condition that decides against a rule where it is NULL decides against an override too, but does not make it
    // missing.
    const bool is_override = source == override_source_;
    const Track conditions = when == no_node ? lift_.constant(truth_at(lift_.from(), true)) : lift_.of(when);
    if (conditions.is_uniform() && !conditions.absent_head && rules_.program()[points].op == Op::constant) {
        const Value constant = rules_.program()[points].constant;
        Outcome on = unknown;
        if (!constant.absent) on = {lift_.from(), constant.number()};
        make_room(conditions.size);
        for (std::size_t i = 0; i < conditions.size; ++i) {
            Outcome& outcome = outcomes_[outcome_count_++];
            outcome = conditions.words[i] != 0 ? on : off;
            outcome.at = conditions.at[i];
        }
        return;
    }
    Track values;
    std::size_t v = 0;
    for (std::size_t i = 0; i < conditions.size; ++i) {
        const Piece condition = conditions[i];
        const Instant end = conditions.at[i + 1];
        if (condition.state() == PieceState::failed) {
            add({condition.at, {}, false, true}, condition.at);
        } else if (condition.state() == PieceState::absent) {
            add(is_override ? off : unknown, condition.at);
        } else if (condition.word == 0) {
            add(off, condition.at);
        } else {
            if (values.size == 0) values = lift_.of(points);
            while (values.at[v + 1] <= condition.at) ++v;
            add_points(condition.at, std::min(end, values.at[v + 1]), values[v]);
            while (values.at[v + 1] < end) {
                ++v;
                add_points(values.at[v], std::min(end, values.at[v + 1]), values[v]);
            }
        }
    }
}

/// Finds the scale at which all points are whole numbers, and makes them so. NotLifted where a sum might not fit.
void Sweep::scale_points() {
    const Number& base = rules_.document().base;
    scale_ = base.scale;
    const std::span<Outcome> outcomes(outcomes_, outcome_count_);
    for (const Outcome& outcome : outcomes) scale_ = std::max<int>(scale_, outcome.points.scale);
    constexpr std::size_t few =
        150;  // so many numbers of 18 digits before the point and 18 behind it have a sum that fits
    const bool check = scale_ > Number::max_digits || rule_count_ > few;
    const Int128 limit = Int128(~Uint128(0) >> 1) / Int128(rule_count_ + 2);
    const auto fits = [&](const Number& number) {
        Int128 room = limit;
        for (int digits = scale_ - number.scale; digits > 0; digits -= 18) room /= power_of_ten[std::min(digits, 18)];
        return Int128(magnitude_of(number.coefficient)) <= room;
    };
    if (check && !fits(base)) throw NotLifted{};
    base_ = at_scale(base);
    for (Outcome& outcome : outcomes) {
        if (check && !fits(outcome.points)) throw NotLifted{};
        const Int128 scaled = at_scale(outcome.points);
        outcome.low = std::uint64_t(scaled);
        outcome.high = std::int64_t(scaled >> 64);
    }
}

Int128 Sweep::at_scale(const Number& number) const {
    const int digits = scale_ - number.scale;
    if (digits <= 18) return Int128(number.coefficient) * power_of_ten[digits];
    return Int128(number.coefficient) * power_of_ten[18] * power_of_ten[digits - 18];
}

namespace {

/// Merges two lists in order of time; `out` has room for both.
template <class T>
void merge_lists(std::span<const T> first, std::span<const T> second, T* out) {
    const T *a = first.data(), *b = second.data();
    const T *const a_end = a + first.size(), *const b_end = b + second.size();
    while (a != a_end && b != b_end) {
        const bool takes_second = b->at < a->at;
        *out++ = *(takes_second ? b : a);
        a += takes_second ? 0 : 1;
        b += takes_second ? 1 : 0;
    }
    std::copy(b, b_end, std::copy(a, a_end, out));
}

}  // namespace

/// All changes in order of time. Those of one source are in order; so lists are merged two by two, always the shortest
/// (D. A. Huffman 1952).
void Sweep::note_changes(Arena& arena) {
    using List = std::span<const Change>;
    const std::size_t all = outcome_count_ + exists_.size + stage_.size;
    const auto make = [&arena](std::size_t n) {
        return static_cast<Change*>(arena.allocate((n + 1) * sizeof(Change), alignof(Change)));
    };
    Change* const changes = make(all);
    SmallVector<List, 32> lists(arena);
    std::size_t n = 0;
    auto finish_list = [&, begin = std::size_t(0)]() mutable {
        if (n > begin) lists.push_back({changes + begin, n - begin});
        begin = n;
    };
    for (std::size_t i = 0; i <= rule_count_; ++i, finish_list())
        for (std::size_t k = outcome_begins_[i] + 1; k < outcome_begins_[i + 1]; ++k)
            changes[n++] = {outcomes_[k].at, i};
    for (std::size_t k = 1; k < exists_.size; ++k) changes[n++] = {exists_.at[k], exists_source_};
    finish_list();
    for (std::size_t k = 1; k < stage_.size; ++k) changes[n++] = {stage_.at[k], stage_source_};
    finish_list();

    std::sort(lists.begin(), lists.end(), [](const List& a, const List& b) { return a.size() < b.size(); });
    // Merged lists come out ever longer: they queue behind one another as the lists themselves do.
    const std::size_t originals = lists.size();
    std::size_t next = 0, next_merged = originals;
    const auto shortest = [&] {
        const bool merged =
            next == originals || (next_merged < lists.size() && lists[next_merged].size() < lists[next].size());
        return lists[merged ? next_merged++ : next++];
    };
    for (std::size_t left = originals; left > 1; --left) {
        if (left % 64 == 0) check_interrupts();
        const List a = shortest(), b = shortest();
        Change* const out = make(a.size() + b.size());
        merge_lists(a, b, out);
        lists.push_back({out, a.size() + b.size()});
    }
    if (!lists.empty()) changes_ = lists.back();
}

void Sweep::move(std::size_t source) {
    if (source <= override_source_) [[likely]] {
        const Outcome& before = *now_[source];
        const Outcome& after = *++now_[source];
        if (source == override_source_ || !rules_.rules()[source].applies_in(added_stage_)) return;
        sum_ += after.scaled() - before.scaled();
        missing_ += int(after.missing) - int(before.missing);
        failed_ += int(after.failed) - int(before.failed);
    } else if (source == exists_source_) {
        ++exists_piece_;
        look_at_existence();
    } else {
        ++stage_piece_;
        look_at_stage();
    }
}

void Sweep::look_at_existence() {
    const Piece piece = exists_[exists_piece_];
    if (piece.state() == PieceState::failed) throw NotLifted{};
    exists_now_ = piece.is_true();
}

void Sweep::look_at_stage() {
    const Piece piece = stage_[stage_piece_];
    stage_now_ = piece.state() == PieceState::failed   ? failed_stage
                 : piece.state() == PieceState::absent ? none
                                                       : std::uint32_t(piece.word);
}

void Sweep::add_up(std::uint32_t stage) {
    added_stage_ = stage;
    sum_ = base_;
    applying_ = missing_ = failed_ = 0;
    for (std::size_t i = 0; i < rule_count_; ++i) {
        if (!rules_.rules()[i].applies_in(stage)) continue;
        ++applying_;
        sum_ += now_[i]->scaled();
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
    if (!exists_now_) return std::exchange(present.exists, false);
    if (stage_now_ != added_stage_) {
        if (stage_now_ == failed_stage) throw NotLifted{};
        add_up(stage_now_);
    }
    const Outcome& override = *now_[override_source_];
    if (failed_ > 0 || override.failed) throw NotLifted{};
    const bool same = present.exists && present.sum == sum_ && present.stage == stage_now_ &&
                      present.applying == applying_ && present.missing == missing_;
    if (same && rules_.override_when() == no_node) return false;
    present.exists = true;
    present.sum = sum_;
    present.stage = stage_now_;
    present.applying = applying_;
    present.missing = missing_;
    if (override.missing) {
        const Known& known = find_score();
        present.score = known.score;
        present.band = known.band;
    } else {
        present.score = clamped(override.points);
        present.band = band_of(present.score);
    }
    return true;
}

void Sweep::run(Steps* stage, Steps* score, Steps* band, Steps* coverage) {
    const Document& document = rules_.document();
    std::size_t scores = 0;
    if (score != nullptr) score->entries.resize(changes_.size() + 2, boost::container::default_init);
    const auto append = [](Steps* steps, Instant at, const Value& value) {
        const bool repeats = steps->entries.empty() ? value.absent : same(steps->entries.back().value, value);
        if (!repeats) steps->entries.push_back({at, 0, value});
    };
    Present present, before;
    look_at_existence();
    look_at_stage();
    const auto put = [&](Instant at) {
        if (!find_present(present)) return;
        const bool exists = present.exists, turned = exists != before.exists;
        if (score != nullptr && (turned || present.score != before.score) && (exists || scores > 0))
            score->entries[scores++] = {at, 0, exists ? Value::of(present.score) : Value::none(Kind::number)};
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
    put(lift_.from());
    const Change* change = changes_.data();
    const Change* const end = change + changes_.size();
    for (std::size_t steps = 0; change != end;) {
        if (++steps % 4096 == 0) check_interrupts();
        const Instant at = change->at;
        for (; change != end && change->at == at; ++change) move(change->source);
        put(at);
    }
    if (score != nullptr) score->entries.resize(scores);
    for (Steps* steps : {stage, score, band, coverage})
        if (steps != nullptr) append(steps, lift_.until(), Value::none(steps->kind));
}

void sweep_alert(const RuleSet::Alert& alert, const Track& exists, const Track& when, Instant since, Instant until,
                 Steps& out) {
    AlertMachine machine;
    std::size_t there = 0, condition = 0, steps = 0;
    for (Instant t = exists.at[0]; t < until;) {
        if (++steps % 4096 == 0) check_interrupts();
        while (exists.at[there + 1] <= t) ++there;
        while (when.at[condition + 1] <= t) ++condition;
        const Piece present = exists[there], truth = when[condition];
        const bool exists_now = present.is_true();
        if (present.state() == PieceState::failed || (exists_now && truth.state() == PieceState::failed))
            throw NotLifted{};
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
