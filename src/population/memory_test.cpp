// Every allocation of the room's operations fails once.
#include "base/test_failure.hpp"

#include "population/counts.hpp"
#include "population/population_text.hpp"
#include "population/population_twin.hpp"
#include "population/raw_log.hpp"

namespace csagg {
namespace {

using test::grow_in_arena;
using twin::DayGrid;

/// So many timelines of texts or numbers, each with an entry every few hours.
std::vector<std::vector<Byte>> timelines(Kind kind, int n) {
    static const std::string names[] = {"", "gold", "silver", "a name of more than sixteen bytes",
                                        "another name of more than sixteen bytes"};
    std::vector<std::vector<Byte>> all;
    for (int i = 0; i < n; ++i) {
        twin::Log log{kind, minus_infinity, {}};
        for (int k = 0; k < 30; ++k) {
            const Value value = (i + k) % 9 == 0     ? Value::none(kind)
                                : kind == Kind::text ? Value::of(std::string_view(names[(i * k) % 5]))
                                                     : Value::of(Number::of(i * k % 40));
            log.entries.push_back({DayGrid::first_day + Instant(k * 7 + i % 3) * 3600 * micros_per_second, 0, value});
        }
        all.push_back(log.encode());
    }
    return all;
}

class Memory : public testing::TestWithParam<Form> {};

TEST_P(Memory, CountingSurvivesThatItRunsOut) {
    const Form form = GetParam();
    const DayGrid days(12);
    const auto logs = timelines(form == Form::summary ? Kind::number : Kind::text, 20);
    const auto count = [&](Cells& cells, std::size_t i, Arena& arena) {
        const ByteSpan members[] = {logs[i], logs[(i + 1) % logs.size()], {}};
        if (form == Form::distribution) count_distribution(cells, Timeline(logs[i]), days.grid);
        if (form == Form::joint) count_joint(cells, members, days.grid, arena);
        if (form == Form::summary) count_summary(cells, Timeline(logs[i]), days.grid);
        if (form == Form::flows) count_flows(cells, Timeline(logs[i]), days.grid);
    };
    std::vector<Byte> expected;
    test::fail_every_allocation([&](Arena& arena) {
        const auto create = [&](Form of) {
            return Cells::create(of, view(days.bytes), days.grid.size(), 7, grow_in_arena);
        };
        Cells whole = create(form), part = create(form);
        for (std::size_t i = 0; i < logs.size(); ++i) count(i % 2 == 0 ? whole : part, i, arena);
        merge(whole, part, arena);
        Bytes bytes(arena), again(arena), twice(arena);
        encode_cells(whole, bytes);
        validate(view(bytes), days.grid.size(), grow_in_arena, arena);
        const Stored stored(view(bytes), arena);
        String text(arena);
        print_population(stored, days.grid.size(), "[grid]", text);
        std::string_view rest(text.data(), text.size());
        const PopulationHead head = parse_population_head(rest);
        Cells parsed = create(head.form);
        parse_population_body(rest, head, parsed, arena);
        encode_cells(parsed, again);
        merge(parsed, stored, arena);
        encode_cells(parsed, twice);
        String json(arena);
        print_population_json(Stored(view(twice), arena), days.grid.size(), "[grid]", json);
        Counts counts(stored, days.grid.size(), arena);
        std::int64_t sum = 0;
        for (std::size_t b = 0; b < days.grid.size(); ++b)
            counts.next_bucket([&](std::size_t, std::int64_t n) { sum += n; });
        EXPECT_GT(sum, 0);
        if (expected.empty()) expected.assign(bytes.begin(), bytes.end());
        EXPECT_TRUE(std::ranges::equal(view(bytes), expected));
        EXPECT_TRUE(std::ranges::equal(view(again), expected));
    });
}

TEST(RawLogMemory, CollectingALogSurvivesThatItRunsOut) {
    const DayGrid days(12);
    std::vector<Byte> expected;
    test::fail_every_allocation([&](Arena& arena) {
        const RawLogShape shape{Form::flows, Kind::text, false, true};
        RawLog whole(shape, view(days.bytes), days.grid, 3000, 7, arena),
            part(shape, view(days.bytes), days.grid, 3000, 8, arena);
        for (int i = 0; i < 400; ++i) {
            static constexpr std::string_view plans[] = {"", "gold", "a name of more than sixteen bytes"};
            RawLog& log = i % 2 == 0 ? whole : part;
            const Instant at = DayGrid::first_day + Instant(i * 7 % 300) * 3600 * micros_per_second;
            log.add(log.key_of(as_bytes(std::to_string(i % 30))), log.record(at, i, Value::of(plans[i % 3])));
            if (log.is_full()) log.compact(days.grid);
        }
        Bytes written(arena), bytes(arena);
        part.write(written);
        whole.merge(view(written), days.grid);
        Cells cells = Cells::create(Form::flows, view(days.bytes), days.grid.size(), 7, grow_in_arena);
        whole.count(cells, days.grid);
        encode_cells(cells, bytes);
        if (expected.empty()) expected.assign(bytes.begin(), bytes.end());
        EXPECT_TRUE(std::ranges::equal(view(bytes), expected));
    });
}

INSTANTIATE_TEST_SUITE_P(Forms, Memory, testing::Values(Form::distribution, Form::joint, Form::summary, Form::flows),
                         [](const auto& form) { return std::to_string(int(form.param)); });

}  // namespace
}  // namespace csagg
