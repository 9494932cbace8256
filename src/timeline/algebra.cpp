#include "timeline/algebra.hpp"

#include "base/interrupt.hpp"

namespace csagg {
namespace {

/// Walks the breakpoints of several timelines together; value(i) is what argument i holds at the current one.
class Sweep {
public:
    Sweep(std::span<const Steps* const> arguments, Arena& arena) : arguments_(arguments), next_(arena), values_(arena) {
        for (const Steps* steps : arguments) {
            next_.push_back(0);
            values_.push_back(Value::none(steps->kind));
        }
    }
    bool advance() {
        bool any = false;
        for (std::size_t i = 0; i < arguments_.size(); ++i) {
            const Entries& entries = arguments_[i]->entries;
            if (next_[i] < entries.size() && (!any || entries[next_[i]].at < at_)) {
                at_ = entries[next_[i]].at;
                any = true;
            }
        }
        for (std::size_t i = 0; any && i < arguments_.size(); ++i) {
            const Entries& entries = arguments_[i]->entries;
            if (next_[i] < entries.size() && entries[next_[i]].at == at_) values_[i] = entries[next_[i]++].value;
        }
        if (++steps_ % 4096 == 0) check_interrupts();
        return any;
    }
    Instant at() const { return at_; }
    /// The breakpoint after the current one, or plus_infinity.
    Instant next_at() const {
        Instant next = plus_infinity;
        for (std::size_t i = 0; i < arguments_.size(); ++i) {
            const Entries& entries = arguments_[i]->entries;
            if (next_[i] < entries.size()) next = std::min(next, entries[next_[i]].at);
        }
        return next;
    }
    const Value& value(std::size_t i) const { return values_[i]; }
    Instant known_from() const {
        Instant known = minus_infinity;
        for (const Steps* steps : arguments_) known = std::max(known, steps->known_from);
        return known;
    }

private:
    std::span<const Steps* const> arguments_;
    SmallVector<std::size_t, 4> next_;
    SmallVector<Value, 4> values_;
    Instant at_ = minus_infinity;
    std::size_t steps_ = 0;
};

/// The step function whose value at each breakpoint is f(sweep), simplified as it is made.
template <class F>
Steps sweep(Kind kind, std::span<const Steps* const> arguments, Arena& arena, F f) {
    Sweep sweep(arguments, arena);
    Steps out(kind, arena);
    const Instant known_from = sweep.known_from();
    while (sweep.advance()) {
        // What nobody can see must not be an error either.
        if (sweep.at() < known_from && sweep.next_at() <= known_from) continue;
        const Value value = f(sweep);
        const bool repeats = out.entries.empty() ? value.absent : same(out.entries.back().value, value);
        if (!repeats) out.entries.push_back({sweep.at(), 0, value});
    }
    forget_before(out, known_from);
    return out;
}

template <class F>
Steps sweep2(Kind kind, const Steps& a, const Steps& b, Arena& arena, F f) {
    const Steps* const arguments[] = {&a, &b};
    return sweep(kind, arguments, arena, [&f](const Sweep& s) { return f(s.value(0), s.value(1)); });
}

void require_same_kind(const Steps& a, const Steps& b, const char* operation) {
    if (a.kind == b.kind) return;
    throw Error(
        Errc::kind_mismatch,
        std::string(operation) + ": one side holds " + kind_name(a.kind) + " values, the other " + kind_name(b.kind),
        "Both sides must be of one kind; a constant is typed as in date '2026-12-01'.");
}

Number compute(Arithmetic op, Number a, Number b) {
    switch (op) {
        case Arithmetic::add: return a + b;
        case Arithmetic::subtract: return a - b;
        case Arithmetic::multiply: return a * b;
        case Arithmetic::divide: return divide(a, b);
    }
    throw Error(Errc::invalid_parameter, "unknown arithmetic");
}

bool holds(Comparison op, std::strong_ordering order) {
    switch (op) {
        case Comparison::eq: return order == 0;
        case Comparison::ne: return order != 0;
        case Comparison::lt: return order < 0;
        case Comparison::le: return order <= 0;
        case Comparison::gt: return order > 0;
        case Comparison::ge: return order >= 0;
    }
    throw Error(Errc::invalid_parameter, "unknown comparison");
}

/// AND where `decisive` is false, OR where it is true.
Steps fold_conditions(std::span<const Steps> conditions, bool decisive, Arena& arena) {
    if (conditions.empty()) return constant(Value::of(!decisive), arena);
    SmallVector<const Steps*, 8> arguments(arena);
    for (const Steps& c : conditions) {
        require_kind(c.kind, Kind::boolean, "condition");
        arguments.push_back(&c);
    }
    return sweep(Kind::boolean, view(arguments), arena, [&](const Sweep& s) {
        bool unknown = false;
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            if (s.value(i).absent)
                unknown = true;
            else if (s.value(i).is_true() == decisive)
                return Value::of(decisive);
        }
        return unknown ? Value::none(Kind::boolean) : Value::of(!decisive);
    });
}

}  // namespace

Steps::Steps(const Timeline& timeline, Arena& arena)
    : kind(timeline.kind()), known_from(timeline.known_from()), entries(arena) {
    timeline.read(entries);
}

Steps::Steps(const UnencodedTimeline& timeline, Arena& arena)
    : kind(timeline.kind()), known_from(timeline.known_from()), entries(arena) {
    entries.assign(timeline.entries().begin(), timeline.entries().end());
}

Steps constant(const Value& value, Arena& arena) {
    Steps out(value.kind, arena);
    if (!value.absent) out.entries.push_back({minus_infinity, 0, value});
    return out;
}

void simplify(Steps& steps) {
    Entries& entries = steps.entries;
    std::size_t kept = 0;
    for (const Entry& e : entries) {
        const bool repeats = kept == 0 ? e.value.absent : same(entries[kept - 1].value, e.value);
        if (!repeats) entries[kept++] = {e.at, 0, e.value};
    }
    entries.resize(kept);
}

bool same_function(Steps a, Steps b) {
    if (a.kind != b.kind || a.known_from != b.known_from) return false;
    simplify(a);
    simplify(b);
    // What is carried in counts from the horizon on, whatever its own instant.
    for (Steps* steps : {&a, &b})
        if (!steps->entries.empty() && steps->entries.front().at < steps->known_from)
            steps->entries.front().at = steps->known_from;
    return std::equal(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end(),
                      [](const Entry& x, const Entry& y) { return x.at == y.at && same(x.value, y.value); });
}

Steps merge(const Steps& a, const Steps& b, Arena& arena) {
    require_same_kind(a, b, "merge");
    Steps out(a.kind, arena);
    out.entries.reserve(a.entries.size() + b.entries.size());
    auto i = a.entries.begin();
    auto j = b.entries.begin();
    while (i != a.entries.end() || j != b.entries.end()) {
        if (j == b.entries.end() || (i != a.entries.end() && i->at < j->at)) {
            out.entries.push_back(*i++);
        } else if (i == a.entries.end() || j->at < i->at) {
            out.entries.push_back(*j++);
        } else {
            out.entries.push_back(compare_rank(*i, *j) >= 0 ? *i : *j);
            ++i;
            ++j;
        }
    }
    forget_before(out, std::max(a.known_from, b.known_from));
    return out;
}

Steps overlay(const Steps& a, const Steps& b, Arena& arena) {
    require_same_kind(a, b, "overlay");
    return sweep2(a.kind, a, b, arena, [](const Value& x, const Value& y) { return y.absent ? x : y; });
}

Steps slice(const Steps& steps, Instant since, Instant until, Arena& arena) {
    Steps out(steps.kind, arena);
    if (since >= until) return out;
    // Outside of the part it is known that there is nothing.
    out.known_from = steps.known_from > since ? std::min(steps.known_from, until) : minus_infinity;
    if (steps.known_from >= until) return out;
    bool open = false;
    std::int64_t lowest_seq = 0;
    for (const Entry& e : steps.entries) {
        lowest_seq = std::min(lowest_seq, e.seq);
        if (e.at >= until) break;
        if (e.at <= since) out.entries.clear();
        // Carried in from before: the part begins with it, but a value unknown at `since` keeps its own instant.
        const bool moved = e.at < since && steps.known_from <= since;
        if (!moved || !e.value.absent) out.entries.push_back({moved ? since : e.at, e.seq, e.value});
        open = !e.value.absent;
    }
    // The closing entry has the lowest rank there is, so that the next slice, merged, wins over it.
    if (open && until != plus_infinity)
        out.entries.push_back({until, lowest_seq < 0 ? minus_infinity : 0, Value::none(steps.kind)});
    return out;
}

void forget_before(Steps& steps, Instant horizon) {
    steps.known_from = std::max(steps.known_from, horizon);
    drop_before(steps.entries, steps.known_from);
}

Steps aligned(const Steps& steps, const OwnClock& clock, Arena& arena) {
    Steps out(steps.kind, arena);
    out.known_from = clock(steps.known_from);
    for (const Entry& e : steps.entries) {
        const Instant at = clock(e.at);
        // Of those that come to lie on one instant the last one holds.
        if (!out.entries.empty() && out.entries.back().at == at) out.entries.pop_back();
        out.entries.push_back({at, 0, e.value});
        if (out.entries.size() % 4096 == 0) check_interrupts();
    }
    forget_before(out, out.known_from);
    simplify(out);
    return out;
}

std::int64_t time_true(const Steps& steps, Instant since, Instant until) {
    require_kind(steps.kind, Kind::boolean, "condition");
    std::int64_t total = 0;
    for (std::size_t i = 0; i < steps.entries.size(); ++i) {
        if (!steps.entries[i].value.is_true()) continue;
        const Instant begin = std::max({steps.entries[i].at, since, steps.known_from});
        const Instant end = std::min(i + 1 < steps.entries.size() ? steps.entries[i + 1].at : plus_infinity, until);
        if (begin >= end) continue;
        if (begin == minus_infinity || end == plus_infinity)
            throw Error(Errc::datetime_overflow, "the time spent in the state is infinite", "Give finite bounds.");
        std::int64_t length = 0;
        if (__builtin_sub_overflow(end, begin, &length) || __builtin_add_overflow(total, length, &total))
            throw Error(Errc::datetime_overflow, "the time spent in the state is out of range");
    }
    return total;
}

Steps lift(Arithmetic op, const Steps& a, const Steps& b, Arena& arena) {
    require_kind(a.kind, Kind::number, "left side");
    require_kind(b.kind, Kind::number, "right side");
    return sweep2(Kind::number, a, b, arena, [op](const Value& x, const Value& y) {
        return x.absent || y.absent ? Value::none(Kind::number) : Value::of(compute(op, x.number(), y.number()));
    });
}

Steps lift(Comparison op, const Steps& a, const Steps& b, Arena& arena) {
    require_same_kind(a, b, "comparison");
    return sweep2(Kind::boolean, a, b, arena, [op](const Value& x, const Value& y) {
        return x.absent || y.absent ? Value::none(Kind::boolean) : Value::of(holds(op, compare(x, y)));
    });
}

Steps all_of(std::span<const Steps> conditions, Arena& arena) { return fold_conditions(conditions, false, arena); }
Steps any_of(std::span<const Steps> conditions, Arena& arena) { return fold_conditions(conditions, true, arena); }

Steps negate(const Steps& condition, Arena& arena) {
    require_kind(condition.kind, Kind::boolean, "condition");
    const Steps* const arguments[] = {&condition};
    return sweep(Kind::boolean, arguments, arena,
                 [](const Sweep& s) { return s.value(0).absent ? s.value(0) : Value::of(!s.value(0).is_true()); });
}

Steps choose(const Steps& condition, const Steps& a, const Steps& b, Arena& arena) {
    require_kind(condition.kind, Kind::boolean, "condition");
    require_same_kind(a, b, "choose");
    const Steps* const arguments[] = {&condition, &a, &b};
    return sweep(a.kind, arguments, arena, [](const Sweep& s) { return s.value(s.value(0).is_true() ? 1 : 2); });
}

Steps bin(const Steps& steps, std::span<const Number> thresholds, std::span<const std::string_view> labels,
          Arena& arena) {
    require_kind(steps.kind, Kind::number, "timeline");
    for (std::size_t i = 1; i < thresholds.size(); ++i)
        if (thresholds[i] <= thresholds[i - 1])
            throw Error(Errc::invalid_parameter, "thresholds must increase", "Sort them and leave out repeats.");
    if (!labels.empty() && labels.size() != thresholds.size() + 1)
        throw Error(Errc::invalid_parameter, "there must be one label more than thresholds",
                    "Thresholds {40,70} divide the numbers into three bands.");
    const Kind kind = labels.empty() ? Kind::number : Kind::text;
    const Steps* const arguments[] = {&steps};
    return sweep(kind, arguments, arena, [&](const Sweep& s) {
        if (s.value(0).absent) return Value::none(kind);
        const auto band =
            std::upper_bound(thresholds.begin(), thresholds.end(), s.value(0).number()) - thresholds.begin();
        return labels.empty() ? Value::of(Number::of(band)) : Value::of(labels[std::size_t(band)]);
    });
}

}  // namespace csagg
