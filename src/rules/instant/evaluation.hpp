// Values of expressions at an instant that moves forward, each with how long it stays.
//
// A node's result holds from the present instant up to `until`. A number may change with the local day alone, as
// days_since() does: then `slope` is what each new day adds, exactly, and `until` is when it stops to do so. So a
// comparison of such a number knows the instant at which it flips, without stepping from day to day:
//
//   days_since(signup) < 90      value 87, slope 1  ->  true until the third midnight from now
//
// Where that cannot be said (a quotient, a product of two such numbers, one with many digits) the result holds until
// the next midnight. Results are kept per node: moving on computes anew only what is over.
#pragma once
#include "rules/instant/day_mean.hpp"
#include "rules/instant/extremes.hpp"
#include "rules/language/ruleset.hpp"
#include "rules/instant/streak.hpp"

namespace csagg {

struct Result {
    Value value = Value::none(Kind::boolean);
    Number slope;
    Instant until = minus_infinity;
    Instant fresh_until = minus_infinity;  // `until`, or the end of the day if there is a slope
};

class Evaluation {
public:
    /// All must outlive this. One with a sight is asked at its instant only, and does not say until when.
    Evaluation(const Program& program, const Facts& facts, Arena& arena, Sight* sight = nullptr);

    /// `now` is finite and not before any instant given earlier.
    void move_to(Instant now);
    Instant now() const { return now_; }
    bool goes_on() const { return sight_ == nullptr; }
    /// Whether the local day of now() ends at this instant.
    bool is_midnight(Instant at) { return at == tomorrow(); }

    /// The value now; nothing changes in it before fresh_until. Errc::division_by_zero, Errc::out_of_range. Parts whose
    /// value does not matter are not computed: AND ends at the first false, OR at the first true, coalesce() at the
    /// first value, if() computes one branch.
    const Result& of(NodeId id) {
        Result& result = results_[id];
        if (now_ >= fresh_until_[id]) {
            compute(id, result);
            fresh_until_[id] = result.fresh_until;
        }
        return result;
    }

    /// Whether it has been asked, and what it was is still so.
    bool is_known(NodeId id) const { return now_ < fresh_until_[id]; }

private:
    struct Cursor {
        bool started = false;
        std::size_t entered = 0, left = 0;  // how many entries or events have come into the window, and gone out of it
        Instant next_enter = 0, next_leave = 0;
        std::int64_t distinct = 0;              // actors or local days
        std::uint32_t* actor_events = nullptr;  // per actor, those in the window
        Extremes* extremes = nullptr;
        Streak* streak = nullptr;
    };

    struct Range {
        std::size_t begin, end;
    };

    void compute(NodeId id, Result& result);
    std::span<const NodeId> arguments(const Step& step) const { return program_.arguments_of(step); }

    void state(const Step& step, Result& result);
    void previous(const Step& step, Result& result);
    void changed_within(const Step& step, Result& result);
    void age(const Step& step, Result& result);
    void extreme_of_window(const Step& step, Result& result);
    void mean(const Step& step, Result& result);
    void streak(const Step& step, Result& result);
    void window(const Step& step, Result& result);
    void first_or_last(const Step& step, Result& result);
    void within(const Step& step, Result& result);
    void days_to(const Step& step, Result& result);
    void arithmetic(const Step& step, Result& result);
    void sign_or_round(const Step& step, Result& result);
    void comparison(const Step& step, Result& result);
    void extreme(const Step& step, Result& result);
    void all_or_any(const Step& step, Result& result);
    void coalesce(const Step& step, Result& result);
    void choose(const Step& step, Result& result);
    void nullif(const Step& step, Result& result);

    std::int64_t day_of(Instant at) const { return goes_on() ? program_.days().day_of(at) : sight_->day_of(at); }
    std::size_t runs_begun(const Step& step, const StateData& data, Instant& next);
    void move_window(const Step& step, const CounterColumns& counter, Cursor& cursor);
    void move_ends(const Question& question, const CounterColumns& counter, Cursor& cursor);
    void take_in(const Step& step, const CounterColumns& counter, Cursor& cursor, Range range, Range window, int sign);
    Value window_value(const Step& step, const CounterColumns& counter, const Cursor& cursor) const;
    Value window_seen(const Step& step, const CounterColumns& counter);
    std::int64_t actors_in(const CounterColumns& counter, Range range);
    std::int64_t days_in(const CounterColumns& counter, Range range) const;

    Instant tomorrow();
    Instant next_look();
    std::int64_t today();
    void set(Result& result, const Value& value, Instant until) const {
        result.value = value;
        result.slope = Number{};
        result.until = result.fresh_until = until;
    }
    void set_line(Result& result, Number value, Number slope, Instant until);
    Instant while_decided(NodeId a_id, const Result& a, const Result& b) const;
    Instant flip(Op op, const Result& a, const Result& b);
    Instant count_flip(Op op, const Step& counting, const Number& bound, bool now);
    Instant nth_change(const Step& counting, std::size_t first, std::int64_t amount, bool leaving) const;

    const Program& program_;
    const Facts& facts_;
    Arena& arena_;
    Sight* const sight_;
    Result* const results_;  // of each node, once it was asked
    Vector<Instant> fresh_until_;
    Vector<Cursor> cursors_;  // of each question, unless there is a sight
    Instant now_ = minus_infinity;
    std::int64_t today_ = 0;
    Instant tomorrow_ = minus_infinity;  // when today_ ends; -infinity: not asked yet
};

}  // namespace csagg
