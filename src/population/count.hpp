// Counting one timeline into Cells: the inner loop of distribution(), summary() and flows().
//
// A timeline counts by its changes: the closing value of a bucket is the last entry that the bucket's closing sees, so
// an entry superseded within its bucket counts nowhere, and one that repeats the value before it changes nothing.
// What lies before known_from is unknown, and so absent.
#pragma once
#include "grid/grid.hpp"
#include "population/log_run.hpp"

namespace csagg {

/// Adds one timeline to a plain distribution. Errc::kind_mismatch for another kind than before.
void count_distribution(Cells& cells, const Timeline& timeline, const Grid& grid);
void count_distribution(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid);
void count_distribution(Cells& cells, const LogRun& run, const Grid& grid);

/// Adds one timeline of numbers to a summary: exact moments, and the value rounded to summary_digits.
void count_summary(Cells& cells, const Timeline& timeline, const Grid& grid);
void count_summary(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid);
void count_summary(Cells& cells, const LogRun& run, const Grid& grid);

/// Adds one timeline's moves. What it held just before the grid starts is where its first move begins.
void count_flows(Cells& cells, const Timeline& timeline, const Grid& grid);
void count_flows(Cells& cells, const UnencodedTimeline& timeline, const Grid& grid);
void count_flows(Cells& cells, const LogRun& run, const Grid& grid);

/// Adds one customer's timelines to a joint distribution; bytes that are empty stand for an absent one.
/// Errc::invalid_parameter for another number of timelines than before.
void count_joint(Cells& cells, std::span<const ByteSpan> timelines, const Grid& grid, Arena& arena);

}  // namespace csagg
