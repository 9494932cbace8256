// The plan node at run time: the execution layer of the as-of join, fed by two plans.
//
// As a hash join does, expressions read the left row and the right row where they are (OUTER_VAR, INNER_VAR). The
// planner gives a custom scan only one scan tuple with the columns of both (INDEX_VAR), which is never made: begin()
// writes its columns' places into the expressions.
#include "asof/join/join_pg.hpp"
#include "asof/node/node_pg.hpp"
#include "asof/node/spec_pg.hpp"
#include "asof/node/state_pg.hpp"

#include <algorithm>
#include <cstring>

extern "C" {
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

CustomScan* plan_of(const AsOfState* state) { return reinterpret_cast<CustomScan*>(state->css.ss.ps.plan); }
bool is_left_passive(const CustomScan* plan) { return number(plan, Number::left_passive) != 0; }

// ---- begin

struct Places {
    int left_columns;
    const List* outputs;
    bool projected;  // the subquery's columns are in a row of their own
};

Node* in_place(Node* node, void* context) {
    if (node == nullptr) return nullptr;
    if (IsA(node, Var) && reinterpret_cast<Var*>(node)->varno == INDEX_VAR) {
        const auto* const places = static_cast<const Places*>(context);
        auto* const var = static_cast<Var*>(copyObjectImpl(node));
        if (var->varattno <= places->left_columns) {
            var->varno = OUTER_VAR;
            return reinterpret_cast<Node*>(var);
        }
        const int output = var->varattno - places->left_columns - 1;
        var->varno = INNER_VAR;
        var->varattno = places->projected ? AttrNumber(output + 1)
                                          : static_cast<const Var*>(list_nth(places->outputs, output))->varattno;
        return reinterpret_cast<Node*>(var);
    }
    return expression_tree_mutator(node, as_mutator(in_place), context);
}

List* placed(const void* expressions, const Places& places) {
    return reinterpret_cast<List*>(
        in_place(static_cast<Node*>(const_cast<void*>(expressions)), const_cast<Places*>(&places)));
}

/// Expressions over both rows, with the left row's columns where they are; the right row's are already.
struct LeftColumns {
    const List* values;  // in place
};
Node* with_left_columns(Node* node, void* context) {
    if (node == nullptr) return nullptr;
    if (IsA(node, Var) && reinterpret_cast<Var*>(node)->varno == OUTER_VAR)
        return static_cast<Node*>(copyObjectImpl(
            list_nth(static_cast<const LeftColumns*>(context)->values, reinterpret_cast<Var*>(node)->varattno - 1)));
    return expression_tree_mutator(node, as_mutator(with_left_columns), context);
}

List* placed_pairs(const CustomScan* plan, Private which, const Places& places) {
    LeftColumns left{placed(part(plan, Exprs::left_values), places)};
    return reinterpret_cast<List*>(with_left_columns(reinterpret_cast<Node*>(part(plan, which)), &left));
}

void begin_value(LeftValue* value, const Expr* expression, AsOfState* state) {
    if (IsA(expression, Var) && reinterpret_cast<const Var*>(expression)->varno == OUTER_VAR)
        value->column = reinterpret_cast<const Var*>(expression)->varattno;
    else
        value->expression = ExecInitExpr(const_cast<Expr*>(expression), &state->css.ss.ps);
}

LeftValue* begin_values(const List* expressions, AsOfState* state) {
    auto* const values =
        static_cast<LeftValue*>(palloc0(std::size_t(list_length(expressions) + 1) * sizeof(LeftValue)));
    for (int i = 0; i < list_length(expressions); ++i)
        begin_value(&values[i], static_cast<const Expr*>(list_nth(expressions, i)), state);
    return values;
}

bool all_columns(const List* expressions) {
    ListCell* cell;
    foreach (cell, expressions)
        if (!IsA(lfirst(cell), Var) || lfirst_node(Var, cell)->varno != INNER_VAR) return false;
    return true;
}

/// The row that stands for the subquery's: the right row itself, or what it computes from that.
void begin_inner(AsOfState* state, List* outputs, bool projected) {
    EState* const estate = state->css.ss.ps.state;
    TupleDesc shape = ExecGetResultType(state->right);
    if (projected) {
        List* columns = NIL;
        ListCell* cell;
        foreach (cell, outputs)
            columns = lappend(columns, makeTargetEntry(static_cast<Expr*>(lfirst(cell)),
                                                       AttrNumber(list_length(columns) + 1), nullptr, false));
        shape = ExecTypeFromTL(columns);
        TupleTableSlot* const slot = ExecInitExtraTupleSlot(estate, shape, &TTSOpsVirtual);
        state->output =
            ExecBuildProjectionInfo(columns, state->css.ss.ps.ps_ExprContext, slot, &state->css.ss.ps, nullptr);
    }
    state->null_slot = ExecInitNullTupleSlot(estate, shape, &TTSOpsVirtual);
}

bool all_by_value(TupleDesc shape) {
    for (int i = 0; i < shape->natts; ++i)
        if (!TupleDescAttr(shape, i)->attbyval) return false;
    return true;
}

void begin_left(AsOfState* state) {
    EState* const estate = state->css.ss.ps.state;
    const TupleDesc shape = ExecGetResultType(state->left);
    bool fixed;
    const TupleTableSlotOps* kind = ExecGetResultSlotOps(state->left, &fixed);
    // Slots of other kinds may do as those of tables of their own do.
    if (!fixed || (kind != &TTSOpsVirtual && kind != &TTSOpsBufferHeapTuple)) kind = &TTSOpsMinimalTuple;
    for (TupleTableSlot*& slot : state->kept) slot = ExecInitExtraTupleSlot(estate, shape, kind);
    state->by_value = kind == &TTSOpsVirtual && all_by_value(shape);
}

void begin_bounds(AsOfState* state, const CustomScan* plan, const Places& places) {
    state->bounds = begin_values(placed(part(plan, Exprs::bounds), places), state);
    state->bound_count = list_length(part(plan, Private::bound_operators));
    state->bound_functions = static_cast<FmgrInfo*>(palloc0(std::size_t(state->bound_count + 1) * sizeof(FmgrInfo)));
    for (int i = 0; i < state->bound_count; ++i)
        fmgr_info(get_opcode(list_nth_oid(part(plan, Private::bound_operators), i)), &state->bound_functions[i]);
}

class ScanCondition final : public PairCondition {
public:
    explicit ScanCondition(AsOfState* state) : state_(state) {}
    using Verdict = asof::Condition::Verdict;
    Verdict test(int left, TupleTableSlot* right) override;

private:
    AsOfState* state_;
};

void begin_pair_conditions(AsOfState* state, const CustomScan* plan, const Places& places) {
    const bool bounded = state->limit > 1 && state->bound_count > 0;
    if (part(plan, Private::pair_conditions) == NIL && !bounded) return;
    state->pair_expressions = placed_pairs(plan, Private::pair_conditions, places);
    state->pair_conditions = ExecInitQual(state->pair_expressions, &state->css.ss.ps);
    state->condition = new (palloc(sizeof(ScanCondition))) ScanCondition(state);
}

void begin(CustomScanState* node, EState* estate, int flags) {
    AsOfState* const state = state_of(node);
    const CustomScan* const plan = plan_of(state);
    PlanState* const self = &state->css.ss.ps;
    flags &= ~(EXEC_FLAG_BACKWARD | EXEC_FLAG_MARK);
    state->left = ExecInitNode(static_cast<Plan*>(linitial(plan->custom_plans)), estate, flags);
    // Initialised with all subplans, and ended with them.
    state->right = static_cast<PlanState*>(list_nth(estate->es_subplanstates, number(plan, Number::right_plan) - 1));
    state->css.custom_ps = list_make2(state->left, state->right);
    state->limit = number(plan, Number::limit);
    state->inner_join = number(plan, Number::jointype) == JOIN_INNER;
    state->at_column = AttrNumber(number(plan, Number::at_column));

    List* const outputs = part(plan, Private::outputs);
    const bool projected = !all_columns(outputs);
    const Places places{list_length(static_cast<Plan*>(linitial(plan->custom_plans))->targetlist), outputs, projected};
    begin_inner(state, projected ? placed_pairs(plan, Private::outputs, places) : outputs, projected);
    begin_left(state);
    state->demand = is_left_passive(plan) ? Demand::of(estate, self->plan) : Demand::none();

    state->keys = begin_values(placed(part(plan, Exprs::left_keys), places), state);
    state->key_count = list_length(part(plan, Exprs::left_keys));
    state->key_values = static_cast<Datum*>(palloc0(std::size_t(state->key_count) * sizeof(Datum)));
    state->key_nulls = static_cast<bool*>(palloc0(std::size_t(state->key_count) * sizeof(bool)));
    state->at = begin_values(placed(part(plan, Exprs::left_at), places), state);
    begin_bounds(state, plan, places);
    begin_pair_conditions(state, plan, places);
    state->left_conditions = ExecInitQual(placed(part(plan, Exprs::left_conditions), places), self);
    state->join_conditions = ExecInitQual(placed(part(plan, Exprs::join_conditions), places), self);
    state->conditions = ExecInitQual(placed(part(plan, Exprs::conditions), places), self);
    state->result = ExecBuildProjectionInfo(placed(plan->scan.plan.targetlist, places), self->ps_ExprContext,
                                            self->ps_ResultTupleSlot, self, nullptr);
}

// ---- the right side

void begin_join(AsOfState* state) {
    const CustomScan* const plan = plan_of(state);
    AsOfSpec spec{};
    spec.shape = ExecGetResultType(state->right);
    spec.left_shape = ExecGetResultType(state->left);
    set_keys(&spec, part(plan, Private::key_columns), part(plan, Private::key_operators),
             part(plan, Private::key_collations), part(plan, Private::key_null_safe));
    spec.right_at = state->at_column;
    spec.left_at_type = number_oid(plan, Number::left_at_type);
    spec.right_at_type = number_oid(plan, Number::right_at_type);
    const bool backward = number(plan, Number::backward) != 0;
    spec.search = {backward ? asof::Direction::backward : asof::Direction::forward,
                   number(plan, Number::allow_exact) != 0};
    // ORDER BY wants the first row; backward gives the last.
    spec.tie_count = list_length(part(plan, Private::tie_columns));
    auto* const ties = array_of<TieKey>(spec.tie_count);
    for (int i = 0; i < spec.tie_count; ++i)
        ties[i] = {AttrNumber(list_nth_int(part(plan, Private::tie_columns), i)),
                   list_nth_oid(part(plan, Private::tie_operators), i),
                   list_nth_oid(part(plan, Private::tie_collations), i),
                   list_nth_int(part(plan, Private::tie_nulls_first), i) != 0, backward};
    spec.ties = ties;
    spec.condition = state->condition;
    spec.matches = state->limit;
    spec.in_order = !is_left_passive(plan);
    spec.expected_rows = linitial_int(part(plan, Private::right_rows));
    set_columns(&spec, part(plan, Private::right_columns));
    EState* const estate = state->css.ss.ps.state;
    spec.shared = state->shared;
    spec.shared_area = estate->es_query_dsa;
    state->join = AsOfJoin::begin(estate->es_query_cxt, spec);
    const MemoryContext before = MemoryContextSwitchTo(estate->es_query_cxt);
    if (state->kept[0]->tts_ops != state->join->left_slot_kind())
        state->left_slot = ExecInitExtraTupleSlot(estate, spec.left_shape, state->join->left_slot_kind());
    state->right_slot = ExecInitExtraTupleSlot(estate, spec.shape, state->join->row_slot_kind());
    MemoryContextSwitchTo(before);
}

void read_right_side(AsOfState* state) {
    if (state->join->begin_right()) {
        for (;;) {
            TupleTableSlot* const row = ExecProcNode(state->right);
            if (TupIsNull(row)) break;
            state->join->add_right(row);
        }
    }
    state->join->finish_right();
    state->ready = true;
}

// ---- rows

inline Datum value_of(const LeftValue& value, TupleTableSlot* left, ExprContext* context, bool* null) {
    if (value.column > 0) return slot_getattr(left, value.column, null);
    return ExecEvalExprSwitchContext(value.expression, context, null);
}

/// Comparing numbers takes no memory, of the context's own or of one below it.
inline void reset(ExprContext* context) {
    const MemoryContext memory = context->ecxt_per_tuple_memory;
    if (!memory->isReset || memory->firstchild != nullptr) ResetExprContext(context);
}

/// False if a later batch brings the row again.
bool queue(AsOfState* state, TupleTableSlot* left) {
    ExprContext* const context = state->css.ss.ps.ps_ExprContext;
    reset(context);
    context->ecxt_outertuple = left;
    if (state->left_conditions != nullptr && !ExecQual(state->left_conditions, context))
        return state->join->queue(nullptr, nullptr, 0, true, left);
    bool at_null;
    const Datum at = value_of(*state->at, left, context, &at_null);
    for (int i = 0; i < state->key_count; ++i)
        state->key_values[i] = value_of(state->keys[i], left, context, &state->key_nulls[i]);
    return state->join->queue(state->key_values, state->key_nulls, at, at_null, left);
}

/// As ExecCopySlot() does, where there is nothing to be freed or looked for.
void copy_values(TupleTableSlot* to, TupleTableSlot* from) {
    const auto columns = std::size_t(to->tts_tupleDescriptor->natts);
    std::memcpy(to->tts_values, from->tts_values, columns * sizeof(Datum));
    std::memcpy(to->tts_isnull, from->tts_isnull, columns * sizeof(bool));
    to->tts_flags &= std::uint16_t(~TTS_FLAG_EMPTY);
    to->tts_nvalid = AttrNumber(columns);
}

/// A row that lies in a buffer is kept by a pin, and not copied, as long as that is one of two: buffers are few, a
/// session's own (temp_buffers) and, shared by all, the others.
void keep(AsOfState* state, TupleTableSlot* kept, TupleTableSlot* row) {
    if (state->by_value && TTS_IS_VIRTUAL(row)) return copy_values(kept, row);
    ExecCopySlot(kept, row);
    if (!TTS_IS_BUFFERTUPLE(kept)) return;
    const Buffer buffer = reinterpret_cast<BufferHeapTupleTableSlot*>(kept)->buffer;
    if (buffer == state->last_pinned || buffer == InvalidBuffer) return;
    if (state->pinned == 2) {
        ExecMaterializeSlot(kept);
        return;
    }
    state->last_pinned = buffer;
    ++state->pinned;
}

void forget_kept(AsOfState* state) {
    if (!state->by_value)
        for (int i = 0; i < state->kept_count; ++i) ExecClearTuple(state->kept[i]);
    state->kept_count = state->next_kept = state->next_match = state->pinned = 0;
    state->matched = false;
    state->last_pinned = InvalidBuffer;
}

/// The next left row of the batch, where it lies, or from a file into `kept` if that will do.
TupleTableSlot* next_left(AsOfState* state, TupleTableSlot* kept) {
    if (state->left_ended) return nullptr;
    if (state->join->in_first_batch()) return ExecProcNode(state->left);
    return state->join->next_left(state->left_slot != nullptr ? state->left_slot : kept);
}

/// Reads left rows, ahead if they are all asked for, and looks for their matches. False at the end.
bool read_left(AsOfState* state) {
    AsOfJoin* const join = state->join;
    forget_kept(state);
    state->read_ahead = state->demand.is_for_all() ? std::clamp(2 * state->read_ahead, 1, AsOfJoin::max_queued) : 1;
    while (state->kept_count < state->read_ahead) {
        CHECK_FOR_INTERRUPTS();
        TupleTableSlot* const kept = state->kept[state->kept_count];
        TupleTableSlot* row = next_left(state, kept);
        if (TupIsNull(row)) {
            state->left_ended = true;
            if (state->kept_count > 0) break;
            if (!join->next_batch()) return false;
            state->left_ended = false;
            continue;
        }
        // Where no row is deferred, it is the copy whose columns are taken apart, once.
        if (row != kept && !join->in_batches()) {
            keep(state, kept, row);
            row = kept;
        }
        if (!queue(state, row)) continue;
        if (row != kept) keep(state, kept, row);
        ++state->kept_count;
    }
    join->resolve();
    return true;
}

/// Where the latest row, or the earliest, is out of bounds, all are.
bool in_bounds(AsOfState* state, TupleTableSlot* left, TupleTableSlot* right, ExprContext* context) {
    for (int i = 0; i < state->bound_count; ++i) {
        bool null, at_null;
        const Datum bound = value_of(state->bounds[i], left, context, &null);
        if (null) return false;
        const Datum at = slot_getattr(right, state->at_column, &at_null);
        const MemoryContext before = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
        const bool in = DatumGetBool(FunctionCall2(&state->bound_functions[i], at, bound));
        MemoryContextSwitchTo(before);
        if (!in) return false;
    }
    return true;
}

asof::Condition::Verdict ScanCondition::test(int left, TupleTableSlot* right) {
    ExprContext* const context = state_->css.ss.ps.ps_ExprContext;
    reset(context);
    TupleTableSlot* const left_row = state_->kept[left];
    context->ecxt_outertuple = left_row;
    context->ecxt_innertuple = right;
    if (!in_bounds(state_, left_row, right, context)) return Verdict::give_up;
    if (ExecQual(state_->pair_conditions, context)) return Verdict::match;
    InstrCountTuples2(&state_->css.ss.ps, 1);
    return Verdict::go_on;
}

bool accept(AsOfState* state, TupleTableSlot* left, ExprContext* context) {
    const bool tested = state->condition != nullptr;
    if (!tested && state->bound_count > 0 && !in_bounds(state, left, state->right_slot, context)) return false;
    context->ecxt_innertuple = state->right_slot;
    if (state->output != nullptr) context->ecxt_innertuple = ExecProject(state->output);
    if (ExecQual(state->join_conditions, context)) return true;
    InstrCountFiltered2(&state->css.ss.ps, 1);
    return false;
}

void finish(AsOfState* state) {
    state->finished = true;
    ExecClearTuple(state->right_slot);
    forget_kept(state);
}

/// The left row at hand with its next match that is accepted; once with NULLs, if it has none. False if that gives no
/// row.
bool next_pair(AsOfState* state, ExprContext* context) {
    const int i = state->next_kept;
    TupleTableSlot* const left = state->kept[i];
    context->ecxt_outertuple = left;
    const bool found = state->join->match(i, state->next_match++, state->right_slot);
    const bool accepted = found && accept(state, left, context);
    state->matched |= accepted;
    const bool last = !found || state->next_match == state->limit;
    const bool unmatched = last && !state->matched && !state->inner_join;
    if (unmatched) context->ecxt_innertuple = state->null_slot;
    if (last) {
        ++state->next_kept;
        state->next_match = 0;
        state->matched = false;
    }
    return accepted || unmatched;
}

TupleTableSlot* next_row(AsOfState* state) {
    ExprContext* const context = state->css.ss.ps.ps_ExprContext;
    if (state->finished) return nullptr;
    if (state->join == nullptr) begin_join(state);
    if (!state->ready) read_right_side(state);
    for (;;) {
        if (state->next_kept == state->kept_count && !read_left(state)) {
            finish(state);
            return nullptr;
        }
        reset(context);
        if (!next_pair(state, context)) continue;
        if (ExecQual(state->conditions, context)) return ExecProject(state->result);
        InstrCountFiltered1(&state->css.ss.ps, 1);
    }
}

TupleTableSlot* exec(CustomScanState* node) {
    return guard([node] { return next_row(state_of(node)); });
}

void end(CustomScanState* node) {
    guard([node] {
        AsOfState* const state = state_of(node);
        if (state->join != nullptr) state->join->end();
        state->join = nullptr;
        ExecEndNode(state->left);
    });
}

void rescan(CustomScanState* node) {
    guard([node] {
        AsOfState* const state = state_of(node);
        state->finished = state->left_ended = false;
        forget_kept(state);
        state->read_ahead = 0;
        if (node->ss.ps.chgParam != nullptr) UpdateChangedParamSet(state->left, node->ss.ps.chgParam);
        if (state->left->chgParam == nullptr) ExecReScan(state->left);
        // The right side has no parameters of the queries around: its rows are the same again.
        if (state->join == nullptr) return;
        if (!state->ready) state->join->restart();
        if (state->ready && state->join->rescan()) return;
        state->ready = false;
        ExecReScan(state->right);
    });
}

void explain(CustomScanState* node, List* ancestors, ExplainState* es) {
    guard([=] { explain_asof(node, ancestors, es); });
}

const CustomExecMethods exec_methods = [] {
    CustomExecMethods methods{};
    methods.CustomName = "AsOfJoin";
    methods.BeginCustomScan = [](CustomScanState* node, EState* estate, int flags) {
        guard([=] { begin(node, estate, flags); });
    };
    methods.ExecCustomScan = exec;
    methods.EndCustomScan = end;
    methods.ReScanCustomScan = rescan;
    methods.ExplainCustomScan = explain;
    add_parallel_methods(&methods);
    return methods;
}();

Node* create_state(CustomScan*) {
    return guard([] {
        auto* const state = static_cast<AsOfState*>(palloc0(sizeof(AsOfState)));
        NodeSetTag(state, T_CustomScanState);
        state->css.methods = &exec_methods;
        return reinterpret_cast<Node*>(state);
    });
}

}  // namespace

const CustomScanMethods asof_scan_methods = {"AsOfJoin", create_state};

}  // namespace csagg::pg
