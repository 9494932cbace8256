#include "rules/language/json.hpp"

#include "base/interrupt.hpp"

// RapidJSON's own checks must not end the server.
#define RAPIDJSON_ASSERT(x) ((x) ? void() : throw std::logic_error("RapidJSON: " #x))
#ifdef __clang__
// Its stack adds to a null pointer before it first grows, which is harmless.
#pragma clang attribute push(__attribute__((no_sanitize("pointer-overflow"))), apply_to = function)
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>
#ifdef __clang__
#pragma clang attribute pop
#endif

namespace csagg {
namespace {

/// RapidJSON's own memory, from an arena.
class ReaderMemory {
public:
    [[maybe_unused]] static const bool kNeedFree = false;

    ReaderMemory() = default;  // RapidJSON's code asks for it, and never calls it when it is given one
    explicit ReaderMemory(Arena& arena) : arena_(&arena) {}
    void* Malloc(std::size_t bytes) { return bytes > 0 ? arena_->allocate(bytes, alignof(std::int64_t)) : nullptr; }
    void* Realloc(void* old, std::size_t old_bytes, std::size_t bytes) {
        void* block = Malloc(bytes);
        if (old_bytes > 0 && bytes > 0) std::memcpy(block, old, std::min(old_bytes, bytes));
        return block;
    }
    static void Free(void*) {}

private:
    Arena* arena_ = nullptr;
};

/// Takes RapidJSON's events. A value's place is where the blanks behind the one before end.
class Collector {
public:
    Collector(const rapidjson::MemoryStream& stream, std::string_view source, Vector<JsonValue>& values, Arena& arena)
        : stream_(stream), source_(source), values_(values), open_(arena), arena_(arena) {}

    bool Null() { return add(JsonType::null); }
    bool Bool(bool truth) {
        add(JsonType::boolean);
        values_.back().truth = truth;
        return true;
    }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool) { return add(JsonType::number, {text, size}); }
    bool String(const char* text, rapidjson::SizeType size, bool) { return add(JsonType::string, {text, size}); }
    bool Key(const char* text, rapidjson::SizeType size, bool) { return add(JsonType::string, {text, size}); }
    bool StartObject() { return open(JsonType::object); }
    bool StartArray() { return open(JsonType::array); }
    bool EndObject(rapidjson::SizeType) { return close(); }
    bool EndArray(rapidjson::SizeType) { return close(); }
    // Never called: numbers come as they are written.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }

private:
    bool add(JsonType type, std::string_view text = {}) {
        if (values_.size() % 4096 == 0) check_interrupts();
        const std::size_t at = next_token();
        if (text.find('\0') != text.npos)
            throw_at(source_, at, Errc::invalid_text, "text contains the character \\u0000");
        JsonValue& value = values_.emplace_back();
        value.type = type;
        value.at = std::uint32_t(at);
        value.next = std::uint32_t(values_.size());
        if (!text.empty()) {
            auto* copy = static_cast<char*>(arena_.allocate(text.size(), 1));
            std::memcpy(copy, text.data(), text.size());
            value.text = {copy, text.size()};
        }
        end_ = stream_.Tell();
        return true;
    }
    bool open(JsonType type) {
        add(type);
        if (open_.size() == Json::max_depth)
            throw_at(source_, values_.back().at, Errc::limit_exceeded,
                     "more than " + std::to_string(Json::max_depth) + " objects or arrays inside each other");
        open_.push_back(std::uint32_t(values_.size() - 1));
        end_ = values_.back().at + 1;  // RapidJSON tells of brackets before it takes them
        return true;
    }
    bool close() {
        values_[open_.back()].next = std::uint32_t(values_.size());
        open_.pop_back();
        end_ = next_token() + 1;
        return true;
    }
    std::size_t next_token() const { return source_.find_first_not_of(" \t\r\n,:", end_); }

    const rapidjson::MemoryStream& stream_;
    std::string_view source_;
    Vector<JsonValue>& values_;
    SmallVector<std::uint32_t, Json::max_depth> open_;
    Arena& arena_;
    std::size_t end_ = 0;
};

}  // namespace

void throw_at(std::string_view source, std::size_t offset, Errc code, const std::string& message,
              const std::string& hint) {
    std::size_t line = 1, column = 1;
    for (const char c : source.substr(0, offset)) {
        if (c == '\n') {
            ++line;
            column = 1;
        } else if ((c & 0xC0) != 0x80) {
            ++column;
        }
    }
    throw Error(code, "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + message, hint);
}

Json::Json(std::string_view source, Arena& arena) : source_(source), values_(arena) {
    if (source.size() > max_bytes)
        throw Error(Errc::limit_exceeded, "rule set has " + std::to_string(source.size()) + " bytes, the limit is " +
                                              std::to_string(max_bytes));
    using namespace rapidjson;
    MemoryStream stream(source.data(), source.size());
    ReaderMemory memory(arena);
    GenericReader<UTF8<>, UTF8<>, ReaderMemory> reader(&memory);
    Collector collector(stream, source, values_, arena);
    constexpr unsigned flags = kParseIterativeFlag | kParseNumbersAsStringsFlag;
    if (const ParseResult result = reader.Parse<flags>(stream, collector); result.IsError())
        throw_at(source, result.Offset(), Errc::invalid_text,
                 std::string("not JSON: ") + GetParseError_En(result.Code()));
}

std::size_t Json::offset_in(const JsonValue& string, std::size_t i) const {
    std::size_t offset = string.at + 1;
    while (i > 0 && offset + 1 < source_.size()) {
        std::size_t written = 1, meant = 1;
        if (source_[offset] == '\\' && source_[offset + 1] != 'u') {
            written = 2;
        } else if (source_[offset] == '\\') {
            // \uXXXX stands for one to three bytes of UTF-8, a pair of surrogates for four.
            const std::string_view digits = source_.substr(std::min(offset + 2, source_.size()), 4);
            unsigned code = 0;
            for (const char d : digits) code = code * 16 + unsigned(d <= '9' ? d - '0' : (d | 0x20) - 'a' + 10);
            const bool pair = code >= 0xD800 && code < 0xE000;
            written = pair ? 12 : 6;
            meant = pair ? 4 : code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
        }
        offset += written;
        i -= std::min(i, meant);
    }
    return std::min(offset, source_.size());
}

}  // namespace csagg
