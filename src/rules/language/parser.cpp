// Operators by precedence climbing (V. Pratt, "Top down operator precedence", 1973).
#include "rules/calendar/duration.hpp"
#include "rules/language/lexer.hpp"

#include <charconv>

namespace csagg {
namespace {

// How strongly operators bind, as in PostgreSQL; a left operand takes what binds at least so.
enum Strength { loosest, or_, and_, not_, is_, comparison_, between_, sum_, product_, sign_ };

struct Function {
    std::string_view name;
    Op op;
    std::uint32_t least, most;  // number of arguments; of a fact's function, its durations
};
constexpr std::uint32_t any_number = 1000;
constexpr Function value_functions[] = {
    {"coalesce", Op::coalesce, 1, any_number},
    {"least", Op::least, 1, any_number},
    {"greatest", Op::greatest, 1, any_number},
    {"round", Op::round, 1, 1},
    {"abs", Op::abs, 1, 1},
    {"if", Op::choose, 3, 3},
    {"nullif", Op::nullif, 2, 2},
    {"days_until", Op::days_until, 1, 1},
    {"days_since", Op::days_since, 1, 1},
};
constexpr Function fact_functions[] = {
    {"previous", Op::previous, 0, 0}, {"changed_within", Op::changed_within, 1, 1},
    {"age", Op::age, 0, 0},           {"lowest", Op::lowest, 1, 1},
    {"highest", Op::highest, 1, 1},   {"mean", Op::mean, 1, 1},
    {"count", Op::count, 0, 2},       {"sum", Op::sum, 0, 2},
    {"distinct", Op::distinct, 0, 2}, {"active_days", Op::active_days, 0, 2},
    {"streak", Op::streak, 0, 0},     {"first", Op::first, 0, 0},
    {"last", Op::last, 0, 0},
};

constexpr std::string_view words[] = {"and",   "or", "not",     "is",     "null", "true",
                                      "false", "in", "between", "within", "ago"};

class Parser {
public:
    Parser(std::string_view text, const Declarations& facts, Nodes& nodes, Arena& arena)
        : lexer_(text), facts_(facts), nodes_(nodes), arena_(arena) {}

    NodeId parse() {
        const NodeId whole = operand(loosest);
        if (lexer_.token().type != TokenType::end) lexer_.fail("an operator", "Conditions are joined by AND or OR.");
        return whole;
    }

private:
    // ---- operators

    /// A right side binds more strongly than its operator, so operands alone call themselves a few times only.
    NodeId operand(int strength) {
        NodeId left = prefix();
        bool compared = false;
        while (continued(left, strength, compared)) {
        }
        return left;
    }

    /// What stands in parentheses or behind NOT or a sign.
    NodeId inner(int strength) {
        if (++depth_ > max_nesting)
            throw ExpressionError(
                Errc::limit_exceeded, lexer_.token().at,
                "more than " + std::to_string(max_nesting) + " parentheses, functions, signs or NOT inside each other",
                "Write it as several rules.");
        const NodeId inside = operand(strength);
        --depth_;
        return inside;
    }

    NodeId prefix() {
        const std::size_t at = lexer_.token().at;
        if (lexer_.accept_word("not")) return add(Op::negation, at, {inner(not_)});
        if (lexer_.accept_symbol("+")) return inner(sign_);
        if (lexer_.accept_symbol("-")) return add(Op::negate, at, {inner(sign_)});
        return primary();
    }

    /// Takes the next operator with its right side, if it binds at least so strongly.
    bool continued(NodeId& left, int strength, bool& compared) {
        const std::size_t at = lexer_.token().at;
        if (strength <= or_ && lexer_.at_word("or")) return chain(left, Op::any_of, "or", or_);
        if (strength <= and_ && lexer_.at_word("and")) return chain(left, Op::all_of, "and", and_);
        if (strength <= is_ && lexer_.accept_word("is")) return left = is(left, at), true;
        if (strength <= comparison_ && comparison(left, compared)) return true;
        if (strength <= between_ && tested(left)) return true;
        if (strength <= sum_ && (lexer_.at_symbol("+") || lexer_.at_symbol("-")))
            return binary(left, lexer_.at_symbol("+") ? Op::add : Op::subtract, product_);
        if (strength <= product_ && (lexer_.at_symbol("*") || lexer_.at_symbol("/")))
            return binary(left, lexer_.at_symbol("*") ? Op::multiply : Op::divide, sign_);
        return false;
    }

    bool binary(NodeId& left, Op op, int right_strength) {
        const std::size_t at = lexer_.token().at;
        lexer_.advance();
        const NodeId right = operand(right_strength);
        left = add(op, at, {left, right});
        return true;
    }

    /// a AND b AND c as one node.
    bool chain(NodeId& left, Op op, std::string_view word, int strength) {
        const std::size_t at = lexer_.token().at;
        SmallVector<NodeId, 16> operands(arena_);
        operands.push_back(left);
        while (lexer_.accept_word(word)) operands.push_back(operand(strength + 1));
        left = add(op, at, view(operands));
        return true;
    }

    NodeId is(NodeId left, std::size_t at) {
        const bool negated = lexer_.accept_word("not");
        Op op = Op::is_null;
        if (lexer_.accept_word("true"))
            op = Op::is_true;
        else if (lexer_.accept_word("false"))
            op = Op::is_false;
        else
            lexer_.expect_word("null", "After IS comes NULL, TRUE or FALSE, or NOT and one of them.");
        const NodeId result = add(op, at, {left});
        return negated ? add(Op::negation, at, {result}) : result;
    }

    bool comparison(NodeId& left, bool& compared) {
        constexpr struct {
            std::string_view symbol;
            Op op;
        } symbols[] = {{"=", Op::eq},  {"<>", Op::ne}, {"!=", Op::ne}, {"<", Op::lt},
                       {"<=", Op::le}, {">", Op::gt},  {">=", Op::ge}};
        for (const auto& known : symbols) {
            if (!lexer_.at_symbol(known.symbol)) continue;
            if (compared) lexer_.fail("AND or OR", "Comparisons do not chain: write a < b AND b < c.");
            compared = true;
            return binary(left, known.op, between_);
        }
        return false;
    }

    /// [NOT] BETWEEN, [NOT] IN, WITHIN.
    bool tested(NodeId& left) {
        const std::size_t at = lexer_.token().at;
        if (lexer_.accept_word("within")) {
            Node node{.op = Op::within, .at = std::uint32_t(at)};
            node.window = duration();
            return left = nodes_.add(node, std::span(&left, 1)), true;
        }
        const bool negated = lexer_.accept_word("not");
        NodeId result = 0;
        if (lexer_.accept_word("between")) {
            const NodeId low = operand(sum_);
            lexer_.expect_word("and", "Write it as in x BETWEEN 1 AND 5.");
            const NodeId high = operand(sum_);
            const NodeId above = add(Op::ge, at, {left, low}), below = add(Op::le, at, {left, high});
            result = add(Op::all_of, at, {above, below});
        } else if (lexer_.accept_word("in")) {
            lexer_.expect_symbol("(", "Write it as in plan IN ('gold', 'silver').");
            SmallVector<NodeId, 16> equal(arena_);
            do {
                const NodeId value = inner(loosest);
                equal.push_back(add(Op::eq, at, {left, value}));
            } while (lexer_.accept_symbol(","));
            lexer_.expect_symbol(")", "Write it as in plan IN ('gold', 'silver').");
            result = equal.size() == 1 ? equal[0] : add(Op::any_of, at, view(equal));
        } else if (negated) {
            lexer_.fail("BETWEEN or IN");
        } else {
            return false;
        }
        left = negated ? add(Op::negation, at, {result}) : result;
        return true;
    }

    // ---- what operators stand between

    NodeId primary() {
        const Token token = lexer_.token();
        switch (token.type) {
            case TokenType::number: return lexer_.advance(), number(token);
            case TokenType::text: return lexer_.advance(), constant(token.at, Value::of(unquoted(token.text, '\'')));
            case TokenType::quoted_name: return lexer_.advance(), quoted_state(unquoted(token.text, '"'), token.at);
            case TokenType::name: return named(token);
            default: break;
        }
        if (!lexer_.accept_symbol("("))
            lexer_.fail("a value",
                        "A value is a fact, a number, a 'text', a function, or an expression in parentheses.");
        const NodeId inside = inner(loosest);
        lexer_.expect_symbol(")", "A parenthesis is still open.");
        return inside;
    }

    NodeId named(const Token& token) {
        if (lexer_.accept_word("true")) return constant(token.at, Value::of(true));
        if (lexer_.accept_word("false")) return constant(token.at, Value::of(false));
        if (lexer_.accept_word("null")) return constant(token.at, Value::none(Kind::boolean));
        for (const std::string_view word : words)
            if (lexer_.at_word(word)) lexer_.fail("a value", "A fact of such a name is written in double quotes.");
        const bool is_call = lexer_.symbol_follows('(');
        for (const Function& f : value_functions)
            if (is_call && lexer_.at_word(f.name)) return lexer_.advance(), value_call(f, token.at);
        for (const Function& f : fact_functions)
            if (is_call && lexer_.at_word(f.name)) return lexer_.advance(), fact_call(f, token.at);
        if (is_call)
            throw ExpressionError(
                Errc::invalid_text, token.at, "there is no function " + excerpt(token.text),
                "Functions are abs, active_days, age, changed_within, coalesce, count, days_since, days_until, "
                "distinct, first, greatest, highest, if, last, least, lowest, mean, nullif, previous, round, streak, "
                "sum.");
        const bool date = lexer_.at_word("date"), time = lexer_.at_word("time");
        lexer_.advance();
        if ((date || time) && lexer_.token().type == TokenType::text)
            return literal(date ? Kind::date : Kind::time, token.at);
        return state(token.text, token.at);
    }

    /// date '2026-12-01', time '2026-12-01 09:30+00'
    NodeId literal(Kind kind, std::size_t at) {
        std::string_view text = lexer_.token().text;
        try {
            const Value value =
                kind == Kind::date ? Value::of_date(parse_date(text)) : Value::of_time(parse_instant(text));
            if (!text.empty()) lexer_.fail(std::string("a ") + kind_name(kind));
            lexer_.advance();
            return constant(at, value);
        } catch (const ExpressionError&) {
            throw;
        } catch (const Error& e) {
            throw ExpressionError(e.code(), lexer_.token().at, e.what(), e.hint());
        }
    }

    NodeId number(const Token& token) {
        try {
            return constant(token.at, Value::of(Number::parse(token.text)));
        } catch (const Error& e) {
            throw ExpressionError(e.code(), token.at, e.what(), e.hint());
        }
    }

    /// A fact in double quotes; whoever writes a text so is told.
    NodeId quoted_state(std::string_view name, std::size_t at) {
        try {
            return state(name, at);
        } catch (const ExpressionError& e) {
            if (facts_.has(name)) throw;
            throw ExpressionError(e.code(), at, e.what(),
                                  "A text stands in single quotes, a fact in double ones. " + e.hint());
        }
    }

    /// A definition; a state: its name, or its name and '@ 30 days ago'.
    NodeId state(std::string_view name, std::size_t at) {
        if (const std::uint32_t i = facts_.find_definition(name); i < facts_.definitions.size()) {
            if (lexer_.at_symbol("@")) throw_defined(name, lexer_.token().at);
            return nodes_.add(
                {.op = Op::defined, .depth = facts_.definitions[i].depth, .at = std::uint32_t(at), .fact = i}, {});
        }
        Node node{.op = Op::state, .at = std::uint32_t(at), .fact = facts_.find(name, at)};
        require_state(node, name, at);
        if (lexer_.accept_symbol("@")) {
            node.op = Op::state_ago;
            node.window = duration();
            lexer_.expect_word("ago", "Write it as in plan @ 30 days ago.");
        }
        return nodes_.add(node, {});
    }

    [[noreturn]] static void throw_defined(std::string_view name, std::size_t at) {
        throw ExpressionError(Errc::invalid_text, at, "\"" + excerpt(name) + "\" is a definition, not a fact",
                              "What looks back asks facts: write it into the definition.");
    }

    void require_state(const Node& node, std::string_view name, std::size_t at) const {
        if (!facts_.is_counter(node.fact)) return;
        throw ExpressionError(Errc::kind_mismatch, at,
                              "\"" + excerpt(name) + "\" is a counter, which has no value of its own",
                              "Say what is counted, as in count(" + excerpt(name) + ", 14 days).");
    }

    NodeId value_call(const Function& f, std::size_t at) {
        lexer_.expect_symbol("(", "");
        SmallVector<NodeId, 8> arguments(arena_);
        Node node{.op = f.op, .at = std::uint32_t(at)};
        arguments.push_back(inner(loosest));
        while (lexer_.at_symbol(",") && arguments.size() < f.most) {
            lexer_.advance();
            arguments.push_back(inner(loosest));
        }
        if (f.op == Op::round && lexer_.accept_symbol(",")) node.digits = digits();
        if (arguments.size() < f.least)
            lexer_.fail("\",\"", std::string(f.name) + " takes " + std::to_string(f.least) + " arguments.");
        lexer_.expect_symbol(")", "An argument ends in a comma or a closing parenthesis.");
        return nodes_.add(node, view(arguments));
    }

    /// The number of fraction digits of round().
    std::int8_t digits() {
        const bool negative = lexer_.accept_symbol("-");
        const Token token = lexer_.token();
        int value = 0;
        const auto [end, failure] = std::from_chars(token.text.data(), token.text.data() + token.text.size(), value);
        if (token.type != TokenType::number || failure != std::errc{} || end != token.text.data() + token.text.size() ||
            value > 36)
            lexer_.fail("a number of digits", "Write it as in round(x, 2).");
        lexer_.advance();
        return std::int8_t(negative ? -value : value);
    }

    NodeId fact_call(const Function& f, std::size_t at) {
        lexer_.expect_symbol("(", "");
        const Token token = lexer_.token();
        if (token.type != TokenType::name && token.type != TokenType::quoted_name) lexer_.fail("the name of a fact");
        const std::string_view name = token.type == TokenType::name ? token.text : unquoted(token.text, '"');
        lexer_.advance();
        if (facts_.find_definition(name) < facts_.definitions.size()) throw_defined(name, token.at);
        Node node{.op = f.op, .at = std::uint32_t(at), .fact = facts_.find(name, token.at)};
        if (f.op < Op::count)
            require_state(node, name, token.at);
        else if (!facts_.is_counter(node.fact))
            throw ExpressionError(Errc::kind_mismatch, token.at, "\"" + excerpt(name) + "\" is not a counter",
                                  std::string(f.name) + " is of counters.");
        if (f.most >= 1 && (f.least > 0 || lexer_.at_symbol(","))) {
            lexer_.expect_symbol(",", "Say how long, as in 14 days.");
            if (is_window(f.op) && (lexer_.at_word("this") || lexer_.at_word("last")))
                period(node);
            else
                node.window = f.op == Op::mean ? whole_days() : duration();
        }
        if (f.most >= 2 && !node.calendar && lexer_.accept_symbol(",")) {
            node.shift = duration();
            lexer_.expect_word("ago", "Write it as in count(login, 14 days, 14 days ago).");
        }
        lexer_.expect_symbol(")", "An argument ends in a comma or a closing parenthesis.");
        return nodes_.add(node, {});
    }

    Span whole_days() {
        const std::size_t at = lexer_.token().at;
        const Span span = duration();
        if (span.months != 0 || span.micros != 0 || span.days > max_mean_days)
            throw ExpressionError(Errc::invalid_parameter, at,
                                  "a mean is of up to " + std::to_string(max_mean_days) + " whole days",
                                  "Write it as in mean(seats, 30 days).");
        return span;
    }

    /// this month, last quarter
    void period(Node& node) {
        constexpr const char* hint = "Write it as in this month; periods are day, week, month, quarter and year.";
        node.calendar = true;
        const bool is_last = lexer_.at_word("last");
        lexer_.advance();
        const std::string_view unit = lexer_.token().text;
        const auto span =
            lexer_.token().type == TokenType::name && !unit.ends_with('s') ? duration_of(1, unit) : std::nullopt;
        if (!span || span->micros != 0) lexer_.fail("a period", hint);
        lexer_.advance();
        node.window = *span;
        if (is_last) node.shift = *span;
    }

    /// 14 days
    Span duration() {
        constexpr const char* hint = "Write it as in 14 days, 36 hours or 3 months.";
        const Token number = lexer_.token();
        std::int64_t count = 0;
        const auto [end, failure] = std::from_chars(number.text.data(), number.text.data() + number.text.size(), count);
        if (number.type != TokenType::number || failure != std::errc{} ||
            end != number.text.data() + number.text.size())
            lexer_.fail("a duration", hint);
        lexer_.advance();
        if (lexer_.token().type != TokenType::name) lexer_.fail("a unit of time", hint);
        std::optional<Span> span;
        try {
            span = duration_of(count, lexer_.token().text);
        } catch (const Error& e) {
            throw ExpressionError(e.code(), number.at, e.what(), e.hint());
        }
        if (!span) lexer_.fail("a unit of time", hint);
        lexer_.advance();
        return *span;
    }

    NodeId constant(std::size_t at, const Value& value) {
        return nodes_.add(
            {.kind = value.absent ? Byte(0) : Byte(value.kind), .at = std::uint32_t(at), .constant = value}, {});
    }
    NodeId add(Op op, std::size_t at, std::initializer_list<NodeId> arguments) {
        return add(op, at, std::span(arguments.begin(), arguments.size()));
    }
    NodeId add(Op op, std::size_t at, std::span<const NodeId> arguments) {
        return nodes_.add({.op = op, .at = std::uint32_t(at)}, arguments);
    }

    /// A copy in which a quote written twice is one.
    std::string_view unquoted(std::string_view text, char quote) {
        auto* copy = static_cast<char*>(arena_.allocate(text.size() + 1, 1));
        std::size_t size = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            copy[size++] = text[i];
            if (text[i] == quote) ++i;
        }
        return {copy, size};
    }

    static constexpr unsigned max_nesting = 200;

    Lexer lexer_;
    const Declarations& facts_;
    Nodes& nodes_;
    Arena& arena_;
    unsigned depth_ = 0;
};

}  // namespace

NodeId Nodes::add(Node node, std::span<const NodeId> its_arguments) {
    node.first = std::uint32_t(arguments.size());
    node.count = std::uint32_t(its_arguments.size());
    for (const NodeId argument : its_arguments)
        node.depth = std::max<std::uint16_t>(node.depth, list[argument].depth + 1);
    if (node.depth > max_depth)
        throw ExpressionError(Errc::limit_exceeded, node.at,
                              "more than " + std::to_string(max_depth - 1) + " operators that build on one another",
                              "Write it as several rules, or in groups: (a + b) + (c + d).");
    if (list.size() == max_nodes)
        throw ExpressionError(Errc::limit_exceeded, node.at, "rule set has too many operators and operands");
    arguments.insert(arguments.end(), its_arguments.begin(), its_arguments.end());
    list.push_back(node);
    return NodeId(list.size() - 1);
}

constexpr std::string_view figure_names[figure_count] = {"score", "band", "stage", "coverage"};

std::uint32_t Declarations::place_of(std::string_view name) const {
    const auto found = std::lower_bound(facts.begin(), facts.end(), name,
                                        [](const Fact& f, std::string_view n) { return f.name < n; });
    return found != facts.end() && found->name == name ? std::uint32_t(found - facts.begin())
                                                       : std::uint32_t(facts.size());
}

std::uint32_t Declarations::find_definition(std::string_view name) const {
    return std::uint32_t(std::ranges::find(definitions, name, &Definition::name) - definitions.begin());
}

std::uint32_t Declarations::find(std::string_view name, std::size_t at) const {
    if (const std::uint32_t place = place_of(name); place < facts.size()) return place;
    const auto figure = std::uint32_t(std::ranges::find(figure_names, name) - figure_names);
    if (figure < figure_count) {
        if (has_figures) return std::uint32_t(facts.size()) + figure;
        throw ExpressionError(
            Errc::invalid_text, at, "only an alert can ask for the " + std::string(name),
            "The score comes from rules, stages and override. A fact of that name is to be declared in \"facts\".");
    }
    std::string known;
    for (const Fact& fact : facts)
        if (known.size() < 150) known += (known.empty() ? "" : ", ") + excerpt(fact.name);
    throw ExpressionError(Errc::invalid_text, at, "fact \"" + excerpt(name) + "\" is not declared",
                          known.empty() ? "Declare it in \"facts\"." : "Declared in \"facts\": " + known + ".");
}

NodeId parse_expression(std::string_view text, const Declarations& facts, Nodes& nodes, Arena& arena) {
    if (text.size() > max_expression_bytes)
        throw ExpressionError(Errc::limit_exceeded, 0,
                              "expression has " + std::to_string(text.size()) + " bytes, the limit is " +
                                  std::to_string(max_expression_bytes));
    return Parser(text, facts, nodes, arena).parse();
}

}  // namespace csagg
