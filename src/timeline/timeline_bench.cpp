// What building, reading and looking up timelines cost: 20 entries are a customer's two years of a state, a million are
// a sensor's.
#include "timeline/timeline_build.hpp"

#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

namespace csagg {
namespace {

constexpr std::int64_t minute = 60 * micros_per_second;

std::vector<Entry> entries_of(Kind kind, std::size_t n, bool in_order = true) {
    static constexpr std::string_view plans[] = {"free", "silver", "gold", "enterprise"};
    std::mt19937_64 random(1);
    std::vector<Entry> out;
    Instant at = 0;
    for (std::size_t i = 0; i < n; ++i) {
        at += std::int64_t(1 + random() % (n < 1000 ? 50'000 : 20)) * minute;
        const Value value =
            kind == Kind::text ? Value::of(plans[random() % 4]) : Value::of(Number::of(std::int64_t(random() % 100)));
        out.push_back({at, 0, value});
    }
    if (!in_order) std::shuffle(out.begin(), out.end(), random);
    return out;
}

/// As a memory context that is reset for each row: allocation is nearly free.
class Scratch {
public:
    Arena& fresh() {
        arena_.release();
        return arena_;
    }

private:
    std::vector<std::byte> room_ = std::vector<std::byte>(1 << 20);
    std::pmr::monotonic_buffer_resource arena_{room_.data(), room_.size()};
};

Bytes encoded(Kind kind, const std::vector<Entry>& entries) {
    Bytes out(*std::pmr::new_delete_resource());
    encode_timeline(kind, entries, minus_infinity, out);
    return out;
}

void count_entries(benchmark::State& state, std::size_t bytes) {
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.counters["bytes"] = double(bytes);
}

template <Kind kind>
void encode(benchmark::State& state) {
    const auto entries = entries_of(kind, std::size_t(state.range(0)));
    Scratch scratch;
    std::size_t bytes = 0;
    for (auto _ : state) {
        Bytes out(scratch.fresh());
        encode_timeline(kind, entries, minus_infinity, out);
        benchmark::DoNotOptimize(out.data());
        bytes = out.size();
    }
    count_entries(state, bytes);
}
BENCHMARK(encode<Kind::number>)->Arg(20)->Arg(1'000'000);
BENCHMARK(encode<Kind::text>)->Arg(20)->Arg(1'000'000);

template <Kind kind>
void decode(benchmark::State& state) {
    const Bytes bytes = encoded(kind, entries_of(kind, std::size_t(state.range(0))));
    Scratch scratch;
    for (auto _ : state) {
        Entries entries(scratch.fresh());
        Timeline(view(bytes)).read(entries);
        benchmark::DoNotOptimize(entries.data());
    }
    count_entries(state, bytes.size());
}
BENCHMARK(decode<Kind::number>)->Arg(20)->Arg(1'000'000);
BENCHMARK(decode<Kind::text>)->Arg(20)->Arg(1'000'000);

template <Kind kind>
void find(benchmark::State& state) {
    const auto entries = entries_of(kind, std::size_t(state.range(0)));
    const Bytes bytes = encoded(kind, entries);
    std::mt19937_64 random(2);
    std::vector<Instant> instants;
    for (int i = 0; i < 1024; ++i) instants.push_back(entries[random() % entries.size()].at + 1);
    std::size_t i = 0;
    for (auto _ : state) benchmark::DoNotOptimize(find_value(view(bytes), instants[i++ % instants.size()]));
}
BENCHMARK(find<Kind::number>)->Arg(20)->Arg(1'000'000);
BENCHMARK(find<Kind::text>)->Arg(20)->Arg(1'000'000);

/// The aggregate over so many rows of one customer.
template <Kind kind>
void aggregate_rows(benchmark::State& state, const std::vector<Entry>& entries) {
    Scratch scratch;
    static Arena* states = nullptr;
    for (auto _ : state) {
        states = &scratch.fresh();
        TimelineLog log = TimelineLog::create(kind, [](void* old, std::size_t used, std::size_t bytes) {
            void* const block = states->allocate(bytes, 8);
            if (used > 0) std::memcpy(block, old, used);
            return block;
        });
        for (const Entry& e : entries) log.add(e);
        Bytes out(*states);
        log.finish(out);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * std::int64_t(entries.size()));
}

// The argument says whether they come in order.
template <Kind kind>
void aggregate(benchmark::State& state) {
    aggregate_rows<kind>(state, entries_of(kind, 20, state.range(0) != 0));
}
BENCHMARK(aggregate<Kind::number>)->ArgName("in_order")->Arg(1)->Arg(0);
BENCHMARK(aggregate<Kind::text>)->ArgName("in_order")->Arg(1)->Arg(0);

template <Kind kind>
void aggregate_large(benchmark::State& state) {
    aggregate_rows<kind>(state, entries_of(kind, 400'000, state.range(0) != 0));
}
BENCHMARK(aggregate_large<Kind::number>)->ArgName("in_order")->Arg(1)->Arg(0);
BENCHMARK(aggregate_large<Kind::text>)->ArgName("in_order")->Arg(1)->Arg(0);

}  // namespace
}  // namespace csagg
