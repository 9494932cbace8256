// From the planner's lists to what the execution layer is told, which copies what it needs.
#pragma once
#include "asof/join/join_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "nodes/pg_list.h"
}

namespace csagg::pg {

template <class T>
T* array_of(int count) {
    return static_cast<T*>(palloc0(std::size_t(count + 1) * sizeof(T)));
}

inline void set_keys(AsOfSpec* spec, const List* columns, const List* operators, const List* collations,
                     const List* null_safe) {
    spec->key_count = list_length(columns);
    auto* const keys = array_of<KeySpec>(spec->key_count);
    for (int i = 0; i < spec->key_count; ++i)
        keys[i] = {AttrNumber(list_nth_int(columns, i)), list_nth_oid(operators, i), list_nth_oid(collations, i),
                   list_nth_int(null_safe, i) != 0};
    spec->keys = keys;
}

/// The columns that are kept.
inline void set_columns(AsOfSpec* spec, const List* columns) {
    spec->column_count = list_length(columns);
    auto* const kept = array_of<AttrNumber>(spec->column_count);
    for (int i = 0; i < spec->column_count; ++i) kept[i] = AttrNumber(list_nth_int(columns, i));
    spec->columns = kept;
}

}  // namespace csagg::pg
