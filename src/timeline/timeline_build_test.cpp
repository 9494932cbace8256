#include "timeline/timeline_build.hpp"

#include "timeline/algebra_twin.hpp"

namespace csagg {
namespace {

using namespace csagg::test;

TEST(Building, AnyOrderAndGroupingGivesTheBytesOfTheTwin) {
    Random random(1);
    for (int round = 0; round < 600; ++round) {
        const Kind kind = random.pick(all_kinds);
        Log rows = random.log(kind, 1 + random.below(40), 1 + int(random.below(12)), random.one_in(2));
        const ByteString expected = encoded(kind, Twin(kind, rows).list());
        ASSERT_EQ(aggregated(kind, rows), expected);
        random.shuffle(rows);
        ASSERT_EQ(aggregated(kind, rows), expected);
        std::sort(rows.begin(), rows.end(), [](const Entry& a, const Entry& b) { return a.at < b.at; });
        ASSERT_EQ(aggregated(kind, rows), expected);
    }
}

TEST(Building, StatesAreWrittenThroughout) {
    for (const Kind kind : all_kinds)
        EXPECT_TRUE(is_written_throughout([kind] {
            Random random(3);
            TimelineLog log = TimelineLog::create(kind, grow_in_arena),
                        other = TimelineLog::create(kind, grow_in_arena);
            for (const Entry& e : random.log(kind, 500, 400, true)) log.add(e), other.add(e);
            log.add_all(other);
            TestArena arena;
            log.add_all(timeline(encoded(kind, {}, 10)), arena);
            return log.flat();
        }));
}

TEST(Building, EveryRowOfEveryKindSurvivesTheState) {
    Random random(2);
    for (const Kind kind : all_kinds) {
        Log rows;
        for (Instant t = 0; t < 3000; ++t) {
            Entry e = random.entry(kind, 1, true);
            e.at = t;
            if (kind == Kind::number && !e.value.absent)
                e.value = Value::of(Number::normalized(
                    std::int64_t(random.bits() >> (4 + random.below(60))) % power_of_ten[18], int(random.below(37))));
            rows.push_back(e);
        }
        ASSERT_EQ(aggregated(kind, rows), encoded(kind, rows));
    }
    const std::string long_text(100'000, 'x');
    const Log texts = {{0, -1, Value::of(std::string_view(long_text))},
                       {1, 0, Value::of(std::string_view(""))},
                       {2, 0, Value::none(Kind::text)}};
    ASSERT_EQ(aggregated(Kind::text, texts), encoded(Kind::text, texts));
}

TEST(Building, AllPermutationsOfAFewRowsGiveTheSameBytes) {
    Random random(3);
    for (int round = 0; round < 30; ++round) {
        const Kind kind = random.pick(all_kinds);
        const Log rows = random.log(kind, 5, 3, true);
        const ByteString expected = aggregated(kind, rows);
        std::vector<std::size_t> order = {0, 1, 2, 3, 4};
        do {
            Log permuted;
            for (const std::size_t i : order) permuted.push_back(rows[i]);
            ASSERT_EQ(aggregated(kind, permuted), expected);
        } while (std::next_permutation(order.begin(), order.end()));
    }
}

/// Splits the rows into pieces, shortens some, and puts them together by every means there is, in random order.
TEST(Building, PiecesPutTogetherAnyhowGiveTheBytesOfTheWhole) {
    Random random(4);
    for (int round = 0; round < 800; ++round) {
        TestArena arena;
        const StateArena states(arena);
        const Kind kind = random.pick(all_kinds);
        const Log rows = random.log(kind, 1 + random.below(30), 12, random.one_in(2));
        const bool shortened = random.one_in(2);

        struct Piece {
            std::optional<TimelineLog> log;
            ByteString bytes;
        };
        std::vector<Piece> pieces(1 + random.below(5));
        std::vector<Log> parts(pieces.size());
        for (const Entry& e : rows) parts[random.below(parts.size())].push_back(e);
        Instant known_from = minus_infinity;
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (shortened && random.one_in(2)) {
                Steps steps = steps_of(Twin(kind, parts[i]), arena);
                const Instant horizon = random.instant(12);
                forget_before(steps, horizon);
                known_from = std::max(known_from, horizon);
                pieces[i].bytes = encoded(steps);
            } else if (random.one_in(2)) {
                pieces[i].bytes = aggregated(kind, parts[i]);
            } else {
                pieces[i].log = TimelineLog::create(kind, grow_in_arena);
                for (const Entry& e : parts[i]) pieces[i].log->add(e);
            }
        }
        while (pieces.size() > 1) {
            random.shuffle(pieces);
            Piece a = std::move(pieces.back());
            pieces.pop_back();
            Piece& b = pieces.back();
            if (!a.log && !b.log && random.one_in(2)) {
                b.bytes = encoded(merge(Steps(timeline(a.bytes), arena), Steps(timeline(b.bytes), arena), arena));
            } else {
                if (!b.log) std::swap(a, b);
                if (!b.log) {
                    b.log = TimelineLog::create(kind, grow_in_arena);
                    b.log->add_all(timeline(b.bytes), arena);
                }
                if (a.log)
                    b.log->add_all(*a.log);
                else
                    b.log->add_all(timeline(a.bytes), arena);
                if (random.one_in(3)) {
                    b.bytes = finished(*b.log);
                    b.log.reset();
                }
            }
        }
        Steps expected = steps_of(Twin(kind, rows), arena);
        forget_before(expected, known_from);
        const ByteString whole = pieces[0].log ? finished(*pieces[0].log) : pieces[0].bytes;
        ASSERT_EQ(whole, encoded(expected)) << printed(whole) << "\nnot " << printed(encoded(expected));
        ASSERT_NO_THROW(validate_timeline(whole, arena));
    }
}

}  // namespace
}  // namespace csagg
