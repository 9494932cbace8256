#include "population/moments.hpp"

#include "base/sort.hpp"

namespace csagg {
namespace {

constexpr std::uint32_t first_events = 8, first_moments = 4;

}  // namespace

void MomentStore::add(std::size_t bucket, const Number& number, int sign) {
    if (room_in_log())
        flat_.at<Event>(header().log)[header().log_count++] = {number.coefficient, std::uint32_t(bucket), number.scale,
                                                               std::int8_t(sign)};
    else
        array()[bucket].add(number, sign);
}

void MomentStore::add(const Moment& moment) {
    if (room_in_list())
        flat_.at<Moment>(header().list)[header().list_count++] = moment;
    else
        array()[moment.bucket].add(moment);
}

void MomentStore::add_all(const MomentStore& other) {
    for (const Event& e : other.log()) add(e.bucket, e.number(), e.sign);
    for (const Moment& m : other.list()) add(m);
    const auto array = other.array();
    for (std::size_t b = 0; b < array.size(); ++b) {
        if (array[b].is_zero()) continue;
        Moment moment = array[b];
        moment.bucket = b;
        add(moment);
    }
}

bool MomentStore::room_in_log() {
    MomentHeader& h = header();
    if (h.array != 0) return false;
    if (h.log_count < h.log_capacity) return true;
    if (h.log_capacity * sizeof(Event) >= buckets_ * sizeof(Moment) / 4) {
        make_array();
        return false;
    }
    const std::uint32_t capacity = std::max(first_events, 2 * h.log_capacity);
    const std::size_t place = flat_.allocate_zeroed(capacity * sizeof(Event));
    MomentHeader& moved = header();
    if (moved.log_count > 0) std::memcpy(flat_.at<Event>(place), log().data(), log().size_bytes());
    moved.log = std::uint32_t(place);
    moved.log_capacity = capacity;
    return true;
}

bool MomentStore::room_in_list() {
    MomentHeader& h = header();
    if (h.array != 0) return false;
    if (h.list_count < h.list_capacity) return true;
    if (2 * h.list_capacity >= buckets_) {
        make_array();
        return false;
    }
    const std::uint32_t capacity = std::max(first_moments, 2 * h.list_capacity);
    const std::size_t place = flat_.allocate_zeroed(capacity * sizeof(Moment));
    MomentHeader& moved = header();
    if (moved.list_count > 0) std::memcpy(flat_.at<Moment>(place), list().data(), list().size_bytes());
    moved.list = std::uint32_t(place);
    moved.list_capacity = capacity;
    return true;
}

void MomentStore::make_array() {
    const std::size_t place = flat_.allocate_zeroed(buckets_ * sizeof(Moment));
    MomentHeader& h = header();
    h.array = std::uint32_t(place);
    for (const Event& e : log()) array()[e.bucket].add(e.number(), e.sign);
    for (const Moment& m : list()) array()[m.bucket].add(m);
    h.log_count = h.log_capacity = h.list_count = h.list_capacity = 0;
}

Moments MomentStore::net(Arena& arena) const {
    Moments out(arena);
    const auto array = this->array();
    for (std::size_t b = 0; b < array.size(); ++b) {
        if (array[b].is_zero()) continue;
        out.push_back(array[b]);
        out.back().bucket = b;
    }
    if (!array.empty()) return out;

    // What is in the log and the list, in the order of buckets: bucket above, place in log or list below.
    const auto log = this->log();
    const auto list = this->list();
    Vector<std::uint64_t> order(arena);
    order.reserve(log.size() + list.size());
    for (std::size_t i = 0; i < log.size(); ++i) order.push_back(std::uint64_t(log[i].bucket) << 32 | i);
    for (std::size_t i = 0; i < list.size(); ++i) order.push_back(list[i].bucket << 32 | (log.size() + i));
    csagg::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < order.size();) {
        Moment moment;
        moment.bucket = order[i] >> 32;
        for (; i < order.size() && order[i] >> 32 == moment.bucket; ++i) {
            const std::size_t place = std::uint32_t(order[i]);
            if (place < log.size())
                moment.add(log[place].number(), log[place].sign);
            else
                moment.add(list[place - log.size()]);
        }
        if (!moment.is_zero()) out.push_back(moment);
    }
    return out;
}

}  // namespace csagg
