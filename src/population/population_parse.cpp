#include "population/population_text.hpp"

#include "base/interrupt.hpp"
#include "base/scanner.hpp"

namespace csagg {
namespace {

class PopulationScanner : public Scanner {
public:
    explicit PopulationScanner(std::string_view& text) : Scanner(text, "counts", "") {}

    /// An integer with a sign or without one.
    std::int64_t difference() {
        skip_blanks();
        if (text_.starts_with('+') && !text_.starts_with("+-")) text_.remove_prefix(1);
        return integer();
    }
    std::size_t bucket(std::size_t buckets) {
        const std::int64_t v = integer();
        if (v < 0 || std::uint64_t(v) >= buckets) fail("there is no bucket " + std::to_string(v) + " in the grid:");
        return std::size_t(v);
    }
    /// As PopulationHead keeps it: whether the kind is known.
    bool kind(Kind& kind) {
        if (accept("unknown")) return false;
        for (const Kind k : {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time})
            if (accept(kind_name(k))) {
                kind = k;
                return true;
            }
        fail("expected a kind (boolean, number, text, date or time)");
    }
    template <class Decimal>
    Decimal decimal(int most_digits) {
        skip_blanks();
        const bool negative = text_.starts_with('-');
        if (negative) text_.remove_prefix(1);
        Decimal v;
        int digits = 0;
        bool point = false;
        for (; !text_.empty(); text_.remove_prefix(1)) {
            const char c = text_.front();
            if (c == '.' && !point && digits > 0) {
                point = true;
                continue;
            }
            if (c < '0' || c > '9') break;
            if (++digits > most_digits || (point && ++v.scale > Decimal::max_scale)) fail("sum has too many digits");
            v.coefficient.multiply(10);
            v.coefficient.add(Int128(c - '0'));
        }
        if (digits == 0) fail("expected a sum");
        if (negative) v.negate();
        v.normalize();
        return v;
    }
};

void parse_kinds(PopulationScanner& in, PopulationHead& head) {
    const bool joint = head.form == Form::joint;
    head.arity = joint ? 0 : 1;
    if (head.form == Form::summary || !in.accept("of")) return;
    if (!joint) {
        head.known[0] = in.kind(head.kinds[0]);
        return;
    }
    in.expect("(");
    do {
        if (head.arity == max_members) in.fail("too many members");
        head.known[head.arity] = in.kind(head.kinds[head.arity]);
        ++head.arity;
    } while (in.accept(","));
    in.expect(")");
}

Cells::Id parse_value(PopulationScanner& in, std::string_view& text, std::size_t member, const PopulationHead& head,
                      Cells& cells, Arena& arena) {
    in.skip_blanks();
    const bool known = head.form == Form::summary || head.known[member];
    const Kind kind = head.form == Form::summary ? Kind::number : head.known[member] ? head.kinds[member] : Kind::text;
    const Value value = parse_literal(kind, text, arena);
    if (value.absent) return 0;
    if (!known) in.fail("value of unknown kind");
    return cells.value_id(value);
}

/// The counted id of what stands before "=".
Cells::Id parse_members(PopulationScanner& in, std::string_view& text, const PopulationHead& head, Cells& cells,
                        Arena& arena) {
    Cells::Id members[max_members] = {};
    if (head.form == Form::flows) {
        members[0] = parse_value(in, text, 0, head, cells, arena);
        in.expect("->");
        members[1] = parse_value(in, text, 0, head, cells, arena);
        if (members[0] == members[1]) in.fail("a move leads to another value;");
        return cells.pair_id(members[0], members[1]);
    }
    if (head.form == Form::joint) {
        in.expect("(");
        for (std::size_t m = 0; m < head.arity; ++m) {
            if (m > 0) in.expect(",");
            members[m] = parse_value(in, text, m, head, cells, arena);
        }
        in.expect(")");
        return cells.tuple_id({members, head.arity});
    }
    return parse_value(in, text, 0, head, cells, arena);
}

void parse_columns(PopulationScanner& in, std::string_view& text, const PopulationHead& head, Cells& cells,
                   Arena& arena) {
    if (in.accept("}")) return;
    std::size_t columns = 0;
    do {
        if (++columns % 1024 == 0) check_interrupts();
        const Cells::Id id = parse_members(in, text, head, cells, arena);
        if (id == 0) in.fail("absent values are not counted;");
        in.expect("=");
        do {
            const std::int64_t delta = in.difference();
            in.expect("@");
            cells.add_large(id, in.bucket(cells.buckets()), delta);
            in.skip_blanks();
        } while (!text.empty() && text.front() != ',' && text.front() != '}');
    } while (in.accept(","));
    in.expect("}");
}

void parse_sums(PopulationScanner& in, Cells& cells) {
    in.expect("sums");
    in.expect("{");
    if (in.accept("}")) return;
    do {
        Moment moment;
        moment.bucket = in.bucket(cells.buckets());
        in.expect("=");
        moment.sum = in.decimal<Wide>(72);
        moment.squares = in.decimal<WideSquare>(126);
        cells.add_moment(moment);
    } while (in.accept(","));
    in.expect("}");
}

}  // namespace

PopulationHead parse_population_head(std::string_view& text) {
    PopulationScanner in(text);
    PopulationHead head{};
    bool found = false;
    for (const Form form : {Form::distribution, Form::joint, Form::summary, Form::flows}) {
        if (found || !in.accept(form_name(form))) continue;
        head.form = form;
        found = true;
    }
    if (!found) in.fail("expected distribution, joint distribution, summary or flows");
    parse_kinds(in, head);
    in.expect("over");
    in.skip_blanks();
    const auto brace = text.find('{');
    if (brace == std::string_view::npos) in.fail("expected a grid and \"{\"");
    head.grid = text.substr(0, brace);
    while (head.grid.ends_with(' ')) head.grid.remove_suffix(1);
    text.remove_prefix(brace + 1);
    return head;
}

void parse_population_body(std::string_view text, const PopulationHead& head, Cells& cells, Arena& arena) {
    PopulationScanner in(text);
    if (head.form == Form::joint && head.arity > 0) cells.require_arity(head.arity);
    for (std::size_t m = 0; m < head.arity; ++m)
        if (head.known[m]) cells.require_kind(m, head.kinds[m]);
    parse_columns(in, text, head, cells, arena);
    if (head.form == Form::summary) parse_sums(in, cells);
    in.expect_end();
}

}  // namespace csagg
