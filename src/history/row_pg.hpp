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

/// A state has no actor and an event no seq: the other one is not looked at. Log: what has a HistoryLog's functions.
template <class Log>
void add_row(Log& log, const CheckedRow& row, std::int64_t seq, const NullableDatum& actor) {
    if (row.kind != FactKind::counter)
        log.add_state(row.key, {row.at, seq, row.value});
    else if (!actor.isnull)
        log.add_event(row.key, row.at, row.value.number(), text_of(actor));
    else
        log.add_event(row.key, row.at, row.value.number());
}

}  // namespace csagg::pg
