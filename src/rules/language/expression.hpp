// Expressions of the rule language as nodes in one flat list, arguments before those that use them.
//
// docs/rules.md has the grammar. Operators bind as in PostgreSQL. What can be said in other words is: x BETWEEN a AND b
// is x >= a AND x <= b, x IN (a, b) is x = a OR x = b.
#pragma once
#include "grid/calendar.hpp"
#include "history/history.hpp"
#include "rules/language/json.hpp"

namespace csagg {

enum class Op : Byte {
    constant,
    defined,  // a name, until it is taken over into a Program
    // of facts
    state,
    state_ago,
    previous,
    changed_within,
    age,
    lowest,
    highest,
    mean,
    count,
    sum,
    distinct,
    active_days,
    streak,
    first,
    last,
    // of dates and times
    within,
    days_until,
    days_since,
    // of numbers
    negate,
    add,
    subtract,
    multiply,
    divide,
    round,
    abs,
    // of anything
    eq,
    ne,
    lt,
    le,
    gt,
    ge,
    is_null,
    coalesce,
    nullif,
    choose,
    least,
    greatest,
    // of conditions
    negation,
    all_of,
    any_of,
    is_true,
    is_false,
};

inline bool is_fact(Op op) { return op >= Op::state && op <= Op::last; }
inline bool is_arithmetic(Op op) { return op >= Op::negate && op <= Op::abs; }
inline bool is_window(Op op) { return op >= Op::count && op <= Op::active_days; }

using NodeId = std::uint32_t;

struct Node {
    Op op = Op::constant;
    bool can_fail = false;    // whether computing it, or what it is computed from, can be an error; known in a Program
    bool calendar = false;    // window, and shift, are this period or the last one
    Byte kind = 0;            // a Kind, once it is checked; 0: the kind of NULL, which fits all
    std::int8_t digits = 0;   // of round()
    std::uint16_t depth = 1;  // of the tree below it
    std::uint32_t at = 0;     // byte of the expression's text
    std::uint32_t first = 0;  // its arguments, in the list's `arguments`
    std::uint32_t count = 0;
    std::uint32_t fact = 0;      // its number in the document, or that of a definition
    std::uint32_t question = 0;  // in Program, where it asks a fact; else that of the next that does
    Span window{}, shift{};      // shift: of '14 days ago'; all zero where there is none
    Value constant = Value::none(Kind::boolean);
};

inline bool has_length(const Span& span) { return !(span == Span{}); }

/// What went wrong at a place of the expression.
class ExpressionError : public Error {
public:
    ExpressionError(Errc code, std::size_t at, const std::string& message, const std::string& hint = {})
        : Error(code, message, hint), at_(at) {}
    std::size_t at() const { return at_; }

private:
    std::size_t at_;
};

struct Nodes {
    Vector<Node> list;
    Vector<NodeId> arguments;

    explicit Nodes(Arena& arena) : list(arena), arguments(arena) {}
    std::span<const NodeId> arguments_of(const Node& node) const { return {arguments.data() + node.first, node.count}; }
    /// Appends a node; Errc::limit_exceeded (54000) where the tree is deeper than max_depth or there are too many.
    NodeId add(Node node, std::span<const NodeId> its_arguments);

    static constexpr unsigned max_depth = 500;
    static constexpr std::size_t max_nodes = 100'000;
};

/// What of an assessment alerts may ask for as if it were a fact; numbered behind the facts, in this order.
enum class Figure : Byte { score, band, stage, coverage };
inline constexpr std::size_t figure_count = 4;
constexpr Kind kind_of(Figure figure) {
    return figure == Figure::band || figure == Figure::stage ? Kind::text : Kind::number;
}

/// Names and kinds of the declared facts.
class Declarations {
public:
    struct Fact {
        std::string_view name;
        FactKind kind;
    };
    struct Definition {
        std::string_view name;
        Kind kind;
        std::uint16_t depth;  // of its nodes
    };
    explicit Declarations(Arena& arena) : facts(arena), definitions(arena) {}
    /// The number of a definition, or how many there are.
    std::uint32_t find_definition(std::string_view name) const;
    /// ExpressionError with a hint for a name that is none.
    std::uint32_t find(std::string_view name, std::size_t at) const;
    bool has(std::string_view name) const {
        return place_of(name) < facts.size() || find_definition(name) < definitions.size();
    }
    bool is_counter(std::uint32_t fact) const { return fact < facts.size() && facts[fact].kind == FactKind::counter; }
    /// Of a state.
    Kind kind(std::uint32_t fact) const {
        return fact < facts.size() ? state_kind(facts[fact].kind) : kind_of(Figure(fact - facts.size()));
    }

    Vector<Fact> facts;  // by name
    Vector<Definition> definitions;
    bool has_figures = false;  // a fact of the same name goes before

private:
    std::uint32_t place_of(std::string_view name) const;
};

inline constexpr std::size_t max_expression_bytes = 10'000;
/// Of mean(x, n days).
inline constexpr std::int32_t max_mean_days = 1000;

/// Appends the nodes of `text` to `nodes` and gives the last, the whole. Texts of constants land in `arena`.
/// ExpressionError.
NodeId parse_expression(std::string_view text, const Declarations& facts, Nodes& nodes, Arena& arena);

/// Finds the kinds of the nodes from `begin` on, all of one expression. ExpressionError (Errc::kind_mismatch).
void check_kinds(Nodes& nodes, std::size_t begin, const Declarations& facts);

}  // namespace csagg
