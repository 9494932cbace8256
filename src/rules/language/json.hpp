// A JSON text as one flat list of values in the order of the text; no pointers, nothing recursive.
//
//   {"a": [1, 2]}   object(next 5), string "a", array(next 5), number 1, number 2
//
// Each value knows where it stands in the text, so that what is wrong with it can be said with line and column.
#pragma once
#include "base/error.hpp"
#include "base/memory.hpp"

namespace csagg {

enum class JsonType : Byte { null, boolean, number, string, array, object };

struct JsonValue {
    JsonType type;
    bool truth = false;      // of a boolean
    std::uint32_t at = 0;    // offset of its first character
    std::uint32_t next = 0;  // index of the value behind it and all it holds
    std::string_view text;   // of a string, unescaped; of a number, as written
};

class Json {
public:
    /// Reads the whole text, which must outlive this. Errc::invalid_text; Errc::limit_exceeded for more than max_bytes
    /// or max_depth levels.
    Json(std::string_view source, Arena& arena);

    static constexpr std::size_t max_bytes = std::size_t(1) << 20;
    static constexpr std::size_t max_depth = 8;

    const JsonValue& root() const { return values_[0]; }
    const JsonValue& operator[](std::size_t i) const { return values_[i]; }
    std::uint32_t index_of(const JsonValue& value) const { return std::uint32_t(&value - values_.data()); }

    /// Calls f(value) for each element of an array, f(name, value) for each member of an object.
    template <class F>
    void for_elements(const JsonValue& array, F f) const {
        for (std::uint32_t i = index_of(array) + 1; i < array.next; i = values_[i].next) f(values_[i]);
    }
    template <class F>
    void for_members(const JsonValue& object, F f) const {
        for (std::uint32_t i = index_of(object) + 1; i < object.next; i = values_[i + 1].next)
            f(values_[i], values_[i + 1]);
    }

    /// Where the i-th byte of an unescaped string stands in the text.
    std::size_t offset_in(const JsonValue& string, std::size_t i) const;
    std::string_view source() const { return source_; }

private:
    std::string_view source_;
    Vector<JsonValue> values_;
};

/// Throws `message` with the line and the column (in characters) of a place in the text in front.
[[noreturn]] void throw_at(std::string_view source, std::size_t offset, Errc code, const std::string& message,
                           const std::string& hint = {});

}  // namespace csagg
