#include "population/counts.hpp"

namespace csagg {

Counts::Counts(const Stored& stored, std::size_t buckets, Arena& arena)
    : stored_(stored),
      members_(arena),
      events_(arena),
      starts_(buckets + 2, 0, arena),
      count_(stored.columns(), 0, arena),
      moments_(arena),
      active_(stored.columns(), arena) {
    Vector<std::uint32_t> bucket_of(arena);
    Vector<Event> unordered(arena);
    Stored::Reader in = stored.read(buckets);
    read_columns(in, bucket_of, unordered);
    order_by_bucket(bucket_of, unordered);
    if (stored.form() == Form::summary)
        for (std::size_t left = in.moments(); left > 0; --left) moments_.push_back(in.next_moment());
}

void Counts::throw_overflow() { throw Error(Errc::out_of_range, "count does not fit in bigint"); }

void Counts::read_columns(Stored::Reader& in, Vector<std::uint32_t>& buckets, Vector<Event>& unordered) {
    members_.reserve(columns() * stored_.arity());
    for (std::size_t c = 0; c < columns(); ++c) {
        if (c % 1024 == 1023) check_interrupts();
        const std::size_t n = in.next_column();
        for (const std::uint32_t place : in.members()) members_.push_back(place);
        for (std::size_t i = 0; i < n; ++i) {
            const Change change = in.next_change();
            buckets.push_back(change.bucket);
            unordered.push_back({std::uint32_t(c), change.delta});
        }
    }
}

// A counting sort; stable, so that columns stay in order within a bucket.
void Counts::order_by_bucket(const Vector<std::uint32_t>& buckets, const Vector<Event>& unordered) {
    for (const std::uint32_t b : buckets) ++starts_[b + 2];
    for (std::size_t b = 2; b < starts_.size(); ++b) starts_[b] += starts_[b - 1];
    events_.resize(unordered.size(), boost::container::default_init);
    for (std::size_t i = 0; i < unordered.size(); ++i) events_[starts_[buckets[i] + 1]++] = unordered[i];
}

}  // namespace csagg
