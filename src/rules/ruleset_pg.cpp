// The type csagg.ruleset. Its bytes: a format byte, then the canonical text.
#include "rules/ruleset_pg.hpp"

#include "grid/calendar_pg.hpp"

#include "postgres/varlena.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "libpq/pqformat.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
}

namespace csagg::pg {
namespace {

constexpr Byte format_byte = 0x18;

std::string_view source_of(ByteSpan value) {
    if (value.empty() || value[0] != format_byte) throw_corrupt("not a rule set of a known format");
    return as_text(value.subspan(1));
}

// One rule set in a memory context of its own, so that dropping the context drops all of it.
struct CachedRules {
    CachedRules(MemoryContext own, ByteSpan value, std::uint64_t number)
        : context(own), arena(own), key(value.begin(), value.end(), arena), shared{RuleSet(source_of(view(key)), calendar_for, arena), number} {}

    bool is_of(ByteSpan value) const { return key.size() == value.size() && std::memcmp(key.data(), value.data(), value.size()) == 0; }

    MemoryContext context;
    ContextArena arena;
    Bytes key;
    SharedRules shared;
};

class RulesCache {
public:
    const CachedRules& get(ByteSpan value) {
        for (std::size_t i = 0; i < size_; ++i) {
            if (!entries_[i]->is_of(value)) continue;
            std::rotate(entries_, entries_ + i, entries_ + i + 1);
            return *entries_[0];
        }
        CachedRules* const made = make(value);
        if (size_ == capacity) MemoryContextDelete(entries_[--size_]->context);
        std::copy_backward(entries_, entries_ + size_, entries_ + size_ + 1);
        entries_[0] = made;
        ++size_;
        return *made;
    }

private:
    CachedRules* make(ByteSpan value) {
        const MemoryContext context = call([] { return AllocSetContextCreate(TopMemoryContext, "csagg rule set", ALLOCSET_DEFAULT_SIZES); });
        try {
            ContextArena arena(context);
            return new (arena.allocate(sizeof(CachedRules), alignof(CachedRules))) CachedRules(context, value, ++last_serial_);
        } catch (...) {
            MemoryContextDelete(context);
            throw;
        }
    }

    static constexpr std::size_t capacity = 8;
    CachedRules* entries_[capacity];  // the newest first
    std::size_t size_ = 0;
    std::uint64_t last_serial_ = 0;
};

RulesCache cache;

/// Checks the document in full, and makes the value.
Datum make_ruleset(std::string_view source) {
    ContextArena arena;
    const RuleSet rules(source, calendar_for_input, arena);
    String text(arena);
    text.push_back(char(format_byte));
    rules.document().print(text);
    check_encoding({text.data() + 1, text.size() - 1});
    return make_varlena(as_bytes({text.data(), text.size()}));
}

}  // namespace

const SharedRules& cached_ruleset(ByteSpan value) { return cache.get(value).shared; }


CSAGG_FUNCTION(csagg_ruleset_in) { return make_ruleset(PG_GETARG_CSTRING(0)); }

CSAGG_FUNCTION(csagg_ruleset_out) { return make_cstring(source_of(bytes_argument(fcinfo, 0))); }

CSAGG_FUNCTION(csagg_ruleset_recv) {
    auto* message = reinterpret_cast<StringInfo>(PG_GETARG_POINTER(0));
    const auto size = std::size_t(message->len - message->cursor);
    const ByteSpan bytes = as_bytes({message->data + message->cursor, size});
    message->cursor = message->len;
    try {
        const std::string_view source = source_of(bytes);
        check_encoding(source);
        return make_ruleset(source);
    } catch (const Error& e) {
        throw Error(Errc::invalid_binary, std::string("invalid binary form of a rule set: ") + e.what());
    }
}

CSAGG_FUNCTION(csagg_ruleset_send) { return make_varlena(bytes_argument(fcinfo, 0)); }

CSAGG_FUNCTION(csagg_ruleset_to_jsonb) {
    const Datum json = make_cstring(source_of(bytes_argument(fcinfo, 0)));
    return call([json] { return DirectFunctionCall1(jsonb_in, json); });
}

CSAGG_FUNCTION(csagg_ruleset_from_jsonb) {
    const Datum json = PG_GETARG_DATUM(0);
    const char* const text = call([json] { return DatumGetCString(DirectFunctionCall1(jsonb_out, json)); });
    return make_ruleset(text);
}

}  // namespace csagg::pg
