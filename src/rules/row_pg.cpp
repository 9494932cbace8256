#include "rules/row_pg.hpp"

#include "postgres/varlena.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"
#include "utils/typcache.h"
}

namespace csagg::pg {
namespace {

/// The types of this extension, which live in the schema of csagg.ruleset.
struct Types {
    Oid timeline, counter, history;
};

Types find_types(FunctionCallInfo fcinfo) {
    return call([fcinfo] {
        const Oid ruleset = get_fn_expr_argtype(fcinfo->flinfo, 0);
        Oid schema = InvalidOid;
        if (const HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(ruleset)); HeapTupleIsValid(tuple)) {
            schema = reinterpret_cast<Form_pg_type>(GETSTRUCT(tuple))->typnamespace;
            ReleaseSysCache(tuple);
        }
        const auto find = [schema](const char* name) {
            return GetSysCacheOid2(TYPENAMENSP, Anum_pg_type_oid, CStringGetDatum(name), ObjectIdGetDatum(schema));
        };
        return Types{find("timeline"), find("counter"), find("history")};
    });
}

struct Column {
    int number;  // in the row, from 0; -1: there is none
    Oid type;    // domains looked through
    std::size_t place = 0;  // in the history that was read last
};

/// Which column is which fact.
struct RowShape {
    explicit RowShape(MemoryContext context) : arena(context), facts(arena), histories(arena) {}

    ContextArena arena;
    Oid type = InvalidOid;
    std::int32_t typmod = -1;
    std::uint64_t rules = 0;
    RowShape* next = nullptr;
    TupleDesc columns = nullptr;
    Vector<Column> facts;
    Vector<int> histories;
    Types types{};
};

bool is_plain(Oid type) {
    switch (type) {
        case BOOLOID:
        case INT2OID:
        case INT4OID:
        case INT8OID:
        case NUMERICOID:
        case FLOAT4OID:
        case FLOAT8OID:
        case TEXTOID:
        case VARCHAROID:
        case BPCHAROID:
        case DATEOID:
        case TIMESTAMPTZOID: return true;
        default: return false;
    }
}

void refuse_unnamed(const RowShape& shape) {
    if (shape.type != RECORDOID || shape.columns->natts == 0) return;
    for (int i = 0; i < shape.columns->natts; ++i)
        if (NameStr(TupleDescAttr(shape.columns, i)->attname) != "f" + std::to_string(i + 1)) return;
    throw Error(Errc::undefined_column, "the row of facts has no column names",
                "Give a FROM item's alias instead of ROW(...), as in csagg.score(r, f) FROM (SELECT ... AS plan) f.");
}

void map_columns(RowShape& shape, const RuleSet& rules) {
    for (int i = 0; i < shape.columns->natts; ++i) {
        const auto* column = TupleDescAttr(shape.columns, i);
        const Oid declared = column->atttypid;
        if (!column->attisdropped && call([declared] { return getBaseType(declared); }) == shape.types.history) shape.histories.push_back(i);
    }
    for (const Document::Fact& fact : rules.document().facts) {
        Column found{-1, InvalidOid};
        for (int i = 0; i < shape.columns->natts; ++i) {
            const auto* column = TupleDescAttr(shape.columns, i);
            if (column->attisdropped || fact.name != NameStr(column->attname)) continue;
            const Oid declared = column->atttypid;
            const Oid type = call([declared] { return getBaseType(declared); });
            if (type == shape.types.history) continue;
            if (found.number >= 0) throw Error(Errc::undefined_column, "the row of facts has two columns \"" + excerpt(fact.name) + "\"");
            if (type != shape.types.timeline && type != shape.types.counter && !is_plain(type)) {
                const char* name = call([type] { return format_type_be(type); });
                throw Error(Errc::kind_mismatch, "column \"" + excerpt(fact.name) + "\" has type " + name + ", which cannot be a fact",
                            "A fact is a csagg.timeline, csagg.counter, boolean, number, text, date or timestamptz.");
            }
            found = {i, type};
        }
        if (found.number < 0 && shape.histories.empty() && !fact.optional && !rules.document().optional)
            throw Error(Errc::undefined_column, "the row of facts has no column \"" + excerpt(fact.name) + "\", which the rule set declares",
                        "Add the column, or a csagg.history that holds it, or declare the fact with \"optional\": true.");
        shape.facts.push_back(found);
    }
}

RowShape& shape_of(FunctionCallInfo fcinfo, HeapTupleHeader row, const SharedRules& shared) {
    FmgrInfo* const info = fcinfo->flinfo;
    const Oid type = HeapTupleHeaderGetTypeId(row);
    const std::int32_t typmod = HeapTupleHeaderGetTypMod(row);
    // A chain, the newest first: a call that compares two rule sets has two.
    auto* const newest = static_cast<RowShape*>(info->fn_extra);
    for (RowShape* known = newest; known != nullptr; known = known->next)
        if (known->type == type && known->typmod == typmod && known->rules == shared.serial) return *known;

    ContextArena arena(info->fn_mcxt);
    auto* shape = new (arena.allocate(sizeof(RowShape), alignof(RowShape))) RowShape(info->fn_mcxt);
    const MemoryContext context = info->fn_mcxt;
    shape->columns = call([type, typmod, context] {
        const TupleDesc shared = lookup_rowtype_tupdesc(type, typmod);
        const MemoryContext before = MemoryContextSwitchTo(context);
        const TupleDesc own = CreateTupleDescCopy(shared);
        MemoryContextSwitchTo(before);
        ReleaseTupleDesc(shared);
        return own;
    });
    shape->type = type;
    shape->typmod = typmod;
    shape->types = find_types(fcinfo);
    refuse_unnamed(*shape);
    map_columns(*shape, shared.rules);
    shape->rules = shared.serial;
    shape->next = newest;
    if (newest != nullptr) newest->next = nullptr;
    info->fn_extra = shape;
    return *shape;
}

Value plain_value(Datum datum, Oid type) {
    switch (type) {
        case BOOLOID: return Value::of(DatumGetBool(datum));
        case INT2OID: return Value::of(Number::of(DatumGetInt16(datum)));
        case INT4OID: return Value::of(Number::of(DatumGetInt32(datum)));
        case INT8OID: return Value::of(Number::of(DatumGetInt64(datum)));
        case NUMERICOID: return Value::of(number_of(datum));
        case FLOAT4OID: return Value::of(Number::from(DatumGetFloat4(datum)));
        case FLOAT8OID: return Value::of(Number::from(DatumGetFloat8(datum)));
        case DATEOID: return Value::of_date(DatumGetDateADT(datum));
        case TIMESTAMPTZOID: return Value::of_time(DatumGetTimestampTz(datum));
        default: {
            std::string_view text = as_text(datum_bytes(datum));
            if (type == BPCHAROID) text = text.substr(0, text.find_last_not_of(' ') + 1);
            return Value::of(text);
        }
    }
}

/// What the row's histories know of a fact; the first that has it.
FactInput from_histories(std::span<const History> histories, std::string_view name, std::size_t& place) {
    FactInput input;
    for (const History& history : histories) {
        if (const auto fact = history.find(name, place)) {
            input.form = fact->kind == FactKind::counter ? FactInput::Form::counter : FactInput::Form::timeline;
            input.bytes = fact->bytes;
            return input;
        }
        input.known_from = std::max(input.known_from, history.known_from());
    }
    return input;
}

}  // namespace

Instant instant_argument(FunctionCallInfo fcinfo, int n, const char* name) {
    const Instant at = PG_GETARG_TIMESTAMPTZ(n);
    if (at == minus_infinity || at == plus_infinity)
        throw Error(Errc::datetime_overflow, std::string("argument \"") + name + "\" is infinite", "Give an instant.");
    return at;
}

void read_row(FunctionCallInfo fcinfo, int n, const SharedRules& shared, Vector<FactInput>& inputs) {
    const Datum argument = PG_GETARG_DATUM(n);
    const HeapTupleHeader row = call([argument] { return DatumGetHeapTupleHeader(argument); });
    RowShape& shape = shape_of(fcinfo, row, shared);
    Arena& arena = inputs.get_stored_allocator().arena();
    const auto natts = std::size_t(shape.columns->natts);
    Vector<Datum> values(natts, boost::container::default_init, Alloc<Datum>(arena));
    Vector<Byte> nulls(natts, boost::container::default_init, Alloc<Byte>(arena));
    static_assert(sizeof(bool) == sizeof(Byte));
    HeapTupleData tuple{};
    tuple.t_len = HeapTupleHeaderGetDatumLength(row);
    tuple.t_data = row;
    call([&tuple, columns = shape.columns, v = values.data(), isnull = reinterpret_cast<bool*>(nulls.data())] {
        heap_deform_tuple(&tuple, columns, v, isnull);
    });

    SmallVector<History, 2> histories(arena);
    for (const int i : shape.histories)
        if (nulls[std::size_t(i)] == 0) histories.push_back(History(value_bytes(values[std::size_t(i)])));
    inputs.reserve(shape.facts.size());
    for (std::size_t i = 0; i < shape.facts.size(); ++i) {
        Column& column = shape.facts[i];
        FactInput& input = inputs.emplace_back();
        if (column.number < 0) {
            input = from_histories(view(histories), shared.rules.document().facts[i].name, column.place);
        } else if (nulls[std::size_t(column.number)] == 0) {
            const Datum value = values[std::size_t(column.number)];
            if (column.type == shape.types.timeline || column.type == shape.types.counter) {
                input.form = column.type == shape.types.counter ? FactInput::Form::counter : FactInput::Form::timeline;
                input.bytes = value_bytes(value);
            } else {
                input.form = FactInput::Form::plain;
                input.value = plain_value(value, column.type);
            }
        }
    }
}

}  // namespace csagg::pg
