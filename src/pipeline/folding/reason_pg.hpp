// A row of a source, and why it cannot be folded.
#pragma once
#include "history/row_pg.hpp"

namespace csagg::pg {

/// Columns of a row. `kind` is the fact's, `asked` what the source says of it; `belongs` is the fact's source, `owner`
/// the row's.
enum SourceColumn : int { tenant, customer, key, kind, asked, at, value, actor, event_id, belongs, owner };

/// Why the row cannot be folded; empty if it can, and `checked` is it then.
std::string reason_of(const NullableDatum* row, CheckedRow& checked);

}  // namespace csagg::pg
