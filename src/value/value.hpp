// A value of a state: one of five kinds, or absent.
#pragma once
#include "base/memory.hpp"
#include "value/instant.hpp"
#include "value/number.hpp"

#include <compare>

namespace csagg {

enum class Kind : Byte { boolean = 1, number = 2, text = 3, date = 4, time = 5 };

/// 'boolean', 'number', 'text', 'date', 'time'.
const char* kind_name(Kind kind);
bool is_kind(Byte code);

/// A small view: text is not owned. `word` holds 0/1, the number's coefficient, the date, or the instant.
struct Value {
    Kind kind;
    bool absent = false;
    std::uint8_t scale = 0;
    std::int64_t word = 0;
    std::string_view text;

    static Value none(Kind kind) { return {kind, true, 0, 0, {}}; }
    static Value of(bool v) { return {Kind::boolean, false, 0, v ? 1 : 0, {}}; }
    static Value of(Number v) { return {Kind::number, false, v.scale, v.coefficient, {}}; }
    static Value of(std::string_view v) { return {Kind::text, false, 0, 0, v}; }
    static Value of_date(Date v) { return {Kind::date, false, 0, v, {}}; }
    static Value of_time(Instant v) { return {Kind::time, false, 0, v, {}}; }

    Number number() const { return {word, scale}; }
    bool is_true() const { return !absent && word != 0; }
};

/// The order of ranks: absent is lowest; text compares by bytes. Both sides are of one kind.
std::strong_ordering compare(const Value& a, const Value& b);
inline bool same(const Value& a, const Value& b) {
    return a.absent == b.absent && a.word == b.word && a.scale == b.scale && a.text == b.text;
}

/// Errc::kind_mismatch that names both kinds.
void require_kind(Kind found, Kind wanted, const char* what);

/// Plain text: true, 12.5, gold, 2025-01-31, 2025-01-31 09:30:00+00. Not for absent values.
void print_value(const Value& value, String& out);
/// As print_value; text is quoted as in JSON and absent is null.
void print_literal(const Value& value, String& out);
/// Reads print_literal's output and moves past it. Text lands in `arena`.
Value parse_literal(Kind kind, std::string_view& text, Arena& arena);

void print_quoted(std::string_view text, String& out);
std::string_view parse_quoted(std::string_view& text, Arena& arena);
/// A JSON rendering: numbers and booleans bare, the other kinds as strings, absent as null.
void print_json(const Value& value, String& out);

}  // namespace csagg
