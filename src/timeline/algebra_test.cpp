#include "timeline/algebra.hpp"

#include "base/test_error.hpp"
#include "timeline/algebra_twin.hpp"
#include "timeline/total.hpp"

#include <optional>

namespace csagg {
namespace {

using namespace csagg::test;

TEST(Algebra, KindsDoNotMix) {
    TestArena arena;
    const StateArena states(arena);
    TimelineLog numbers = TimelineLog::create(Kind::number, grow_in_arena);
    const TimelineLog texts = TimelineLog::create(Kind::text, grow_in_arena);
    EXPECT_EQ(code_of([&] { numbers.add_all(texts); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { numbers.add_all(timeline(encoded(Kind::date, {})), arena); }), Errc::kind_mismatch);
    const Steps number(Kind::number, arena), text(Kind::text, arena), truth(Kind::boolean, arena);
    EXPECT_EQ(code_of([&] { merge(number, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { overlay(number, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { choose(truth, number, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { choose(number, text, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { lift(Arithmetic::add, number, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { lift(Arithmetic::add, text, number, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { lift(Comparison::eq, number, text, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { negate(number, arena); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { time_true(number, 0, 1); }), Errc::kind_mismatch);
    EXPECT_EQ(code_of([&] { bin(text, {}, {}, arena); }), Errc::kind_mismatch);
    std::vector<Steps> conditions;
    conditions.push_back(truth);
    conditions.push_back(number);
    EXPECT_EQ(code_of([&] { all_of(conditions, arena); }), Errc::kind_mismatch);
    EXPECT_FALSE(same_function(number, text));
}

TEST(Merge, IsAssociativeCommutativeAndIdempotentToTheByte) {
    Random random(5);
    for (int round = 0; round < 1500; ++round) {
        TestArena arena;
        const Kind kind = random.pick(all_kinds);
        const Steps a = steps_of(random_twin(random, kind), arena), b = steps_of(random_twin(random, kind), arena),
                    c = steps_of(random_twin(random, kind), arena);
        const Steps ab = merge(a, b, arena);
        ASSERT_EQ(encoded(ab), encoded(merge(b, a, arena)));
        ASSERT_EQ(encoded(merge(ab, c, arena)), encoded(merge(a, merge(b, c, arena), arena)));
        ASSERT_EQ(encoded(merge(a, a, arena)), encoded(a));
        ASSERT_EQ(encoded(merge(ab, b, arena)), encoded(ab));
        ASSERT_NO_THROW(validate_timeline(encoded(ab), arena));
    }
}

TEST(Merge, KeepsTheGreaterRank) {
    auto merged = [](const char* a, const char* b) {
        TestArena arena;
        const ByteString left = parsed(a), right = parsed(b);
        return printed(encoded(merge(Steps(timeline(left), arena), Steps(timeline(right), arena), arena)));
    };
    EXPECT_EQ(merged("number {2025-01-01 = 1}", "number {2025-01-01 = 2}"), "number {2025-01-01 00:00:00+00 = 2}");
    EXPECT_EQ(merged("number {2025-01-01 #1 = 1}", "number {2025-01-01 = 2}"),
              "number {2025-01-01 00:00:00+00 #1 = 1}");
    EXPECT_EQ(merged("number {2025-01-01 = null}", "number {2025-01-01 = -5}"), "number {2025-01-01 00:00:00+00 = -5}");
    EXPECT_EQ(merged("number {2025-01-01 #1 = null}", "number {2025-01-01 = -5}"),
              "number {2025-01-01 00:00:00+00 #1 = null}");
    // 1 on Monday, 1 again on Friday, then a late 2 for Wednesday: on Friday it is 1.
    EXPECT_EQ(merged("number {2025-01-06 = 1, 2025-01-10 = 1}", "number {2025-01-08 = 2}"),
              "number {2025-01-06 00:00:00+00 = 1, 2025-01-08 00:00:00+00 = 2, 2025-01-10 00:00:00+00 = 1}");
}

// --- the same function in other words

TEST(Simplify, KeepsTheFunctionAndNothingElse) {
    Random random(6);
    for (int round = 0; round < 1000; ++round) {
        TestArena arena;
        const Twin twin = random_twin(random, random.pick(all_kinds), 12);
        Steps steps = steps_of(twin, arena);
        simplify(steps);
        expect_simplified(steps);
        expect_function(steps, {&twin}, [&](Instant t) { return twin.at(t); });
        EXPECT_TRUE(same_function(steps, steps_of(twin, arena)));
    }
}

TEST(SameFunction, IsEqualityAtEveryInstant) {
    Random random(7);
    int equal = 0, different = 0;
    for (int round = 0; round < 6000; ++round) {
        TestArena arena;
        const Kind kind = Kind::boolean;
        const Twin a = random_twin(random, kind, 3), b = random_twin(random, kind, 3);
        bool expected = a.known_from == b.known_from;
        for (const Instant t : probes({&a, &b})) expected = expected && same(a.at(t), b.at(t));
        ASSERT_EQ(same_function(steps_of(a, arena), steps_of(b, arena)), expected);
        ++(expected ? equal : different);
    }
    EXPECT_GT(equal, 100);
    EXPECT_GT(different, 100);
}

TEST(ForgetBefore, KeepsWhatHoldsFromTheHorizonOn) {
    Random random(8);
    for (int round = 0; round < 1000; ++round) {
        TestArena arena;
        const Twin twin = random_twin(random, random.pick(all_kinds), 12);
        Steps steps = steps_of(twin, arena);
        const Instant horizon = random.instant(12);
        forget_before(steps, horizon);
        EXPECT_EQ(steps.known_from, std::max(twin.known_from, horizon));
        expect_function(steps, {&twin}, [&](Instant t) { return twin.at(t); }, {horizon});
        // the entry carried in stays, with its own instant and seq; no other before the horizon does
        std::size_t before = 0;
        for (const Entry& e : steps.entries) {
            before += e.at < steps.known_from ? 1 : 0;
            const auto original = twin.entries.find(e.at);
            ASSERT_NE(original, twin.entries.end());
            ASSERT_EQ(original->second.seq, e.seq);
        }
        EXPECT_LE(before, 1U);
        const ByteString bytes = encoded(steps);
        ASSERT_NO_THROW(validate_timeline(bytes, arena));
        if (horizon > minus_infinity) {
            EXPECT_TRUE(find_value(ByteSpan(bytes), steps.known_from - 1).value.absent);
        }
        forget_before(steps, minus_infinity);
        EXPECT_EQ(encoded(steps), bytes);
    }
}

TEST(Overlay, TakesTheSecondWhereItHasAValue) {
    Random random(9);
    for (int round = 0; round < 1000; ++round) {
        TestArena arena;
        const Kind kind = random.pick(all_kinds);
        const Twin a = random_twin(random, kind), b = random_twin(random, kind);
        const Steps result = overlay(steps_of(a, arena), steps_of(b, arena), arena);
        expect_simplified(result);
        expect_known_from(result, {&a, &b});
        expect_function(result, {&a, &b}, [&](Instant t) { return b.at(t).absent ? a.at(t) : b.at(t); });
    }
}

TEST(Slice, IsThePartAndAdjacentPartsMakeTheWhole) {
    Random random(10);
    for (int round = 0; round < 3000; ++round) {
        TestArena arena;
        const Twin twin = random_twin(random, random.pick(all_kinds), 10);
        const Steps whole = steps_of(twin, arena);
        auto bound = [&](Instant otherwise) { return random.one_in(6) ? otherwise : random.instant(14); };
        const Instant since = bound(minus_infinity), until = bound(plus_infinity);
        const Steps part = slice(whole, since, until, arena);
        ASSERT_NO_THROW(validate_timeline(encoded(part), arena));
        expect_function(part, {&twin},
                        [&](Instant t) { return t >= since && t < until ? twin.at(t) : Value::none(twin.kind); },
                        {since, until});
        // What is not known of the whole is not known of the part; what lies behind the part is known to be nothing.
        EXPECT_EQ(part.known_from,
                  since < until && twin.known_from > since ? std::min(twin.known_from, until) : minus_infinity);

        if (since >= until) continue;
        const Instant cut = std::clamp(random.instant(14), since, until);
        const Steps merged = merge(slice(whole, since, cut, arena), slice(whole, cut, until, arena), arena);
        ASSERT_TRUE(same_function(merged, part)) << printed(encoded(whole)) << '\n'
                                                 << since << ' ' << cut << ' ' << until << '\n'
                                                 << printed(encoded(merged)) << "\nnot " << printed(encoded(part));
    }
}

TEST(Slice, MergesAgainWithSeqsBelowZeroAndBeforeTheHorizon) {
    auto halves = [](const char* text, Instant cut) {
        TestArena arena;
        const ByteString bytes = parsed(text);
        const Steps whole(timeline(bytes), arena);
        return same_function(
            merge(slice(whole, minus_infinity, cut, arena), slice(whole, cut, plus_infinity, arena), arena), whole);
    };
    const Instant cut = 9133 * micros_per_day;  // 2025-01-02
    EXPECT_TRUE(halves("number {2025-01-01 #-3 = 1, 2025-01-03 = 2}", cut));
    EXPECT_TRUE(halves("number {2025-01-01 #-9223372036854775808 = 1}", cut));
    EXPECT_TRUE(halves("number {2025-01-01 = 1, 2025-01-02 #-3 = 2}", cut));
    EXPECT_TRUE(halves("number {2025-01-01 = 1, 2025-01-02 #-3 = null}", cut));
    EXPECT_TRUE(halves("number known from 2025-01-05 {2025-01-01 = 1}", cut));
    EXPECT_TRUE(halves("number known from 2025-01-05 {2025-01-03 = 1}", cut));
}

// --- lifted operations

/// SQL's operator on two values, or none where it is an error.
std::optional<Number> naive(Arithmetic op, Number a, Number b) {
    try {
        switch (op) {
            case Arithmetic::add: return a + b;
            case Arithmetic::subtract: return a - b;
            case Arithmetic::multiply: return a * b;
            case Arithmetic::divide: return divide(a, b);
        }
    } catch (const Error&) {
    }
    return std::nullopt;
}

TEST(Lift, ComputesAtEveryInstant) {
    Random random(11);
    int errors = 0, hidden = 0;
    for (int round = 0; round < 8000; ++round) {
        TestArena arena;
        const Twin a = random_twin(random, Kind::number, 5), b = random_twin(random, Kind::number, 5);
        const auto op = Arithmetic(random.below(4));
        const Instant known_from = std::max(a.known_from, b.known_from);
        bool is_error = false, is_hidden = false;
        Twin all_of_a = a, all_of_b = b;  // also what is stored but not known
        all_of_a.known_from = all_of_b.known_from = minus_infinity;
        for (const Instant t : probes({&a, &b})) {
            const Value x = all_of_a.at(t), y = all_of_b.at(t);
            if (x.absent || y.absent || naive(op, x.number(), y.number())) continue;
            (t >= known_from ? is_error : is_hidden) = true;
        }
        if (is_error) {
            ++errors;
            EXPECT_THROW(lift(op, steps_of(a, arena), steps_of(b, arena), arena), Error);
            continue;
        }
        hidden += is_hidden ? 1 : 0;
        const Steps result = lift(op, steps_of(a, arena), steps_of(b, arena), arena);
        expect_simplified(result);
        expect_known_from(result, {&a, &b});
        expect_function(result, {&a, &b}, [&](Instant t) {
            const Value x = a.at(t), y = b.at(t);
            return x.absent || y.absent ? Value::none(Kind::number) : Value::of(*naive(op, x.number(), y.number()));
        });
    }
    EXPECT_GT(errors, 100);
    EXPECT_GT(hidden, 10);
}

TEST(Lift, WhatIsNotKnownIsNoError) {
    TestArena arena;
    auto steps = [&arena](const char* text) {
        const ByteString bytes = parsed(text);
        Steps out(timeline(bytes), arena);
        return out;
    };
    const Steps one = steps("number {2025-01-01 = 1}"), zero = steps("number {2025-01-01 = 0, 2025-01-03 = 2}");
    EXPECT_EQ(code_of([&] { lift(Arithmetic::divide, one, zero, arena); }), Errc::division_by_zero);
    const Steps late = steps("number known from 2025-01-03 {2025-01-01 = 1}");
    EXPECT_EQ(printed(encoded(lift(Arithmetic::divide, late, zero, arena))),
              "number known from 2025-01-03 00:00:00+00 {2025-01-03 00:00:00+00 = 0.5}");
    const Steps too_late = steps("number known from 2025-01-02 {2025-01-01 = 1}");
    EXPECT_EQ(code_of([&] { lift(Arithmetic::divide, too_late, zero, arena); }), Errc::division_by_zero);
    // A sum too: 10^18 before the horizon.
    const StateArena states(arena);
    TotalLog total = TotalLog::create(grow_in_arena);
    for (const char* text : {"number {2025-01-01 = 999999999999999999, 2025-01-03 = 1}", "number {2025-01-01 = 1}"}) {
        const ByteString bytes = parsed(text);
        total.add(timeline(bytes), arena);
    }
    EXPECT_EQ(code_of([&] { total.finish(arena); }), Errc::out_of_range);
    const ByteString nothing = parsed("number known from 2025-01-03 {}");
    total.add(timeline(nothing), arena);
    EXPECT_EQ(printed(encoded(total.finish(arena))),
              "number known from 2025-01-03 00:00:00+00 {2025-01-03 00:00:00+00 = 2}");
}

TEST(Lift, ComparesAtEveryInstant) {
    Random random(12);
    for (int round = 0; round < 3000; ++round) {
        TestArena arena;
        const Kind kind = random.pick(all_kinds);
        const Twin a = random_twin(random, kind), b = random_twin(random, kind);
        const auto op = Comparison(random.below(6));
        const Steps result = lift(op, steps_of(a, arena), steps_of(b, arena), arena);
        ASSERT_EQ(result.kind, Kind::boolean);
        expect_simplified(result);
        expect_known_from(result, {&a, &b});
        expect_function(result, {&a, &b}, [&](Instant t) {
            const Value x = a.at(t), y = b.at(t);
            if (x.absent || y.absent) return Value::none(Kind::boolean);
            const bool less = compare(x, y) < 0, more = compare(y, x) < 0;
            switch (op) {
                case Comparison::eq: return Value::of(!less && !more);
                case Comparison::ne: return Value::of(less || more);
                case Comparison::lt: return Value::of(less);
                case Comparison::le: return Value::of(!more);
                case Comparison::gt: return Value::of(more);
                case Comparison::ge: return Value::of(!less);
            }
            return Value::none(Kind::boolean);
        });
    }
}

/// true, false, unknown as 2, 0, 1: AND is the least, OR the greatest.
int truth(const Value& value) { return value.absent ? 1 : value.is_true() ? 2 : 0; }
Value of_truth(int t) { return t == 1 ? Value::none(Kind::boolean) : Value::of(t == 2); }

TEST(Logic, HasThreeValues) {
    Random random(13);
    for (int round = 0; round < 2000; ++round) {
        TestArena arena;
        std::vector<Twin> twins;
        std::vector<Steps> steps;
        for (std::size_t n = random.below(5); twins.size() < n;) twins.push_back(random_twin(random, Kind::boolean, 6));
        Twin everything(Kind::boolean);  // all breakpoints
        for (const Twin& twin : twins) {
            steps.push_back(steps_of(twin, arena));
            everything.known_from = std::max(everything.known_from, twin.known_from);
            for (const auto& [at, e] : twin.entries) everything.entries.emplace(at, e);
        }
        const Steps all = all_of(steps, arena), any = any_of(steps, arena);
        for (const Steps* result : {&all, &any}) {
            expect_simplified(*result);
            expect_known_from(*result, {&everything});
        }
        auto fold = [&](Instant t, bool least) {
            int folded = least ? 2 : 0;
            for (const Twin& twin : twins)
                folded = least ? std::min(folded, truth(twin.at(t))) : std::max(folded, truth(twin.at(t)));
            return of_truth(folded);
        };
        expect_function(all, {&everything}, [&](Instant t) { return fold(t, true); });
        expect_function(any, {&everything}, [&](Instant t) { return fold(t, false); });
        if (twins.empty()) continue;
        const Steps no = negate(steps[0], arena);
        expect_simplified(no);
        expect_function(no, {&twins[0]}, [&](Instant t) { return of_truth(2 - truth(twins[0].at(t))); });
    }
}

TEST(Choose, IsCase) {
    Random random(14);
    for (int round = 0; round < 1500; ++round) {
        TestArena arena;
        const Kind kind = random.pick(all_kinds);
        const Twin condition = random_twin(random, Kind::boolean), a = random_twin(random, kind),
                   b = random_twin(random, kind);
        const Steps result = choose(steps_of(condition, arena), steps_of(a, arena), steps_of(b, arena), arena);
        expect_simplified(result);
        expect_known_from(result, {&condition, &a, &b});
        expect_function(result, {&condition, &a, &b},
                        [&](Instant t) { return truth(condition.at(t)) == 2 ? a.at(t) : b.at(t); });
    }
}

TEST(Constant, HoldsSinceEver) {
    TestArena arena;
    Random random(15);
    for (const Kind kind : all_kinds)
        for (int i = 0; i < 20; ++i) {
            const Value value = random.value(kind);
            const Twin none(kind);
            expect_function(constant(value, arena), {&none}, [&](Instant) { return value; });
            expect_simplified(constant(value, arena));
        }
}

TEST(Bin, NumbersBandsAsWidthBucketDoes) {
    Random random(16);
    for (int round = 0; round < 1500; ++round) {
        TestArena arena;
        const Twin twin = random_twin(random, Kind::number, 10);
        std::set<Number> distinct;
        for (std::size_t n = random.below(5); distinct.size() < n;) {
            const Value v = random.value(Kind::number);
            if (!v.absent) distinct.insert(v.number());
        }
        const std::vector<Number> thresholds(distinct.begin(), distinct.end());
        std::vector<std::string_view> labels;
        static constexpr std::string_view names[] = {"a", "b", "c", "d", "e", "f"};
        if (random.one_in(2)) labels.assign(names, names + thresholds.size() + 1);
        if (labels.size() > 2 && random.one_in(3)) labels[2] = labels[1];  // two bands of one name are one
        const Steps result = bin(steps_of(twin, arena), thresholds, labels, arena);
        expect_simplified(result);
        expect_function(result, {&twin}, [&](Instant t) {
            const Value v = twin.at(t);
            if (v.absent) return Value::none(result.kind);
            std::int64_t band = 0;
            for (const Number& threshold : thresholds) band += v.number() >= threshold ? 1 : 0;
            return labels.empty() ? Value::of(Number::of(band)) : Value::of(labels[std::size_t(band)]);
        });
    }
    TestArena arena;
    const Steps x(Kind::number, arena);
    const std::vector<Number> equal = {{1, 0}, {1, 0}}, falling = {{2, 0}, {1, 0}}, one = {{1, 0}};
    const std::vector<std::string_view> few = {"a"}, many = {"a", "b", "c"};
    EXPECT_EQ(code_of([&] { bin(x, equal, {}, arena); }), Errc::invalid_parameter);
    EXPECT_EQ(code_of([&] { bin(x, falling, {}, arena); }), Errc::invalid_parameter);
    EXPECT_EQ(code_of([&] { bin(x, one, few, arena); }), Errc::invalid_parameter);
    EXPECT_EQ(code_of([&] { bin(x, one, many, arena); }), Errc::invalid_parameter);
}

TEST(TimeTrue, AddsUpInstantByInstant) {
    Random random(17);
    for (int round = 0; round < 2000; ++round) {
        TestArena arena;
        Twin twin(Kind::boolean);
        for (std::size_t n = random.below(6); twin.entries.size() < n;) {
            Entry e = random.entry(Kind::boolean, 1, false);
            e.at = random.one_in(10) ? minus_infinity : Instant(random.below(40));
            twin.add(e);
        }
        if (random.one_in(4) && !twin.entries.empty()) {
            twin.known_from = Instant(random.below(40));
            while (twin.entries.size() > 1 && std::next(twin.entries.begin())->first <= twin.known_from)
                twin.entries.erase(twin.entries.begin());
        }
        const Instant since = Instant(random.below(60)) - 10, until = Instant(random.below(60)) - 10;
        std::int64_t expected = 0;
        for (Instant t = since; t < until; ++t) expected += truth(twin.at(t)) == 2 ? 1 : 0;
        ASSERT_EQ(time_true(steps_of(twin, arena), since, until), expected);
    }
}

TEST(TimeTrue, InfiniteTimeIsAnError) {
    TestArena arena;
    const Steps always = constant(Value::of(true), arena);
    EXPECT_EQ(time_true(always, 0, 5), 5);
    EXPECT_EQ(time_true(always, 5, 0), 0);
    EXPECT_EQ(code_of([&] { time_true(always, minus_infinity, 0); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([&] { time_true(always, 0, plus_infinity); }), Errc::datetime_overflow);
    EXPECT_EQ(code_of([&] { time_true(always, first_instant, last_instant); }), Errc::datetime_overflow);
    Steps twice = always;  // each part fits, the sum does not
    twice.entries.push_back({0, 0, Value::of(false)});
    twice.entries.push_back({1, 0, Value::of(true)});
    EXPECT_EQ(code_of([&] { time_true(twice, first_instant, last_instant); }), Errc::datetime_overflow);
    EXPECT_EQ(time_true(twice, 1, last_instant), last_instant - 1);
    Steps bounded = constant(Value::of(false), arena);
    bounded.entries.push_back({7, 0, Value::of(true)});
    bounded.entries.push_back({9, 0, Value::none(Kind::boolean)});
    EXPECT_EQ(time_true(bounded, minus_infinity, plus_infinity), 2);
}

}  // namespace
}  // namespace csagg
