// Rule sets in the server: what the other rooms need of the SQL type csagg.ruleset.
#pragma once
#include "rules/language/fact_input.hpp"
#include "rules/language/ruleset.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "utils/typcache.h"
}

namespace csagg::pg {

/// Which columns of a type of rows are a rule set's facts.
struct RowShape {
    struct Column {
        int number;  // in the row, from 0; -1: there is none
        Oid type;    // domains looked through
        FactInput::Form form;
        std::size_t place = 0;  // in the history that was read last
        bool has_place = false;
    };

    std::uint64_t identity;      // of the row type as it is now: see assign_record_type_identifier()
    const TypeCacheEntry* type;  // of a named type; PostgreSQL never drops it
    Vector<Column> facts;
    Vector<int> histories;
    Bytes keys_and_kinds;  // of the history that was read last, where it was the row's only one
};

/// A compiled rule set, with the row types it met lately, the newest first.
struct SharedRules {
    RuleSet rules;
    SmallVector<RowShape, 1> shapes;  // a single one lies here, at hand

    void prefetch() const {
        rules.prefetch();
        for (const RowShape& shape : shapes) {
            csagg::prefetch(shape.facts);
            csagg::prefetch(shape.keys_and_kinds);
        }
    }
};

/// Argument `n`, a csagg.ruleset, compiled. Rule sets are kept per backend up to 64 MB, so that a query compiles each
/// once; beyond, those not used lately go. The reference lasts until this has been called with two other rule sets: a
/// call may use two at once.
SharedRules& ruleset_argument(FunctionCallInfo fcinfo, int n);
/// The same of a value that is no argument.
SharedRules& compiled_rules(Datum ruleset);

}  // namespace csagg::pg
