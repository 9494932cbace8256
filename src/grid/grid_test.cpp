#include "grid/test_grid.hpp"

#include <limits>

namespace csagg {
namespace {

using namespace test;
using twin::at;
using twin::day;
using twin::hour;
using twin::minute;

TEST(Grid, StepsMonthsFromItsStart) {
    const Grid grid = grid_of(spec_of("2025-01-31", "2025-06-01", one_month));
    ASSERT_EQ(grid.size(), 5u);
    const char* labels[] = {"2025-01-31", "2025-02-28", "2025-03-31", "2025-04-30", "2025-05-31"};
    for (std::size_t i = 0; i < grid.size(); ++i) EXPECT_EQ(grid.label(i), at(labels[i]));
    EXPECT_EQ(grid.starts_at(5), at("2025-06-30"));
}

TEST(Grid, StepsDaysOnTheWallClockAndHoursInElapsedTime) {
    const Grid days = grid_of(spec_of("2025-10-25", "2025-10-28", one_day, "Europe/Berlin"));
    ASSERT_EQ(days.size(), 3u);
    EXPECT_EQ(days.starts_at(1), at("2025-10-25 22:00"));
    EXPECT_EQ(days.starts_at(2), at("2025-10-26 23:00"));
    const Grid hours = grid_of(spec_of("2025-10-26", "2025-10-27", one_hour, "Europe/Berlin"));
    ASSERT_EQ(hours.size(), 25u);
    EXPECT_EQ(hours.label(2), at("2025-10-26 02:00"));
    EXPECT_EQ(hours.label(3), at("2025-10-26 02:00"));
    EXPECT_EQ(hours.starts_at(3) - hours.starts_at(2), hour);
    EXPECT_EQ(grid_of(spec_of("2025-03-30", "2025-03-31", one_hour, "Europe/Berlin")).size(), 23u);
}

TEST(Grid, LastBucketIsAWholeStep) {
    const Grid grid = grid_of(spec_of("2025-01-01", "2025-01-09", {0, 7, 0}));
    ASSERT_EQ(grid.size(), 2u);
    EXPECT_EQ(grid.starts_at(2), at("2025-01-15"));
    EXPECT_EQ(grid_of(spec_of("2025-01-01", "2025-01-08", {0, 7, 0})).size(), 1u);
    EXPECT_EQ(grid_of(spec_of("2025-01-01 00:00", "2025-01-01 00:01", one_hour)).size(), 1u);
}

TEST(Grid, ASkippedDayIsAnEmptyBucket) {
    const Grid grid = grid_of(spec_of("2011-12-29", "2012-01-01", one_day, "Pacific/Apia"));
    ASSERT_EQ(grid.size(), 3u);
    EXPECT_EQ(grid.starts_at(1), at("2011-12-30 10:00"));
    EXPECT_EQ(grid.starts_at(2), at("2011-12-30 10:00"));
    EXPECT_EQ(grid.bucket_of(at("2011-12-30 10:00") - 1), 0u);
    EXPECT_EQ(grid.bucket_of(at("2011-12-30 10:00")), 2u);
}

TEST(Grid, MayBeEmpty) {
    for (const Span& step : {one_day, one_month, one_hour}) {
        const Grid grid = grid_of(spec_of("2025-01-01", "2025-01-01", step));
        EXPECT_EQ(grid.size(), 0u);
        EXPECT_EQ(grid.starts().size(), 1u);
        EXPECT_EQ(grid.bucket_of(at("2025-01-01")), 0u);
        EXPECT_EQ(grid.bucket_of(minus_infinity), 0u);
    }
}

TEST(Grid, FindsTheBucketAsCountingDoes) {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&random](std::int64_t low, std::int64_t high) {
            return std::uniform_int_distribution<std::int64_t>(low, high)(random);
        };
        const twin::Zone zone(twin::random_rules(random, at("2019-01-01"), at("2023-01-01"), 100 * day));
        const LocalTime start = at("2020-01-01") + pick(0, 400 * day);
        Span step;
        const std::int64_t n = pick(1, 60);
        switch (seed % 4) {
            case 0: step = {std::int32_t(pick(1, 14)), 0, 0}; break;
            case 1: step = {0, std::int32_t(pick(1, 40)), 0}; break;
            case 2: step = {0, 0, pick(1, 3 * day)}; break;
            default: step = {0, 0, pick(1, 3)}; break;
        }
        const GridSpec spec =
            local_grid(start, twin::add(start, step, n), step, seed % 8 < 4 ? Snapshot::end : Snapshot::start, zone);
        const Grid grid(spec, zone, heap());
        if (spec.step.micros == 0) {
            ASSERT_EQ(grid.size(), std::size_t(n));
        }
        std::vector<Instant> probes{minus_infinity, first_instant, last_instant};
        for (const Instant start : grid.starts())
            for (const std::int64_t beside : {-1, 0, 1, 5}) probes.push_back(start + beside);
        for (int i = 0; i < 100; ++i) probes.push_back(pick(grid.starts().front(), grid.starts().back()));
        for (const Instant probe : probes) {
            // What DESIGN promises, by its words and not by closing().
            std::size_t unseen = 0;
            for (std::size_t i = 0; i < grid.size(); ++i) {
                const bool seen =
                    spec.snapshot == Snapshot::end ? probe < grid.starts_at(i + 1) : probe <= grid.starts_at(i);
                ASSERT_EQ(seen, probe <= grid.closing(i));
                if (!seen) ++unseen;
            }
            ASSERT_EQ(grid.bucket_of(probe), unseen) << "seed " << seed << ", " << probe;
        }
        for (std::size_t i = 0; i < grid.size(); ++i) {
            ASSERT_LE(grid.starts_at(i), grid.starts_at(i + 1));
            if (spec.step.micros != 0) {
                ASSERT_EQ(grid.starts_at(i), zone.rules().to_instant(start) + std::int64_t(i) * spec.step.micros);
                ASSERT_EQ(grid.label(i), zone.rules().to_local(grid.starts_at(i)));
            } else {
                ASSERT_EQ(grid.label(i), twin::add(start, step, std::int64_t(i)));
                ASSERT_EQ(grid.starts_at(i), zone.rules().to_instant(grid.label(i)));
            }
        }
    }
}

TEST(Grid, SpansAllOfTime) {
    GridSpec spec = spec_of("2000-01-01", "2000-01-01", {1200, 0, 0});
    spec.start = first_instant;
    spec.until = at("290000-01-01");
    const Grid grid = grid_of(spec);
    EXPECT_EQ(grid.size(), 2948u);
    for (std::size_t i = 0; i < grid.size(); ++i) ASSERT_EQ(grid.bucket_of(grid.starts_at(i)), i);
}

TEST(Grid, LimitsTheNumberOfBuckets) {
    EXPECT_EQ(grid_of(spec_of("2000-01-01 00:00", "2000-01-01 00:00:01", {0, 0, 1})).size(), Grid::max_buckets);
    GridSpec spec = spec_of("2000-01-01", "2000-01-01", {0, 0, 1});
    spec.until += 1'000'001;
    expect_error(Errc::limit_exceeded, [&] { grid_of(spec); });
    spec.start = first_instant;
    spec.until = last_instant;
    for (const Span& step : {Span{0, 0, 1}, one_day, one_month}) {
        spec.step = step;
        expect_error(Errc::limit_exceeded, [&] { grid_of(spec); });
    }
}

TEST(Grid, RefusesWhatIsNoGrid) {
    const GridSpec good = spec_of("2025-01-01", "2025-02-01", one_day);
    EXPECT_EQ(grid_of(good).size(), 31u);
    const std::int32_t most = std::numeric_limits<std::int32_t>::max();
    for (const Span& step :
         {Span{-1, 0, 0}, Span{0, -1, 0}, Span{0, 0, -1}, Span{1, 1, 0}, Span{0, 1, 1}, Span{-1, 30, 0}}) {
        GridSpec bad = good;
        bad.step = step;
        expect_error(Errc::invalid_parameter, [&] { grid_of(bad); });
    }
    for (const Span& step : {Span{most, 0, 0}, Span{0, most, 0}, Span{0, 0, plus_infinity}}) {
        GridSpec bad = good;
        bad.step = step;
        expect_error(Errc::datetime_overflow, [&] { grid_of(bad); });
    }
    for (const std::int64_t end : {minus_infinity, plus_infinity, last_instant + 1, first_instant - 1}) {
        GridSpec bad = good;
        bad.start = end;
        expect_error(Errc::datetime_overflow, [&] { grid_of(bad); });
        bad = good;
        bad.until = end;
        expect_error(Errc::datetime_overflow, [&] { grid_of(bad); });
    }
    expect_error(Errc::invalid_parameter, [] { grid_of(spec_of("2025-02-01", "2025-01-01", one_day)); });
    expect_error(Errc::invalid_parameter, [] { grid_of(spec_of("2025-02-01", "2025-01-01", one_hour)); });
    GridSpec last = good;
    last.start = at("294276-12-31");
    last.until = at("294276-12-31 12:00");
    expect_error(Errc::datetime_overflow, [&] { grid_of(last); });
    // What only the zone knows: local times that no instant has.
    const twin::Zone east({14 * hour, {}});
    expect_error(Errc::datetime_overflow,
                 [&] { local_grid(first_instant, first_instant + day, one_day, Snapshot::end, east); });
    const twin::Zone west({-14 * hour, {}});
    expect_error(Errc::datetime_overflow,
                 [&] { local_grid(last_instant - day, last_instant, one_day, Snapshot::end, west); });
}

TEST(Grid, NeedsItsZoneOnlyForInstants) {
    const Calendar& any = known_calendar("Pacific/Apia");
    for (const Span& step : {one_day, one_month, one_hour}) {
        const GridSpec spec = spec_of("2025-03-29", "2025-10-27", step, "Europe/Berlin");
        EXPECT_EQ(check_grid(spec, any), grid_of(spec).size());
    }
    // The order of local times in a gap and behind it is not that of their instants.
    EXPECT_EQ(grid_of(spec_of("2025-03-30 02:59", "2025-03-30 03:01", {0, 0, minute}, "Europe/Berlin")).size(), 0u);
    EXPECT_EQ(grid_of(spec_of("2025-03-30 03:00", "2025-03-30 02:30", {0, 0, 30 * minute}, "Europe/Berlin")).size(),
              1u);
}

// ---- last buckets

TEST(LastBuckets, Align) {
    const struct {
        Span step;
        const char* as_of;
        const char* start;
        const char* until;
    } cases[] = {
        {one_day, "2025-06-15 21:59:59", "2025-06-13", "2025-06-16"},  // 23:59:59 in Berlin
        {one_day, "2025-06-15 22:00:00", "2025-06-14", "2025-06-17"},
        {{0, 7, 0}, "2025-06-15 12:00", "2025-05-26", "2025-06-16"},  // a Sunday: the week began on Monday the 9th
        {{0, 7, 0}, "1999-12-31 12:00", "1999-12-13", "2000-01-03"},
        {one_month, "2025-06-30 22:00", "2025-05-01", "2025-08-01"},
        {{3, 0, 0}, "2025-06-15 12:00", "2024-10-01", "2025-07-01"},
        {{12, 0, 0}, "1998-06-15 12:00", "1996-01-01", "1999-01-01"},
        {{0, 0, 6 * hour}, "2025-06-15 12:00", "2025-06-15", "2025-06-15 18:00"},
        {{0, 0, 5 * hour}, "2025-06-15 12:00", "2025-06-15", "2025-06-15 15:00"},
    };
    const Calendar& berlin = known_calendar("Europe/Berlin");
    for (const auto& c : cases) {
        const GridSpec spec = last_buckets(3, c.step, at(c.as_of), Snapshot::end, berlin);
        EXPECT_EQ(check_grid(spec, berlin), 3u);
        EXPECT_TRUE(spec == spec_of(c.start, c.until, c.step, "Europe/Berlin")) << c.as_of;
    }
}

TEST(LastBuckets, CountFromAnOrigin) {
    const struct {
        Span step;
        const char* origin;
        const char* start;
        const char* until;
    } cases[] = {
        {{0, 7, 0}, "2000-01-02", "2025-06-01", "2025-06-22"},  // weeks from Sunday
        {{0, 7, 0}, "2099-12-27", "2025-06-01", "2025-06-22"},
        {{3, 0, 0}, "2000-02-01", "2024-11-01", "2025-08-01"},
        {one_month, "2000-01-15", "2025-04-15", "2025-07-15"},
        {one_day, "2000-01-03 15:00", "2025-06-12 15:00", "2025-06-15 15:00"},
        {{0, 0, 5 * hour}, "2025-06-16 01:00", "2025-06-15 00:00", "2025-06-15 15:00"},
    };
    const Calendar& berlin = known_calendar("Europe/Berlin");
    for (const auto& c : cases) {
        const GridSpec spec = last_buckets(3, c.step, at("2025-06-15 12:00"), Snapshot::end, berlin, at(c.origin));
        EXPECT_TRUE(spec == spec_of(c.start, c.until, c.step, "Europe/Berlin")) << c.origin;
    }
}

TEST(LastBuckets, HoldTheInstantInAnyZone) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937_64 random(seed);
        const auto pick = [&random](std::int64_t low, std::int64_t high) {
            return std::uniform_int_distribution<std::int64_t>(low, high)(random);
        };
        const twin::Zone zone(twin::random_rules(random, at("2019-01-01"), at("2023-01-01"), 30 * day));
        const Span steps[] = {one_day, one_month, {0, 7, 0}, {0, 0, 15 * minute}, {0, 0, 7 * hour}, {5, 0, 0}};
        for (const Span& step : steps) {
            const Instant as_of = seed % 2 == 0 ? pick(at("2019-06-01"), at("2022-06-01"))
                                                : zone.rules().changes[10].at + pick(-2 * hour, 2 * hour);
            const std::int64_t n = pick(1, 20);
            std::optional<LocalTime> origin;
            if (seed % 3 == 0) origin = midnight_of(pick(at("1900-01-01"), at("2100-01-01"))) + pick(0, 23) * hour;
            if (origin && step.months != 0) origin = at("1999-05-01") + pick(0, 27) * day;
            const GridSpec spec = last_buckets(n, step, as_of, Snapshot::end, zone, origin);
            const Grid grid(spec, zone, heap());
            ASSERT_EQ(grid.size(), std::size_t(n)) << "seed " << seed;
            ASSERT_LE(grid.starts_at(n - 1), as_of) << "seed " << seed;
            ASSERT_LT(as_of, grid.ends_at(n - 1)) << "seed " << seed;
        }
    }
}

TEST(LastBuckets, RefuseBadArguments) {
    const Calendar& utc = known_calendar("UTC");
    expect_error(Errc::invalid_parameter, [&] { last_buckets(0, one_day, 0, Snapshot::end, utc); });
    expect_error(Errc::invalid_parameter, [&] { last_buckets(-5, one_day, 0, Snapshot::end, utc); });
    expect_error(Errc::limit_exceeded, [&] { last_buckets(1'000'001, one_day, 0, Snapshot::end, utc); });
    expect_error(Errc::invalid_parameter, [&] { last_buckets(1, {1, 1, 0}, 0, Snapshot::end, utc); });
    expect_error(Errc::datetime_overflow, [&] { last_buckets(1, one_day, plus_infinity, Snapshot::end, utc); });
    expect_error(Errc::datetime_overflow, [&] { last_buckets(1, one_day, minus_infinity, Snapshot::end, utc); });
    expect_error(Errc::datetime_overflow, [&] { last_buckets(1, one_day, 0, Snapshot::end, utc, minus_infinity); });
    expect_error(Errc::datetime_overflow, [&] { last_buckets(1, one_day, 0, Snapshot::end, utc, plus_infinity); });
    expect_error(Errc::invalid_parameter, [&] { last_buckets(1, one_month, 0, Snapshot::end, utc, at("2000-03-29")); });
    expect_error(Errc::datetime_overflow, [&] {
        last_buckets(2, {0, 0, 1}, first_instant, Snapshot::end, utc, last_instant);
    });
    expect_error(Errc::datetime_overflow, [&] { last_buckets(1'000'000, one_month, 0, Snapshot::end, utc); });
    expect_error(Errc::datetime_overflow, [&] {
        last_buckets(1'000'000, {0, 0, plus_infinity / 2}, 0, Snapshot::end, utc);
    });
    expect_error(Errc::datetime_overflow, [&] {
        last_buckets(1, {std::numeric_limits<std::int32_t>::max(), 0, 0}, 0, Snapshot::end, utc);
    });
}

// ---- irregular grids

TEST(Irregular, BucketsAreWhatTheBoundariesSay) {
    std::mt19937_64 random(21);
    const auto pick = [&random](std::int64_t low, std::int64_t high) {
        return std::uniform_int_distribution<std::int64_t>(low, high)(random);
    };
    for (int round = 0; round < 300; ++round) {
        const twin::Zone zone(round % 2 == 0 ? twin::random_rules(random, at("2019-01-01"), at("2023-01-01"), 30 * day)
                                             : twin::apia());
        std::vector<LocalTime> boundaries = {round % 2 == 0 ? at("2020-01-01") : at("2011-12-27")};
        // Days up to some hour are about even; lengths from half an hour to years are not.
        const bool even = round % 3 == 0;
        for (std::int64_t n = even ? pick(1, 60) : 0; n > 0; --n) boundaries.push_back(boundaries.back() + day);
        if (even)
            boundaries.push_back(boundaries.back() + pick(1, day));
        else
            for (std::int64_t n = pick(1, 12); n > 0; --n)
                boundaries.push_back(boundaries.back() +
                                     pick(1, 4) * pick(1, 4) * hour / 2 * (pick(0, 5) == 0 ? pick(1, 2000) : 1));
        Bytes between(heap());
        const Snapshot snapshot = pick(0, 1) == 0 ? Snapshot::end : Snapshot::start;
        const GridSpec spec = irregular_grid(boundaries, snapshot, zone, between);
        const Grid grid(spec, zone, heap());
        ASSERT_EQ(grid.size(), boundaries.size() - 1);
        std::vector<Instant> starts;
        for (const LocalTime boundary : boundaries)
            starts.push_back(std::max(zone.to_instant(boundary), starts.empty() ? first_instant : starts.back()));
        for (std::size_t i = 0; i < grid.size(); ++i) {
            ASSERT_EQ(grid.label(i), boundaries[i]);
            ASSERT_EQ(grid.starts_at(i), starts[i]);
            ASSERT_EQ(grid.ends_at(i), starts[i + 1]);
        }
        std::vector<Instant> probes = {minus_infinity, last_instant};
        for (const Instant start : starts)
            probes.insert(probes.end(), {start - 1, start, start + 1, start + pick(0, 1000) * hour});
        for (const Instant t : probes) {
            std::size_t seen = 0;
            while (seen < grid.size() && grid.closing(seen) < t) ++seen;
            ASSERT_EQ(grid.bucket_of(t), seen);
        }
        Bytes bytes(heap());
        encode_grid(spec, bytes);
        ASSERT_TRUE(decode_grid({bytes.data(), bytes.size()}) == spec);
    }
}

TEST(Irregular, RefuseBadBoundaries) {
    const Calendar& utc = known_calendar("UTC");
    Bytes between(heap());
    const auto refused = [&](Errc code, std::vector<LocalTime> boundaries) {
        expect_error(code, [&] { irregular_grid(boundaries, Snapshot::end, utc, between); });
    };
    refused(Errc::invalid_parameter, {});
    refused(Errc::invalid_parameter, {at("2025-01-01")});
    refused(Errc::invalid_parameter, {at("2025-01-01"), at("2025-01-01")});
    refused(Errc::invalid_parameter, {at("2025-01-01"), at("2025-03-01"), at("2025-02-01"), at("2025-04-01")});
    refused(Errc::datetime_overflow, {minus_infinity, at("2025-01-01")});
    refused(Errc::datetime_overflow, {at("2025-01-01"), plus_infinity});
    refused(Errc::invalid_parameter, {at("2025-01-01"), plus_infinity, at("2025-02-01")});
    refused(Errc::limit_exceeded, std::vector<LocalTime>(Grid::max_buckets + 2, 0));
}

}  // namespace
}  // namespace csagg
