// pipeline_pause(milliseconds, runner): a wait that cancels and ends of the server break, under a lock that others can
// see; pipeline_alone(procedure): that a COMMIT may stand there.
#include "postgres/boundary.hpp"

extern "C" {
#include "nodes/parsenodes.h"
#include "storage/latch.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/portal.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"
#include "utils/wait_event.h"
}

namespace csagg::pg {
namespace {

/// Shared, to the end of the transaction: what pg_try_advisory_xact_lock_shared(1668506983, runner) takes. Anybody may
/// hold it in the way; then it is not shown.
void show(Oid runner) {
    LOCKTAG tag;
    SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, 1668506983, runner, 2);
    LockAcquire(&tag, ShareLock, false, true);
}

/// Called where a COMMIT could stand: then the statement's snapshot can go, as it would by COMMIT.
bool between_transactions(FunctionCallInfo fcinfo) {
    const auto* context = reinterpret_cast<const CallContext*>(fcinfo->context);
    return context != nullptr && context->type == T_CallContext && !context->atomic;
}

void forget_snapshots() {
    ForgetPortalSnapshots();
    InvalidateCatalogSnapshot();
}

void pause(int milliseconds) {
    const TimestampTz until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), milliseconds);
    for (;;) {
        CHECK_FOR_INTERRUPTS();
        const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), until);
        if (left <= 0) return;
        WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, WAIT_EVENT_PG_SLEEP);
        ResetLatch(MyLatch);
    }
}

}  // namespace

/// pipeline_pause(milliseconds int, runner oid): waits; NULL and less than 1: not at all. Holds a lock unless runner is
/// NULL, and no snapshot where a COMMIT could stand.
CSAGG_FUNCTION(csagg_pipeline_pause) {
    const Oid runner = PG_ARGISNULL(1) ? InvalidOid : PG_GETARG_OID(1);
    const int milliseconds = PG_ARGISNULL(0) ? 0 : PG_GETARG_INT32(0);
    const bool free = between_transactions(fcinfo);
    call([runner, milliseconds, free] {
        if (free) forget_snapshots();
        if (runner != InvalidOid) show(runner);
        pause(milliseconds);
    });
    PG_RETURN_VOID();
}

/// pipeline_alone(procedure text): error 2D000 where no COMMIT could stand.
CSAGG_FUNCTION(csagg_pipeline_alone) {
    if (between_transactions(fcinfo)) PG_RETURN_VOID();
    const text* const procedure = PG_ARGISNULL(0) ? nullptr : PG_GETARG_TEXT_PP(0);
    call([procedure] {
        ereport(ERROR,
                (errcode(ERRCODE_INVALID_TRANSACTION_TERMINATION),
                 errmsg("%s commits as it goes, and cannot be a part of a transaction",
                        procedure == nullptr ? "this" : text_to_cstring(procedure)),
                 errhint("Call it alone, not after BEGIN nor in a function; in a driver that begins transactions by "
                         "itself turn on autocommit.")));
    });
    PG_RETURN_VOID();
}

}  // namespace csagg::pg
