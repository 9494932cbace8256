// Events in memory; the bytes are in counter.cpp.
#include "base/interrupt.hpp"
#include "base/prefetch.hpp"
#include "base/sort.hpp"
#include "counter/counter.hpp"
#include "value/by_instant.hpp"

namespace csagg {
namespace {

Wide wide_of(const Number& amount) {
    Wide total;
    total.coefficient = WideInteger<4>(Int128(amount.coefficient));
    total.scale = amount.scale;
    return total;
}

}  // namespace

/// An event, or what it adds to the last one, if that is of the same instant.
Event& Events::put(Instant at, std::int64_t rows, const Wide& total) {
    check_instant(at);
    if (rows < 1 || rows > max_rows) throw Error(Errc::out_of_range, "number of events at an instant is out of range");
    if (!list_.empty() && list_.back().at == at && rows <= max_rows - list_.back().rows) {
        list_.back().rows += rows;
        list_.back().total.add(total);
        return list_.back();
    }
    Event& e = list_.emplace_back();
    e.at = at;
    e.rows = rows;
    e.total = total;
    e.first_actor = actors_.size();
    return e;
}

void Events::append_actor(Event& e, std::uint32_t actor) {
    actors_.push_back(actor);
    ++e.actor_count;
}

void Events::add(Instant at, const Number& amount) { put(at, 1, wide_of(amount)); }

void Events::add(Instant at, const Number& amount, std::string_view actor) {
    append_actor(put(at, 1, wide_of(amount)), names_.number_of(actor));
}

void Events::add(Instant at, std::int64_t rows, const Wide& total, std::span<const std::string_view> actors) {
    Event& e = put(at, rows, total);
    for (const std::string_view actor : actors) append_actor(e, names_.number_of(actor));
}

void Events::add_from(const Events& other, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        const Event& source = other.list_[i];
        Event& e = put(source.at, source.rows, source.total);
        for (const std::uint32_t actor : other.actors_of(source)) append_actor(e, names_.number_of(other.name(actor)));
    }
}

void Events::forget_before(Instant horizon, bool forgotten) {
    known_from_ = std::max(known_from_, horizon);
    forgotten_ |= forgotten;
}

void Events::slice(Instant since, Instant until) {
    drop_forgotten();
    auto outside = [=](const Event& e) { return e.at < since || e.at >= until; };
    list_.erase(std::remove_if(list_.begin(), list_.end(), outside), list_.end());
    // Outside of the part it is known that there is nothing.
    if (known_from_ > since && since < until) {
        known_from_ = std::min(known_from_, until);
    } else {
        known_from_ = minus_infinity;
        forgotten_ = false;
    }
}

void Events::settle() {
    drop_forgotten();
    check_rows();
    sort_and_fold();
    for (Event& e : list_) e.total.normalize();
    if (names_.size() > 0) settle_names();
}

void Events::drop_forgotten() {
    if (known_from_ == minus_infinity) return;
    auto before = [this](const Event& e) { return e.at < known_from_; };
    const auto kept = std::remove_if(list_.begin(), list_.end(), before);
    if (kept == list_.end()) return;
    forgotten_ = true;
    list_.erase(kept, list_.end());
}

void Events::check_rows() const {
    std::int64_t rows = 0;  // stays below 2^63: both summands are at most max_rows
    for (const Event& e : list_)
        if ((rows += e.rows) > max_rows) throw Error(Errc::out_of_range, "counter has too many events");
}

void Events::sort_and_fold() {
    auto in_order = [](const Event& a, const Event& b) { return a.at < b.at; };
    const auto out_of_order =
        std::adjacent_find(list_.begin(), list_.end(), [&](const Event& a, const Event& b) { return !in_order(a, b); });
    if (out_of_order == list_.end()) return;

    Vector<RowPlace> places{Alloc<RowPlace>(arena())};
    places.reserve(list_.size());
    for (std::size_t i = 0; i < list_.size(); ++i) places.push_back({list_[i].at, i});
    sort_by_instant({places.data(), places.size()}, arena());
    check_interrupts();

    constexpr std::size_t ahead = 16;  // they lie all over the list
    SmallVector<Event, 16> folded(arena());
    SmallVector<std::uint32_t, 16> actors(arena());
    folded.reserve(list_.size());
    actors.reserve(actors_.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (i + ahead < places.size()) prefetch(&list_[places[i + ahead].place], sizeof(Event));
        const Event& e = list_[places[i].place];
        if (folded.empty() || folded.back().at != e.at) {
            folded.push_back(e);
            folded.back().first_actor = actors.size();
            folded.back().actor_count = 0;
        } else {
            folded.back().rows += e.rows;
            folded.back().total.add(e.total);
        }
        const auto these = actors_of(e);
        actors.insert(actors.end(), these.begin(), these.end());
        folded.back().actor_count += these.size();
    }
    list_ = std::move(folded);
    actors_ = std::move(actors);
}

void Events::settle_names() {
    Vector<std::uint32_t> number(names_.size(), 0, Alloc<std::uint32_t>(arena()));
    for (const Event& e : list_)
        for (const std::uint32_t actor : actors_of(e)) number[actor] = 1;
    names_.sort({number.data(), number.size()});

    std::size_t used = 0;
    for (Event& e : list_) {
        std::uint32_t* const begin = actors_.data() + used;
        std::uint32_t* end = begin;
        for (const std::uint32_t actor : actors_of(e)) *end++ = number[actor];  // `used` never overtakes first_actor
        if (!std::is_sorted(begin, end)) csagg::sort(begin, end);
        end = std::unique(begin, end);
        e.first_actor = used;
        e.actor_count = std::size_t(end - begin);
        used += e.actor_count;
    }
    actors_.resize(used);
}

}  // namespace csagg
