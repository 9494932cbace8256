#include "pipeline/folding/gather.hpp"

#include "base/interrupt.hpp"
#include "base/test_arena.hpp"
#include "base/test_error.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>

namespace csagg {
namespace {

using test::code_of;

struct Row {
    std::string tenant, customer, key;
    FactKind kind;
    Entry entry;
    std::optional<std::string> actor = {};
};

template <class Log>
void add(Log& log, const Row& row) {
    const bool has_actor = row.kind == FactKind::counter && row.actor;
    const std::string_view actor = has_actor ? std::string_view(*row.actor) : std::string_view();
    log.add(row.key, row.kind, row.entry, has_actor ? &actor : nullptr);
}

struct Gathered {
    std::string tenant, name;
    Instant first_at;
    std::vector<Byte> facts;
    friend bool operator==(const Gathered&, const Gathered&) = default;
};

std::vector<Byte> finished(const HistoryLog& log) {
    test::TestArena arena;
    Bytes bytes{Alloc<Byte>(arena)};
    log.finish(bytes);
    return {bytes.begin(), bytes.end()};
}

std::vector<Gathered> gathered(const std::vector<Row>& rows, std::size_t fail_at = test::TestArena::never) {
    test::TestArena arena(fail_at), logs;
    const test::StateArena states(logs);
    Gathering gathering(arena);
    for (const Row& row : rows) {
        gathering.set_customer(row.tenant, row.customer);
        add(gathering, row);
    }
    std::vector<Gathered> result;
    gathering.for_each([&](const Gathering::Customer& customer) {
        HistoryLog log = HistoryLog::create(test::grow_in_arena);
        gathering.copy_rows(customer, log);
        result.push_back({std::string(customer.tenant), std::string(customer.name), customer.first_at, finished(log)});
    });
    return result;
}

/// A log for each customer.
std::vector<Gathered> one_by_one(const std::vector<Row>& rows) {
    std::vector<std::pair<std::string, std::string>> order;
    std::map<std::pair<std::string, std::string>, std::vector<Row>> parts;
    for (const Row& row : rows) {
        auto& part = parts[{row.tenant, row.customer}];
        if (part.empty()) order.emplace_back(row.tenant, row.customer);
        part.push_back(row);
    }
    std::vector<Gathered> result;
    for (const auto& who : order) {
        test::TestArena logs;
        const test::StateArena states(logs);
        HistoryLog log = HistoryLog::create(test::grow_in_arena);
        Instant first = plus_infinity;
        for (const Row& row : parts[who]) {
            add(log, row);
            if (row.entry.at != minus_infinity) first = std::min(first, row.entry.at);
        }
        result.push_back({who.first, who.second, first, finished(log)});
    }
    return result;
}

const Value gold = Value::of(std::string_view("gold"));

std::vector<Row> random_rows(unsigned seed, int count, int customers) {
    std::mt19937 random(seed);
    auto below = [&](int n) { return int(random() % unsigned(n)); };
    std::vector<Row> rows;
    for (int i = 0; i < count; ++i) {
        Row row{below(2) == 0 ? "" : "t" + std::to_string(below(2)),
                std::to_string(below(customers)),
                "",
                FactKind::counter,
                {below(50) == 0 ? minus_infinity : Instant(below(100)) * 1000000, i, gold},
                below(2) == 0 ? std::optional("person " + std::to_string(below(3))) : std::nullopt};
        const int what = below(12);
        row.key = "fact " + std::to_string(what);
        if (what % 3 == 0) {
            row.kind = FactKind::text;
            if (below(3) == 0) row.entry.value = Value::none(Kind::text);
        } else if (what % 3 == 1) {
            row.kind = FactKind::number;
            row.entry.value = Value::of(Number{below(1000) - 500, std::uint8_t(below(3))});
        } else {
            row.entry = {Instant(below(100)) * 1000000, 0, Value::of(Number{1 + below(5), 0})};
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

TEST(Gathering, EachCustomerHasItsRowsInTheirOrder) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const auto rows = random_rows(seed, 300, 1 + int(seed) % 20);
        EXPECT_EQ(gathered(rows), one_by_one(rows)) << seed;
    }
    const auto rows = random_rows(50, 70000, 3);
    EXPECT_EQ(gathered(rows), one_by_one(rows));
}

TEST(Gathering, NamesAreTold) {
    const Row a{"a", "bc", "plan", FactKind::text, {1, 0, gold}}, b{"ab", "c", "plan", FactKind::text, {2, 0, gold}},
        c{"", "abc", "plan", FactKind::text, {minus_infinity, 0, gold}};
    const auto result = gathered({a, b, c});
    ASSERT_EQ(result.size(), 3u);
    EXPECT_EQ(result, one_by_one({a, b, c}));
    EXPECT_EQ(result[2].first_at, plus_infinity);
    EXPECT_TRUE(gathered({}).empty());
}

TEST(Gathering, AKeyHasOneKind) {
    const Row text{"", "a", "plan", FactKind::text, {1, 0, gold}},
        number{"", "b", "plan", FactKind::number, {1, 0, Value::of(Number{1, 0})}};
    EXPECT_EQ(code_of([&] { gathered({text, number}); }), Errc::kind_mismatch);
}

TEST(Gathering, ManyRowsOfOneCustomerAreInterrupted) {
    test::TestArena arena, logs;
    const test::StateArena states(logs);
    Gathering gathering(arena);
    for (const Row& row : random_rows(1, 70000, 1)) {
        gathering.set_customer("", "a");
        add(gathering, row);
    }
    static int asked;
    gathering.for_each([&](const Gathering::Customer& customer) {
        HistoryLog log = HistoryLog::create(test::grow_in_arena);
        asked = 0;
        interrupt_handler = [] { ++asked; };
        gathering.copy_rows(customer, log);
        interrupt_handler = nullptr;
        EXPECT_EQ(asked, 1);
    });
}

TEST(Gathering, MemoryMayEnd) {
    const auto rows = random_rows(1, 100, 30);
    std::size_t fail_at = 0;
    for (;; ++fail_at) {
        try {
            EXPECT_EQ(gathered(rows, fail_at), one_by_one(rows));
            break;
        } catch (const std::bad_alloc&) {
        }
    }
    EXPECT_GT(fail_at, 30u);
}

}  // namespace
}  // namespace csagg
