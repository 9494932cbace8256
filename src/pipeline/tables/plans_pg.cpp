// Statements whose plans a session keeps: a pipeline's statements are formatted with its name, so that PL/pgSQL would
// plan each of them in each step, which takes longer than a step of one row.
#include "pipeline/tables/plans_pg.hpp"

#include "postgres/cache.hpp"

extern "C" {
#include "executor/spi.h"
#include "executor/tstoreReceiver.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/expandeddatum.h"
#include "utils/lsyscache.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

/// A plan that is made without knowing the arguments expects ten elements of an array. Up to so many in all its nested
/// loops cost less than a new plan.
constexpr std::uint64_t long_array = 1000;

/// Of all its arrays. May ereport.
std::uint64_t count_elements(const Statement& statement) {
    std::uint64_t count = 0;
    for (int i = 0; i < statement.count; ++i) {
        const ParamExternData& p = statement.values->params[i];
        if (p.isnull || !OidIsValid(get_element_type(p.ptype))) continue;
        const AnyArrayType* const array = DatumGetAnyArrayP(p.value);
        count += std::uint64_t(ArrayGetNItems(AARR_NDIM(array), AARR_DIMS(array)));
    }
    return count;
}

/// Plain data, in static memory: all are empty at first.
struct Slot {
    MemoryContext context;  // of the key; NULL: the slot is empty
    ByteSpan key;
    std::uint64_t hash;
    SPIPlanPtr plan;
    TimestampTz made, used;
    std::uint64_t first, made_after;  // how many `elements` there were when it was made first, and last
    int running;

    bool holds(ByteSpan other, std::uint64_t hash_of_other) const {
        return plan != nullptr && hash == hash_of_other && key.size() == other.size() &&
               std::memcmp(key.data(), other.data(), other.size()) == 0;
    }
};

/// As many plans as slots at most, which take about 100 kB each; a statement may lie in one of a few, and takes the
/// place of the one used least lately.
constexpr std::size_t slot_count = 512, choice = 8;
Slot slots[slot_count];

/// Plans follow changes of tables and roles by themselves, but not growth, nor enable_sort and the like: so a plan is
/// made anew after a minute, and after so many elements of arrays in this session, since what brings rows into tables
/// passes them in arrays: the work for these costs more than new plans. Later after 20000 in all, 40000 and so on, of
/// all pipelines of the session: tables have to grow as well, and the minute is for those that do so beside others.
constexpr TimestampTz lifetime = 60 * USECS_PER_SEC;
constexpr std::uint64_t growth = 10000;
std::uint64_t elements = 0;

void empty(Slot& slot) {
    const SPIPlanPtr plan = slot.plan;
    const MemoryContext context = slot.context;
    const int running = slot.running;
    slot = {};
    slot.running = running;
    call([plan, context] {
        if (plan != nullptr) SPI_freeplan(plan);
        if (context != nullptr) MemoryContextDelete(context);
    });
}

/// The slot that has the key, or one that may get it; NULL if all that may are running.
Slot* find_slot(ByteSpan key, std::uint64_t hash) {
    Slot* best = nullptr;
    for (std::size_t i = 0; i < choice; ++i) {
        Slot& slot = slots[(hash + i) % slot_count];
        if (slot.holds(key, hash)) return &slot;
        if (slot.running == 0 && (best == nullptr || slot.used < best->used)) best = &slot;
    }
    return best;
}

void fill(Slot& slot, ByteSpan key, std::uint64_t hash, const Statement& statement) {
    const std::uint64_t first = slot.holds(key, hash) ? slot.first : elements;
    empty(slot);
    call([&slot, key, &statement] {
        const SPIPlanPtr plan = SPI_prepare_cursor(statement.text, statement.count, const_cast<Oid*>(statement.types),
                                                   CURSOR_OPT_GENERIC_PLAN);
        if (plan == nullptr) elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
        slot.context = AllocSetContextCreate(TopMemoryContext, "csagg kept plan", ALLOCSET_SMALL_SIZES);
        auto* const bytes = static_cast<Byte*>(MemoryContextAlloc(slot.context, key.size()));
        std::memcpy(bytes, key.data(), key.size());
        slot.key = {bytes, key.size()};
        SPI_keepplan(plan);
        slot.plan = plan;
    });
    slot.hash = hash;
    slot.made = GetCurrentTimestamp();
    slot.first = first;
    slot.made_after = elements;
}

/// The plan kept for a statement, which stays while this lives.
class KeptPlan {
public:
    explicit KeptPlan(const Statement& statement) : statement_(statement), key_(Alloc<Byte>(arena_)) {
        const auto* const types = reinterpret_cast<const Byte*>(statement.types);
        const auto* const text = reinterpret_cast<const Byte*>(statement.text);
        key_.push_back(Byte(statement.count));
        key_.insert(key_.end(), types, types + sizeof(Oid) * statement.count);
        key_.insert(key_.end(), text, text + std::strlen(statement.text));
        hash_ = hash_bytes(view(key_), process_hash_seed);
        slot_ = find_slot(view(key_), hash_);
        if (slot_ != nullptr) ++slot_->running;
    }
    KeptPlan(const KeptPlan&) = delete;
    KeptPlan& operator=(const KeptPlan&) = delete;
    ~KeptPlan() {
        if (slot_ != nullptr) --slot_->running;
    }

    /// NULL: none can be kept.
    SPIPlanPtr get() {
        if (slot_ == nullptr) return nullptr;
        const TimestampTz now = GetCurrentTimestamp();
        const bool is_old =
            slot_->running == 1 && (now < slot_->made || now - slot_->made > lifetime ||
                                    elements - slot_->made_after > std::max(growth, slot_->made_after - slot_->first));
        if (is_old || !slot_->holds(view(key_), hash_)) fill(*slot_, view(key_), hash_, statement_);
        slot_->used = now;
        return slot_->plan;
    }

private:
    const Statement& statement_;
    ContextArena arena_;
    Bytes key_;
    std::uint64_t hash_;
    Slot* slot_;
};

/// May ereport. The number of rows.
std::uint64_t execute(const Statement& statement, SPIPlanPtr plan, Access access, DestReceiver* receiver) {
    SPIExecuteOptions options{};
    options.params = statement.values;
    options.read_only = access == Access::reading;
    options.must_return_tuples = receiver != nullptr;
    options.dest = receiver;
    const int code =
        plan != nullptr ? SPI_execute_plan_extended(plan, &options) : SPI_execute_extended(statement.text, &options);
    if (code < 0)
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
                errmsg("a statement of this kind is not run: %s", SPI_result_code_string(code)));
    return SPI_processed;
}

/// Rows into the result of a function that is declared as SETOF record. May ereport.
DestReceiver* into_result(FunctionCallInfo fcinfo) {
    InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
    const auto* result = reinterpret_cast<const ReturnSetInfo*>(fcinfo->resultinfo);
    DestReceiver* const receiver = CreateDestReceiver(DestTuplestore);
    SetTuplestoreDestReceiverParams(receiver, result->setResult, CurrentMemoryContext, false, result->setDesc,
                                    "the statement's columns are not those that are asked for");
    return receiver;
}

/// Arguments: the statement, and what stands for $1 and so on.
std::uint64_t run(FunctionCallInfo fcinfo, Access access, DestReceiver* receiver) {
    Statement statement{};
    const std::uint64_t count = call([fcinfo, &statement] {
        statement = statement_of(fcinfo, 1);
        return count_elements(statement);
    });
    elements += count;
    return run_statement(statement, count > long_array ? Planning::for_arguments : Planning::kept, access, receiver);
}

}  // namespace

Statement statement_of(FunctionCallInfo fcinfo, int first) {
    if (get_fn_expr_variadic(fcinfo->flinfo))
        ereport(ERROR, errcode(ERRCODE_FEATURE_NOT_SUPPORTED), errmsg("arguments are given one by one"));
    if (PG_ARGISNULL(0)) ereport(ERROR, errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a statement is not NULL"));
    const int count = PG_NARGS() - first;
    auto* const types = static_cast<Oid*>(palloc(sizeof(Oid) * (count + 1)));
    const ParamListInfo values = makeParamList(count);
    for (int i = 0; i < count; ++i) {
        types[i] = get_fn_expr_argtype(fcinfo->flinfo, first + i);
        const NullableDatum& given = fcinfo->args[first + i];
        Datum value = given.value;
        if (types[i] == UNKNOWNOID) {
            types[i] = TEXTOID;
            if (!given.isnull) value = CStringGetTextDatum(DatumGetCString(given.value));
        }
        // A statement may use it more than once: none of its functions may change it in place.
        value = MakeExpandedObjectReadOnly(value, given.isnull, get_typlen(types[i]));
        values->params[i] = {value, given.isnull, PARAM_FLAG_CONST, types[i]};
    }
    return {text_to_cstring(PG_GETARG_TEXT_PP(0)), count, types, values};
}

std::uint64_t run_statement(const Statement& statement, Planning planning, Access access, DestReceiver* receiver) {
    call([] { SPI_connect(); });
    std::uint64_t rows = 0;
    if (planning == Planning::for_arguments) {
        rows = call([&statement, access, receiver] { return execute(statement, nullptr, access, receiver); });
    } else {
        KeptPlan kept(statement);
        rows = call(
            [&statement, plan = kept.get(), access, receiver] { return execute(statement, plan, access, receiver); });
    }
    call([] { SPI_finish(); });
    return rows;
}

/// pipeline_query(statement, arguments ...): the statement's rows.
CSAGG_FUNCTION(csagg_pipeline_query) {
    DestReceiver* const receiver = call([fcinfo] { return into_result(fcinfo); });
    run(fcinfo, Access::writing, receiver);
    return 0;
}

/// pipeline_read(statement, arguments ...): the statement's rows, as the query sees them that calls it.
CSAGG_FUNCTION(csagg_pipeline_read) {
    DestReceiver* const receiver = call([fcinfo] { return into_result(fcinfo); });
    run(fcinfo, Access::reading, receiver);
    return 0;
}

/// pipeline_execute(statement, arguments ...): the number of rows.
CSAGG_FUNCTION(csagg_pipeline_execute) {
    const std::uint64_t rows = run(fcinfo, Access::writing, nullptr);
    PG_RETURN_INT64(std::int64_t(rows));
}

}  // namespace csagg::pg
