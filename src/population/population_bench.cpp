// The inner loop of distribution(): 20,000 timelines of 20 entries, 730 days, values 0 to 100.
#include "population/format.hpp"
#include "population/population_twin.hpp"
#include "population/raw_log.hpp"

#include <benchmark/benchmark.h>

namespace csagg {
namespace {

constexpr int customers = 20'000, entries_each = 20;

std::vector<std::vector<Byte>> population(Kind kind, int decimals) {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> all;
        for (int i = 0; i <= 100; ++i) all.push_back("value number " + std::to_string(i));
        return all;
    }();
    std::mt19937_64 random(1);
    std::vector<std::vector<Byte>> all;
    for (int c = 0; c < customers; ++c) {
        std::map<Instant, Value> entries;
        while (entries.size() < entries_each) {
            const Instant at =
                twin::DayGrid::first_day + Instant(random() % (900 * 86400)) * micros_per_second - 180 * micros_per_day;
            const auto n = random() % 101;
            entries[at] = kind == Kind::text ? Value::of(std::string_view(names[n]))
                                             : Value::of(Number::normalized(std::int64_t(n), decimals));
        }
        twin::Log log{kind, minus_infinity, {}};
        for (const auto& [at, value] : entries) log.entries.push_back({at, 0, value});
        all.push_back(log.encode());
    }
    return all;
}

template <class F>
void for_population(benchmark::State& state, Kind kind, int decimals, F f) {
    const auto timelines = population(kind, decimals);
    for (auto _ : state) f(timelines);
    state.SetItemsProcessed(state.iterations() * customers * entries_each);
}

void* leak_free_grow(void* old, std::size_t used, std::size_t bytes) {
    static std::vector<std::uint64_t> blocks[2];
    static int next = 0;
    next ^= 1;  // the block before the last is free
    if (blocks[next].size() < bytes / 8 + 1) blocks[next].resize(bytes / 8 + 1);
    if (used > 0) std::memcpy(blocks[next].data(), old, used);
    return blocks[next].data();
}

void decode(benchmark::State& state) {
    for_population(state, Kind::number, 0, [](const auto& timelines) {
        for (const auto& bytes : timelines) {
            TimelineBlock block = Timeline(bytes).block(0);
            block.decode(true);
            benchmark::DoNotOptimize(block.instants().back());
        }
    });
}
BENCHMARK(decode)->Unit(benchmark::kMillisecond);

void decode_and_look_up(benchmark::State& state) {
    const twin::DayGrid days(730);
    for_population(state, Kind::number, 0, [&days](const auto& timelines) {
        for (const auto& bytes : timelines) {
            TimelineBlock block = Timeline(bytes).block(0);
            block.decode(true);
            std::size_t sum = 0;
            for (const Instant at : block.instants()) sum += days.grid.bucket_of(at);
            benchmark::DoNotOptimize(sum);
        }
    });
}
BENCHMARK(decode_and_look_up)->Unit(benchmark::kMillisecond);

void count(benchmark::State& state, Form form, Kind kind, int decimals) {
    const twin::DayGrid days(730);
    for_population(state, kind, decimals, [&days, form](const auto& timelines) {
        Cells cells = Cells::create(form, view(days.bytes), days.grid.size(), 1, leak_free_grow);
        for (const auto& bytes : timelines) {
            const ByteSpan members[] = {bytes, timelines.front()};
            switch (form) {
                case Form::distribution: count_distribution(cells, Timeline(bytes), days.grid); break;
                case Form::joint: count_joint(cells, members, days.grid, twin::heap()); break;
                case Form::summary: count_summary(cells, Timeline(bytes), days.grid); break;
                case Form::flows: count_flows(cells, Timeline(bytes), days.grid); break;
            }
        }
        benchmark::DoNotOptimize(cells.flat().block());
    });
}
BENCHMARK_CAPTURE(count, distribution_of_integers, Form::distribution, Kind::number, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count, distribution_of_decimals, Form::distribution, Kind::number, 2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count, distribution_of_texts, Form::distribution, Kind::text, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count, joint_distribution, Form::joint, Kind::number, 0)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count, summary, Form::summary, Kind::number, 2)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(count, flows, Form::flows, Kind::number, 0)->Unit(benchmark::kMillisecond);

/// 400,000 rows of 20,000 customers in order of time.
void count_log(benchmark::State& state) {
    const twin::DayGrid days(730);
    for (auto _ : state) {
        RawLog log({Form::distribution, Kind::number, true, false}, view(days.bytes), days.grid, std::size_t(1) << 30,
                   1, twin::heap());
        std::uint64_t random = 1;
        for (Instant i = 0; i < 400'000; ++i) {
            random = fold_multiply(random + std::uint64_t(i), 0x9E3779B97F4A7C15);
            log.add_word(random % 20'000, log.record(twin::DayGrid::first_day + i * (730 * micros_per_day / 400'000), 0,
                                                     Value::of(Number::of(i % 101))));
        }
        Cells cells = Cells::create(Form::distribution, view(days.bytes), days.grid.size(), 1, leak_free_grow);
        log.count(cells, days.grid);
        benchmark::DoNotOptimize(cells.flat().block());
    }
}
BENCHMARK(count_log)->Unit(benchmark::kMillisecond);

void encode(benchmark::State& state) {
    const twin::DayGrid days(730);
    Cells cells = Cells::create(Form::distribution, view(days.bytes), days.grid.size(), 1, twin::grow);
    for (const auto& bytes : population(Kind::number, 0)) count_distribution(cells, Timeline(bytes), days.grid);
    for (auto _ : state) {
        Bytes out(twin::heap());
        encode_cells(cells, out);
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(encode)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace csagg
