// A counter: a multiset of events. Per instant the number of rows, the exact total of their amounts, and the distinct
// actors, where rows name one.
//
//   Events    in memory: added in any order; settled, one event an instant, increasing
//   Counter   a view of the bytes (docs/format.md)
//
// forget_before() shortens: events before known_from are gone, and so is what later arrives from before it. Merging
// takes the greater known_from, so it is associative and commutative, to the byte. Each row is merged once: rows add
// up.
#pragma once
#include "value/columns.hpp"
#include "value/names.hpp"
#include "value/wide.hpp"

namespace csagg {

/// Rows of one counter, all instants together; sums of as many amounts stay exact in a Wide.
inline constexpr std::int64_t max_rows = (std::int64_t(1) << 62) - 1;

/// What happened at one instant.
struct Event {
    Instant at = 0;
    std::int64_t rows = 0;  // 1 .. max_rows
    Wide total;
    std::size_t first_actor = 0;  // in Events; ask Events::actors_of()
    std::size_t actor_count = 0;
};

class Counter;

class Events {
public:
    explicit Events(Arena& arena) : list_(arena), actors_(arena), names_(arena) {}

    Arena& arena() const { return list_.get_stored_allocator().arena(); }
    std::span<const Event> list() const { return {list_.data(), list_.size()}; }
    /// Numbers of the actors of one event, increasing; name() gives the texts.
    std::span<const std::uint32_t> actors_of(const Event& e) const {
        return {actors_.data() + e.first_actor, e.actor_count};
    }
    std::string_view name(std::uint32_t actor) const { return names_[actor]; }
    std::size_t name_count() const { return names_.size(); }

    /// -infinity, or the horizon of forget_before().
    Instant known_from() const { return known_from_; }
    /// True if events are known to have been dropped because they lay before known_from.
    bool forgotten() const { return forgotten_; }

    // Instants and row counts are checked (Errc::datetime_overflow, Errc::out_of_range); names are not copied.
    void add(Instant at, const Number& amount);
    void add(Instant at, const Number& amount, std::string_view actor);
    void add(Instant at, std::int64_t rows, const Wide& total, std::span<const std::string_view> actors);
    /// The events of `other` at list()[i], for i in [begin, end).
    void add_from(const Events& other, std::size_t begin, std::size_t end);
    void forget_before(Instant horizon, bool forgotten = false);
    /// Keeps [since, until); what lies outside is taken as empty, not as unknown.
    void slice(Instant since, Instant until);

    /// One event an instant, increasing, none before known_from; totals normalised; names in byte order, all in use.
    /// Errc::out_of_range above max_rows.
    void settle();

    /// Calls f(Instant&) for each event: to move instants. Settle afterwards.
    template <class F>
    void move_instants(F f) {
        for (Event& e : list_) f(e.at);
    }
    /// Moves all of time by f, which never decreases: known_from too. Settle afterwards.
    template <class F>
    void move_time(F f) {
        if (known_from_ != minus_infinity) known_from_ = f(known_from_);
        move_instants([&f](Instant& at) { at = f(at); });
    }
    void reserve(std::size_t events) { list_.reserve(list_.size() + events); }

private:
    friend class Counter;
    Event& put(Instant at, std::int64_t rows, const Wide& total);
    void append_actor(Event& e, std::uint32_t actor);
    void drop_forgotten();
    void sort_and_fold();
    void settle_names();
    void check_rows() const;

    Instant known_from_ = minus_infinity;
    bool forgotten_ = false;
    SmallVector<Event, 16> list_;
    SmallVector<std::uint32_t, 16> actors_;
    Names names_;
};

/// A view of a counter's bytes. Nothing in the bytes is trusted: what does not fit is Errc::corrupt.
class Counter {
public:
    explicit Counter(ByteSpan bytes);

    /// Number of instants.
    std::size_t size() const { return count_; }
    Instant known_from() const { return known_from_; }
    bool forgotten() const { return forgotten_; }
    /// Of all actors, in byte order.
    const Dictionary& names() const { return dictionary_; }

    /// The least and the greatest instant; size() > 0.
    Instant first() const;
    Instant last() const;

    /// Adds the events in [since, until) to `out`, and known_from; reads only the blocks that may hold some. Names
    /// point into the bytes. Read whole into empty Events, a counter is settled.
    void read(Events& out, Instant since = minus_infinity, Instant until = plus_infinity) const;

    std::size_t blocks() const { return (count_ + block_entries - 1) / block_entries; }
    class CounterBlock block(std::size_t i) const;
    /// The first instant of block i, where there are others.
    Instant block_start(std::size_t i) const;

private:
    bool paged() const { return count_ > block_entries; }
    std::size_t block_size(std::size_t i) const { return std::min(block_entries, count_ - i * block_entries); }
    ByteSpan block_bytes(std::size_t i) const;
    void read_names(Events& out, Vector<std::uint32_t>& numbers) const;

    ByteSpan bytes_;
    std::size_t count_ = 0;
    Instant known_from_ = minus_infinity;
    bool forgotten_ = false;
    Dictionary dictionary_;
    std::size_t directory_ = 0;  // offset of the directory, or of the only block
};

/// Settles the events and appends their bytes: a pure function of what was added, in whatever order and grouping.
void encode_counter(Events& events, Bytes& out);

/// Reads all, encodes again and compares: accepts exactly what encode_counter writes. Errc::corrupt.
void validate_counter(ByteSpan bytes, Arena& arena);

/// Whether `rows` amounts of at most 18 integer digits can add up to the total.
bool is_reachable(std::int64_t rows, const Wide& total);

/// The low nibble of a counter's first byte; timelines use 1 to 5.
inline constexpr Byte counter_tag = 6;

}  // namespace csagg
