// Statements that are run in the server, whose plans a session keeps.
#pragma once
#include <cstdint>

#include "postgres/boundary.hpp"

// Not by their headers, which bring PostgreSQL's own struct String.
struct _DestReceiver;
struct ParamListInfoData;

namespace csagg::pg {

struct Statement {
    const char* text;
    int count;
    const Oid* types;
    ::ParamListInfoData* values;
};

/// The text is argument 0, and what stands for $1, $2 and so on the arguments from `first` on. May ereport.
Statement statement_of(FunctionCallInfo fcinfo, int first);

enum class Planning { kept, for_arguments };
/// `reading`: by the caller's snapshot, and only statements that write nothing.
enum class Access { writing, reading };

/// The rows go to `receiver`, if there is one; gives their number.
std::uint64_t run_statement(const Statement& statement, Planning planning, Access access, _DestReceiver* receiver);

}  // namespace csagg::pg
