// The facts of one customer, taken apart for evaluation.
#pragma once
#include "counter/counter_columns.hpp"
#include "history/history.hpp"
#include "rules/language/document.hpp"
#include "rules/language/expression.hpp"
#include "rules/language/fact_input.hpp"
#include "rules/language/sight.hpp"
#include "timeline/algebra.hpp"

namespace csagg {

/// A stretch that ends where the next begins; neighbours differ.
struct Run {
    Instant at;
    Value value;
};

struct StateData {
    explicit StateData(Arena& arena) : runs(arena) {}

    SmallVector<Run, 8> runs;  // the first is not absent, unless something was forgotten
    Instant known_from = minus_infinity;

    /// When a run began is not known where its beginning may have been forgotten.
    bool knows_begin(std::size_t run) const {
        return known_from == minus_infinity || run > 0 || runs[0].at > known_from;
    }
};

/// What is said of every instant in a stretch of time, but for the alerts.
struct Figures {
    explicit Figures(Arena& arena)
        : stage(Kind::text, arena),
          score(Kind::number, arena),
          band(Kind::text, arena),
          coverage(Kind::number, arena) {}

    Steps stage, score, band, coverage;
};

class Facts {
public:
    /// Reads of the facts what is wanted; with a sight, for questions about its instant alone. Errc::kind_mismatch for
    /// a value of another kind than the declared one; a text where a date or time is declared is read as one, and
    /// missing if it is none.
    Facts(std::span<const Document::Fact> declared, std::span<const FactInput> inputs, std::span<const Wanted> wanted,
          Arena& arena, const Sight* sight = nullptr);

    /// The figures as states: what they say before `until`. Once, and before anything is asked: states may move.
    void set_figures(const Figures& figures, Instant until);
    bool has_figures() const { return has_figures_; }

    const StateData& state(std::size_t fact) const { return states_[places_[fact]]; }
    const CounterColumns& counter(std::size_t fact) const { return counters_[places_[fact]]; }
    /// The first instant at which some fact has an entry or event; infinity if none has.
    Instant first_entry() const { return first_entry_; }

private:
    void add_figure(const Steps& steps, Instant until);
    void read_state(const Document::Fact& fact, const FactInput& input, std::optional<Instant> only_at, Arena& arena);
    void read_counter(const Document::Fact& fact, const FactInput& input, const Stretch& stretch, Arena& arena);

    SmallVector<std::uint32_t, 16> places_;
    SmallVector<StateData, 8> states_;
    SmallVector<CounterColumns, 4> counters_;
    bool has_figures_ = false;
    Instant first_entry_ = plus_infinity;
};

}  // namespace csagg
