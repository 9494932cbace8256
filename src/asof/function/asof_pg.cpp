// csagg.asof_join: two queries with the caller's rights and snapshot, and the join between them.
#include "asof/function/arguments_pg.hpp"
#include "asof/function/pairs_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/tupdesc.h"
#include "executor/spi.h"
#include "funcapi.h"
#include "tcop/dest.h"
}

namespace csagg::pg {
namespace {

/// What both queries' receivers work on. Lives in the memory of the call, not on the stack of C++.
struct Run {
    MemoryContext context;
    AsOfSpec spec;
    AsOfJoin* join;
    Validities* validities;  // or nullptr
    PairSink* sink;
    Oid left_type, right_type;
    int left_width, right_width;
    const AttrNumber* left_keys;
    AttrNumber left_at;
    bool keep_unmatched;
    TupleDesc left_shape;
    Datum* key_values;
    bool* key_nulls;
};

struct Receiver {
    DestReceiver pub;
    Run* run;
};

Run& run_of(DestReceiver* self) { return *reinterpret_cast<Receiver*>(self)->run; }

TupleDesc named_copy(Run& run, TupleDesc shape, Oid type) {
    const MemoryContext before = MemoryContextSwitchTo(run.context);
    const TupleDesc own = CreateTupleDescCopy(shape);
    MemoryContextSwitchTo(before);
    own->tdtypeid = type;
    own->tdtypmod = -1;
    return own;
}

// Each of these is called by PostgreSQL, and each is a guard.

void start_right(DestReceiver* self, int, TupleDesc shape) {
    guard([self, shape] {
        Run& run = run_of(self);
        run.spec.shape = call([&run, shape] { return named_copy(run, shape, run.right_type); });
        run.join = AsOfJoin::begin(run.context, run.spec);
        call([&run] { run.sink->set_right({CompositeHeader(run.right_type), run.right_width, run.spec.shape}); });
    });
}

bool receive_right(TupleTableSlot* slot, DestReceiver* self) {
    return guard([slot, self] {
        run_of(self).join->add_right(slot);
        return true;
    });
}

void start_left(DestReceiver* self, int, TupleDesc shape) {
    guard([self, shape] {
        Run& run = run_of(self);
        run.left_shape = call([&run, shape] { return named_copy(run, shape, run.left_type); });
        call([&run] { run.sink->set_left({CompositeHeader(run.left_type), run.left_width, run.left_shape}); });
    });
}

/// Puts out the left rows that are waiting.
void put_pairs(Run& run) {
    const int count = run.join->queued();
    run.join->resolve();
    if (run.validities != nullptr) run.validities->forget();
    for (int i = 0; i < count; ++i) {
        const MinimalTuple right = run.join->match(i);
        if (right != nullptr || run.keep_unmatched) run.sink->put(i, right);
    }
    run.sink->forget_queue();
}

void join_left(Run& run, TupleTableSlot* slot) {
    bool at_null;
    const Datum at = slot_getattr(slot, run.left_at, &at_null);
    if (!at_null && run.validities != nullptr) at_null = !run.validities->keep_left(run.join->queued(), slot);
    for (int i = 0; i < run.spec.key_count; ++i)
        run.key_values[i] = slot_getattr(slot, run.left_keys[i], &run.key_nulls[i]);
    if (!run.join->queue(run.key_values, run.key_nulls, at, at_null, slot)) return;
    run.sink->queue(slot);
    constexpr std::size_t much = 65536;
    if (run.join->queued() == AsOfJoin::max_queued || run.sink->queued_bytes() > much) put_pairs(run);
}

bool receive_left(TupleTableSlot* slot, DestReceiver* self) {
    return guard([slot, self] {
        join_left(run_of(self), slot);
        return true;
    });
}

void nothing(DestReceiver*) {}

/// Runs a query of our own. May ereport.
void execute(Run& run, const char* query, bool (*receive)(TupleTableSlot*, DestReceiver*),
             void (*start)(DestReceiver*, int, TupleDesc)) {
    Receiver receiver{{receive, start, nothing, nothing, DestTuplestore}, &run};
    SPIExecuteOptions options{};
    options.read_only = true;  // under the snapshot of the calling query
    options.must_return_tuples = true;
    options.dest = &receiver.pub;
    if (const int code = SPI_execute_extended(query, &options); code != SPI_OK_SELECT)
        elog(ERROR, "as-of join: SPI_execute_extended failed: %s", SPI_result_code_string(code));
}

/// All that follows from the two queries. May ereport; what it calls may throw.
void run_queries(Run& run, const char* left_query, const char* right_query) {
    SPI_connect();
    execute(run, right_query, receive_right, start_right);
    guard([&run] { run.join->finish_right(); });
    execute(run, left_query, receive_left, start_left);
    TupleTableSlot* const slot = MakeSingleTupleTableSlot(run.left_shape, &TTSOpsMinimalTuple);
    guard([&run, slot] {
        put_pairs(run);
        while (run.join->next_batch()) {
            while (run.join->next_left(slot) != nullptr) join_left(run, slot);
            put_pairs(run);
        }
        run.join->end();
    });
    SPI_finish();
}

}  // namespace

CSAGG_FUNCTION(csagg_asof_join) {
    const AsOfArguments arguments(fcinfo);
    call([fcinfo] { InitMaterializedSRF(fcinfo, 0); });
    const std::string left_query = arguments.left.query(), right_query = arguments.right.query();
    const std::size_t keys = arguments.keys.size();

    Run run{};
    run.context = CurrentMemoryContext;
    run.spec = arguments.spec;
    if (const auto& v = arguments.validities; !v.empty()) {
        run.validities = new (allocate(sizeof(Validities))) Validities(run.context, v.data(), int(v.size()));
        run.spec.condition = run.validities;
    }
    run.left_type = arguments.left.type();
    run.right_type = arguments.right.type();
    run.left_width = arguments.left.width();
    run.right_width = arguments.right.width();
    run.left_keys = arguments.left_places.keys.data();
    run.left_at = arguments.left_places.at;
    run.keep_unmatched = arguments.keep_unmatched;
    run.key_values = static_cast<Datum*>(allocate((keys + 1) * sizeof(Datum)));
    run.key_nulls = static_cast<bool*>(allocate(keys + 1));
    auto* const store = reinterpret_cast<ReturnSetInfo*>(fcinfo->resultinfo)->setResult;
    run.sink = new (allocate(sizeof(PairSink))) PairSink(call([store, &run] { return PairSink(store, run.context); }));

    call([&run, left = left_query.c_str(), right = right_query.c_str()] { run_queries(run, left, right); });
    return Datum(0);
}

}  // namespace csagg::pg
