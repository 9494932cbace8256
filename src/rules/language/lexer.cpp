#include "rules/language/lexer.hpp"

namespace csagg {
namespace {

constexpr std::string_view blanks = " \t\r\n";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0; }
bool is_name_part(char c) { return is_name_start(c) || is_digit(c); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; }

}  // namespace

void Lexer::advance() {
    position_ = std::min(text_.find_first_not_of(blanks, position_), text_.size());
    token_ = {TokenType::end, position_, {}};
    if (position_ == text_.size()) return;
    const char c = text_[position_];
    if (c == '\'') return read_quoted('\'', TokenType::text);
    if (c == '"') return read_quoted('"', TokenType::quoted_name);

    std::size_t end = position_ + 1;
    auto at = [&](std::size_t i) { return i < text_.size() ? text_[i] : '\0'; };
    if (is_name_start(c)) {
        token_.type = TokenType::name;
        while (is_name_part(at(end))) ++end;
    } else if (is_digit(c) || (c == '.' && is_digit(at(end)))) {
        token_.type = TokenType::number;
        while (is_digit(at(end)) || at(end) == '.') ++end;
        const bool exponent =
            lower(at(end)) == 'e' &&
            (is_digit(at(end + 1)) || ((at(end + 1) == '-' || at(end + 1) == '+') && is_digit(at(end + 2))));
        if (exponent)
            for (end += 2; is_digit(at(end));) ++end;
        if (is_name_start(at(end)))
            throw ExpressionError(Errc::invalid_text, position_, "a number ends in a letter",
                                  "Put a blank between them, as in 14 days.");
    } else {
        token_.type = TokenType::symbol;
        const std::string_view two = text_.substr(position_, 2);
        if (two == "<=" || two == ">=" || two == "<>" || two == "!=")
            ++end;
        else if (std::string_view("()+-*/=<>,@").find(c) == std::string_view::npos)
            throw ExpressionError(Errc::invalid_text, position_, std::string("unexpected character \"") + c + "\"",
                                  "Operators are + - * / = <> < <= > >= and, or, not, is, in, between, within, @.");
    }
    token_.text = text_.substr(position_, end - position_);
    position_ = end;
}

void Lexer::read_quoted(char quote, TokenType type) {
    // A quote inside is written twice; whoever uses the text takes one away.
    for (std::size_t end = position_ + 1;; ++end) {
        end = text_.find(quote, end);
        if (end == text_.npos)
            throw ExpressionError(Errc::invalid_text, position_, "quoted text has no end",
                                  "A quote inside is written twice.");
        if (end + 1 < text_.size() && text_[end + 1] == quote) {
            ++end;
            continue;
        }
        token_ = {type, position_, text_.substr(position_ + 1, end - position_ - 1)};
        position_ = end + 1;
        return;
    }
}

bool Lexer::at_word(std::string_view word) const {
    if (token_.type != TokenType::name || token_.text.size() != word.size()) return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (lower(token_.text[i]) != word[i]) return false;
    return true;
}

void Lexer::expect_word(std::string_view word, const char* hint) {
    if (!accept_word(word)) fail("\"" + std::string(word) + "\"", hint);
}

void Lexer::expect_symbol(std::string_view symbol, const char* hint) {
    if (!accept_symbol(symbol)) fail("\"" + std::string(symbol) + "\"", hint);
}

void Lexer::fail(const std::string& wanted, const std::string& hint) const {
    const std::string found = token_.type == TokenType::end ? "the end" : "\"" + excerpt(token_.text) + "\"";
    throw ExpressionError(Errc::invalid_text, token_.at, "expected " + wanted + " but found " + found, hint);
}

bool Lexer::symbol_follows(char symbol) const {
    const std::size_t next = text_.find_first_not_of(blanks, position_);
    return next != text_.npos && text_[next] == symbol;
}

}  // namespace csagg
