// A table or view that csagg.asof_join reads, found by its row type.
#pragma once
#include "base/error.hpp"

#include <string>
#include <vector>

#include "postgres/boundary.hpp"

extern "C" {
#include "access/attnum.h"
}

namespace csagg::pg {

class Input {
public:
    struct Column {
        std::string name;  // empty: dropped
        AttrNumber number;
        Oid declared, type;  // a domain, and what is beneath it
        Oid collation;
    };

    /// Locks the relation as a query would. Errc::kind_mismatch that names the argument if `type` is no row type of a
    /// table or view.
    Input(Oid type, const char* argument);

    Oid type() const { return type_; }
    Oid relation() const { return relation_; }
    /// Columns of the row type, dropped ones included.
    int width() const { return int(columns_.size()); }

    /// nullptr if there is none.
    const Column* find(std::string_view name) const;
    /// Errc::undefined_column that names the argument, with the columns there are.
    const Column& column(std::string_view name, const char* argument) const;

    /// Where the query brings the column as type `as`: where it is, or in a further column if that needs a cast.
    AttrNumber place(const Column& column, Oid as);
    /// The columns of the row in their order, NULL for dropped ones, and the further ones.
    std::string query() const;

    const std::string& name() const { return name_; }

private:
    Oid type_, relation_;
    std::string name_, source_;  // to be shown, and as SQL names it
    std::vector<Column> columns_;
    std::vector<std::string> further_;
};

/// What the planner would expect to read from the relation: rows, and the cost of reading them. Views: a guess of 1000
/// rows.
struct Expected {
    double rows;
    double cost;
};
/// May ereport.
Expected expected_rows(Oid relation);

}  // namespace csagg::pg
