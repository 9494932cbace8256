#include "grid/grid_pg.hpp"

#include "base/bytes.hpp"
#include "base/interrupt.hpp"
#include "grid/calendar_pg.hpp"

#include "postgres/cache.hpp"
#include "postgres/rows.hpp"
#include "postgres/varlena.hpp"

extern "C" {
#include "access/xact.h"
#include "commands/extension.h"
#include "libpq/pqformat.h"
#include "catalog/pg_type_d.h"
#include "pgtime.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

Cache<Grid> grids("csagg grids", "csagg grid", std::size_t(64) << 20);

// ---- arguments and results

Span to_span(const Interval& interval) { return {interval.month, interval.day, interval.time}; }

Datum make_grid(const GridSpec& spec) {
    ContextArena arena;
    Bytes bytes(arena);
    encode_grid(spec, bytes);
    return make_varlena({bytes.data(), bytes.size()});
}

/// The result of the last call of one call site, for as long as its arguments stay the same: a zone that is a stable
/// expression, as the default is, keeps the planner from folding the call.
struct LastResult {
    explicit LastResult(MemoryContext context) : arena(context), key(arena), value(arena) {}

    ContextArena arena;
    Bytes key;
    Bytes value;
};

LastResult& last_result(FunctionCallInfo fcinfo) {
    FmgrInfo* const info = fcinfo->flinfo;
    if (info->fn_extra == nullptr) {
        ContextArena arena(info->fn_mcxt);
        info->fn_extra = new (arena.allocate(sizeof(LastResult), alignof(LastResult))) LastResult(info->fn_mcxt);
    }
    return *static_cast<LastResult*>(info->fn_extra);
}

ByteSpan span_of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

/// The elements of an array of timestamps.
std::span<const LocalTime> times_argument(FunctionCallInfo fcinfo, int n, const char* name) {
    struct {
        Datum* items;
        bool* nulls;
        int count, dimensions;
    } array{};
    call([fcinfo, n, &array] {
        ArrayType* const value = PG_GETARG_ARRAYTYPE_P(n);
        array.dimensions = ARR_NDIM(value);
        deconstruct_array(value, TIMESTAMPOID, 8, true, TYPALIGN_DOUBLE, &array.items, &array.nulls, &array.count);
    });
    if (array.dimensions > 1)
        throw Error(Errc::invalid_parameter, std::string("array of ") + name + " has more than one dimension");
    for (int i = 0; i < array.count; ++i)
        if (array.nulls[i])
            throw Error(Errc::null_not_allowed, "element " + std::to_string(i + 1) + " of " + name + " is NULL");
    static_assert(sizeof(Datum) == sizeof(LocalTime));
    return {reinterpret_cast<const LocalTime*>(array.items), std::size_t(array.count)};
}

void print_json_time(const GridSpec& spec, std::int64_t end, String& out) {
    String text(out.get_allocator());
    print_grid_end(spec, end, text);
    // ISO 8601's separator, which JSON readers expect; the era, if any, stays behind its blank.
    if (const std::size_t blank = text.find(' '); blank != text.npos) text[blank] = 'T';
    out.push_back('"');
    out.append(text);
    out.push_back('"');
}

void print_json_boundaries(const GridSpec& spec, String& out) {
    out += ",\"boundaries\":[";
    for (std::size_t i = 0; i < spec.boundaries(); ++i) {
        if (i % 4096 == 4095) check_interrupts();
        if (i > 0) out.push_back(',');
        print_json_time(spec, spec.boundary(i), out);
    }
    out.push_back(']');
}

/// For local arithmetic. PostgreSQL knows this one without any file.
const Calendar& no_zone() {
    static const Calendar& gmt = calendar_for("GMT");
    return gmt;
}

/// What a session has and other machines may have otherwise must not be a silent default where Citus sends calls to
/// them as they are written. Looked up once per call site.
void refuse_citus(FunctionCallInfo fcinfo, const char* argument, const char* hint) {
    FmgrInfo* const info = fcinfo->flinfo;
    if (info->fn_extra != nullptr) return;
    if (call([] { return OidIsValid(get_extension_oid("citus", true)); }))
        throw Error(Errc::not_supported, std::string(argument) + " has no default in a database with Citus", hint,
                    "Each machine would take its own.");
    info->fn_extra = info;
}

}  // namespace

const Grid& cached_grid(ByteSpan value) {
    return grids.get(value, [](ByteSpan key, Arena& arena) {
        const GridSpec spec = decode_grid(key);
        return Grid(spec, calendar_for(spec.zone), arena);
    });
}

std::size_t bucket_count(ByteSpan value) { return check_grid(decode_grid(value), no_zone()); }

CSAGG_FUNCTION(csagg_grid_in) {
    const char* const text = PG_GETARG_CSTRING(0);
    ContextArena arena;
    Bytes between(arena);
    return make_grid(parse_grid(text, calendar_for_input, between));
}

CSAGG_FUNCTION(csagg_grid_out) {
    const GridSpec spec = decode_grid(bytes_argument(fcinfo, 0));
    ContextArena arena;
    String text(arena);
    print_grid(spec, text);
    return make_cstring({text.data(), text.size()});
}

CSAGG_FUNCTION(csagg_grid_send) { return make_varlena(bytes_argument(fcinfo, 0)); }

CSAGG_FUNCTION(csagg_grid_recv) {
    auto* const message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const int size = message->len - message->cursor;
    const char* const bytes = call([message, size] { return pq_getmsgbytes(message, size); });
    try {
        GridSpec spec = decode_grid({reinterpret_cast<const Byte*>(bytes), std::size_t(size)});
        const Calendar& calendar = calendar_for_input(spec.zone);
        spec.zone = calendar.name();
        check_grid(spec, calendar);
        return make_grid(spec);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form of csagg.grid: ") + e.what());
    }
}

CSAGG_FUNCTION(csagg_default_timezone) {
    refuse_citus(fcinfo, "timezone", "Name the time zone, as in csagg.grid(start, until, '1 day', 'Europe/Berlin').");
    // Not as the setting is written: SET TIME ZONE -7 is <-07>+07, and the name "-7" of a zone means 7 hours east.
    return make_text(pg_get_timezone_name(session_timezone));
}

CSAGG_FUNCTION(csagg_default_as_of) {
    refuse_citus(fcinfo, "as_of",
                 "Give the instant, as in csagg.last_buckets(30, '1 day', 'Europe/Berlin', '2025-06-30 12:00+00').");
    return TimestampTzGetDatum(GetCurrentTransactionStartTimestamp());
}

CSAGG_FUNCTION(csagg_grid) {
    const Interval* const step = PG_GETARG_INTERVAL_P(2);
    const std::string_view zone = text_argument(fcinfo, 3);
    const std::string_view snapshot = text_argument(fcinfo, 4);

    ContextArena arena;
    Bytes key(arena);
    ByteWriter writer(key);
    writer.fixed(std::int64_t(PG_GETARG_TIMESTAMP(0)));
    writer.fixed(std::int64_t(PG_GETARG_TIMESTAMP(1)));
    writer.fixed(step->month);
    writer.fixed(step->day);
    writer.fixed(std::int64_t(step->time));
    writer.text(zone);
    writer.text(snapshot);

    LastResult& last = last_result(fcinfo);
    if (last.key != key) {
        const GridSpec spec = local_grid(PG_GETARG_TIMESTAMP(0), PG_GETARG_TIMESTAMP(1), to_span(*step),
                                         parse_snapshot(snapshot), calendar_for(zone));
        last.key.clear();
        last.value.clear();
        encode_grid(spec, last.value);
        last.key.insert(last.key.end(), key.begin(), key.end());
    }
    return make_varlena(span_of(last.value));
}

CSAGG_FUNCTION(csagg_grid_of) {
    const std::span<const LocalTime> boundaries = times_argument(fcinfo, 0, "boundaries");
    ContextArena arena;
    Bytes between(arena);
    return make_grid(irregular_grid(boundaries, parse_snapshot(text_argument(fcinfo, 2)),
                                    calendar_for(text_argument(fcinfo, 1)), between));
}

CSAGG_FUNCTION(csagg_last_buckets) {
    for (int i = 0; i < 5; ++i)
        if (PG_ARGISNULL(i)) PG_RETURN_NULL();
    std::optional<LocalTime> origin;
    if (!PG_ARGISNULL(5)) origin = PG_GETARG_TIMESTAMP(5);
    const Calendar& calendar = calendar_for(text_argument(fcinfo, 2));
    const GridSpec spec = last_buckets(PG_GETARG_INT32(0), to_span(*PG_GETARG_INTERVAL_P(1)), PG_GETARG_TIMESTAMPTZ(3),
                                       parse_snapshot(text_argument(fcinfo, 4)), calendar, origin);
    check_grid(spec, calendar);
    return make_grid(spec);
}

CSAGG_FUNCTION(csagg_grid_buckets) {
    const Grid& grid = cached_grid(bytes_argument(fcinfo, 0));
    RowSink rows(fcinfo, bucket_columns);
    Datum row[bucket_columns];
    const bool nulls[bucket_columns] = {};
    for (std::size_t i = 0; i < grid.size(); ++i) {
        set_bucket(grid, i, row);
        rows.put(row, nulls);
    }
    return Datum(0);
}

CSAGG_FUNCTION(csagg_grid_to_jsonb) {
    const GridSpec spec = decode_grid(bytes_argument(fcinfo, 0));
    ContextArena arena;
    String json(arena);
    json += "{\"start\":";
    print_json_time(spec, spec.start, json);
    json += ",\"until\":";
    print_json_time(spec, spec.until, json);
    if (spec.is_irregular()) {
        print_json_boundaries(spec, json);
    } else {
        json += ",\"step\":\"";
        print_span(spec.step, json);
        json += '"';
    }
    json += ",\"timezone\":\"";
    json.append(spec.zone.data(), spec.zone.size());
    json += spec.snapshot == Snapshot::end ? "\",\"snapshot\":\"end\"}" : "\",\"snapshot\":\"start\"}";
    return make_jsonb({json.data(), json.size()});
}

}  // namespace csagg::pg
