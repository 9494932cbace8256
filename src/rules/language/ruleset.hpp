// A rule set, compiled: its document, and the nodes of all its expressions. Equal parts of expressions are one node, so
// that what ten rules ask is computed once.
#pragma once
#include "grid/spec.hpp"
#include "rules/language/document.hpp"
#include "rules/language/expression.hpp"
#include "rules/language/fact_input.hpp"
#include "rules/language/sight.hpp"

namespace csagg {

inline constexpr NodeId no_node = ~NodeId(0);

/// What of a node an evaluation needs: little, so that a thousand rule sets that take turns are soon fetched.
struct Step {
    Op op;
    bool can_fail;
    Byte kind;
    std::int8_t digits;
    std::uint32_t first, count, fact, question;  // as Node's; of a constant `fact` is its own number
};

class Program {
public:
    Program(const Calendar& calendar, Arena& arena)
        : nodes_(arena),
          steps_(arena),
          constants_(arena),
          questions_(arena),
          exits_(arena),
          slots_(arena),
          days_(calendar),
          lookbacks_(calendar, arena),
          sight_(days_, arena) {}

    /// Takes over the last of `parsed` with all it needs; gives its number here. Names become what they stand for.
    NodeId take(const Nodes& parsed, std::span<const NodeId> definitions);
    Lookback lookback(const Span& length) { return lookbacks_.of(length); }

    const Nodes& nodes() const { return nodes_; }
    const Node& operator[](NodeId id) const { return nodes_.list[id]; }
    const Step& step(NodeId id) const { return steps_[id]; }
    std::span<const NodeId> arguments_of(const Step& step) const {
        return {nodes_.arguments.data() + step.first, step.count};
    }
    const Value& constant(const Step& step) const { return constants_[step.fact]; }
    const Span& window(const Step& step) const { return nodes_.list[std::size_t(&step - steps_.data())].window; }
    std::span<const Question> questions() const { return {questions_.data(), questions_.size()}; }
    std::span<const Exits> exits() const { return {exits_.data(), exits_.size()}; }
    const LocalDays& days() const { return days_; }
    /// For one who asks at one instant only: lasts until another asks about another instant.
    Sight& sight(Instant now) const {
        if (sight_.now() != now) sight_.move_to(now, nodes_, questions());
        return sight_;
    }
    void prefetch() const;

private:
    NodeId intern(Node node, std::span<const NodeId> arguments);
    bool equal(const Node& node, std::span<const NodeId> arguments, NodeId other) const;
    void enlarge();
    std::uint32_t exits(const Node& node, std::uint32_t of, const Span& length);
    Lookback lookback(const Node& node, const Span& length) {
        return node.calendar ? lookbacks_.period(length) : lookbacks_.of(length);
    }

    Nodes nodes_;
    Vector<Step> steps_;  // of each node
    Vector<Value> constants_;
    Vector<Question> questions_;
    Vector<Exits> exits_;
    Vector<NodeId> slots_;  // open addressing: number + 1, or 0
    LocalDays days_;
    Lookbacks lookbacks_;
    mutable Sight sight_;
};

class RuleSet {
public:
    struct Rule {
        std::string_view name;
        std::uint64_t stages;
        NodeId when, points;
        Number missing;                          // its points then
        bool leaves;                             // the mean, where it is missing
        std::int64_t weight;                     // whole numbers that are to one another as the weights are; 1 in a sum
        std::span<const std::uint32_t> defined;  // the definitions that it uses, also by way of others
        bool applies_in(std::size_t stage) const {
            return stages == all_stages || (stage < 64 && (stages >> stage & 1) != 0);
        }
    };
    struct Alert {
        std::string_view name;
        NodeId when;
        bool has_hold, has_keep;
        Lookback hold, keep;
    };

    /// Reads and compiles; `source` must outlive this. Errors as Document, and of expressions, with line and column.
    RuleSet(std::string_view source, CalendarSource calendars, Arena& arena);
    RuleSet(const RuleSet&) = delete;
    RuleSet& operator=(const RuleSet&) = delete;

    const Document& document() const { return document_; }
    const Program& program() const { return program_; }
    const Calendar& calendar() const { return *calendar_; }
    std::span<const NodeId> definitions() const { return {definitions_.data(), definitions_.size()}; }
    std::span<const NodeId> stages() const { return {stages_.data(), stages_.size()}; }  // no_node: always
    std::span<const Rule> rules() const { return {rules_.data(), rules_.size()}; }
    std::span<const Alert> alerts() const { return {alerts_.data(), alerts_.size()}; }
    NodeId exists() const { return exists_; }
    bool is_mean() const { return document_.method == Method::weighted_mean; }
    NodeId override_when() const { return override_when_; }
    NodeId override_score() const { return override_score_; }
    std::span<const std::uint32_t> override_defined() const { return override_defined_; }
    /// For each fact, what of it is looked at. Without an expression that says so, a customer exists from the first
    /// entry of any fact on.
    std::span<const Wanted> wanted() const { return {wanted_.data(), wanted_.size()}; }

    /// Whether an alert asks for a figure of the assessment.
    bool asks_figures() const { return asks_figures_; }

    /// What an assessment reads. Of a thousand rule sets that take turns none is in the caches when it is its turn, and
    /// while the facts are read there is time to fetch it.
    void prefetch() const;

private:
    const Calendar& find_calendar(CalendarSource calendars) const;
    static constexpr Kind any_kind = Kind(0);
    NodeId compile(const Formula& formula, Kind kind, Arena& arena);
    void define(const Document::Definition& definition, Arena& arena);
    void add_rule(const Document::Rule& rule, std::int64_t unit_of_weights, Arena& arena);
    void add_alert(const Document::Alert& alert, Arena& arena);
    /// The definitions that compile() met since this was called last, and those that they use.
    std::span<const std::uint32_t> take_used(Arena& arena);

    Json json_;
    Document document_;
    const Calendar* calendar_;
    Program program_;
    Declarations declarations_;
    Vector<NodeId> definitions_;
    Vector<std::span<const std::uint32_t>> definitions_used_;  // by each
    Vector<Byte> used_;                                        // see take_used()
    Vector<NodeId> stages_;
    Vector<Rule> rules_;
    Vector<Alert> alerts_;
    Vector<Wanted> wanted_;
    std::span<const std::uint32_t> override_defined_;
    bool asks_figures_ = false;
    NodeId exists_, override_when_ = no_node, override_score_ = no_node;
};

}  // namespace csagg
