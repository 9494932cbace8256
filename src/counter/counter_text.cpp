#include "counter/counter_text.hpp"

#include "base/interrupt.hpp"
#include "base/scanner.hpp"
#include "value/value.hpp"

namespace csagg {
namespace {

constexpr std::size_t most_integer_digits = 37;  // of max_rows x 10^18; with 36 fraction digits still below 2^256

bool total_is_rows(const Event& e) {
    return e.total.scale == 0 && e.total.coefficient == WideInteger<4>(Int128(e.rows));
}

class CounterScanner : public Scanner {
public:
    explicit CounterScanner(std::string_view& text)
        : Scanner(text, "a counter",
                  "Write it as in counter {2025-01-31 09:30:00+00, 2025-02-28 00:00:00+00 (3 events, total 12.5, "
                  "actors \"ann\")}.") {}

    Instant instant() {
        skip_blanks();
        const Instant at = parse_instant(text_);
        check_instant(at);
        return at;
    }
    void event(Events& events) {
        const Instant at = instant();
        std::int64_t rows = 1;
        Wide total;
        bool has_total = false;
        Vector<std::string_view> actors{Alloc<std::string_view>(events.arena())};
        if (accept("(")) {
            has_total = read_parts(rows, total, actors, events.arena());
            expect(")");
        }
        if (!has_total) total.coefficient = WideInteger<4>(Int128(rows));
        if (!is_reachable(rows, total)) fail("the total is larger than its number of events allows");
        events.add(at, rows, total, view(actors));
    }

private:
    bool at_digit() {
        skip_blanks();
        return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
    }
    /// 3 events, total 12.5, actors "ann" "bob": in this order, at least one of them. Whether there is a total.
    bool read_parts(std::int64_t& rows, Wide& total, Vector<std::string_view>& actors, Arena& arena) {
        const bool has_rows = at_digit();
        if (has_rows) {
            rows = integer();
            if (rows < 1 || rows > max_rows) fail("the number of events is out of range");
            if (!accept("events")) expect("event");
        }
        bool more = !has_rows || accept(",");
        const bool has_total = more && accept("total");
        if (has_total) {
            total = decimal();
            more = accept(",");
        }
        if (more) read_actors(actors, arena);
        return has_total;
    }
    Wide decimal() {
        skip_blanks();
        const bool negative = text_.starts_with('-');
        if (negative) text_.remove_prefix(1);
        Wide v;
        if (!at_digit()) fail("expected a number");
        if (digits(v) > most_integer_digits) fail("the total has too many digits");
        if (text_.starts_with('.')) {
            text_.remove_prefix(1);
            v.scale = std::int64_t(digits(v));
            if (v.scale == 0 || v.scale > Wide::max_scale)
                fail("the total has too many digits, or none, behind the point");
        }
        if (negative) v.negate();
        v.normalize();
        return v;
    }
    /// Appends digits to the coefficient; gives how many. What comes behind too many of them does not matter.
    std::size_t digits(Wide& v) {
        std::size_t n = 0;
        for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++n, text_.remove_prefix(1)) {
            v.coefficient.multiply(10);
            v.coefficient.add(Int128(text_.front() - '0'));
        }
        return n;
    }
    void read_actors(Vector<std::string_view>& actors, Arena& arena) {
        expect("actors");
        skip_blanks();
        do {
            actors.push_back(parse_quoted(text_, arena));
            skip_blanks();
        } while (text_.starts_with('"'));
    }
};

void print_event(const Events& events, const Event& e, String& out) {
    print_instant(e.at, out);
    const char* const none = " (";
    const char* separator = none;
    auto part = [&](const char* word) {
        out += separator;
        out += word;
        separator = ", ";
    };
    if (e.rows != 1) {
        part("");
        print_integer(e.rows, out);
        out += " events";
    }
    if (!total_is_rows(e)) {
        part("total ");
        e.total.print(out);
    }
    if (e.actor_count > 0) part("actors");
    for (const std::uint32_t actor : events.actors_of(e)) {
        out.push_back(' ');
        print_quoted(events.name(actor), out);
    }
    if (separator != none) out.push_back(')');
}

void print_quoted_instant(Instant at, String& out) {
    out.push_back('"');
    print_instant(at, out);
    out.push_back('"');
}

void print_event_json(const Events& events, const Event& e, String& out) {
    out += "{\"at\": ";
    print_quoted_instant(e.at, out);
    out += ", \"events\": ";
    print_integer(e.rows, out);
    out += ", \"total\": ";
    e.total.print(out);
    if (e.actor_count > 0) {
        out += ", \"actors\": ";
        char separator = '[';
        for (const std::uint32_t actor : events.actors_of(e)) {
            out.push_back(separator);
            print_quoted(events.name(actor), out);
            separator = ',';
        }
        out.push_back(']');
    }
    out.push_back('}');
}

template <class Print>
void print_list(const Events& events, String& out, Print print) {
    std::size_t n = 0;
    for (const Event& e : events.list()) {
        if (n > 0) out += ", ";
        if (++n % 4096 == 0) check_interrupts();
        print(events, e, out);
    }
}

}  // namespace

void print_counter(const Counter& counter, String& out) {
    Events events(out.get_allocator().arena());
    counter.read(events);
    out += "counter ";
    if (counter.known_from() != minus_infinity) {
        out += counter.forgotten() ? "forgotten before " : "known from ";
        print_instant(counter.known_from(), out);
        out.push_back(' ');
    }
    out.push_back('{');
    print_list(events, out, print_event);
    out.push_back('}');
}

void parse_counter_part(std::string_view& text, Bytes& out) {
    Events events(out.get_allocator().arena());
    CounterScanner in(text);
    in.expect("counter");
    Instant known_from = minus_infinity;
    const bool forgotten = in.accept("forgotten before");
    if (forgotten || in.accept("known from")) known_from = in.instant();
    if (forgotten && known_from == minus_infinity) in.fail("nothing lies before -infinity");
    events.forget_before(known_from, forgotten);
    in.expect("{");
    if (!in.accept("}")) {
        do {
            in.event(events);
            if (events.list().back().at < known_from) in.fail("an event lies before the horizon");
            if (events.list().size() % 4096 == 0) check_interrupts();
        } while (in.accept(","));
        in.expect("}");
    }
    encode_counter(events, out);
}

void parse_counter(std::string_view text, Bytes& out) {
    parse_counter_part(text, out);
    CounterScanner(text).expect_end();
}

void print_counter_json(const Counter& counter, String& out) {
    Events events(out.get_allocator().arena());
    counter.read(events);
    out.push_back('{');
    if (counter.known_from() != minus_infinity) {
        out += "\"known_from\": ";
        print_quoted_instant(counter.known_from(), out);
        out += counter.forgotten() ? ", \"forgotten\": true, " : ", \"forgotten\": false, ";
    }
    out += "\"events\": [";
    print_list(events, out, print_event_json);
    out += "]}";
}

}  // namespace csagg
