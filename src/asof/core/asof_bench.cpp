// The core alone: 400,000 rows of 20,000 keys, and probes.
#include <benchmark/benchmark.h>

#include <random>

#include "asof/core/asof.hpp"

using namespace csagg;
using namespace csagg::asof;

namespace {

constexpr int keys = 20'000, rows = 400'000;
constexpr auto any = [](Group) { return true; };

struct Data {
    Groups groups{*std::pmr::new_delete_resource()};
    Index index{*std::pmr::new_delete_resource(), {}, nullptr, sizeof(std::int32_t)};
    std::vector<std::pair<std::uint64_t, std::int64_t>> right, left;

    Data() {
        std::mt19937_64 random(1);
        for (int i = 0; i < rows; ++i) right.emplace_back(random() % keys, random() % 1'000'000'000);
        for (int i = 0; i < rows; ++i) left.emplace_back(random() % keys, random() % 1'000'000'000);
    }
    void build() {
        groups.clear();
        index.clear();
        for (const auto& [key, at] : right)
            index.add(groups.find_or_add(key, any), at, reinterpret_cast<Payload>(&key));
        index.sort(nullptr);
    }
};

void build(benchmark::State& state) {
    Data data;
    for (auto _ : state) data.build();
    state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(build)->Unit(benchmark::kMillisecond);

void probe(benchmark::State& state) {
    Data data;
    data.build();
    if (state.range(0) != 0) std::sort(data.left.begin(), data.left.end());
    for (auto _ : state)
        for (const auto& [key, at] : data.left)
            benchmark::DoNotOptimize(data.index.find(data.groups.find(key, any), {at}));
    state.SetItemsProcessed(state.iterations() * rows);
}
BENCHMARK(probe)->ArgName("in_order")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
