// A track: an expression's values over a stretch of time, piece by piece. What whole-time evaluation computes with.
//
//   count(login, 14 days)        3----4----------3--2----
//   count(login, 14 days) >= 3   true---------------false
//
// A piece holds up to where the next begins. A number may be a line: word + slope x (number of the local day), in units
// of 10^-scale. A piece may have failed: then computing the value is an error (a division by zero), which is raised
// only if somebody needs it.
#pragma once
#include "base/interrupt.hpp"
#include "rules/instant/daily_lines.hpp"

#include <bit>

namespace csagg {

enum class PieceState : Byte { value, absent, failed };

/// What most pieces of a track have in common.
struct Traits {
    std::int32_t slope = 0;
    std::uint8_t scale = 0;
    PieceState state = PieceState::value;
    std::uint16_t unused = 0;

    bool operator==(const Traits& other) const {
        return std::bit_cast<std::uint64_t>(*this) == std::bit_cast<std::uint64_t>(other);
    }
};

struct Piece {
    Instant at;
    std::int64_t word = 0;  // as in Value, of a line on day 0; of a text its number in the evaluation's list; numbers
                            // may have trailing zeros
    Traits traits{};

    PieceState state() const { return traits.state; }
    int scale() const { return traits.scale; }
    std::int32_t slope() const { return traits.slope; }
    bool is_line() const { return traits.slope != 0; }
    bool is_true() const { return traits.state == PieceState::value && word != 0; }
    bool is_false() const { return traits.state == PieceState::value && word == 0; }
    Number number() const { return Number::normalized(word, traits.scale); }
    Number number_on(std::int64_t day) const { return Number::normalized(word + traits.slope * day, traits.scale); }
    Piece starting(Instant t) const { return {t, word, traits}; }
};

inline Piece truth_at(Instant at, bool truth) { return {at, truth ? 1 : 0}; }
inline Piece absent_at(Instant at) { return {at, 0, {0, 0, PieceState::absent}}; }
inline Piece failed_at(Instant at) { return {at, 0, {0, 0, PieceState::failed}}; }
inline Piece number_at(Instant at, const Number& number) { return {at, number.coefficient, {0, number.scale}}; }

/// What is too much for tracks, or not said exactly by them, is left to Evaluation.
struct NoTrack {};

/// At least one piece; the first begins where the evaluation does. Behind the last stands the instant where it ends.
struct Track {
    const Instant* at = nullptr;
    const std::int64_t* words = nullptr;
    const Traits* traits = nullptr;  // null: `common` of all
    std::size_t size = 0;
    Traits common;
    bool absent_head = false;  // with `common`: but for the first piece, which is absent, its word 0
    std::uint64_t bound = 0;   // no word is greater, either way; 0: not known

    Piece operator[](std::size_t i) const {
        if (traits != nullptr) return {at[i], words[i], traits[i]};
        return i == 0 && absent_head ? absent_at(at[0]) : Piece{at[i], words[i], common};
    }
    /// Values with all in common, but for an absent head.
    bool is_uniform() const { return traits == nullptr && common.state == PieceState::value; }
    std::size_t head() const { return absent_head ? 1 : 0; }
    std::uint64_t find_bound() const {
        if (bound > 0) return bound;
        std::int64_t least = 0, greatest = 0;
        for (std::size_t i = 0; i < size; ++i) {
            least = std::min(least, words[i]);
            greatest = std::max(greatest, words[i]);
        }
        return std::max(magnitude_of(least), std::uint64_t(greatest));
    }
};

/// Memory for the pieces of all tracks, which are built one after the other.
class TrackBuilder {
public:
    TrackBuilder(Instant until, Arena& arena) : until_(until), arena_(arena) {}

    /// Begins a track that is likely to have at most so many pieces.
    void begin(std::size_t pieces) {
        size_ = 0;
        mixed_ = false;
        if (pieces + 1 > capacity_ - used_) make_room(pieces + 1);
    }
    /// Pieces come in order. One at the instant of the last takes its place.
    void add(const Piece& piece) {
        if (size_ > 0 && at()[size_ - 1] == piece.at) --size_;
        if (size_ > 0 && words()[size_ - 1] == piece.word && traits()[size_ - 1] == piece.traits) return;
        if (size_ + 1 >= capacity_ - used_) [[unlikely]]
            make_room(2 * (size_ + 1) + 1);
        at()[size_] = piece.at;
        words()[size_] = piece.word;
        traits()[size_] = piece.traits;
        mixed_ |= size_ > 1 && !(traits()[1] == piece.traits);
        ++size_;
    }
    Track finish() {
        at()[size_] = until_;
        const bool other_head = size_ > 1 && !(traits()[0] == traits()[1]);
        const bool absent_head = other_head && traits()[0].state == PieceState::absent;
        Track track{at(), words(), traits(), size_, traits()[size_ > 1 ? 1 : 0], absent_head};
        if (!mixed_ && (absent_head || !other_head)) track.traits = nullptr;
        used_ += size_ + 1;
        return track;
    }

    // For tracks whose pieces have all traits in common: room for as many pieces as begin() said, which is enough.
    Instant* at() const { return at_ + used_; }
    std::int64_t* words() const { return words_ + used_; }
    Track finish(std::size_t size, const Traits& common, bool absent_head = false) {
        at()[size] = until_;
        const Track track{at(), words(), nullptr, size, common, absent_head};
        used_ += size + 1;
        return track;
    }

private:
    // 50 MB: a customer of so many changes, or a rule set of so many expressions, is evaluated step by step.
    static constexpr std::size_t most = 2'000'000, least = 2048;

    Traits* traits() const { return traits_ + used_; }
    template <class T>
    void move(T*& pieces, std::size_t capacity) {
        auto* const fresh = static_cast<T*>(arena_.allocate(capacity * sizeof(T), alignof(T)));
        if (size_ > 0) std::copy_n(pieces + used_, size_, fresh);
        pieces = fresh;
    }
    void make_room(std::size_t pieces) {
        check_interrupts();
        const std::size_t capacity = std::max(pieces, least);
        if ((total_ += capacity) > most) throw NoTrack{};
        move(at_, capacity);
        move(words_, capacity);
        move(traits_, capacity);
        capacity_ = capacity;
        used_ = 0;
    }

    Instant until_;
    Arena& arena_;
    Instant* at_ = nullptr;
    std::int64_t* words_ = nullptr;
    Traits* traits_ = nullptr;
    std::size_t capacity_ = 0, used_ = 0, size_ = 0, total_ = 0;
    bool mixed_ = false;  // pieces that were replaced count too
};

/// Walks the stretches on which neither track changes: f(begin, end, number of a's piece, of b's).
template <class F>
void walk(const Track& a, const Track& b, F f) {
    const Instant* x = a.at;
    const Instant* y = b.at;
    const Instant until = a.at[a.size];
    for (Instant t = *x;;) {
        const Instant x_end = x[1], y_end = y[1], end = std::min(x_end, y_end);
        f(t, end, std::size_t(x - a.at), std::size_t(y - b.at));
        if (end >= until) return;
        x += x_end == end ? 1 : 0;
        y += y_end == end ? 1 : 0;
        t = end;
    }
}

}  // namespace csagg
