// The JSON document of a rule set: its members, read and checked but for the expressions, and its canonical text.
//
// The canonical text has every member in one order, facts by name, numbers and durations in one form, and leaves out
// what says the default. Two rule sets are equal if their canonical texts are.
#pragma once
#include "grid/calendar.hpp"
#include "history/history.hpp"
#include "rules/language/json.hpp"
#include "value/wide.hpp"

namespace csagg {

/// The number of a stage or band where there is none.
inline constexpr std::uint32_t none = ~std::uint32_t(0);

/// An expression as text, or a number that stands for itself. What is not given has no value.
struct Formula {
    const JsonValue* value = nullptr;

    bool given() const { return value != nullptr; }
};

/// How the score comes from the rules.
enum class Method : Byte { sum, weighted_mean };

struct Document {
    struct Fact {
        std::string_view name;
        FactKind kind;
        bool optional;
    };
    struct Definition {
        std::string_view name;
        Formula is;
    };
    struct Stage {
        std::string_view name;
        Formula when;
    };
    struct Rule {
        std::string_view name;
        std::uint64_t stages;  // bit i: applies in stage i
        Formula when, points;
        std::int64_t weight;  // in the mean, in millionths
        std::optional<Number> missing;
    };
    struct Band {
        std::string_view name;
        std::optional<Number> from;
    };
    struct Alert {
        std::string_view name;
        Formula when;
        std::optional<Span> hold, keep;  // "for", "keep_firing_for"
    };

    /// Errc::invalid_text, Errc::kind_mismatch and Errc::limit_exceeded, with line and column. `json` must outlive
    /// this.
    Document(const Json& json, Arena& arena);

    void print(String& out) const;

    const JsonValue* timezone = nullptr;
    bool optional = false;  // a fact may lack its column
    Vector<Fact> facts;     // by name
    Vector<Definition> definitions;
    Vector<Stage> stages;
    Formula exists;
    Method method = Method::sum;
    Number base;
    std::optional<Number> min, max;
    Vector<Rule> rules;
    Vector<Band> bands;
    Vector<Alert> alerts;
    Formula override_when, override_score;

    /// Within min and max.
    Number clamped(const Number& score) const {
        if (min && score < *min) return *min;
        if (max && *max < score) return *max;
        return score;
    }
    /// The same of an exact sum, which may be beyond them by more than a Number holds. Errc::out_of_range where nothing
    /// bounds it.
    Number clamped(const Wide& sum) const {
        if (min && sum.compare(*min) < 0) return *min;
        if (max && sum.compare(*max) > 0) return *max;
        return sum.to_number();
    }
    /// Its number, or none.
    std::uint32_t band_of(const Number& score) const {
        std::uint32_t band = none;
        for (std::uint32_t i = 0; i < bands.size() && (!bands[i].from || *bands[i].from <= score); ++i) band = i;
        return band;
    }

    static constexpr std::int64_t whole_weight = 1'000'000, max_weight = 1'000'000 * whole_weight;
    static constexpr std::size_t max_stages = 64, max_list = 1000, max_name_bytes = 200;
};

inline constexpr std::uint64_t all_stages = ~std::uint64_t(0);

}  // namespace csagg
