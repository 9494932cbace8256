#include "rules/instant/row_pg.hpp"

#include <algorithm>

#include "postgres/varlena.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "funcapi.h"
#include "utils/builtins.h"
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
        const Types types{find("timeline"), find("counter"), find("history")};
        if (!OidIsValid(types.timeline) || !OidIsValid(types.counter) || !OidIsValid(types.history))
            elog(ERROR, "call of a rule set's function does not tell its arguments' types");
        return types;
    });
}

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

void refuse_unnamed(TupleDesc columns) {
    if (columns->tdtypeid != RECORDOID || columns->natts == 0) return;
    for (int i = 0; i < columns->natts; ++i)
        if (NameStr(TupleDescAttr(columns, i)->attname) != "f" + std::to_string(i + 1)) return;
    throw Error(Errc::undefined_column, "the row of facts has no column names",
                "Give a FROM item's alias instead of ROW(...), as in csagg.score(r, f) FROM (SELECT ... AS plan) f.");
}

FactInput::Form form_of(Oid type, const Types& types, const Document::Fact& fact) {
    if (type == types.timeline) return FactInput::Form::timeline;
    if (type == types.counter) return FactInput::Form::counter;
    if (is_plain(type)) return FactInput::Form::plain;
    const char* const name = call([type] { return format_type_be(type); });
    throw Error(Errc::kind_mismatch,
                "column \"" + excerpt(fact.name) + "\" has type " + name + ", which cannot be a fact",
                "A fact is a csagg.timeline, csagg.counter, boolean, number, text, date or timestamptz.");
}

RowShape::Column find_column(TupleDesc columns, std::span<const Oid> column_types, const Types& types,
                             const Document::Fact& fact) {
    RowShape::Column found{-1, InvalidOid, FactInput::Form::missing};
    for (int i = 0; i < columns->natts; ++i) {
        const auto* const column = TupleDescAttr(columns, i);
        const Oid type = column_types[std::size_t(i)];
        if (column->attisdropped || fact.name != NameStr(column->attname) || type == types.history) continue;
        if (found.number >= 0)
            throw Error(Errc::undefined_column, "the row of facts has two columns \"" + excerpt(fact.name) + "\"");
        found = {i, type, form_of(type, types, fact)};
    }
    return found;
}

const TypeCacheEntry* type_of(TupleDesc columns) {
    const Oid type = columns->tdtypeid;
    if (type == RECORDOID) return nullptr;
    return call([type] { return lookup_type_cache(type, TYPECACHE_TUPDESC); });
}

RowShape make_shape(FunctionCallInfo fcinfo, TupleDesc columns, std::uint64_t identity, const RuleSet& rules,
                    Arena& arena) {
    refuse_unnamed(columns);
    const Types types = find_types(fcinfo);
    RowShape shape{identity, type_of(columns), Vector<RowShape::Column>(arena), Vector<int>(arena),
                   Bytes{Alloc<Byte>(arena)}};
    Vector<Oid> column_types(arena);
    for (int i = 0; i < columns->natts; ++i) {
        const auto* const column = TupleDescAttr(columns, i);
        const Oid declared = column->atttypid;
        column_types.push_back(column->attisdropped ? InvalidOid : call([declared] { return getBaseType(declared); }));
        if (!column->attisdropped && column_types.back() == types.history) shape.histories.push_back(i);
    }
    const Document& document = rules.document();
    shape.facts.reserve(document.facts.size());
    for (const Document::Fact& fact : document.facts) {
        shape.facts.push_back(find_column(columns, view(column_types), types, fact));
        if (shape.facts.back().number < 0 && shape.histories.empty() && !fact.optional && !document.optional)
            throw Error(
                Errc::undefined_column,
                "the row of facts has no column \"" + excerpt(fact.name) + "\", which the rule set declares",
                "Add the column, or a csagg.history that holds it, or declare the fact with \"optional\": true.");
    }
    return shape;
}

RowShape& shape_of(FunctionCallInfo fcinfo, TupleDesc columns, std::uint64_t identity, SharedRules& shared) {
    constexpr std::size_t kept = 4;
    auto& shapes = shared.shapes;
    const auto known = std::ranges::find(shapes, identity, &RowShape::identity);
    if (known != shapes.end()) {
        std::rotate(shapes.begin(), known, known + 1);
        return shapes.front();
    }
    RowShape made = make_shape(fcinfo, columns, identity, shared.rules, shapes.get_stored_allocator().arena());
    if (shapes.size() == kept) shapes.pop_back();
    return *shapes.insert(shapes.begin(), std::move(made));
}

/// A row and its type as it is now, which is read as PostgreSQL's own functions read it: an older row lacks columns.
/// The type is pinned, until the row was taken apart or an error ends the statement; but not where it is known and
/// nothing is asked of the catalogs until then.
struct TypedRow {
    HeapTupleHeader row;
    TupleDesc columns;
    std::uint64_t identity;
    bool pinned;
};

HeapTupleHeader row_argument(FunctionCallInfo fcinfo, int n) {
    const Datum argument = PG_GETARG_DATUM(n);
    if (!VARATT_IS_EXTENDED(DatumGetPointer(argument)))
        return reinterpret_cast<HeapTupleHeader>(DatumGetPointer(argument));
    return call([argument] { return DatumGetHeapTupleHeader(argument); });
}

/// The shape that was met last is tried first: to look the type up costs more than to take a small row apart.
TypedRow typed(HeapTupleHeader row, std::span<const RowShape> shapes) {
    const Oid type = HeapTupleHeaderGetTypeId(row);
    const TypeCacheEntry* const known = shapes.empty() ? nullptr : shapes.front().type;
    if (known != nullptr && known->type_id == type && known->tupDesc != nullptr &&
        known->tupDesc_identifier == shapes.front().identity)
        return {row, known->tupDesc, known->tupDesc_identifier, false};
    return call([row, type] {
        const std::int32_t typmod = HeapTupleHeaderGetTypMod(row);
        const std::uint64_t identity = assign_record_type_identifier(type, typmod);
        return TypedRow{row, lookup_rowtype_tupdesc(type, typmod), identity, true};
    });
}

/// Takes the row apart, and gives its type back.
void deform(const TypedRow& typed, Vector<Datum>& values, Vector<Byte>& nulls) {
    static_assert(sizeof(bool) == sizeof(Byte));
    call([&typed, v = values.data(), isnull = reinterpret_cast<bool*>(nulls.data())] {
        HeapTupleData tuple{};
        tuple.t_len = HeapTupleHeaderGetDatumLength(typed.row);
        tuple.t_data = typed.row;
        heap_deform_tuple(&tuple, typed.columns, v, isnull);
        if (typed.pinned) ReleaseTupleDesc(typed.columns);
    });
}

Value plain_value(Datum datum, Oid type) {
    switch (type) {
        case VARCHAROID: return value_of(datum, TEXTOID);
        case BPCHAROID: {
            const std::string_view text = as_text(datum_bytes(datum));
            return Value::of(text.substr(0, text.find_last_not_of(' ') + 1));
        }
        default: return value_of(datum, type);
    }
}

FactInput input_of(const Fact& fact) {
    FactInput input;
    input.form = fact.kind == FactKind::counter ? FactInput::Form::counter : FactInput::Form::timeline;
    input.bytes = fact.bytes;
    return input;
}

/// What several histories know of a fact; the first that has it.
FactInput from_histories(std::span<const History> histories, std::string_view name, std::size_t& place) {
    FactInput input;
    for (const History& history : histories) {
        if (const auto fact = history.find(name, place)) return input_of(*fact);
        input.known_from = std::max(input.known_from, history.known_from());
    }
    return input;
}

bool are_same(ByteSpan a, ByteSpan b) { return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size()) == 0; }

/// Where the row's only history has the facts. Most histories have the same, at the same places; of very many keys
/// nothing is remembered but the places.
void find_places(const History& history, std::span<const Document::Fact> facts, RowShape& shape) {
    constexpr std::size_t most = 4096;
    const ByteSpan keys_and_kinds = history.keys_and_kinds();
    if (!keys_and_kinds.empty() && are_same(keys_and_kinds, view(shape.keys_and_kinds))) return;
    shape.keys_and_kinds.clear();
    for (std::size_t i = 0; i < facts.size(); ++i)
        shape.facts[i].has_place = history.has(facts[i].name, shape.facts[i].place);
    if (keys_and_kinds.size() <= most) shape.keys_and_kinds.assign(keys_and_kinds.begin(), keys_and_kinds.end());
}

}  // namespace

Instant instant_argument(FunctionCallInfo fcinfo, int n, const char* name) {
    const Instant at = PG_GETARG_TIMESTAMPTZ(n);
    if (at == minus_infinity || at == plus_infinity)
        throw Error(Errc::datetime_overflow, std::string("argument \"") + name + "\" is infinite", "Give an instant.");
    return at;
}

void read_history(const History& history, const RuleSet& rules, Vector<FactInput>& inputs) {
    inputs.reserve(rules.document().facts.size());
    std::size_t place = 0;
    for (const Document::Fact& fact : rules.document().facts)
        inputs.push_back(from_histories({&history, 1}, fact.name, place));
}

void read_row(FunctionCallInfo fcinfo, int n, SharedRules& shared, Vector<FactInput>& inputs) {
    const TypedRow row = typed(row_argument(fcinfo, n), view(shared.shapes));
    RowShape& shape = shape_of(fcinfo, row.columns, row.identity, shared);
    Arena& arena = inputs.get_stored_allocator().arena();
    const auto natts = std::size_t(row.columns->natts);
    Vector<Datum> values(natts, boost::container::default_init, Alloc<Datum>(arena));
    Vector<Byte> nulls(natts, boost::container::default_init, Alloc<Byte>(arena));
    deform(row, values, nulls);

    SmallVector<History, 2> histories(arena);
    for (const int i : shape.histories)
        if (nulls[std::size_t(i)] == 0) histories.push_back(History(value_bytes(values[std::size_t(i)])));
    const auto facts = view(shared.rules.document().facts);
    if (histories.size() == 1) find_places(histories.front(), facts, shape);
    if (histories.size() > 1) shape.keys_and_kinds.clear();  // places are of another history from now on
    inputs.reserve(shape.facts.size());
    for (std::size_t i = 0; i < shape.facts.size(); ++i) {
        RowShape::Column& column = shape.facts[i];
        FactInput& input = inputs.emplace_back();
        if (column.number < 0 && histories.size() != 1) {
            input = from_histories(view(histories), facts[i].name, column.place);
        } else if (column.number < 0) {
            if (column.has_place)
                input = input_of(histories.front().fact(column.place, facts[i].name));
            else
                input.known_from = histories.front().known_from();
        } else if (nulls[std::size_t(column.number)] == 0) {
            const Datum value = values[std::size_t(column.number)];
            input.form = column.form;
            if (column.form == FactInput::Form::plain)
                input.value = plain_value(value, column.type);
            else
                input.bytes = value_bytes(value);
        }
    }
}

}  // namespace csagg::pg
