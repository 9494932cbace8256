// PostgreSQL's own calendar behind the interface of the cores.
#pragma once
#include "grid/calendar.hpp"

namespace csagg::pg {

/// The calendar of the zone that PostgreSQL knows by this name (any case); one per zone, for the life of the backend.
/// Errc::invalid_parameter for an unknown name.
const Calendar& calendar_for(std::string_view zone);

}  // namespace csagg::pg
