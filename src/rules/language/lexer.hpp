// The words of an expression.
#pragma once
#include "rules/language/expression.hpp"

namespace csagg {

enum class TokenType : Byte { end, name, quoted_name, number, text, symbol };

struct Token {
    TokenType type = TokenType::end;
    std::size_t at = 0;
    std::string_view text;  // as written; of a text and a quoted name, what is between the quotes
};

class Lexer {
public:
    explicit Lexer(std::string_view text) : text_(text) { advance(); }

    const Token& token() const { return token_; }
    void advance();

    /// A name that means this word of the language, in upper or lower case.
    bool at_word(std::string_view word) const;
    bool at_symbol(std::string_view symbol) const { return token_.type == TokenType::symbol && token_.text == symbol; }
    bool accept_word(std::string_view word) { return at_word(word) && (advance(), true); }
    bool accept_symbol(std::string_view symbol) { return at_symbol(symbol) && (advance(), true); }
    void expect_word(std::string_view word, const char* hint);
    void expect_symbol(std::string_view symbol, const char* hint);
    /// Reports that `wanted` was expected here.
    [[noreturn]] void fail(const std::string& wanted, const std::string& hint = {}) const;

    /// The token after this one is this symbol.
    bool symbol_follows(char symbol) const;

private:
    void read_quoted(char quote, TokenType type);

    std::string_view text_;
    std::size_t position_ = 0;
    Token token_;
};

}  // namespace csagg
