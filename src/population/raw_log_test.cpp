// Counting a raw log, checked against counting the timeline of each customer.
#include "population/raw_log.hpp"

#include "population/format.hpp"
#include "population/population_twin.hpp"
#include "timeline/timeline_build.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace csagg {
namespace {

using twin::DayGrid;
using twin::heap;
using Random = std::mt19937_64;

constexpr std::size_t plenty = std::size_t(1) << 40;

struct Row {
    std::optional<int> key;  // none: NULL
    Instant at;
    std::int64_t seq;
    Value value;
};

std::string key_text(int key) {
    return key % 2 == 0 ? std::to_string(key) : "a customer with a long name, number " + std::to_string(key);
}

Value random_value(Kind kind, Random& random) {
    static constexpr std::string_view texts[] = {"", "gold", "silver", "a name of more than sixteen bytes"};
    if (random() % 5 == 0) return Value::none(kind);
    switch (kind) {
        case Kind::boolean: return Value::of(random() % 2 == 0);
        case Kind::number:
            return Value::of(Number::normalized(std::int64_t(random() % 2001) - 1000, int(random() % 3)));
        case Kind::text: return Value::of(texts[random() % 4]);
        case Kind::date: return Value::of_date(random() % 9 == 0 ? plus_infinity_date : Date(random() % 5));
        case Kind::time: return Value::of_time(Instant(random() % 5) * micros_per_day);
    }
    return Value::none(kind);
}

/// Few instants, so that many rows meet at one; from before the grid to behind it.
std::vector<Row> random_rows(const RawLogShape& shape, int days, Random& random) {
    std::vector<Row> rows;
    const int customers = random() % 4 == 0 ? 3000 : 1 + int(random() % 20);
    const std::size_t n = random() % 3 == 0 ? random() % 20 : random() % 6000;
    const bool in_order = random() % 2 == 0;
    for (std::size_t i = 0; i < n; ++i) {
        const auto hour = std::int64_t(random() % std::uint64_t((days + 6) * 24)) - 3 * 24;
        Row row{int(random() % std::uint64_t(customers)) - 7, DayGrid::first_day + hour * 3600 * micros_per_second,
                shape.has_seq ? std::int64_t(random() % 3) - 1 : 0, random_value(shape.kind, random)};
        if (random() % 10 == 0) row.key.reset();
        if (random() % 50 == 0) row.at = minus_infinity;
        rows.push_back(row);
    }
    if (in_order) std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at < b.at; });
    return rows;
}

void add(RawLog& log, const Row& row, const Grid& grid) {
    if (!log.sees(row.at)) return;
    const LogRecord record = log.record(row.at, row.seq, row.value);
    if (!row.key)
        log.add(RawLog::null_key, record);
    else if (log.shape().word_keys)
        log.add_word(std::uint64_t(std::int64_t(*row.key)), record);
    else
        log.add(log.key_of(as_bytes(key_text(*row.key))), record);
    if (log.is_full()) log.compact(grid);
}

std::vector<Byte> encode(const Cells& cells) {
    Bytes out(heap());
    encode_cells(cells, out);
    return {out.begin(), out.end()};
}

Cells new_cells(Form form, const DayGrid& days) {
    return Cells::create(form, view(days.bytes), days.grid.size(), 7, twin::grow);
}

std::vector<Byte> by_log(RawLog& log, const DayGrid& days) {
    Cells cells = new_cells(log.shape().form, days);
    log.count(cells, days.grid);
    return encode(cells);
}

/// What GROUP BY and timeline() make of it.
std::vector<Byte> by_timelines(const RawLogShape& shape, const std::vector<Row>& rows, const DayGrid& days) {
    std::map<std::optional<int>, std::vector<Row>> customers;
    for (const Row& row : rows) customers[row.key].push_back(row);
    Cells cells = new_cells(shape.form, days);
    for (const auto& [key, own] : customers) {
        TimelineLog log = TimelineLog::create(shape.kind, twin::grow);
        for (const Row& row : own) log.add({row.at, row.seq, row.value});
        Bytes bytes(heap());
        log.finish(bytes);
        const Timeline timeline(view(bytes));
        if (shape.form == Form::distribution) count_distribution(cells, timeline, days.grid);
        if (shape.form == Form::summary) count_summary(cells, timeline, days.grid);
        if (shape.form == Form::flows) count_flows(cells, timeline, days.grid);
    }
    if (rows.empty()) cells.require_kind(0, shape.kind);
    return encode(cells);
}

RawLogShape random_shape(Random& random) {
    const Form form = std::array{Form::distribution, Form::summary, Form::flows}[random() % 3];
    const Kind kind = form == Form::summary ? Kind::number : Kind(1 + random() % 5);
    return {form, kind, random() % 2 == 0, random() % 2 == 0};
}

TEST(RawLog, CountsLikeTheTimelinesOfItsCustomers) {
    Random random(1);
    for (int round = 0; round < 150; ++round) {
        const RawLogShape shape = random_shape(random);
        const DayGrid days(int(random() % 40), random() % 2 == 0 ? Snapshot::end : Snapshot::start);
        const auto rows = random_rows(shape, 40, random);
        RawLog log(shape, view(days.bytes), days.grid, plenty, 7, heap());
        for (const Row& row : rows) add(log, row, days.grid);
        const auto expected = by_timelines(shape, rows, days);
        ASSERT_EQ(by_log(log, days), expected) << round;
        ASSERT_EQ(by_log(log, days), expected) << "again, " << round;
    }
}

TEST(RawLog, CompactingKeepsTheCounts) {
    Random random(2);
    std::size_t smaller = 0;
    for (int round = 0; round < 150; ++round) {
        const RawLogShape shape = random_shape(random);
        const DayGrid days(int(random() % 40), random() % 2 == 0 ? Snapshot::end : Snapshot::start);
        const auto rows = random_rows(shape, 40, random);
        RawLog all(shape, view(days.bytes), days.grid, plenty, 7, heap());
        RawLog log(shape, view(days.bytes), days.grid, 1000 * (random() % 3), 7, heap());
        for (const Row& row : rows) {
            add(all, row, days.grid);
            add(log, row, days.grid);
        }
        smaller += log.bytes() < all.bytes();
        log.compact(days.grid);
        ASSERT_EQ(by_log(log, days), by_log(all, days)) << round;
    }
    EXPECT_GT(smaller, 50U);
}

// However many rows come, what is kept is what the grid needs.
TEST(RawLog, MemoryIsBoundedByCustomersAndBuckets) {
    Random random(3);
    const DayGrid days(10);
    const RawLogShape shape{Form::distribution, Kind::number, true, false};
    constexpr std::size_t most = 100'000;
    RawLog log(shape, view(days.bytes), days.grid, most, 7, heap());
    std::size_t peak = 0;
    for (int i = 0; i < 1'000'000; ++i) {
        const Instant at = DayGrid::first_day + Instant(random() % std::uint64_t(10 * micros_per_day));
        add(log, {int(random() % 100), at, 0, Value::of(Number::of(i % 10))}, days.grid);
        peak = std::max(peak, log.bytes());
    }
    EXPECT_LE(peak, 2 * most);
}

TEST(RawLog, MergesWhatOthersWrote) {
    Random random(4);
    for (int round = 0; round < 100; ++round) {
        const RawLogShape shape = random_shape(random);
        const DayGrid days(1 + int(random() % 40));
        const auto rows = random_rows(shape, 40, random);
        RawLog whole(shape, view(days.bytes), days.grid, round % 2 == 0 ? plenty : 5000, 7, heap());
        RawLog part(shape, view(days.bytes), days.grid, plenty, 8, heap()),
            other(shape, view(days.bytes), days.grid, 5000, 9, heap());
        for (const Row& row : rows) add(random() % 3 == 0 ? whole : random() % 2 == 0 ? part : other, row, days.grid);
        for (RawLog* each : {&part, &other}) {
            Bytes written(heap());
            each->write(written);
            ByteSpan grid;
            ASSERT_EQ(RawLog::shape_of(view(written), grid), shape);
            ASSERT_TRUE(std::ranges::equal(grid, days.bytes));
            whole.merge(view(written), days.grid);
        }
        ASSERT_EQ(by_log(whole, days), by_timelines(shape, rows, days)) << round;
    }
}

TEST(RawLog, BytesThatDoNotFitAreErrors) {
    Random random(5);
    for (int round = 0; round < 300; ++round) {
        const RawLogShape shape = random_shape(random);
        const DayGrid days(5);
        RawLog log(shape, view(days.bytes), days.grid, plenty, 7, heap());
        for (int i = 0; i < 20; ++i)
            add(log, {i % 7, DayGrid::first_day + i * 3600 * micros_per_second, 0, random_value(shape.kind, random)},
                days.grid);
        Bytes written(heap());
        log.write(written);
        if (random() % 2 == 0)
            written.resize(random() % written.size());
        else
            written[random() % written.size()] ^= Byte(1 + random() % 255);
        RawLog into(shape, view(days.bytes), days.grid, plenty, 8, heap());
        try {
            into.merge(view(written), days.grid);
            by_log(into, days);
        } catch (const Error& e) {
            EXPECT_TRUE(e.code() == Errc::corrupt || e.code() == Errc::invalid_parameter ||
                        e.code() == Errc::out_of_range)
                << e.what();
        }
    }
}

}  // namespace
}  // namespace csagg
