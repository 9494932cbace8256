// The transition state of the aggregates timeline() and merge(): a log of entries, appended in place.
//
// The log is what arrived, in the order it arrived; sorting and ranking wait for the end. Two logs are put together
// by copying one behind the other.
#pragma once
#include "base/flat.hpp"
#include "timeline/timeline.hpp"

#include <algorithm>

namespace csagg {

class TimelineLog {
public:
    explicit TimelineLog(Flat flat) : flat_(flat) {}
    static TimelineLog create(Kind kind, Flat::Grow grow);

    const Flat& flat() const { return flat_; }
    Kind kind() const { return Kind(header().flat.marker & 0x0F); }

    void add(const Entry& entry);
    /// Errc::kind_mismatch for a log or timeline of another kind.
    void add_all(const TimelineLog& other);
    void add_all(const Timeline& timeline, Arena& arena);

    /// The timeline's bytes: sorted, one entry an instant, shortened to known_from. Changes nothing here.
    void finish(Bytes& out) const;

private:
    // Kept small: at 20 entries a customer, whether a state fits into 256 bytes is felt.
    struct Header {
        FlatHeader flat;  // room[0]: 1 once entries are out of order
        Instant last;     // greatest instant so far, while in order
    };
    static_assert(has_no_padding<Header>);
    Header& header() const { return *flat_.at<Header>(0); }
    bool in_order() const { return header().flat.room[0] == 0; }
    void note(Instant first, Instant last, bool in_order);
    void append(std::span<const Byte> record, std::string_view text);
    void add_horizon(Instant known_from);

    Flat flat_;
};

/// Sorts by instant and keeps the greatest rank of each.
void sort_entries(Entries& entries);

/// Drops what lies before `horizon`, but for the entry in force there.
template <class List>
void drop_before(List& entries, Instant horizon) {
    if (horizon == minus_infinity) return;
    auto later = std::partition_point(entries.begin(), entries.end(), [=](const auto& e) { return e.at < horizon; });
    const bool carried = later != entries.begin() && (later == entries.end() || later->at != horizon);
    entries.erase(entries.begin(), carried ? later - 1 : later);
}

}  // namespace csagg
