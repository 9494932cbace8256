#include "value/value.hpp"

#include "base/error.hpp"

namespace csagg {
namespace {

constexpr const char* kind_names[] = {"boolean", "number", "text", "date", "time"};

[[noreturn]] void throw_literal(Kind kind, std::string_view text) {
    throw Error(Errc::invalid_text,
                std::string("cannot read a ") + kind_name(kind) + " value at \"" + excerpt(text) + "\"");
}

void append_utf8(std::uint32_t c, String& out) {
    if (c < 0x80) {
        out.push_back(char(c));
    } else if (c < 0x800) {
        out.push_back(char(0xC0 | c >> 6));
        out.push_back(char(0x80 | (c & 0x3F)));
    } else {
        out.push_back(char(0xE0 | c >> 12));
        out.push_back(char(0x80 | (c >> 6 & 0x3F)));
        out.push_back(char(0x80 | (c & 0x3F)));
    }
}

/// Escapes are those of JSON; print_quoted writes \u only for control characters.
void unescape(std::string_view& rest, String& out) {
    const char c = rest.front();
    rest.remove_prefix(1);
    constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const auto i = letters.find(c); i != std::string_view::npos) {
        out.push_back(meanings[i]);
        return;
    }
    std::uint32_t code = 0;
    for (int i = 0; c == 'u' && i < 4 && !rest.empty(); ++i, rest.remove_prefix(1)) {
        const auto digit = std::string_view("0123456789abcdefABCDEF").find(rest.front());
        if (digit == std::string_view::npos) break;
        code = code * 16 + std::uint32_t(digit < 16 ? digit : digit - 6) + (i == 3 ? 0x10000 : 0);
    }
    code = code >= 0x10000 ? code - 0x10000 : 0;
    if (code == 0 || (code >= 0xD800 && code < 0xE000))
        throw Error(Errc::invalid_text, "unknown escape in quoted text");
    append_utf8(code, out);
}

}  // namespace

const char* kind_name(Kind kind) { return kind_names[std::size_t(kind) - 1]; }

bool is_kind(Byte code) { return code >= 1 && code <= std::size(kind_names); }

std::strong_ordering compare(const Value& a, const Value& b) {
    if (a.absent || b.absent) return int(!a.absent) <=> int(!b.absent);
    if (a.kind == Kind::number) return a.number() <=> b.number();
    if (a.kind == Kind::text) return a.text <=> b.text;
    return a.word <=> b.word;
}

void require_kind(Kind found, Kind wanted, const char* what) {
    if (found == wanted) return;
    throw Error(Errc::kind_mismatch,
                std::string(what) + " holds " + kind_name(found) + " values, not " + kind_name(wanted));
}

void print_value(const Value& value, String& out) {
    switch (value.kind) {
        case Kind::boolean: out += value.word != 0 ? "true" : "false"; break;
        case Kind::number: {
            char buffer[64];
            out.append(buffer, print(value.number(), buffer));
            break;
        }
        case Kind::text: out.append(value.text.data(), value.text.size()); break;
        case Kind::date: print_date(Date(value.word), out); break;
        case Kind::time: print_instant(value.word, out); break;
    }
}

void print_quoted(std::string_view text, String& out) {
    out.push_back('"');
    for (const char c : text) {
        constexpr std::string_view letters = "\"\\bfnrt", meanings = "\"\\\b\f\n\r\t";
        if (const auto i = meanings.find(c); i != std::string_view::npos) {
            out.push_back('\\');
            out.push_back(letters[i]);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            constexpr char hex[] = "0123456789abcdef";
            out += "\\u00";
            out.push_back(hex[c >> 4]);
            out.push_back(hex[c & 15]);
        } else {
            out.push_back(c);
        }
    }
    out.push_back('"');
}

std::string_view parse_quoted(std::string_view& text, Arena& arena) {
    if (!text.starts_with('"')) throw_literal(Kind::text, text);
    std::string_view rest = text.substr(1);
    String out(arena);
    for (;;) {
        const auto stop = rest.find_first_of("\"\\");
        if (stop == std::string_view::npos) throw Error(Errc::invalid_text, "quoted text has no end");
        out.append(rest.data(), stop);
        const char c = rest[stop];
        rest.remove_prefix(stop + 1);
        if (c == '"') break;
        if (rest.empty()) throw Error(Errc::invalid_text, "quoted text has no end");
        unescape(rest, out);
    }
    text = rest;
    auto* copy = static_cast<char*>(arena.allocate(out.size() + 1, 1));
    std::memcpy(copy, out.data(), out.size());
    return {copy, out.size()};
}

void print_literal(const Value& value, String& out) {
    if (value.absent)
        out += "null";
    else if (value.kind == Kind::text)
        print_quoted(value.text, out);
    else
        print_value(value, out);
}

Value parse_literal(Kind kind, std::string_view& text, Arena& arena) {
    auto accept = [&text](std::string_view token) {
        if (!text.starts_with(token)) return false;
        text.remove_prefix(token.size());
        return true;
    };
    if (accept("null")) return Value::none(kind);
    switch (kind) {
        case Kind::boolean:
            if (accept("true")) return Value::of(true);
            if (accept("false")) return Value::of(false);
            throw_literal(kind, text);
        case Kind::number: {
            const auto end = text.find_first_not_of("+-.0123456789eE");
            const std::string_view digits = text.substr(0, end);
            if (digits.empty()) throw_literal(kind, text);
            const Number number = Number::parse(digits);
            text.remove_prefix(digits.size());
            return Value::of(number);
        }
        case Kind::text: return Value::of(parse_quoted(text, arena));
        case Kind::date: return Value::of_date(parse_date(text));
        case Kind::time: return Value::of_time(parse_instant(text));
    }
    throw_literal(kind, text);
}

void print_json(const Value& value, String& out) {
    const bool bare = value.absent || value.kind == Kind::boolean || value.kind == Kind::number;
    if (!bare && value.kind != Kind::text) out.push_back('"');
    print_literal(value, out);
    if (!bare && value.kind != Kind::text) out.push_back('"');
}

}  // namespace csagg
