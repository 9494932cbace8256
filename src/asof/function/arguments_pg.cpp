#include "asof/function/arguments_pg.hpp"

#include "postgres/varlena.hpp"

extern "C" {
#include "catalog/pg_collation.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "nodes/value.h"
#include "parser/parse_oper.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/typcache.h"
}

namespace csagg::pg {
namespace {

enum Argument {
    arg_l,
    arg_r,
    arg_l_at,
    arg_r_at,
    arg_by,
    arg_tolerance,
    arg_direction,
    arg_allow_exact,
    arg_tie_break,
    arg_keep_unmatched,
    arg_r_until,
    arg_l_known,
    arg_r_known
};

std::string type_name(Oid type) {
    return call([type] { return format_type_be(type); });
}

std::string column_with_type(const Input& input, const Input::Column& c) {
    return "\"" + input.name() + "\".\"" + c.name + "\" (" + type_name(c.declared) + ")";
}

std::string_view text_of(FunctionCallInfo fcinfo, int n, const char* name) {
    reject_null(fcinfo, n, name);
    return text_argument(fcinfo, n);
}

bool flag_of(FunctionCallInfo fcinfo, int n, const char* name) {
    reject_null(fcinfo, n, name);
    return PG_GETARG_BOOL(n);
}

Input input_of(FunctionCallInfo fcinfo, int n, const char* name) {
    return Input(call([fcinfo, n] { return get_fn_expr_argtype(fcinfo->flinfo, n); }), name);
}

asof::Direction direction_of(std::string_view text) {
    if (text == "backward") return asof::Direction::backward;
    if (text == "forward") return asof::Direction::forward;
    if (text == "nearest") return asof::Direction::nearest;
    throw Error(Errc::invalid_parameter, "argument \"direction\" is \"" + excerpt(text) + "\"",
                "Give 'backward', 'forward' or 'nearest'.");
}

/// The type both are cast to where their kinds differ, or InvalidOid.
Oid common_instant(Oid l, Oid r) {
    const InstantKind a = instant_kind(l), b = instant_kind(r);
    const auto is = [](InstantKind k, std::initializer_list<InstantKind> list) {
        return std::find(list.begin(), list.end(), k) != list.end();
    };
    const auto both = [&](std::initializer_list<InstantKind> list) { return is(a, list) && is(b, list); };
    const auto any = [&](InstantKind k) { return a == k || b == k; };
    if (both({InstantKind::date, InstantKind::timestamp, InstantKind::timestamptz}))
        return any(InstantKind::timestamptz) ? TIMESTAMPTZOID : TIMESTAMPOID;
    if (both({InstantKind::integer, InstantKind::floating, InstantKind::numeric}))
        return any(InstantKind::floating) ? FLOAT8OID : NUMERICOID;
    return InvalidOid;
}

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && s.front() == ' ') s.remove_prefix(1);
    while (!s.empty() && s.back() == ' ') s.remove_suffix(1);
    return s;
}

}  // namespace

AsOfArguments::AsOfArguments(FunctionCallInfo fcinfo)
    : left(input_of(fcinfo, arg_l, "l")), right(input_of(fcinfo, arg_r, "r")), left_places{}, spec{} {
    const Input::Column& l_at = left.column(text_of(fcinfo, arg_l_at, "l_at"), "l_at");
    const Input::Column& r_at = right.column(text_of(fcinfo, arg_r_at, "r_at"), "r_at");
    read_by(fcinfo);
    const InstantPair at = instants_of(l_at, r_at);
    left_places.at = at.left;
    spec.right_at = at.right;
    spec.left_at_type = at.left_type;
    spec.right_at_type = at.right_type;
    if (!PG_ARGISNULL(arg_tolerance)) {
        const std::string text(text_argument(fcinfo, arg_tolerance));
        tolerance = Tolerance(instant_kind(spec.left_at_type), text.c_str());
    }
    spec.search.direction = direction_of(text_of(fcinfo, arg_direction, "direction"));
    spec.search.allow_exact = flag_of(fcinfo, arg_allow_exact, "allow_exact");
    if (!PG_ARGISNULL(arg_tie_break)) read_tie_break(right.column(text_argument(fcinfo, arg_tie_break), "tie_break"));
    keep_unmatched = flag_of(fcinfo, arg_keep_unmatched, "keep_unmatched");
    if (!PG_ARGISNULL(arg_r_until))
        validities.push_back(
            {Validity::Kind::until, instants_of(l_at, right.column(text_argument(fcinfo, arg_r_until), "r_until"))});
    read_known(fcinfo);

    spec.last_tie = LastTie::row_image;
    spec.key_count = int(keys.size());
    spec.keys = keys.data();
    spec.tie_count = int(ties.size());
    spec.ties = ties.data();
    spec.tolerance = &tolerance;
    spec.expected_rows = call([relation = right.relation()] { return expected_rows(relation).rows; });
}

void AsOfArguments::read_by(FunctionCallInfo fcinfo) {
    reject_null(fcinfo, arg_by, "by");
    struct Items {
        Datum* values;
        bool* nulls;
        int count;
    };
    const Datum array = PG_GETARG_DATUM(arg_by);
    const Items items = call([array] {
        Items i;
        deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &i.values, &i.nulls, &i.count);
        return i;
    });
    for (int i = 0; i < items.count; ++i) {
        if (items.nulls[i])
            throw Error(Errc::null_not_allowed, "argument \"by\" has a NULL",
                        "Give columns: 'customer_id' or 'customer_id=account_id'.");
        read_key(as_text(datum_bytes(items.values[i])));
    }
}

/// a, a=b, a? or a=b?; a column whose name looks like one of the others is meant first.
void AsOfArguments::read_key(std::string_view item) {
    const auto are_columns = [this](std::string_view name) {
        return left.find(name) != nullptr && right.find(name) != nullptr;
    };
    bool null_safe = false;
    if (!are_columns(item) && trimmed(item).ends_with('?')) {
        null_safe = true;
        item = trimmed(item);
        item.remove_suffix(1);
    }
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos || are_columns(item))
        add_key(left.column(item, "by"), right.column(item, "by"), null_safe);
    else
        add_key(left.column(trimmed(item.substr(0, equals)), "by"),
                right.column(trimmed(item.substr(equals + 1)), "by"), null_safe);
}

void AsOfArguments::read_known(FunctionCallInfo fcinfo) {
    if (PG_ARGISNULL(arg_l_known) && PG_ARGISNULL(arg_r_known)) return;
    if (PG_ARGISNULL(arg_l_known) || PG_ARGISNULL(arg_r_known))
        throw Error(
            Errc::invalid_parameter,
            std::string("argument \"") + (PG_ARGISNULL(arg_l_known) ? "l_known" : "r_known") +
                "\" is NULL, and the other one is not",
            "Give both: when a right row was recorded (r_known), and by when a left row asks for it (l_known).");
    validities.push_back(
        {Validity::Kind::known, instants_of(left.column(text_argument(fcinfo, arg_l_known), "l_known"),
                                            right.column(text_argument(fcinfo, arg_r_known), "r_known"))});
}

namespace {

struct Equality {
    Oid op, left, right;  // with the types it takes
    bool hashable;
};

/// The operator of the type itself, or the one that SQL would take for two different types. May ereport.
Equality equality_of(Oid l, Oid r) {
    Equality e{};
    if (l == r) {
        const TypeCacheEntry* const cache = lookup_type_cache(l, TYPECACHE_EQ_OPR | TYPECACHE_HASH_PROC);
        // Without a hash function for their elements, arrays and rows have none.
        e.op = OidIsValid(cache->hash_proc) ? cache->eq_opr : InvalidOid;
    } else if (const Operator found = oper(nullptr, list_make1(makeString(pstrdup("="))), l, r, true, -1);
               found != nullptr) {
        e.op = oprid(found);
        ReleaseSysCache(found);
    }
    if (!OidIsValid(e.op)) return e;
    op_input_types(e.op, &e.left, &e.right);
    e.hashable = op_hashjoinable(e.op, l);
    return e;
}

}  // namespace

void AsOfArguments::add_key(const Input::Column& l, const Input::Column& r, bool null_safe) {
    const Equality e = call([&l, &r] { return equality_of(l.type, r.type); });
    if (!e.hashable)
        throw Error(Errc::kind_mismatch,
                    "argument \"by\": " + column_with_type(left, l) + " and " + column_with_type(right, r) +
                        (OidIsValid(e.op) ? " have no equality that can be hashed" : " cannot be compared"),
                    "Give columns of types that a hash join could take, or read a view that casts one of them.");
    Oid collation = l.collation == r.collation || !OidIsValid(r.collation) ? l.collation : r.collation;
    if (l.collation != r.collation && OidIsValid(l.collation) && OidIsValid(r.collation)) {
        const bool bytes = call([&l, &r] {
            return get_collation_isdeterministic(l.collation) && get_collation_isdeterministic(r.collation);
        });
        if (!bytes)
            throw Error(Errc::kind_mismatch,
                        "argument \"by\": " + column_with_type(left, l) + " and " + column_with_type(right, r) +
                            " have different collations, of which one takes different texts as equal",
                        "Read a view that gives both the same collation.");
        collation = DEFAULT_COLLATION_OID;
    }
    left_places.keys.push_back(left.place(l, e.left));
    keys.push_back({right.place(r, e.right), e.op, collation, null_safe});
}

InstantPair AsOfArguments::instants_of(const Input::Column& l, const Input::Column& r) {
    const auto a = instant_kind(l.type), b = instant_kind(r.type);
    Oid left_type = l.type, right_type = r.type;
    if (a == InstantKind::none || a != b) {
        const Oid common = common_instant(l.type, r.type);
        if (!OidIsValid(common))
            throw Error(
                Errc::kind_mismatch,
                "instants " + column_with_type(left, l) + " and " + column_with_type(right, r) + " cannot be compared",
                "Instants are timestamptz, timestamp and date, or integers, numeric and floating-point numbers.");
        left_type = right_type = common;
    }
    return {left.place(l, left_type), right.place(r, right_type), left_type, right_type};
}

void AsOfArguments::read_tie_break(const Input::Column& column) {
    const Oid less = call([&column] { return lookup_type_cache(column.type, TYPECACHE_LT_OPR)->lt_opr; });
    if (!OidIsValid(less))
        throw Error(Errc::kind_mismatch, "argument \"tie_break\": " + column_with_type(right, column) + " has no order",
                    "Give a column of a type that can be sorted.");
    ties.push_back({column.number, less, column.collation, false, false});
}

}  // namespace csagg::pg
