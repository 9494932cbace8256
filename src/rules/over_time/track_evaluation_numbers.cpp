#include "rules/over_time/track_evaluation_parts.hpp"

namespace csagg {

using enum PieceState;

namespace {

bool is_small(std::int64_t v) { return v > -1'000'000'000 && v < 1'000'000'000; }  // products have at most 18 digits

/// A line, or the number that it is where its slope is 0; false where it is too large to be exact.
bool make_line(Piece& piece, Int128 word, Int128 slope, int scale) {
    const Int128 unit = power_of_ten[scale];
    const auto within = [](Int128 v, Int128 limit) { return v <= limit && v >= -limit; };
    if (!within(word, max_line_value * unit) || !within(slope, max_slope * unit)) return false;
    piece.word = std::int64_t(word);
    piece.traits.slope = std::int32_t(slope);
    piece.traits.scale = std::uint8_t(scale);
    if (!piece.is_line()) {
        const Number number = Number::normalized(piece.word, scale);
        piece.word = number.coefficient;
        piece.traits.scale = number.scale;
    }
    return true;
}

}  // namespace

Piece TrackEvaluation::calculate(Op op, const Number& a, const Number& b, Instant at) {
    if (is_small(a.coefficient) && is_small(b.coefficient)) {
        if (op == Op::multiply && a.scale + b.scale <= 18)
            return number_at(at, Number::normalized(a.coefficient * b.coefficient, a.scale + b.scale));
        if (op == Op::add && a.scale == 0 && b.scale == 0) return {at, a.coefficient + b.coefficient};
        if (op == Op::subtract && a.scale == 0 && b.scale == 0) return {at, a.coefficient - b.coefficient};
    }
    if (op == Op::divide && b.coefficient == 0) return failed_at(at);
    try {
        switch (op) {
            case Op::add: return number_at(at, a + b);
            case Op::subtract: return number_at(at, a - b);
            case Op::multiply: return number_at(at, a * b);
            default: return number_at(at, divide(a, b));
        }
    } catch (const Error&) {
        return failed_at(at);
    }
}

Track TrackEvaluation::arithmetic(const Node& node) {
    const Track x = argument(node, 0), y = argument(node, 1);
    if (Track product; node.op == Op::multiply && (scale_by(x, y, product) || scale_by(y, x, product))) return product;
    out_.begin(x.size + y.size);
    walk(x, y, [&](Instant begin, Instant end, std::size_t i, std::size_t j) {
        const Piece a = x[i], b = y[j];
        if (a.state() != value) return out_.add(a.starting(begin));
        if (b.state() != value) return out_.add(b.starting(begin));
        if (!a.is_line() && !b.is_line()) return out_.add(calculate(node.op, a.number(), b.number(), begin));
        Piece line{begin};
        const int finer = std::max(a.scale(), b.scale()), product = a.scale() + b.scale();
        const auto up = [](std::int64_t v, int digits) { return Int128(v) * power_of_ten[digits]; };
        const int sign = node.op == Op::subtract ? -1 : 1;
        if ((node.op == Op::add || node.op == Op::subtract) && finer <= line_scale) {
            const int da = finer - a.scale(), db = finer - b.scale();
            if (make_line(line, up(a.word, da) + sign * up(b.word, db), up(a.slope(), da) + sign * up(b.slope(), db),
                          finer))
                return out_.add(line);
        }
        if (node.op == Op::multiply && a.is_line() != b.is_line() && product <= line_scale &&
            make_line(line, Int128(a.word) * b.word, Int128(a.slope()) * b.word + Int128(b.slope()) * a.word, product))
            return out_.add(line);
        add_daily(begin, end, [&](Instant t, std::int64_t day) {
            out_.add(calculate(node.op, a.number_on(day), b.number_on(day), t));
        });
    });
    return out_.finish();
}

Track TrackEvaluation::round(const Node& node) {
    return map(argument(node, 0), [&](Instant begin, Instant end, const Piece& piece) {
        // A line of such numbers stays as it is.
        if (piece.state() != value || piece.scale() <= node.digits) return out_.add(piece);
        const auto whole = [&](Instant t, const Number& number) {
            try {
                out_.add(number_at(t, rounded(number, node.digits)));
            } catch (const Error&) {
                out_.add(failed_at(t));
            }
        };
        if (!piece.is_line()) return whole(begin, piece.number());
        add_daily(begin, end, [&](Instant t, std::int64_t day) { whole(t, piece.number_on(day)); });
    });
}

Track TrackEvaluation::magnitude(const Node& node) {
    return map(argument(node, 0), [&](Instant begin, Instant end, const Piece& piece) {
        if (piece.state() != value) return out_.add(piece);
        compare(Op::lt, begin, end, piece, Piece{begin}, [&](Instant t, bool negative) {
            Piece part = piece.starting(t);
            if (negative) {
                part.word = -part.word;
                part.traits.slope = -part.traits.slope;
            }
            out_.add(part);
        });
    });
}

/// A track of numbers times one number, where the products are exact.
bool TrackEvaluation::scale_by(const Track& a, const Track& b, Track& product) {
    if (!a.is_uniform() || !b.is_uniform() || a.common.slope != 0 || b.common.slope != 0 || b.size != 1 ||
        a.common.scale + b.common.scale > 18)
        return false;
    const std::int64_t factor = b.words[0];
    const Uint128 bound = Uint128(a.find_bound()) * magnitude_of(factor);
    if (bound >= std::uint64_t(power_of_ten[18])) return false;
    out_.begin(a.size);
    std::int64_t* const words = out_.words();
    for (std::size_t i = 0; i < a.size; ++i) words[i] = a.words[i] * factor;
    product = out_.finish(a.size, {0, std::uint8_t(a.common.scale + b.common.scale)}, a.absent_head);
    product.at = a.at;
    product.bound = std::uint64_t(bound);
    return true;
}

/// A comparison of tracks that are uniform, of numbers that are not large.
bool TrackEvaluation::compare_uniform(Op op, const Track& a, const Track& b, Track& result) {
    if (!a.is_uniform() || !b.is_uniform()) return false;
    const int scale = std::max(a.common.scale, b.common.scale);
    const auto is_large = [](const Track& x) {
        return x.find_bound() > std::uint64_t(max_line_value * power_of_ten[x.common.scale]);
    };
    if (scale > line_scale || is_large(a) || is_large(b)) return false;
    const unsigned outcomes = outcomes_of(op);
    const std::int64_t up_a = power_of_ten[scale - a.common.scale], up_b = power_of_ten[scale - b.common.scale];
    const std::int64_t slope = a.common.slope * up_a - b.common.slope * up_b;
    out_.begin((slope == 0 ? 1 : 3) * (a.size + b.size));
    Instant* const at = out_.at();
    std::int64_t* const words = out_.words();
    std::size_t n = 0;
    std::int64_t last = -1;
    const auto add = [&](Instant t, bool truth) {
        if (last == std::int64_t(truth)) return;
        at[n] = t;
        words[n++] = last = truth ? 1 : 0;
    };
    const Instant present = std::max(a.at[a.head()], b.at[b.head()]);
    const bool absent_head = present > from_;
    if (absent_head) {
        at[0] = from_;
        words[0] = 0;
        n = 1;
    }
    if (slope == 0)
        walk(a, b, [&](Instant begin, Instant, std::size_t i, std::size_t j) {
            if (begin >= present) add(begin, holds(outcomes, a.words[i] * up_a, b.words[j] * up_b));
        });
    else if (b.size == 1 && (slope == 1 || slope == -1))
        // As in days_since(last(login)) > 14: most pieces end before their line gets there.
        for (std::size_t i = a.head(); i < a.size; ++i) {
            const std::int64_t difference = a.words[i] * up_a - b.words[0] * up_b;
            if (is_before_zero(-difference * slope, a.at[i + 1]))
                add(a.at[i], holds(outcomes, -slope, 0));
            else
                compare_line(outcomes, a.at[i], a.at[i + 1], difference, slope, add);
        }
    else
        walk(a, b, [&](Instant begin, Instant end, std::size_t i, std::size_t j) {
            if (begin >= present) compare_line(outcomes, begin, end, a.words[i] * up_a - b.words[j] * up_b, slope, add);
        });
    if (n == 0) return false;
    result = out_.finish(n, {}, absent_head);
    return true;
}

Track TrackEvaluation::comparison(const Node& node) {
    const Node& left = program_[arguments(node)[0]];
    const Node& right = program_[arguments(node)[1]];
    if (is_window(left.op) && left.op != Op::sum && right.op == Op::constant && !right.constant.absent &&
        node.op != Op::eq && node.op != Op::ne)
        return threshold(node, left, right.constant.number());
    if (Track result; compare_counts(node, result)) return result;
    const Kind kind = left.kind == 0 ? Kind(right.kind) : Kind(left.kind);
    const Track x = argument(node, 0), y = argument(node, 1);
    if (Track result; kind == Kind::number && compare_uniform(node.op, x, y, result)) return result;
    const unsigned outcomes = outcomes_of(node.op);
    out_.begin(x.size + y.size);
    walk(x, y, [&](Instant begin, Instant end, std::size_t i, std::size_t j) {
        const Piece a = x[i], b = y[j];
        if (a.state() != value) return out_.add(a.starting(begin));
        if (b.state() != value) return out_.add(b.starting(begin));
        const auto add = [this](Instant t, bool truth) { out_.add(truth_at(t, truth)); };
        if (kind == Kind::number) return compare(node.op, begin, end, a, b, add);
        const auto order =
            kind == Kind::text ? texts_[std::size_t(a.word)] <=> texts_[std::size_t(b.word)] : a.word <=> b.word;
        add(begin, holds(outcomes, order));
    });
    return out_.finish();
}

/// From left to right, the least (or greatest) so far and the next.
Track TrackEvaluation::extreme(const Node& node) {
    const Kind kind = Kind(node.kind);
    const Op keeps = node.op == Op::least ? Op::le : Op::ge;
    Track all = argument(node, 0);
    for (std::size_t i = 1; i < node.count; ++i) {
        const Track next = argument(node, i);
        out_.begin(all.size + next.size);
        walk(all, next, [&](Instant begin, Instant end, std::size_t x, std::size_t y) {
            const Piece a = all[x], b = next[y];
            if (a.state() == failed || b.state() == failed) return out_.add(failed_at(begin));
            if (a.state() == absent) return out_.add(b.starting(begin));
            if (b.state() == absent) return out_.add(a.starting(begin));
            const auto add = [&](Instant t, bool keep) { out_.add((keep ? a : b).starting(t)); };
            if (kind == Kind::number) return compare(keeps, begin, end, a, b, add);
            const auto order =
                kind == Kind::text ? texts_[std::size_t(a.word)] <=> texts_[std::size_t(b.word)] : a.word <=> b.word;
            add(begin, holds(outcomes_of(keeps), order));
        });
        all = out_.finish();
    }
    return all;
}

}  // namespace csagg
