// Properties of counting, encoding and merging, checked against counting bucket by bucket.
#include "population/counts.hpp"
#include "population/population_text.hpp"
#include "population/population_twin.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csagg {
namespace {

using twin::DayGrid;
using twin::heap;
using twin::Log;
using Random = std::mt19937_64;

Cells new_cells(Form form, const DayGrid& days, std::uint64_t seed = 7) {
    return Cells::create(form, view(days.bytes), days.grid.size(), seed, twin::grow);
}

std::vector<Byte> encode(const Cells& cells) {
    Bytes out(heap());
    encode_cells(cells, out);
    return {out.begin(), out.end()};
}

std::string literal(const Value& value) {
    String out(heap());
    print_literal(value, out);
    return {out.data(), out.size()};
}

/// (bucket, members as literals) -> n.
using Table = std::map<std::pair<std::size_t, std::string>, std::int64_t>;

Table table_of(ByteSpan bytes, std::size_t buckets) {
    const Stored stored(bytes, heap());
    Counts counts(stored, buckets, heap());
    Table table;
    for (std::size_t b = 0; b < buckets; ++b)
        counts.next_bucket([&](std::size_t column, std::int64_t n) {
            std::string key;
            for (const std::uint32_t m : counts.members(column)) key += literal(stored.values()[m]) + ";";
            EXPECT_TRUE(table.try_emplace({b, key}, n).second);
        });
    Counts all(stored, buckets, heap());
    Table dense;
    for (std::size_t b = 0; b < buckets; ++b) {
        std::size_t next = 0;
        all.next_bucket(true, [&](std::size_t column, std::int64_t n) {
            EXPECT_EQ(column, next++);
            std::string key;
            for (const std::uint32_t m : all.members(column)) key += literal(stored.values()[m]) + ";";
            if (n == 0) return;
            EXPECT_TRUE(dense.try_emplace({b, key}, n).second);
        });
        EXPECT_EQ(next, all.columns());
    }
    EXPECT_EQ(dense, table);
    return table;
}

const std::vector<std::string>& names() {
    static const std::vector<std::string> all = {
        "", "a", "gold", "silver", "a name of more than sixteen bytes", "\xC3\xA4\"\n"};
    return all;
}

Value random_value(Kind kind, Random& random) {
    switch (kind) {
        case Kind::boolean: return Value::of(random() % 2 == 0);
        case Kind::number:
            return Value::of(Number::normalized(std::int64_t(random() % 2001) - 1000, int(random() % 3)));
        case Kind::text: return Value::of(std::string_view(names()[random() % names().size()]));
        case Kind::date: return Value::of_date(random() % 9 == 0 ? plus_infinity_date : Date(random() % 5));
        case Kind::time: return Value::of_time(Instant(random() % 5) * micros_per_day);
    }
    return Value::none(kind);
}

Log random_log(Kind kind, std::size_t entries, int days, Random& random) {
    std::map<Instant, Value> at;
    while (at.size() < entries) {
        const auto hour = Instant(random() % std::uint64_t((days + 10) * 24)) - 5 * 24;
        at[DayGrid::first_day + hour * 3600 * micros_per_second] =
            random() % 5 == 0 ? Value::none(kind) : random_value(kind, random);
    }
    if (random() % 8 == 0) at[minus_infinity] = random_value(kind, random);
    Log log{kind, minus_infinity, {}};
    for (const auto& [instant, value] : at) log.entries.push_back({instant, std::int64_t(random() % 3), value});
    if (random() % 6 == 0)
        log.known_from = DayGrid::first_day + Instant(random() % std::uint64_t(days)) * micros_per_day + 5;
    return log;
}

void count_one(Cells& cells, const Log& log, const DayGrid& days) {
    const auto bytes = log.encode();
    if (cells.form() == Form::distribution) count_distribution(cells, Timeline(bytes), days.grid);
    if (cells.form() == Form::summary) count_summary(cells, Timeline(bytes), days.grid);
    if (cells.form() == Form::flows) count_flows(cells, Timeline(bytes), days.grid);
}

Table expected(Form form, const std::vector<Log>& logs, const Grid& grid) {
    Table table;
    for (const Log& log : logs) {
        Value before = log.at(grid.starts_at(0) - 1);
        for (std::size_t b = 0; b < grid.size(); ++b) {
            const Value value = log.at(grid.closing(b));
            if (form == Form::distribution && !value.absent) ++table[{b, literal(value) + ";"}];
            if (form == Form::summary && !value.absent)
                ++table[{b, literal(Value::of(value.number().rounded_to_digits(3))) + ";"}];
            if (form == Form::flows && !same(before, value)) ++table[{b, literal(before) + ";" + literal(value) + ";"}];
            before = value;
        }
    }
    return table;
}

TEST(Population, CountsLikeTheTwin) {
    Random random(1);
    for (int round = 0; round < 120; ++round) {
        const int length = round % 3 == 0 ? 1 + int(random() % 4) : 5 + int(random() % 80);
        const DayGrid days(length, round % 2 == 0 ? Snapshot::end : Snapshot::start);
        const Kind kind = Kind(1 + round % 5);
        std::vector<Log> logs;
        for (int i = 0; i < 20; ++i)
            logs.push_back(random_log(kind, random() % (round % 10 == 0 ? 200 : 20), length, random));
        for (const Form form : {Form::distribution, Form::flows, Form::summary}) {
            if (form == Form::summary && kind != Kind::number) continue;
            Cells cells = new_cells(form, days);
            for (const Log& log : logs) count_one(cells, log, days);
            const auto bytes = encode(cells);
            ASSERT_EQ(table_of(bytes, days.grid.size()), expected(form, logs, days.grid)) << form_name(form) << round;
            ASSERT_NO_THROW(validate(bytes, days.grid.size(), twin::grow, heap()));
        }
    }
}

/// 5000 entries, one every ten minutes: 35 days.
Log long_log(Kind kind, Instant begin, Instant known_from, Random& random) {
    Log log{kind, minus_infinity, {}};
    for (Instant i = 0; i < 5000; ++i)
        log.entries.push_back({begin + i * 600 * micros_per_second, 0, random_value(kind, random)});
    if (known_from != minus_infinity) {
        log.known_from = known_from;
        const auto known = std::ranges::upper_bound(log.entries, known_from, {}, &Entry::at);
        if (known != log.entries.begin()) log.entries.erase(log.entries.begin(), known - 1);
    }
    return log;
}

TEST(Population, LongTimelinesCountAcrossBlocks) {
    Random random(2);
    for (const Kind kind : {Kind::number, Kind::text})
        for (const int begin : {0, -10, -25, -34, -40, 20, 41})  // in days, of a grid of 40
            for (const bool forgot : {false, true}) {
                const DayGrid days(40, begin % 2 == 0 ? Snapshot::end : Snapshot::start);
                const Instant start = DayGrid::first_day + begin * micros_per_day;
                const std::vector<Log> logs = {
                    random_log(kind, 1000, 40, random),
                    long_log(kind, start, forgot ? start + 22 * micros_per_day : minus_infinity, random)};
                for (const Form form : {Form::distribution, Form::flows}) {
                    Cells cells = new_cells(form, days);
                    for (const Log& log : logs) count_one(cells, log, days);
                    EXPECT_EQ(table_of(encode(cells), 40), expected(form, logs, days.grid))
                        << form_name(form) << begin << forgot;
                    if (kind == Kind::text) continue;
                    Cells unencoded = new_cells(form, days);
                    for (const Log& log : logs) {
                        const UnencodedTimeline timeline(kind, log.entries, log.known_from);
                        form == Form::flows ? count_flows(unencoded, timeline, days.grid)
                                            : count_distribution(unencoded, timeline, days.grid);
                    }
                    EXPECT_EQ(encode(unencoded), encode(cells)) << form_name(form) << begin << forgot;
                }
            }
}

TEST(Population, JointCountsLikeTheTwin) {
    Random random(3);
    for (int round = 0; round < 60; ++round) {
        const int length = 1 + int(random() % 50);
        const DayGrid days(length);
        const std::size_t arity = 1 + random() % 4;
        Cells cells = new_cells(Form::joint, days);
        Table table;
        for (int i = 0; i < 20; ++i) {
            std::vector<std::vector<Byte>> bytes(arity);
            std::vector<ByteSpan> spans;
            std::vector<Log> logs;
            for (std::size_t m = 0; m < arity; ++m) {
                const Kind kind = Kind(1 + m % 5);
                logs.push_back(random() % 5 == 0 ? Log{kind, minus_infinity, {}}
                                                 : random_log(kind, random() % 8, length, random));
                if (!logs.back().entries.empty() || random() % 2 == 0) bytes[m] = logs.back().encode();
                spans.emplace_back(bytes[m]);
            }
            count_joint(cells, spans, days.grid, heap());
            for (std::size_t b = 0; b < days.grid.size(); ++b) {
                std::string key;
                bool any = false;
                for (const Log& log : logs) {
                    const Value value = log.at(days.grid.closing(b));
                    any |= !value.absent;
                    key += literal(value) + ";";
                }
                if (any) ++table[{b, key}];
            }
        }
        const auto bytes = encode(cells);
        ASSERT_EQ(table_of(bytes, days.grid.size()), table);
        ASSERT_NO_THROW(validate(bytes, days.grid.size(), twin::grow, heap()));
    }
}

// Any grouping and any order, by states and by finished values, give the same bytes.
TEST(Population, MergingIsAssociativeAndCommutativeToTheByte) {
    Random random(4);
    for (int round = 0; round < 60; ++round) {
        const int length = 1 + int(random() % 60);
        const DayGrid days(length);
        for (const Form form : {Form::distribution, Form::flows, Form::summary}) {
            const Kind kind = form == Form::summary ? Kind::number : Kind(1 + random() % 5);
            Cells whole = new_cells(form, days),
                  parts[3] = {new_cells(form, days, 8), new_cells(form, days, 9), new_cells(form, days)};
            for (int i = 0; i < 30; ++i) {
                const Log log = random_log(kind, random() % 12, length, random);
                count_one(whole, log, days);
                count_one(parts[random() % 3], log, days);
            }
            const auto expected = encode(whole);
            int order[3] = {0, 1, 2};
            do {
                Cells merged = new_cells(form, days, random());
                for (const int part : order) {
                    if (random() % 2 == 0) {
                        merge(merged, parts[part], heap());
                    } else {
                        const auto bytes = encode(parts[part]);
                        merge(merged, Stored(bytes, heap()), heap());
                    }
                }
                ASSERT_EQ(encode(merged), expected) << form_name(form);
            } while (std::next_permutation(order, order + 3));
        }
    }
}

TEST(Population, TextFormGivesTheSameBytes) {
    Random random(5);
    for (int round = 0; round < 100; ++round) {
        const int length = 1 + int(random() % 20);
        const DayGrid days(length);
        const Form form = Form(1 + round % 4);
        Cells cells = new_cells(form, days);
        for (int i = 0; i < 6 && round >= 8; ++i) {
            if (form == Form::joint) {
                const auto a = random_log(Kind::text, random() % 5, length, random).encode();
                const auto b = random_log(Kind::time, random() % 5, length, random).encode();
                const ByteSpan members[] = {a, random() % 3 == 0 ? ByteSpan{} : ByteSpan(b)};
                count_joint(cells, members, days.grid, heap());
            } else {
                count_one(cells,
                          random_log(form == Form::summary ? Kind::number : Kind(1 + round / 4 % 5), random() % 9,
                                     length, random),
                          days);
            }
        }
        const auto bytes = encode(cells);
        String text(heap());
        print_population(Stored(bytes, heap()), days.grid.size(), "[grid]", text);
        std::string_view rest(text.data(), text.size());
        const PopulationHead head = parse_population_head(rest);
        EXPECT_EQ(head.grid, "[grid]");
        ASSERT_EQ(head.form, form);
        Cells again = new_cells(head.form, days);
        std::pmr::monotonic_buffer_resource texts;
        parse_population_body(rest, head, again, texts);
        ASSERT_EQ(encode(again), bytes) << std::string_view(text.data(), text.size());
        String json(heap());
        print_population_json(Stored(bytes, heap()), days.grid.size(), "[grid]", json);
        EXPECT_FALSE(json.empty());
    }
}

TEST(Population, RejectsOtherGridsKindsAndArities) {
    const DayGrid days(10), other(11);
    Cells cells = new_cells(Form::distribution, days);
    Random random(6);
    count_one(cells, random_log(Kind::number, 5, 10, random), days);
    auto code_of = [](auto f) {
        try {
            f();
        } catch (const Error& e) {
            return int(e.code());
        }
        return -1;
    };
    EXPECT_EQ(code_of([&] { cells.require_grid(view(other.bytes)); }), int(Errc::invalid_parameter));
    EXPECT_EQ(code_of([&] { merge(cells, new_cells(Form::distribution, other), heap()); }),
              int(Errc::invalid_parameter));
    EXPECT_EQ(code_of([&] { merge(cells, new_cells(Form::joint, days), heap()); }), int(Errc::invalid_parameter));
    EXPECT_EQ(code_of([&] { count_one(cells, random_log(Kind::text, 5, 10, random), days); }),
              int(Errc::kind_mismatch));
    Cells summary = new_cells(Form::summary, days);
    EXPECT_EQ(code_of([&] { count_one(summary, random_log(Kind::date, 5, 10, random), days); }),
              int(Errc::kind_mismatch));
    Cells joint = new_cells(Form::joint, days);
    const ByteSpan two[2] = {}, three[3] = {};
    count_joint(joint, two, days.grid, heap());
    EXPECT_EQ(code_of([&] { count_joint(joint, three, days.grid, heap()); }), int(Errc::invalid_parameter));
    EXPECT_EQ(code_of([&] { count_joint(joint, {}, days.grid, heap()); }), int(Errc::invalid_parameter));
}

TEST(Population, RejectsEveryCutAndMostFlips) {
    Random random(7);
    const DayGrid days(12);
    for (const Form form : {Form::distribution, Form::flows, Form::summary}) {
        Cells cells = new_cells(form, days);
        for (int i = 0; i < 4; ++i)
            count_one(cells, random_log(form == Form::summary ? Kind::number : Kind::text, 5, 12, random), days);
        auto bytes = encode(cells);
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_THROW(validate(ByteSpan(bytes).first(n), days.grid.size(), twin::grow, heap()), Error);
        for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
            auto flipped = bytes;
            flipped[bit / 8] = Byte(flipped[bit / 8] ^ 1 << bit % 8);
            try {
                validate(flipped, days.grid.size(), twin::grow, heap());
            } catch (const Error&) {
            }
        }
    }
}

TEST(Population, RejectsTextsWithAZeroByte) {
    const DayGrid days(3);
    for (const Form form : {Form::distribution, Form::flows}) {
        Cells cells = new_cells(form, days);
        count_one(cells,
                  {Kind::text, minus_infinity, {{DayGrid::first_day + 1, 0, Value::of(std::string_view("aXb"))}}},
                  days);
        auto bytes = encode(cells);
        EXPECT_NO_THROW(validate(bytes, days.grid.size(), twin::grow, heap()));
        *std::ranges::find(bytes, Byte('X')) = 0;
        EXPECT_THROW(validate(bytes, days.grid.size(), twin::grow, heap()), Error);
    }
}

}  // namespace
}  // namespace csagg
