// The rows of a source, put into histories as they are read: grouped by a plan node they would take twice as long.
#include "pipeline/folding/gather.hpp"

#include <limits>
#include <optional>

#include "pipeline/folding/id_ranges.hpp"
#include "pipeline/folding/reason_pg.hpp"
#include "pipeline/tables/plans_pg.hpp"
#include "postgres/rows.hpp"
#include "postgres/state.hpp"

extern "C" {
#include "catalog/pg_type.h"
#include "executor/tuptable.h"
#include "tcop/dest.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
}

namespace csagg::pg {
namespace {

/// What a statement for pipeline_gather() gives: a row's id, whether it is wanted, its columns, whether it is new.
constexpr int id_at = 0, wanted_at = 1, columns_at = 2, new_at = columns_at + owner + 1, width = new_at + 1;
constexpr Oid types[width] = {INT8OID,        BOOLOID,  TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID,
                              TIMESTAMPTZOID, JSONBOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, BOOLOID};

/// A row of csagg.pipeline_gathered.
struct Gathered {
    enum : int {
        tenant,
        customer,
        facts,
        at,
        id,
        key,
        kind,
        value,
        actor,
        event_id,
        belongs,
        owner,
        reason,
        read,
        fresh,
        last,
        ids,
        count
    };
    Datum values[count] = {};
    bool nulls[count];

    Gathered() { std::fill(std::begin(nulls), std::end(nulls), true); }
    void set(int column, Datum datum) { set(column, NullableDatum{datum, false}); }
    void set(int column, const NullableDatum& datum) {
        values[column] = datum.value;
        nulls[column] = datum.isnull;
    }
};

/// {[1,5],[7,7]}
Datum multirange(const Vector<IdRange>& ranges, Arena& arena) {
    String text(arena);
    char range[64];
    for (const IdRange& r : ranges) {
        snprintf(range, sizeof range, "%c[%lld,%lld]", text.empty() ? '{' : ',', static_cast<long long>(r.first),
                 static_cast<long long>(r.last));
        text += range;
    }
    text += text.empty() ? "{}" : "}";
    return call([s = text.data()] {
        Oid input = InvalidOid, type_of_parts = InvalidOid;
        getTypeInputInfo(INT8MULTIRANGEOID, &input, &type_of_parts);
        return OidInputFunctionCall(input, s, type_of_parts, -1);
    });
}

/// Of a text that may have any length the beginning, which is more than `rejected` shows: several at once have to fit
/// into a row.
NullableDatum beginning(const NullableDatum& text) {
    constexpr int bytes = 8000;
    if (text.isnull) return text;
    const std::string_view whole = text_of(text);
    if (whole.size() <= bytes) return text;
    const int clipped = call([&whole] { return pg_mbcliplen(whole.data(), int(whole.size()), bytes); });
    return {make_text(whole.substr(0, std::size_t(clipped))), false};
}

/// What is gathered, in memory of its own.
class GatheringOwner {
public:
    GatheringOwner()
        : context_(call([] {
              return AllocSetContextCreate(CurrentMemoryContext, "csagg gathered rows", ALLOCSET_DEFAULT_SIZES);
          })) {
        gathering_.emplace(arena_);
    }
    GatheringOwner(const GatheringOwner&) = delete;
    GatheringOwner& operator=(const GatheringOwner&) = delete;
    ~GatheringOwner() {
        gathering_.reset();
        MemoryContextDelete(context_);
    }

    Gathering& get() { return *gathering_; }
    /// Beyond what a sort may use.
    bool is_full() const { return MemoryContextMemAllocated(context_, true) > Size(work_mem) * 1024; }
    void clear() {
        gathering_.reset();
        MemoryContextReset(context_);
        gathering_.emplace(arena_);
    }

private:
    MemoryContext context_;
    ContextArena arena_{context_};
    std::optional<Gathering> gathering_;
};

/// What happens to each row that a statement gives.
class Gatherer {
public:
    Gatherer(FunctionCallInfo fcinfo, std::string_view source, bool is_counted)
        : source_(source), is_counted_(is_counted), sink_(fcinfo, Gathered::count) {}

    void take(const Datum* values, const bool* nulls) {
        const std::int64_t id = DatumGetInt64(values[id_at]);
        if (++rows_ % 1024 == 0 && gathered_.is_full()) put_customers();
        if (is_counted_) ids_.add(id);
        if (DatumGetBool(values[new_at])) {
            ++fresh_;
            last_ = std::max(last_, id);
        }
        if (nulls[wanted_at] || !DatumGetBool(values[wanted_at])) return;
        NullableDatum columns[owner + 1];
        for (int i = 0; i <= owner; ++i) columns[i] = {values[columns_at + i], nulls[columns_at + i]};
        memory_.run([&] { take_wanted(id, columns); });
    }

    void finish() {
        put_customers();
        for (std::uint32_t i = 0; i < claims_.size(); ++i) put_claim(claims_[i], claimed_kinds_[i]);
        put_totals();
    }

private:
    bool is_ours(const NullableDatum& source) const { return !source.isnull && text_of(source) == source_; }

    void take_wanted(std::int64_t id, const NullableDatum* columns) {
        CheckedRow row{};
        const std::string reason = reason_of(columns, row);
        const bool is_claim = columns[belongs].isnull;
        if (!reason.empty() || !columns[event_id].isnull || (is_claim && !is_ours(columns[owner])))
            return put_single(id, columns, reason);
        if (is_claim && claims_.number_of(row.key) == claimed_kinds_.size()) claimed_kinds_.push_back(row.kind);
        gathered_.get().set_customer(text_of(columns[tenant]), text_of(columns[customer]));
        add_row(gathered_.get(), row, id, columns[actor]);
    }

    void put(const Gathered& row) { sink_.put(row.values, row.nulls); }

    void put_customers() {
        gathered_.get().for_each(
            [this](const Gathering::Customer& customer) { memory_.run([&] { put_customer(customer); }); });
        gathered_.clear();
    }

    void put_customer(const Gathering::Customer& customer) {
        ContextArena arena;
        HistoryLog log = HistoryLog::create(grow_state);
        gathered_.get().copy_rows(customer, log);
        Bytes facts(arena);
        log.finish(facts);
        Gathered row;
        row.set(Gathered::tenant, make_text(customer.tenant));
        row.set(Gathered::customer, make_text(customer.name));
        row.set(Gathered::facts, make_varlena(view(facts)));
        if (customer.first_at != plus_infinity) row.set(Gathered::at, TimestampTzGetDatum(customer.first_at));
        put(row);
    }

    void put_single(std::int64_t id, const NullableDatum* columns, const std::string& reason) {
        Gathered row;
        row.set(Gathered::id, Int64GetDatum(id));
        row.set(Gathered::tenant, beginning(columns[tenant]));
        row.set(Gathered::customer, beginning(columns[customer]));
        row.set(Gathered::key, beginning(columns[key]));
        row.set(Gathered::kind, columns[columns[kind].isnull ? asked : kind]);
        row.set(Gathered::at, columns[at]);
        row.set(Gathered::value, columns[value]);
        row.set(Gathered::actor, beginning(columns[actor]));
        row.set(Gathered::event_id, beginning(columns[event_id]));
        row.set(Gathered::belongs, columns[belongs]);
        row.set(Gathered::owner, columns[owner]);
        if (!reason.empty()) row.set(Gathered::reason, make_text(reason));
        put(row);
    }

    void put_claim(std::string_view key, FactKind kind) {
        memory_.run([&] {
            Gathered row;
            row.set(Gathered::key, make_text(key));
            row.set(Gathered::kind, make_text(kind_name(kind)));
            row.set(Gathered::owner, make_text(source_));
            put(row);
        });
    }

    void put_totals() {
        memory_.run([&] {
            ContextArena arena;
            Gathered row;
            row.set(Gathered::read, Int64GetDatum(rows_));
            row.set(Gathered::fresh, Int64GetDatum(fresh_));
            if (fresh_ > 0) row.set(Gathered::last, Int64GetDatum(last_));
            row.set(Gathered::ids, multirange(ids_.merged(), arena));
            put(row);
        });
    }

    std::string_view source_;
    bool is_counted_;
    RowSink sink_;
    RowMemory memory_;
    GatheringOwner gathered_;
    ContextArena arena_;
    Names claims_{arena_, Names::Keep::copies};  // facts that belong to no source yet
    Vector<FactKind> claimed_kinds_{Alloc<FactKind>(arena_)};
    IdRanges ids_{arena_};
    std::int64_t rows_ = 0, fresh_ = 0, last_ = std::numeric_limits<std::int64_t>::min();
};

struct Receiver {
    DestReceiver base;
    Gatherer* gatherer;
};

void check_shape(DestReceiver*, int, TupleDesc shape) {
    if (shape->natts != width)
        ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                errmsg("a source's rows have %d columns in place of %d", shape->natts, width));
    for (int i = 0; i < width; ++i)
        if (const Oid type = TupleDescAttr(shape, i)->atttypid; type != types[i])
            ereport(ERROR, errcode(ERRCODE_DATATYPE_MISMATCH),
                    errmsg("column %d of a source's rows is of type %s in place of %s", i + 1, format_type_be(type),
                           format_type_be(types[i])));
}

bool receive(TupleTableSlot* slot, DestReceiver* receiver) {
    slot_getallattrs(slot);
    guard([slot, gatherer = reinterpret_cast<Receiver*>(receiver)->gatherer] {
        gatherer->take(slot->tts_values, slot->tts_isnull);
    });
    return true;
}

void ignore(DestReceiver*) {}

}  // namespace

/// pipeline_gather(statement, source, counted, kept, what stands for $1 and so on)
CSAGG_FUNCTION(csagg_pipeline_gather) {
    reject_null(fcinfo, 1, "source");
    reject_null(fcinfo, 2, "counted");
    reject_null(fcinfo, 3, "kept");
    const Statement statement = call([fcinfo] { return statement_of(fcinfo, 4); });
    Gatherer gatherer(fcinfo, text_argument(fcinfo, 1), PG_GETARG_BOOL(2));
    Receiver receiver{{receive, check_shape, ignore, ignore, DestTuplestore}, &gatherer};
    run_statement(statement, PG_GETARG_BOOL(3) ? Planning::kept : Planning::for_arguments, Access::reading,
                  &receiver.base);
    gatherer.finish();
    return 0;
}

}  // namespace csagg::pg
