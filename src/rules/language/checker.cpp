#include "rules/language/expression.hpp"

namespace csagg {
namespace {

constexpr Byte unknown = 0;

std::string name_of(Byte kind) { return kind == unknown ? "null" : kind_name(Kind(kind)); }

class Checker {
public:
    Checker(Nodes& nodes, const Declarations& facts) : nodes_(nodes), facts_(facts) {}

    void check(NodeId id) {
        Node& node = nodes_.list[id];
        switch (node.op) {
            case Op::constant: return;
            case Op::defined: return result(node, facts_.definitions[node.fact].kind);
            case Op::state:
            case Op::state_ago:
            case Op::lowest:
            case Op::highest:
            case Op::previous: node.kind = Byte(facts_.kind(node.fact)); return;
            case Op::first:
            case Op::last: node.kind = Byte(Kind::time); return;
            case Op::changed_within: node.kind = Byte(Kind::boolean); return;
            case Op::mean:
                if (facts_.kind(node.fact) != Kind::number)
                    fail(node, std::string("a mean is of numbers, not of a ") + kind_name(facts_.kind(node.fact)));
                return result(node, Kind::number);
            case Op::streak:
            case Op::age:
            case Op::count:
            case Op::sum:
            case Op::distinct:
            case Op::active_days: node.kind = Byte(Kind::number); return;
            case Op::within: require_day(node); return result(node, Kind::boolean);
            case Op::days_until:
            case Op::days_since: require_day(node); return result(node, Kind::number);
            case Op::negate:
            case Op::add:
            case Op::subtract:
            case Op::multiply:
            case Op::divide:
            case Op::round:
            case Op::abs: require_all(node, Kind::number); return result(node, Kind::number);
            case Op::eq:
            case Op::ne:
            case Op::lt:
            case Op::le:
            case Op::gt:
            case Op::ge:
                refuse_null(node);
                unify(node, 0);
                return result(node, Kind::boolean);
            case Op::is_null: return result(node, Kind::boolean);
            case Op::coalesce:
            case Op::nullif:
            case Op::least:
            case Op::greatest: node.kind = unify(node, 0); return;
            case Op::choose:
                require(node, 0, Kind::boolean);
                node.kind = unify(node, 1);
                return;
            case Op::negation:
            case Op::all_of:
            case Op::any_of:
            case Op::is_true:
            case Op::is_false: require_all(node, Kind::boolean); return result(node, Kind::boolean);
        }
    }

private:
    static const char* hint_for(Kind kind) {
        return kind == Kind::date ? "Write it as in '2026-12-01'." : "Write it as in '2026-12-01 09:30+00'.";
    }
    static void result(Node& node, Kind kind) { node.kind = Byte(kind); }
    NodeId& argument(const Node& node, std::size_t i) { return nodes_.arguments[node.first + i]; }
    Node& argument_node(const Node& node, std::size_t i) { return nodes_.list[argument(node, i)]; }

    [[noreturn]] static void fail(const Node& at, const std::string& message, const std::string& hint = {}) {
        throw ExpressionError(Errc::kind_mismatch, at.at, message, hint);
    }

    /// NULL, and a text that stands beside a date or time, become constants of the kind that is wanted.
    bool adapt(const Node& node, std::size_t i, Kind kind) {
        Node& operand = argument_node(node, i);
        if (operand.kind == Byte(kind)) return true;
        if (operand.op != Op::constant) return false;
        if (operand.kind == unknown) {
            operand.kind = Byte(kind);
            operand.constant = Value::none(kind);
            return true;
        }
        if (operand.kind != Byte(Kind::text) || (kind != Kind::date && kind != Kind::time)) return false;
        std::string_view text = operand.constant.text;
        try {
            operand.constant =
                kind == Kind::date ? Value::of_date(parse_date(text)) : Value::of_time(parse_instant(text));
        } catch (const Error& e) {
            throw ExpressionError(e.code(), operand.at, e.what(), hint_for(kind));
        }
        if (!text.empty())
            fail(operand, std::string("text behind the ") + kind_name(kind) + ": \"" + excerpt(text) + "\"");
        operand.kind = Byte(kind);
        return true;
    }

    void require(const Node& node, std::size_t i, Kind kind) {
        if (adapt(node, i, kind)) return;
        const Node& operand = argument_node(node, i);
        fail(operand, std::string("expected a ") + kind_name(kind) + " here, not a " + name_of(operand.kind));
    }
    void require_all(const Node& node, Kind kind) {
        for (std::size_t i = 0; i < node.count; ++i) require(node, i, kind);
    }
    void require_day(const Node& node) {
        const Node& operand = argument_node(node, 0);
        if (operand.kind != Byte(Kind::date) && operand.kind != Byte(Kind::time))
            fail(operand, "expected a date or a time here, not a " + name_of(operand.kind));
    }
    void refuse_null(const Node& node) {
        for (std::size_t i = 0; i < node.count; ++i)
            if (argument_node(node, i).kind == unknown)
                fail(argument_node(node, i), "a comparison with NULL is never true", "Write IS NULL or IS NOT NULL.");
    }

    /// The one kind of the arguments from the i-th on; texts and NULLs adapt themselves to the others.
    Byte unify(const Node& node, std::size_t from) {
        Byte kind = unknown;
        for (std::size_t i = from; i < node.count; ++i) {
            const Byte other = argument_node(node, i).kind;
            const bool stronger = kind == Byte(Kind::text) && (other == Byte(Kind::date) || other == Byte(Kind::time));
            if (kind == unknown || stronger) kind = other;
        }
        if (kind == unknown) fail(node, "cannot tell the kind of NULL here");
        for (std::size_t i = from; i < node.count; ++i)
            if (!adapt(node, i, Kind(kind)))
                fail(argument_node(node, i),
                     "a " + name_of(kind) + " and a " + name_of(argument_node(node, i).kind) + " do not go together",
                     "Compare what is of one kind.");
        return kind;
    }

    Nodes& nodes_;
    const Declarations& facts_;
};

}  // namespace

void check_kinds(Nodes& nodes, std::size_t begin, const Declarations& facts) {
    Checker checker(nodes, facts);
    for (std::size_t i = begin; i < nodes.list.size(); ++i) checker.check(NodeId(i));
}

}  // namespace csagg
