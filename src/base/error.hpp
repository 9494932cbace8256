// The one exception type of the cores. postgres/boundary.hpp maps each code to its SQLSTATE.
#pragma once
#include "base/pure.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace csagg {

enum class Errc {
    invalid_parameter,  // 22023: an argument outside its domain
    null_not_allowed,   // 22004: NULL where a value is needed
    out_of_range,       // 22003: a number that does not fit
    datetime_overflow,  // 22008: an instant or date that does not fit
    division_by_zero,   // 22012
    kind_mismatch,      // 42804: number where text is held, ...
    invalid_text,       // 22P02: text form that cannot be read
    invalid_binary,     // 22P03: binary form that cannot be read
    limit_exceeded,     // 54000: larger than csagg or PostgreSQL can hold
    corrupt,            // XX001: stored bytes that are not what csagg wrote
    not_supported,      // 0A000
    undefined_column,   // 42703: a row lacks a column
};

class Error : public std::runtime_error {
public:
    Error(Errc code, const std::string& message, std::string hint = {}, std::string detail = {})
        : std::runtime_error(message), code_(code), hint_(std::move(hint)), detail_(std::move(detail)) {}

    Errc code() const noexcept { return code_; }
    const std::string& hint() const noexcept { return hint_; }
    const std::string& detail() const noexcept { return detail_; }

private:
    Errc code_;
    std::string hint_;
    std::string detail_;
};

/// How many bytes of a text are within a limit, with no character cut.
inline std::size_t utf8_within(std::string_view text, std::size_t limit) {
    std::size_t end = std::min(text.size(), limit);
    while (end > 0 && end < text.size() && (text[end] & 0xC0) == 0x80) --end;
    return end;
}
/// The same in the encoding of the texts at hand: whoever knows that it is another one puts a function here.
inline std::size_t (*text_within)(std::string_view, std::size_t) = utf8_within;

/// The beginning of what could not be read, to be quoted in a message: at most 40 bytes, no character cut.
inline std::string excerpt(std::string_view text) { return std::string(text.substr(0, text_within(text, 40))); }

}  // namespace csagg
