// Reading the text forms: tokens with blanks before them, taken off the front of a string_view.
// Each reader derives from Scanner and adds the words of its own language.
#pragma once
#include "base/error.hpp"
#include "base/memory.hpp"

#include <charconv>

namespace csagg {

/// Appends an integer in decimal.
inline void print_integer(std::int64_t v, String& out) {
    char buffer[24];
    out.append(buffer, std::size_t(std::to_chars(buffer, buffer + sizeof buffer, v).ptr - buffer));
}

class Scanner {
public:
    /// `what` and `hint` are for messages: cannot read `what`: ...
    Scanner(std::string_view& text, const char* what, const char* hint) : text_(text), what_(what), hint_(hint) {}

    void skip_blanks() {
        while (!text_.empty() && blanks.find(text_.front()) != blanks.npos) text_.remove_prefix(1);
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
    std::int64_t integer() {
        skip_blanks();
        std::int64_t v = 0;
        const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), v);
        if (error != std::errc{}) fail("expected a bigint");
        text_.remove_prefix(std::size_t(end - text_.data()));
        return v;
    }
    /// Nothing but blanks is left.
    void expect_end() {
        skip_blanks();
        if (!text_.empty()) fail("junk after its end");
    }
    [[noreturn]] void fail(const std::string& why) const {
        throw Error(Errc::invalid_text,
                    std::string("cannot read ") + what_ + ": " + why + " at \"" + excerpt(text_) + "\"", hint_);
    }

protected:
    static constexpr std::string_view blanks = " \t\r\n";
    std::string_view& text_;

private:
    const char* what_;
    const char* hint_;
};

}  // namespace csagg
