#include "timeline/timeline_text.hpp"

#include "base/interrupt.hpp"
#include "timeline/timeline_build.hpp"

#include <charconv>

namespace csagg {
namespace {

void print_seq(std::int64_t seq, String& out) {
    char buffer[24];
    out.append(buffer, std::size_t(std::to_chars(buffer, buffer + sizeof buffer, seq).ptr - buffer));
}

class Parser {
public:
    explicit Parser(std::string_view& text) : text_(text) {}

    void skip_blanks() {
        while (!text_.empty() && std::string_view(" \t\r\n").find(text_.front()) != std::string_view::npos)
            text_.remove_prefix(1);
    }
    bool accept(std::string_view token) {
        skip_blanks();
        if (!text_.starts_with(token)) return false;
        text_.remove_prefix(token.size());
        return true;
    }
    void expect(std::string_view token) {
        if (!accept(token)) fail("expected \"" + std::string(token) + "\"");
    }
    Kind kind() {
        for (const Kind kind : {Kind::boolean, Kind::number, Kind::text, Kind::date, Kind::time})
            if (accept(kind_name(kind))) return kind;
        fail("expected a kind (boolean, number, text, date or time)");
    }
    std::int64_t seq() {
        std::int64_t v = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), v);
        if (error != std::errc{}) fail("expected a bigint after \"#\"");
        text_.remove_prefix(std::size_t(end - text_.data()));
        return v;
    }
    Entry entry(Kind kind, Arena& arena) {
        Entry e{};
        skip_blanks();
        e.at = parse_instant(text_);
        check_instant(e.at);
        e.seq = accept("#") ? seq() : 0;
        expect("=");
        skip_blanks();
        e.value = parse_literal(kind, text_, arena);
        return e;
    }

private:
    [[noreturn]] void fail(const std::string& what) const {
        throw Error(Errc::invalid_text, "cannot read a timeline: " + what + " at \"" + excerpt(text_) + "\"",
                    "Write it as in number {2025-01-31 09:30:00+00 = 40, 2025-02-28 00:00:00+00 = null}.");
    }

    std::string_view& text_;
};

}  // namespace

void print_timeline(const Timeline& timeline, String& out) {
    out += kind_name(timeline.kind());
    if (timeline.known_from() != minus_infinity) {
        out += " known from ";
        print_instant(timeline.known_from(), out);
    }
    out += " {";
    Entries entries(out.get_stored_allocator().arena());
    timeline.read(entries);
    for (const Entry& e : entries) {
        if (&e != entries.data()) out += ", ";
        print_instant(e.at, out);
        if (e.seq != 0) {
            out += " #";
            print_seq(e.seq, out);
        }
        out += " = ";
        print_literal(e.value, out);
    }
    out += "}";
}

void parse_timeline_part(std::string_view& text, Bytes& out) {
    Arena& arena = out.get_stored_allocator().arena();
    Parser in(text);
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
    Parser(text).skip_blanks();
    if (!text.empty())
        throw Error(Errc::invalid_text, "junk after the timeline: \"" + excerpt(text) + "\"");
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
    Entries entries(out.get_stored_allocator().arena());
    timeline.read(entries);
    for (const Entry& e : entries) {
        if (&e != entries.data()) out += ", ";
        out += "{\"at\": ";
        print_quoted_instant(e.at);
        if (e.seq != 0) {
            out += ", \"seq\": ";
            print_seq(e.seq, out);
        }
        out += ", \"value\": ";
        print_json(e.value, out);
        out.push_back('}');
    }
    out += "]}";
}

}  // namespace csagg
