#include "history/history_text.hpp"

#include "base/interrupt.hpp"
#include "base/sort.hpp"
#include "base/scanner.hpp"
#include "counter/counter_text.hpp"
#include "timeline/timeline_text.hpp"

namespace csagg {
namespace {

constexpr FactKind state_kinds[] = {FactKind::boolean, FactKind::number, FactKind::text, FactKind::date,
                                    FactKind::time};

class HistoryScanner : public Scanner {
public:
    explicit HistoryScanner(std::string_view& text)
        : Scanner(text, "a history",
                  "Write it as in {\"login\": counter {2025-01-31 09:30:00+00}, \"plan\": text {2025-01-31 00:00:00+00 "
                  "= \"gold\"}}.") {}

    std::string_view key(Arena& arena) {
        skip_blanks();
        if (!text_.starts_with('"')) fail("expected a quoted key");
        const std::string_view key = parse_quoted(text_, arena);
        check_key(key);
        return key;
    }
    void fact(Bytes& out) {
        skip_blanks();
        auto begins_with = [this](FactKind kind) { return text_.starts_with(kind_name(kind)); };
        if (begins_with(FactKind::counter))
            parse_counter_part(text_, out);
        else if (std::any_of(std::begin(state_kinds), std::end(state_kinds), begins_with))
            parse_timeline_part(text_, out);
        else
            fail("expected a kind (counter, boolean, number, text, date or time)");
    }
};

struct Place {
    std::string_view key;
    std::size_t begin, end;  // in the bytes of all facts
};

void write_history(Vector<Place>& places, const Bytes& facts, Instant known_from, Bytes& out) {
    auto before = [](const Place& a, const Place& b) { return a.key < b.key; };
    csagg::sort(places.begin(), places.end(), before);
    HistoryWriter writer(known_from, out.get_stored_allocator().arena());
    for (const Place& place : places) {
        if (&place != places.data() && (&place)[-1].key == place.key)
            throw Error(Errc::invalid_text, "cannot read a history: key \"" + excerpt(place.key) + "\" appears twice");
        const ByteSpan bytes = view(facts).subspan(place.begin, place.end - place.begin);
        writer.add({place.key, fact_kind_of(bytes), bytes});
    }
    writer.finish(out);
}

void print_quoted_instant(Instant at, String& out) {
    out.push_back('"');
    print_instant(at, out);
    out.push_back('"');
}

/// `"key": ` and what print_one(fact) writes, for each fact.
template <class Print>
void print_facts(const History& history, String& out, Print print_one) {
    out.push_back('{');
    for (std::size_t i = 0; i < history.size(); ++i) {
        if (i > 0) out += ", ";
        if (i % 1024 == 1023) check_interrupts();
        const Fact fact = history[i];
        print_quoted(fact.key, out);
        out += ": ";
        print_one(fact);
    }
    out.push_back('}');
}

}  // namespace

void print_history(const History& history, String& out) {
    if (history.known_from() != minus_infinity) {
        out += "known from ";
        print_instant(history.known_from(), out);
        out.push_back(' ');
    }
    print_facts(history, out, [&out](const Fact& fact) {
        if (fact.kind == FactKind::counter)
            print_counter(Counter(fact.bytes), out);
        else
            print_timeline(Timeline(fact.bytes), out);
    });
}

void parse_history(std::string_view text, Bytes& out) {
    Arena& arena = out.get_stored_allocator().arena();
    HistoryScanner in(text);
    Instant known_from = minus_infinity;
    if (in.accept("known from")) {
        in.skip_blanks();
        known_from = parse_instant(text);
        check_instant(known_from);
    }
    in.expect("{");
    Vector<Place> places{Alloc<Place>(arena)};
    Bytes facts{Alloc<Byte>(arena)};
    if (!in.accept("}")) {
        do {
            const std::string_view key = in.key(arena);
            in.expect(":");
            const std::size_t begin = facts.size();
            in.fact(facts);
            places.push_back({key, begin, facts.size()});
            if (places.size() % 1024 == 0) check_interrupts();
        } while (in.accept(","));
        in.expect("}");
    }
    in.expect_end();
    write_history(places, facts, known_from, out);
}

void print_history_json(const History& history, String& out) {
    out.push_back('{');
    if (history.known_from() != minus_infinity) {
        out += "\"known_from\": ";
        print_quoted_instant(history.known_from(), out);
        out += ", ";
    }
    out += "\"facts\": ";
    print_facts(history, out, [&out](const Fact& fact) {
        if (fact.kind == FactKind::counter)
            print_counter_json(Counter(fact.bytes), out);
        else
            print_timeline_json(Timeline(fact.bytes), out);
    });
    out.push_back('}');
}

}  // namespace csagg
