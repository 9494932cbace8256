// PostgreSQL's own calendar behind the interface of the cores.
#pragma once
#include "grid/calendar.hpp"

namespace csagg::pg {

/// The calendar of the zone that PostgreSQL knows by this name (any case); one per zone, for the life of the backend.
/// Errc::invalid_parameter for an unknown name.
const Calendar& calendar_for(std::string_view zone);

/// The same for the input of values, which may come from a server that knew the zone: for an unknown name it warns, and
/// gives a calendar that has this name, does local arithmetic, and is Errc::invalid_parameter when asked for more. That
/// one lasts until the next call.
const Calendar& calendar_for_input(std::string_view zone);

}  // namespace csagg::pg
