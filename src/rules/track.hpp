// A track: an expression's values over a stretch of time, piece by piece. What whole-time evaluation computes with.
//
//   count(login, 14 days)        3----4----------3--2----
//   count(login, 14 days) >= 3   true---------------false
//
// A piece holds up to where the next begins. A number may be a line: word + slope x (number of the local day), in units
// of 10^-scale. A piece may have failed: then computing the value is an error (a division by zero), which is raised only
// if somebody needs it.
#pragma once
#include "base/interrupt.hpp"
#include "rules/lines.hpp"

namespace csagg {

enum class PieceState : Byte { value, absent, failed };

struct Piece {
    Instant at;
    std::int64_t word = 0;   // as in Value, of a line on day 0; of a text its number in the evaluation's list
    std::int32_t slope = 0;
    std::uint8_t scale = 0;
    PieceState state = PieceState::value;

    bool is_line() const { return slope != 0; }
    bool is_true() const { return state == PieceState::value && word != 0; }
    bool is_false() const { return state == PieceState::value && word == 0; }
    Number number() const { return {word, scale}; }
    Number number_on(std::int64_t day) const { return is_line() ? Number::normalized(word + slope * day, scale) : number(); }
    Piece starting(Instant t) const {
        Piece piece = *this;
        piece.at = t;
        return piece;
    }
    bool continues(const Piece& before) const {
        return word == before.word && slope == before.slope && scale == before.scale && state == before.state;
    }
};

/// What is too much for tracks, or not said exactly by them, is left to Evaluation.
struct NotLifted {};

/// At least one piece; the first begins where the evaluation does. Behind the last stands one that begins where it ends.
struct Track {
    const Piece* pieces = nullptr;
    std::size_t size = 0;
};

/// Memory for the pieces of all tracks, which are built one after the other.
class TrackBuilder {
public:
    TrackBuilder(Instant until, Arena& arena) : until_(until), arena_(arena) {}

    /// Begins a track that is likely to have at most so many pieces.
    void begin(std::size_t pieces) {
        check_interrupts();
        size_ = 0;
        if (pieces + 1 > capacity_ - used_) make_room(pieces + 1);
    }
    /// Pieces come in order. One at the instant of the last takes its place.
    void add(const Piece& piece) {
        if (size_ > 0) {
            if (first()[size_ - 1].at == piece.at) --size_;
            if (size_ > 0 && piece.continues(first()[size_ - 1])) return;
        }
        if (size_ + 1 >= capacity_ - used_) make_room(2 * (size_ + 1) + 1);
        first()[size_++] = piece;
    }
    Track finish() {
        first()[size_] = Piece{until_};
        const Track track{first(), size_};
        used_ += size_ + 1;
        return track;
    }

private:
    // 50 MB: a customer of so many changes, or a rule set of so many expressions, is evaluated step by step.
    static constexpr std::size_t most = 2'000'000, least = 2048;

    Piece* first() const { return pieces_ + used_; }
    void make_room(std::size_t pieces) {
        check_interrupts();
        const std::size_t capacity = std::max(pieces, least);
        if ((total_ += capacity) > most) throw NotLifted{};
        auto* const fresh = static_cast<Piece*>(arena_.allocate(capacity * sizeof(Piece), alignof(Piece)));
        if (size_ > 0) std::copy_n(first(), size_, fresh);
        pieces_ = fresh;
        capacity_ = capacity;
        used_ = 0;
    }

    Instant until_;
    Arena& arena_;
    Piece* pieces_ = nullptr;
    std::size_t capacity_ = 0, used_ = 0, size_ = 0, total_ = 0;
};

/// Walks the stretches on which none of the tracks changes: f(begin, end, piece of each ...).
template <class F>
void walk(Instant from, Instant until, const Track& a, const Track& b, F f) {
    const Piece *x = a.pieces, *y = b.pieces;
    for (Instant t = from;;) {
        const Instant x_end = x[1].at, y_end = y[1].at, end = std::min(x_end, y_end);
        f(t, end, *x, *y);
        if (end >= until) return;
        x += x_end == end ? 1 : 0;
        y += y_end == end ? 1 : 0;
        t = end;
    }
}

}  // namespace csagg
