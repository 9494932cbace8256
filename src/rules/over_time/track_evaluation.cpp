#include "rules/over_time/track_evaluation_parts.hpp"

namespace csagg {

TrackEvaluation::TrackEvaluation(const Program& program, const Facts& facts, Windows& windows, Instant from,
                                 Instant until, Arena& arena)
    : program_(program),
      facts_(facts),
      windows_(windows),
      from_(from),
      until_(until),
      out_(until, arena),
      tracks_(program.nodes().list.size(), Track{}, Alloc<Track>(arena)),
      texts_(Alloc<std::string_view>(arena)) {}

Track TrackEvaluation::constant(const Piece& piece) {
    out_.begin(1);
    out_.add(piece.starting(from_));
    return out_.finish();
}

/// Without its instant.
Piece TrackEvaluation::piece_of(const Value& value) {
    Piece piece{from_, value.word, {0, value.scale, value.absent ? PieceState::absent : PieceState::value}};
    if (value.absent) {
        piece.word = 0;
    } else if (value.kind == Kind::text) {
        std::size_t text = texts_.size();
        while (text > 0 && texts_.size() - text < 8 && texts_[text - 1] != value.text) --text;
        if (text == 0 || texts_[text - 1] != value.text) {
            texts_.push_back(value.text);
            text = texts_.size();
        }
        piece.word = std::int64_t(text - 1);
    }
    return piece;
}

Track TrackEvaluation::compute(NodeId id) {
    const Node& node = program_[id];
    using enum PieceState;
    switch (node.op) {
        case Op::defined:
        case Op::constant: return constant(piece_of(node.constant));
        case Op::state:
        case Op::state_ago: return state(node);
        case Op::previous: return previous(node);
        case Op::lowest:
        case Op::highest: return extreme_of_window(node);
        case Op::mean: return mean(node);
        case Op::streak: return streak(node);
        case Op::changed_within: return changed_within(node);
        case Op::age: return age(node);
        case Op::count:
        case Op::sum:
        case Op::distinct:
        case Op::active_days: return window(node);
        case Op::first:
        case Op::last: return first_or_last(node);
        case Op::within: return within(node);
        case Op::days_until:
        case Op::days_since: return days_to(node);
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::divide: return arithmetic(node);
        case Op::negate:
            return map(argument(node, 0), [this](Instant, Instant, Piece piece) {
                piece.word = -piece.word;
                piece.traits.slope = -piece.traits.slope;
                out_.add(piece);
            });
        case Op::round: return round(node);
        case Op::abs: return magnitude(node);
        case Op::eq:
        case Op::ne:
        case Op::lt:
        case Op::le:
        case Op::gt:
        case Op::ge: return comparison(node);
        case Op::least:
        case Op::greatest: return extreme(node);
        case Op::all_of:
        case Op::any_of: {
            const std::int64_t decisive = node.op == Op::any_of ? 1 : 0;
            return fold(node, [decisive](const Piece& a, const Piece& b) {
                if (a.state() == failed || (a.state() == value && a.word == decisive)) return a;
                if (a.state() == value || b.state() == failed || (b.state() == value && b.word == decisive)) return b;
                return a;  // unknown
            });
        }
        case Op::coalesce:
            return fold(node, [](const Piece& a, const Piece& b) { return a.state() == absent ? b : a; });
        case Op::choose: return choose(argument(node, 0), argument(node, 1), argument(node, 2));
        case Op::nullif: return nullif(node);
        case Op::negation:
            return map(argument(node, 0), [this](Instant, Instant, Piece piece) {
                if (piece.state() == value) piece.word = piece.word == 0 ? 1 : 0;
                out_.add(piece);
            });
        case Op::is_null:
            return map(argument(node, 0), [this](Instant begin, Instant, const Piece& piece) {
                out_.add(piece.state() == failed ? piece : truth_at(begin, piece.state() == absent));
            });
        case Op::is_true:
        case Op::is_false:
            return map(argument(node, 0), [this, &node](Instant begin, Instant, const Piece& piece) {
                out_.add(piece.state() == failed
                             ? piece
                             : truth_at(begin, node.op == Op::is_true ? piece.is_true() : piece.is_false()));
            });
    }
    throw NoTrack{};
}

/// From left to right: f says which of the piece so far and the next argument's it is.
template <class F>
Track TrackEvaluation::fold(const Node& node, F f) {
    Track all = argument(node, 0);
    for (std::size_t i = 1; i < node.count; ++i) {
        const Track next = argument(node, i);
        out_.begin(all.size + next.size);
        walk(all, next, [&](Instant begin, Instant, std::size_t x, std::size_t y) {
            out_.add(f(all[x], next[y]).starting(begin));
        });
        all = out_.finish();
    }
    return all;
}

Track TrackEvaluation::choose(const Track& condition, const Track& a, const Track& b) {
    out_.begin(condition.size + a.size + b.size);
    std::size_t x = 0, y = 0;
    for (std::size_t i = 0; i < condition.size; ++i) {
        const Piece chosen = condition[i];
        const Instant begin = chosen.at, end = condition.at[i + 1];
        if (chosen.state() == PieceState::failed) {
            out_.add(chosen);
            continue;
        }
        const Track& from = chosen.is_true() ? a : b;
        std::size_t& j = chosen.is_true() ? x : y;
        while (from.at[j + 1] <= begin) ++j;
        out_.add(from[j].starting(begin));
        while (from.at[j + 1] < end) out_.add(from[++j]);
    }
    return out_.finish();
}

Track TrackEvaluation::nullif(const Node& node) {
    const Kind kind = Kind(program_[arguments(node)[0]].kind);
    const Track x = argument(node, 0), y = argument(node, 1);
    out_.begin(x.size + y.size);
    walk(x, y, [&](Instant begin, Instant end, std::size_t i, std::size_t j) {
        const Piece a = x[i], b = y[j];
        if (a.state() == PieceState::failed || b.state() == PieceState::failed) return out_.add(failed_at(begin));
        if (a.state() == PieceState::absent || b.state() == PieceState::absent) return out_.add(a.starting(begin));
        const auto add = [&](Instant t, bool equal) { out_.add(equal ? absent_at(t) : a.starting(t)); };
        if (kind == Kind::number) return compare(Op::eq, begin, end, a, b, add);
        add(begin, kind == Kind::text ? texts_[std::size_t(a.word)] == texts_[std::size_t(b.word)] : a.word == b.word);
    });
    return out_.finish();
}

}  // namespace csagg
