// The type csagg.distribution: counting plain and joint, and its rows.
#include "population/count.hpp"

#include "population/population_pg.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

bool is_distribution(Form form) { return form == Form::distribution || form == Form::joint; }

}  // namespace

CSAGG_FUNCTION(csagg_distribution_in) { return population_in(fcinfo, is_distribution); }
CSAGG_FUNCTION(csagg_distribution_recv) { return population_recv(fcinfo, is_distribution); }

CSAGG_FUNCTION(csagg_distribution_add) {
    return add_timeline(fcinfo, Form::distribution, [](Cells& cells, const auto& timeline, const Grid& grid) {
        count_distribution(cells, timeline, grid);
    });
}

namespace {

/// The timelines of a one-dimensional array; NULL elements become empty bytes.
void read_array(FunctionCallInfo fcinfo, int n, SmallVector<ByteSpan, max_members>& out) {
    const Datum datum = PG_GETARG_DATUM(n);
    struct {
        Datum* items;
        bool* nulls;
        int count, dimensions;
    } array{};
    call([datum, &array] {
        ArrayType* value = DatumGetArrayTypeP(datum);
        array.dimensions = ARR_NDIM(value);
        int16 length;
        bool by_value;
        char alignment;
        get_typlenbyvalalign(ARR_ELEMTYPE(value), &length, &by_value, &alignment);
        deconstruct_array(value, ARR_ELEMTYPE(value), length, by_value, alignment, &array.items, &array.nulls,
                          &array.count);
    });
    if (array.dimensions > 1) throw Error(Errc::invalid_parameter, "array of timelines has more than one dimension");
    for (int i = 0; i < array.count; ++i) out.push_back(array.nulls[i] ? ByteSpan{} : value_bytes(array.items[i]));
}

}  // namespace

CSAGG_FUNCTION(csagg_distribution_add_joint) {
    Cells cells = state_with_grid(fcinfo, Form::joint, 2);
    if (!PG_ARGISNULL(1)) {
        ContextArena arena;
        SmallVector<ByteSpan, max_members> timelines(arena);
        read_array(fcinfo, 1, timelines);
        count_joint(cells, view(timelines), cached_grid(cells.grid()), arena);
    }
    return state_result(fcinfo, cells.flat());
}

namespace {

/// 'gold', or of a joint distribution ("gold", 7, null).
Datum label_of(const StoredArgument& in, std::span<const std::uint32_t> members) {
    if (!in.stored.has_tuples()) return text_datum(in.stored.values()[members[0]]);
    ContextArena arena;
    String text(arena);
    text.push_back('(');
    for (std::size_t m = 0; m < members.size(); ++m) {
        if (m > 0) text += ", ";
        print_literal(in.stored.values()[members[m]], text);
    }
    text.push_back(')');
    return make_text({text.data(), text.size()});
}

Datum text_array(const StoredArgument& in, std::span<const std::uint32_t> members) {
    Datum items[max_members];
    bool nulls[max_members];
    int count = int(members.size());
    for (int m = 0; m < count; ++m) {
        const Value& value = in.stored.values()[members[std::size_t(m)]];
        nulls[m] = value.absent;
        items[m] = value.absent ? Datum(0) : text_datum(value);
    }
    return call([&items, &nulls, count] {
        int dims[1] = {count}, lower[1] = {1};
        return PointerGetDatum(construct_md_array(items, nulls, 1, dims, lower, TEXTOID, -1, false, TYPALIGN_INT));
    });
}

/// One row per bucket and column, of those that count something unless argument 1 asks for all; form(members) makes the
/// row of a column.
template <class Form>
void put_counts(FunctionCallInfo fcinfo, const StoredArgument& in, RowSink& rows, Arena& arena, const Form& form) {
    const bool zeros = PG_GETARG_BOOL(1);
    Counts counts(in.stored, in.grid.size(), arena);
    Vector<RowForm> forms(arena);
    forms.reserve(counts.columns());
    RowMemory memory;
    for (std::size_t c = 0; c < counts.columns(); ++c) memory.run([&] { forms.push_back(form(counts.members(c))); });
    for (std::size_t b = 0; b < in.grid.size(); ++b) {
        const std::int64_t front[bucket_columns] = {in.grid.label(b), in.grid.starts_at(b), in.grid.ends_at(b)};
        counts.next_bucket(zeros, [&](std::size_t column, std::int64_t n) {
            RowForm& row = forms[column];
            for (int i = 0; i < bucket_columns; ++i) row.set_front(i, front[i]);
            row.set_last(n);
            rows.put(row);
        });
    }
}

}  // namespace

CSAGG_FUNCTION(csagg_distribution_buckets) {
    ContextArena arena;
    const StoredArgument in(fcinfo, 0, arena);
    RowSink rows(fcinfo, bucket_columns + 3);
    put_counts(fcinfo, in, rows, arena, [&](std::span<const std::uint32_t> members) {
        const Value& value = in.stored.values()[members[0]];
        const bool is_number = !in.stored.has_tuples() && value.kind == Kind::number;
        const Datum values[] = {
            Datum(0), Datum(0), Datum(0), label_of(in, members), is_number ? number_datum(value.number()) : Datum(0),
            Datum(0)};
        const bool nulls[] = {false, false, false, false, !is_number, false};
        return RowForm(rows, values, nulls);
    });
    return Datum(0);
}

CSAGG_FUNCTION(csagg_distribution_joint_buckets) {
    ContextArena arena;
    const StoredArgument in(fcinfo, 0, arena);
    RowSink rows(fcinfo, bucket_columns + 2);
    put_counts(fcinfo, in, rows, arena, [&](std::span<const std::uint32_t> members) {
        const Datum values[] = {Datum(0), Datum(0), Datum(0), text_array(in, members), Datum(0)};
        const bool nulls[5] = {};
        return RowForm(rows, values, nulls);
    });
    return Datum(0);
}

}  // namespace csagg::pg
