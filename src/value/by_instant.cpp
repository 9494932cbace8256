#include "value/by_instant.hpp"

#include "base/interrupt.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace csagg {
namespace {

constexpr std::size_t few = 256;  // up to so many, comparing is faster
constexpr std::size_t stretch = 1 << 16;

bool earlier(const RowPlace& a, const RowPlace& b) { return a.at < b.at; }

/// One pass over a digit of the distance from `least`, stable.
class Digit {
public:
    Digit(Instant least, unsigned shift, unsigned width)
        : least_(std::uint64_t(least)), shift_(shift), mask_((std::size_t(1) << width) - 1) {}

    void sort(std::span<const RowPlace> from, RowPlace* to, std::span<std::size_t> next) const {
        std::fill(next.begin(), next.end(), 0);
        in_stretches(from, [&](const RowPlace& p) { ++next[of(p)]; });
        std::size_t before = 0;
        for (std::size_t& n : next) before += std::exchange(n, before);
        in_stretches(from, [&](const RowPlace& p) { to[next[of(p)]++] = p; });
    }

private:
    std::size_t of(const RowPlace& p) const { return std::size_t((std::uint64_t(p.at) - least_) >> shift_) & mask_; }
    template <class F>
    static void in_stretches(std::span<const RowPlace> places, F f) {
        for (std::size_t begin = 0; begin < places.size(); begin += stretch) {
            check_interrupts();
            for (const RowPlace& p : places.subspan(begin, std::min(stretch, places.size() - begin))) f(p);
        }
    }

    std::uint64_t least_;
    unsigned shift_;
    std::size_t mask_;
};

void radix_sort(std::span<RowPlace> places, Arena& arena) {
    constexpr unsigned widest = 11;
    const auto [least, greatest] = std::minmax_element(places.begin(), places.end(), earlier);
    const Instant base = least->at;
    const auto bits = unsigned(std::bit_width(std::uint64_t(greatest->at) - std::uint64_t(base)));
    const unsigned passes = (bits + widest - 1) / widest;
    Vector<RowPlace> other(places.size(), boost::container::default_init, Alloc<RowPlace>(arena));
    Vector<std::size_t> next(std::size_t(1) << widest, boost::container::default_init, Alloc<std::size_t>(arena));
    std::span<RowPlace> from = places, to{other.data(), other.size()};
    for (unsigned pass = 0; pass < passes; ++pass, std::swap(from, to)) {
        const unsigned shift = pass * bits / passes, width = (pass + 1) * bits / passes - shift;
        Digit(base, shift, width).sort(from, to.data(), {next.data(), std::size_t(1) << width});
    }
    if (from.data() != places.data()) std::copy(from.begin(), from.end(), places.begin());
}

/// Two lists were put together: [0, second) and the rest are in order.
void merge_runs(std::span<RowPlace> places, std::size_t second, Arena& arena) {
    const Vector<RowPlace> first(places.data(), places.data() + second, Alloc<RowPlace>(arena));
    const RowPlace* a = first.data();
    const RowPlace* b = places.data() + second;
    const RowPlace* const a_end = a + second;
    const RowPlace* const b_end = places.data() + places.size();
    RowPlace* out = places.data();  // never overtakes b
    for (std::size_t n = 1; a != a_end && b != b_end; ++n) {
        *out++ = b->at < a->at ? *b++ : *a++;
        if (n % stretch == 0) check_interrupts();
    }
    std::copy(a, a_end, out);
}

}  // namespace

void sort_by_instant(std::span<RowPlace> places, Arena& arena) {
    const auto second = std::is_sorted_until(places.begin(), places.end(), earlier);
    if (second == places.end()) return;
    if (places.size() > few) {
        if (std::is_sorted(second, places.end(), earlier))
            return merge_runs(places, std::size_t(second - places.begin()), arena);
        return radix_sort(places, arena);
    }
    std::sort(places.begin(), places.end(),
              [](const RowPlace& a, const RowPlace& b) { return a.at != b.at ? a.at < b.at : a.place < b.place; });
}

}  // namespace csagg
