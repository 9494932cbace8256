// A row of the aggregate history(), checked.
#pragma once
#include "history/history_build.hpp"

#include "postgres/varlena.hpp"

namespace csagg::pg {

/// key text, kind text, at timestamptz, value jsonb
struct RowArguments {
    NullableDatum key, kind, at, value;
};

/// All checks of a row by itself are passed; that a key has one kind shows later.
struct CheckedRow {
    std::string_view key;
    FactKind kind;
    Instant at;
    Value value;  // of an event: its amount
};

/// In the memory of the call. The errors are those of history().
CheckedRow check_row(const RowArguments& row);

/// A state's actor and an event's seq are not looked at. Log: a HistoryLog, or what takes rows as one does.
template <class Log>
void add_row(Log& log, const CheckedRow& row, std::int64_t seq, const NullableDatum& actor) {
    const bool is_event = row.kind == FactKind::counter, has_actor = is_event && !actor.isnull;
    const std::string_view name = has_actor ? text_of(actor) : std::string_view();
    log.add(row.key, row.kind, {row.at, is_event ? 0 : seq, row.value}, has_actor ? &name : nullptr);
}

}  // namespace csagg::pg
