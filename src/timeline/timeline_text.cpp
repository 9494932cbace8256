#include "timeline/timeline_text.hpp"

#include "base/interrupt.hpp"
#include "base/scanner.hpp"
#include "timeline/timeline_build.hpp"

namespace csagg {
namespace {

class TimelineScanner : public Scanner {
public:
    explicit TimelineScanner(std::string_view& text)
        : Scanner(text, "a timeline",
                  "Write it as in number {2025-01-31 09:30:00+00 = 40, 2025-02-28 00:00:00+00 = null}.") {}

    Kind kind() {
        for (const Kind kind : {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time})
            if (accept(kind_name(kind))) return kind;
        fail("expected a kind (boolean, number, text, date or time)");
    }
    Entry entry(Kind kind, Arena& arena) {
        Entry e{};
        skip_blanks();
        e.at = parse_instant(text_);
        check_instant(e.at);
        e.seq = accept("#") ? integer() : 0;
        expect("=");
        skip_blanks();
        e.value = parse_literal(kind, text_, arena);
        return e;
    }
};

}  // namespace

void print_timeline(const Timeline& timeline, String& out) {
    out += kind_name(timeline.kind());
    if (timeline.known_from() != minus_infinity) {
        out += " known from ";
        print_instant(timeline.known_from(), out);
    }
    out += " {";
    Entries entries(out.get_allocator().arena());
    timeline.read(entries);
    for (const Entry& e : entries) {
        if (&e != entries.data()) out += ", ";
        print_instant(e.at, out);
        if (e.seq != 0) {
            out += " #";
            print_integer(e.seq, out);
        }
        out += " = ";
        print_literal(e.value, out);
    }
    out += "}";
}

void parse_timeline_part(std::string_view& text, Bytes& out) {
    Arena& arena = out.get_allocator().arena();
    TimelineScanner in(text);
    const Kind kind = in.kind();
    Instant known_from = minus_infinity;
    if (in.accept("known from")) {
        in.skip_blanks();
        known_from = parse_instant(text);
        check_instant(known_from);
    }
    in.expect("{");
    Entries entries(arena);
    if (!in.accept("}")) {
        do {
            entries.push_back(in.entry(kind, arena));
            if (entries.size() % 4096 == 0) check_interrupts();
        } while (in.accept(","));
        in.expect("}");
    }
    sort_entries(entries);
    drop_before(entries, known_from);
    encode_timeline(kind, view(entries), known_from, out);
}

void parse_timeline(std::string_view text, Bytes& out) {
    parse_timeline_part(text, out);
    TimelineScanner(text).expect_end();
}

void print_timeline_json(const Timeline& timeline, String& out) {
    auto print_quoted_instant = [&out](Instant at) {
        out.push_back('"');
        print_instant(at, out);
        out.push_back('"');
    };
    out += "{\"kind\": \"";
    out += kind_name(timeline.kind());
    out += "\", ";
    if (timeline.known_from() != minus_infinity) {
        out += "\"known_from\": ";
        print_quoted_instant(timeline.known_from());
        out += ", ";
    }
    out += "\"entries\": [";
    Entries entries(out.get_allocator().arena());
    timeline.read(entries);
    for (const Entry& e : entries) {
        if (&e != entries.data()) out += ", ";
        out += "{\"at\": ";
        print_quoted_instant(e.at);
        if (e.seq != 0) {
            out += ", \"seq\": ";
            print_integer(e.seq, out);
        }
        out += ", \"value\": ";
        print_json(e.value, out);
        out.push_back('}');
    }
    out += "]}";
}

}  // namespace csagg
