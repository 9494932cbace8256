// Period to date: what a counter says at t about the part of t's calendar period up to t, as a timeline.
//
//   events      *  * *          *
//   month       |               |               |
//   to date     1--2-3----------0--1------------0---
#pragma once
#include "counter/trailing.hpp"
#include "grid/periods.hpp"

namespace csagg {

/// Sum of amounts, number of events, or number of distinct actors since the period began, the event at t included:
/// absent before the first event, then 0 as each period begins. What is shortened (Counter::known_from) is absent until
/// a period begins that is known whole; from there on it is 0 at least if it forgot events. Simplified.
/// Errc::out_of_range where a sum has more than 18 integer digits; Errc::datetime_overflow. `events` is settled.
Steps period_to_date(const Events& events, const Periods& periods, Measure measure, Arena& arena);

}  // namespace csagg
