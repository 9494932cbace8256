#include "grid/calendar_pg.hpp"

#include <optional>

#include "postgres/varlena.hpp"

extern "C" {
#include "access/xact.h"
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

constexpr char unknown_hint[] =
    "pg_timezone_names lists the names in the operating system's time zone data; Debian 13 and later keep old ones, "
    "such as "
    "US/Eastern, in the package tzdata-legacy.";

constexpr std::int64_t unix_epoch = std::int64_t(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;

[[noreturn]] void throw_unknown(std::string_view name) {
    const std::string shown = name.size() < TZ_STRLEN_MAX ? " \"" + std::string(name) + "\"" : std::string();
    throw Error(Errc::invalid_parameter, "time zone" + shown + " not recognized", unknown_hint);
}

/// What all zones have in common.
class ServerCalendar : public Calendar {
public:
    using Calendar::Calendar;

private:
    LocalTime add_months(LocalTime start, std::int32_t months) const override {
        // PostgreSQL's own error would pass by those who turn ours into "invalid binary form".
        int year = 0, month = 0, day = 0;
        j2date(int(midnight_of(start) / micros_per_day) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
        constexpr std::int64_t first = -4713 * 12 + 10, last = 294276 * 12 + 11;  // November 4714 BC, December 294276
        const std::int64_t target = std::int64_t(year) * 12 + (month - 1) + months;
        if (target < first || target > last) check_finite(target < first ? minus_infinity : plus_infinity);
        Interval step{0, 0, months};
        return call([start, &step] {
            return DatumGetTimestamp(
                DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(start), IntervalPGetDatum(&step)));
        });
    }
};

class ZoneCalendar final : public ServerCalendar {
public:
    ZoneCalendar(pg_tz* zone, Arena& arena) : ServerCalendar(pg_get_timezone_name(zone), arena), zone_(zone) {}

    bool is_of(const pg_tz* zone) const { return zone_ == zone; }

    ZoneCalendar* next = nullptr;

private:
    Boundary next_boundary(Instant after) const override {
        pg_time_t second = after / micros_per_second - (after % micros_per_second < 0 ? 1 : 0) + unix_epoch;
        pg_time_t boundary = 0;
        long before = 0, later = 0;
        int before_is_dst = 0, later_is_dst = 0;
        const auto ask = [&] {
            return pg_next_dst_boundary(&second, &before, &before_is_dst, &boundary, &later, &later_is_dst, zone_) > 0;
        };
        bool found = ask();
        // Asked at the first boundary of a zone PostgreSQL may answer with that same one, and at the last one of its
        // table with none, though the zone's rule goes on. A second later it is right in both cases.
        if (!found || boundary <= second) {
            ++second;
            found = ask();
        }
        if (!found || boundary - unix_epoch > last_instant / micros_per_second)
            return {plus_infinity, before * micros_per_second, before * micros_per_second};
        return {(boundary - unix_epoch) * micros_per_second, before * micros_per_second, later * micros_per_second};
    }

    pg_tz* zone_;
};

/// Of a zone that nobody knows here: its local times have no instants.
class UnknownCalendar final : public ServerCalendar {
public:
    using ServerCalendar::ServerCalendar;

private:
    Boundary next_boundary(Instant) const override { throw_unknown(name()); }
};

// The calendars asked for so far. Like PostgreSQL's own zones they are kept for good, so references to them last.
struct Calendars {
    explicit Calendars(MemoryContext context) : arena(context) {}

    ContextArena arena;
    ZoneCalendar* first = nullptr;
    // The last spelling asked for, so that a query's constant is not looked up row by row.
    const Calendar* recent = nullptr;
    std::size_t recent_size = 0;
    char recent_name[TZ_STRLEN_MAX];
    // The last one that an input asked for in vain, and in which statement.
    std::optional<UnknownCalendar> unknown;
    TimestampTz warned = 0;
};

Calendars& calendars() {
    static Calendars* all = nullptr;
    if (all == nullptr) {
        const MemoryContext context =
            call([] { return AllocSetContextCreate(TopMemoryContext, "csagg calendars", ALLOCSET_DEFAULT_SIZES); });
        ContextArena arena(context);
        Calendars* made = nullptr;
        try {
            made = new (arena.allocate(sizeof(Calendars), alignof(Calendars))) Calendars(context);
        } catch (const std::bad_alloc&) {
            MemoryContextDelete(context);
            throw;
        }
        all = made;
    }
    return *all;
}

/// NULL if it is unknown.
pg_tz* find_zone(std::string_view name) {
    if (!is_zone_name(name)) throw_unknown(name);
    char terminated[TZ_STRLEN_MAX];
    std::memcpy(terminated, name.data(), name.size());
    terminated[name.size()] = '\0';
    pg_tz* const zone = call([&terminated] { return pg_tzset(terminated); });
    if (zone == nullptr) return nullptr;
    if (!pg_tz_acceptable(zone))
        throw Error(Errc::invalid_parameter, "time zone \"" + std::string(name) + "\" uses leap seconds",
                    "PostgreSQL does not support leap seconds.");
    return zone;
}

/// NULL if the zone is unknown.
const Calendar* find_calendar(std::string_view name) {
    Calendars& all = calendars();
    if (all.recent != nullptr && name == std::string_view(all.recent_name, all.recent_size)) return all.recent;

    pg_tz* const zone = find_zone(name);
    if (zone == nullptr) return nullptr;
    ZoneCalendar* calendar = all.first;
    while (calendar != nullptr && !calendar->is_of(zone)) calendar = calendar->next;
    if (calendar == nullptr) {
        void* const memory = all.arena.allocate(sizeof(ZoneCalendar), alignof(ZoneCalendar));
        try {
            calendar = new (memory) ZoneCalendar(zone, all.arena);
        } catch (...) {
            all.arena.deallocate(memory, sizeof(ZoneCalendar), alignof(ZoneCalendar));
            throw;
        }
        calendar->next = all.first;
        all.first = calendar;
    }
    std::memcpy(all.recent_name, name.data(), name.size());
    all.recent_size = name.size();
    all.recent = calendar;
    return calendar;
}

}  // namespace

const Calendar& calendar_for(std::string_view name) {
    const Calendar* const calendar = find_calendar(name);
    if (calendar == nullptr) throw_unknown(name);
    return *calendar;
}

const Calendar& calendar_for_input(std::string_view name) {
    if (const Calendar* const known = find_calendar(name)) return *known;
    Calendars& all = calendars();
    // Once in a statement: it may read a table of them.
    const TimestampTz now = GetCurrentStatementStartTimestamp();
    if (all.unknown.has_value() && all.unknown->name() == name && all.warned == now) return *all.unknown;
    all.unknown.emplace(name, all.arena);
    all.warned = now;
    const char* const shown = DatumGetCString(make_cstring(name));
    call([shown] {
        ereport(WARNING, (errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("time zone \"%s\" is not known here", shown),
                          errdetail("The value is kept as it is. What is computed with it fails."),
                          errhint("%s", unknown_hint)));
    });
    return *all.unknown;
}

}  // namespace csagg::pg
