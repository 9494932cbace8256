#include "asof/function/input_pg.hpp"

#include <algorithm>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/relation.h"
#include "access/tupdesc.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "optimizer/optimizer.h"
#include "optimizer/plancat.h"
#include "parser/parse_coerce.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/typcache.h"
#include "utils/varlena.h"
}

namespace csagg::pg {
namespace {

[[noreturn]] void throw_not_a_table(Oid type, const char* argument) {
    const char* const name = call([type] { return format_type_be(type); });
    throw Error(
        Errc::kind_mismatch,
        std::string("argument \"") + argument + "\" has type " + name + ", which is no table's or view's row type",
        std::string("Name a table or view by a NULL of its row type, as in ") + argument + " => NULL::invoices.");
}

bool is_readable(char kind) {
    return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_VIEW ||
           kind == RELKIND_MATVIEW || kind == RELKIND_FOREIGN_TABLE;
}

std::string quoted(std::string_view name) {
    const std::string copy(name);
    const char* const text = copy.c_str();
    return call([text] { return quote_identifier(text); });
}

}  // namespace

Input::Input(Oid type, const char* argument) : type_(type) {
    relation_ = call([type] {
        const Oid relation =
            type == InvalidOid || get_typtype(type) != TYPTYPE_COMPOSITE ? InvalidOid : get_typ_typrelid(type);
        // Its name must not change between here and the query.
        if (OidIsValid(relation) && get_rel_relkind(relation) != RELKIND_COMPOSITE_TYPE)
            LockRelationOid(relation, AccessShareLock);
        return relation;
    });
    struct Names {
        const char *schema, *name, *source;
        char kind;
    };
    const Names names = call([relation = relation_] {
        Names n{};
        if (OidIsValid(relation)) {
            n.kind = get_rel_relkind(relation);
            n.name = get_rel_name(relation);
            n.schema = get_namespace_name(get_rel_namespace(relation));
            if (n.name != nullptr && n.schema != nullptr) n.source = quote_qualified_identifier(n.schema, n.name);
        }
        return n;
    });
    if (names.source == nullptr || !is_readable(names.kind)) throw_not_a_table(type, argument);
    name_ = names.name;
    source_ = names.source;

    const TupleDesc shape = call([type] { return lookup_rowtype_tupdesc_copy(type, -1); });
    for (int i = 0; i < shape->natts; ++i) {
        const auto* const a = TupleDescAttr(shape, i);
        if (a->attisdropped) {
            columns_.push_back({"", AttrNumber(i + 1), InvalidOid, InvalidOid, InvalidOid});
            continue;
        }
        const Oid declared = a->atttypid;
        columns_.push_back({NameStr(a->attname), AttrNumber(i + 1), declared,
                            call([declared] { return getBaseType(declared); }), a->attcollation});
    }
}

const Input::Column* Input::find(std::string_view name) const {
    if (name.empty()) return nullptr;
    const auto at = std::find_if(columns_.begin(), columns_.end(), [name](const Column& c) { return c.name == name; });
    return at == columns_.end() ? nullptr : &*at;
}

const Input::Column& Input::column(std::string_view name, const char* argument) const {
    if (const Column* found = find(name)) return *found;
    std::string all, nearest;
    int nearest_distance = 4;
    for (const Column& c : columns_) {
        if (c.name.empty()) continue;
        all += (all.empty() ? "" : ", ") + c.name;
        if (name.size() >= NAMEDATALEN) continue;
        const int distance =
            call([a = name.data(), n = int(name.size()), b = c.name.data(), m = int(c.name.size()), nearest_distance] {
                return varstr_levenshtein_less_equal(a, n, b, m, 1, 1, 1, nearest_distance, true);
            });
        if (distance < nearest_distance) {
            nearest_distance = distance;
            nearest = c.name;
        }
    }
    throw Error(Errc::undefined_column,
                "argument \"" + std::string(argument) + "\": \"" + name_ + "\" has no column \"" + excerpt(name) + "\"",
                (nearest.empty() ? "" : "Perhaps you meant \"" + nearest + "\". ") + "Its columns are: " + all + ".");
}

AttrNumber Input::place(const Column& column, Oid as) {
    const bool as_it_is = call([&column, as] { return as == column.type || IsBinaryCoercible(column.type, as); });
    if (as_it_is) return column.number;
    const char* const type = call([as] { return format_type_extended(as, -1, FORMAT_TYPE_FORCE_QUALIFY); });
    const std::string expression = "CAST(t." + quoted(column.name) + " AS " + type + ")";
    const auto known = std::find(further_.begin(), further_.end(), expression);
    const auto index = known - further_.begin();
    if (known == further_.end()) further_.push_back(expression);
    return AttrNumber(width() + index + 1);
}

std::string Input::query() const {
    std::string list;
    const auto add = [&list](const std::string& item) { list += (list.empty() ? "" : ", ") + item; };
    for (const Column& c : columns_) add(c.name.empty() ? "NULL::pg_catalog.int4" : "t." + quoted(c.name));
    for (const std::string& expression : further_) add(expression);
    return "SELECT " + list + " FROM " + source_ + " t";
}

Expected expected_rows(Oid relation) {
    Expected sum{0, 0};
    const char kind = get_rel_relkind(relation);
    if (kind == RELKIND_VIEW || kind == RELKIND_FOREIGN_TABLE || kind == '\0') return {1000, 1000 * cpu_tuple_cost};
    ListCell* cell;
    foreach (cell, find_all_inheritors(relation, AccessShareLock, nullptr)) {
        const Relation member = try_relation_open(lfirst_oid(cell), NoLock);
        if (member == nullptr) continue;
        if (member->rd_rel->relkind == RELKIND_RELATION || member->rd_rel->relkind == RELKIND_MATVIEW) {
            BlockNumber pages;
            double rows, visible;
            estimate_rel_size(member, nullptr, &pages, &rows, &visible);
            sum.rows += rows;
            sum.cost += seq_page_cost * pages + cpu_tuple_cost * rows;
        }
        relation_close(member, NoLock);
    }
    return sum;
}

}  // namespace csagg::pg
