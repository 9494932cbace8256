// The plan node in parallel plans. Each process has a part of the left rows. Where the right side is a table of which a
// row is few bytes, each reads a part of that, too, and they build one index together; else each has all of it.
//
// The right side's plan is one of the statement's subplans, below no Gather as far as the planner sees. There a scan
// that is parallel is an error: it is made so when the planner is through (planner_pg.cpp).
#include "asof/node/node_pg.hpp"
#include "asof/node/state_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "access/parallel.h"
}

namespace csagg::pg {
namespace {

/// Not where no planner's hook was there to make it parallel: every process has all rows then.
bool is_right_shared(const AsOfState* state) {
    ListCell* cell;
    foreach (cell, nodes_of(state->right->plan))
        if (static_cast<const Plan*>(lfirst(cell))->parallel_aware) return true;
    return false;
}

Size estimate(CustomScanState*, ParallelContext* context) { return SharedRight::state_bytes(context->nworkers + 1); }

/// The shared memory is about to go, or has gone; rows that came from it are not looked at any more.
void leave(AsOfState* state) {
    if (state->shared == nullptr) return;
    if (state->join != nullptr) {
        state->statistics = state->join->statistics();
        state->join->end();
    } else {
        const SharedRight::Sums sums = SharedRight::sums(state->shared);
        state->statistics = AsOfStatistics{};
        state->statistics.keys = sums.keys;
        state->statistics.right_rows = sums.rows_read;
        state->statistics.memory_peak = sums.peak_bytes;
    }
    state->join = nullptr;
    state->shared = nullptr;
    state->ready = false;
    state->finished = true;
}

/// Without a segment there will be no workers.
bool can_share(CustomScanState* node, const ParallelContext* context) {
    return context->seg != nullptr && node->ss.ps.state->es_query_dsa != nullptr && is_right_shared(state_of(node));
}

void initialise(CustomScanState* node, ParallelContext* context, void* memory) {
    if (!can_share(node, context)) return;
    AsOfState* const state = state_of(node);
    state->shared = static_cast<SharedRight::State*>(memory);
    SharedRight::initialise(state->shared, context->seg, context->nworkers + 1);
}

/// The right side is the same again: what is built stays.
void initialise_again(CustomScanState* node, ParallelContext* context, void* memory) {
    if (can_share(node, context)) state_of(node)->shared = static_cast<SharedRight::State*>(memory);
}

void initialise_worker(CustomScanState* node, shm_toc*, void* memory) {
    AsOfState* const state = state_of(node);
    if (!is_right_shared(state)) return;
    state->shared = static_cast<SharedRight::State*>(memory);
    SharedRight::come(state->shared);
}

}  // namespace

List* nodes_of(Plan* right) {
    List* nodes = list_make1(right);
    ListCell* cell;
    if (IsA(right, Append)) {
        foreach (cell, reinterpret_cast<Append*>(right)->appendplans)
            nodes = list_concat(nodes, nodes_of(static_cast<Plan*>(lfirst(cell))));
    } else if (right->lefttree != nullptr) {
        nodes = list_concat(nodes, nodes_of(right->lefttree));
    }
    return nodes;
}

void add_parallel_methods(CustomExecMethods* methods) {
    methods->EstimateDSMCustomScan = [](CustomScanState* node, ParallelContext* context) {
        return guard([=] { return estimate(node, context); });
    };
    methods->InitializeDSMCustomScan = [](CustomScanState* node, ParallelContext* context, void* memory) {
        guard([=] { initialise(node, context, memory); });
    };
    methods->ReInitializeDSMCustomScan = [](CustomScanState* node, ParallelContext* context, void* memory) {
        guard([=] { initialise_again(node, context, memory); });
    };
    methods->InitializeWorkerCustomScan = [](CustomScanState* node, shm_toc* toc, void* memory) {
        guard([=] { initialise_worker(node, toc, memory); });
    };
    methods->ShutdownCustomScan = [](CustomScanState* node) { guard([=] { leave(state_of(node)); }); };
}

}  // namespace csagg::pg
