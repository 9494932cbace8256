// The type csagg.ruleset. Its bytes: a format byte, then the canonical text.
#include "rules/language/ruleset_pg.hpp"

#include "grid/calendar_pg.hpp"

#include "postgres/cache.hpp"
#include "postgres/varlena.hpp"
#include "value/value_pg.hpp"

extern "C" {
#include "access/detoast.h"
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

Cache<SharedRules> cache("csagg rule sets", "csagg rule set", std::size_t(64) << 20);

/// As it is stored: fetched, but compressed if it is. Equal values have equal bytes so, too, and to expand them would
/// cost more than to score a customer.
struct varlena* stored(Datum ruleset) {
    auto* const value = reinterpret_cast<struct varlena*>(DatumGetPointer(ruleset));
    return VARATT_IS_EXTERNAL(value) ? call([value] { return detoast_external_attr(value); }) : value;
}

/// A copy of the text of a value.
std::string_view copied_source(struct varlena* value, Arena& arena) {
    const std::string_view source = source_of(datum_bytes(PointerGetDatum(value)));
    auto* const copy = static_cast<char*>(arena.allocate(source.size(), 1));
    std::memcpy(copy, source.data(), source.size());
    return {copy, source.size()};
}

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

SharedRules& ruleset_argument(FunctionCallInfo fcinfo, int n) { return compiled_rules(PG_GETARG_DATUM(n)); }

SharedRules& compiled_rules(Datum ruleset) {
    struct varlena* const value = stored(ruleset);
    const bool compressed = VARATT_IS_COMPRESSED(value);
    // A compressed value begins with its length word, which is never the format byte.
    const ByteSpan key = compressed ? ByteSpan(reinterpret_cast<const Byte*>(value), VARSIZE(value))
                                    : datum_bytes(PointerGetDatum(value));
    return cache.get(key, [value](ByteSpan, Arena& arena) {
        return SharedRules{RuleSet(copied_source(value, arena), calendar_for, arena), SmallVector<RowShape, 1>(arena)};
    });
}

CSAGG_FUNCTION(csagg_ruleset_in) { return make_ruleset(text_form_argument(fcinfo)); }

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
