#include "grid/calendar_pg.hpp"

#include "postgres/boundary.hpp"

extern "C" {
#include "pgtime.h"
#include "utils/builtins.h"
#include "utils/datetime.h"
#include "utils/timestamp.h"
}

namespace csagg::pg {
namespace {

constexpr std::int64_t unix_epoch = std::int64_t(POSTGRES_EPOCH_JDATE - UNIX_EPOCH_JDATE) * SECS_PER_DAY;

class ZoneCalendar final : public Calendar {
public:
    ZoneCalendar(pg_tz* zone, Arena& arena) : Calendar(pg_get_timezone_name(zone), arena), zone_(zone) {}

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

    LocalTime add_months(LocalTime start, std::int32_t months) const override {
        // PostgreSQL's own error would pass by those who turn ours into "invalid binary form".
        int year = 0, month = 0, day = 0;
        j2date(int(midnight_of(start) / micros_per_day) + POSTGRES_EPOCH_JDATE, &year, &month, &day);
        constexpr std::int64_t first = -4713 * 12 + 10, last = 294276 * 12 + 11;  // November 4714 BC, December 294276
        const std::int64_t target = std::int64_t(year) * 12 + (month - 1) + months;
        if (target < first || target > last) check_finite(target < first ? minus_infinity : plus_infinity);
        Interval step{0, 0, months};
        return call([start, &step] {
            return DatumGetTimestamp(DirectFunctionCall2(timestamp_pl_interval, TimestampGetDatum(start), IntervalPGetDatum(&step)));
        });
    }

    pg_tz* zone_;
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
};

Calendars& calendars() {
    static Calendars* all = nullptr;
    if (all == nullptr) {
        const MemoryContext context = call([] { return AllocSetContextCreate(TopMemoryContext, "csagg calendars", ALLOCSET_DEFAULT_SIZES); });
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

/// What a name of PostgreSQL's can consist of, POSIX rules included. Anything else would let a name break out of the
/// text form of a grid.
bool is_plain_name(std::string_view name) {
    constexpr std::string_view punctuation = "/_+-<>,.:";
    for (const char c : name) {
        const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alphanumeric && punctuation.find(c) == punctuation.npos) return false;
    }
    return !name.empty() && name.size() < TZ_STRLEN_MAX;
}

[[noreturn]] void throw_unknown(std::string_view name) {
    const std::string shown = name.size() < TZ_STRLEN_MAX ? " \"" + std::string(name) + "\"" : std::string();
    throw Error(Errc::invalid_parameter, "time zone" + shown + " not recognized", "The view pg_timezone_names lists the names.");
}

pg_tz* find_zone(std::string_view name) {
    if (!is_plain_name(name)) throw_unknown(name);
    char terminated[TZ_STRLEN_MAX];
    std::memcpy(terminated, name.data(), name.size());
    terminated[name.size()] = '\0';
    pg_tz* const zone = call([&terminated] { return pg_tzset(terminated); });
    if (zone == nullptr) throw_unknown(name);
    if (!pg_tz_acceptable(zone))
        throw Error(Errc::invalid_parameter, "time zone \"" + std::string(name) + "\" uses leap seconds", "PostgreSQL does not support leap seconds.");
    return zone;
}

}  // namespace

const Calendar& calendar_for(std::string_view name) {
    Calendars& all = calendars();
    if (all.recent != nullptr && name == std::string_view(all.recent_name, all.recent_size)) return *all.recent;

    pg_tz* const zone = find_zone(name);
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
    return *calendar;
}

}  // namespace csagg::pg
