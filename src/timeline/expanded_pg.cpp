// Timelines from function to function: the entries as they are, as an expanded object.
//
// In distribution(score_over(...)) or overlay(a, slice(b, ...)) nobody needs the inner value's bytes. PostgreSQL asks
// for them where a value is stored, compared or sent, and each function of ours that does not look for entries does
// too.
#include "timeline/timeline_pg.hpp"

#include "postgres/expanded.hpp"

namespace csagg::pg {
namespace {

struct ExpandedTimeline {
    ExpandedObjectHeader header;
    UnencodedTimeline timeline;  // its entries lie in the object's memory context
    struct varlena* bytes;       // once asked for
};

ExpandedTimeline& expanded(ExpandedObjectHeader* header) { return *reinterpret_cast<ExpandedTimeline*>(header); }

/// Called by PostgreSQL.
Size flat_size(ExpandedObjectHeader* header) {
    return guard([header]() -> Size {
        ExpandedTimeline& object = expanded(header);
        if (object.bytes != nullptr) return VARSIZE(object.bytes);
        ContextArena arena(header->eoh_context);
        Bytes bytes(arena);
        bytes.resize(VARHDRSZ);
        const UnencodedTimeline& timeline = object.timeline;
        encode_timeline(timeline.kind(), timeline.entries(), timeline.known_from(), bytes);
        require_size(bytes.size());
        auto* const value = static_cast<struct varlena*>(arena.allocate(bytes.size(), alignof(std::int64_t)));
        std::memcpy(value, bytes.data(), bytes.size());
        SET_VARSIZE(value, bytes.size());
        object.bytes = value;
        return bytes.size();
    });
}

void flatten(ExpandedObjectHeader* header, void* result, Size size) {
    std::memcpy(result, expanded(header).bytes, size);
}

constexpr ExpandedObjectMethods methods = {flat_size, flatten};

}  // namespace

const UnencodedTimeline* unencoded_argument(FunctionCallInfo fcinfo, int n) {
    auto* const value = reinterpret_cast<struct varlena*>(PG_GETARG_POINTER(n));
    if (!VARATT_IS_EXTERNAL_EXPANDED(value)) return nullptr;
    ExpandedObjectHeader* const header = DatumGetEOHP(PointerGetDatum(value));
    return header->eoh_methods == &methods ? &expanded(header).timeline : nullptr;
}

Datum steps_bytes(const Steps& steps, Arena& arena) {
    Bytes bytes(arena);
    steps.write(bytes);
    return make_varlena(view(bytes));
}

Datum steps_result(const Steps& steps, Arena& arena) {
    const auto entries = view(steps.entries);
    if (steps.kind == Kind::text || entries.empty()) return steps_bytes(steps, arena);
    // Encoding checks all. They increase, so these tell; a size beyond 1 GB is left to flat_size().
    check_instant(entries.front().at);
    check_instant(entries.back().at);
    const std::size_t size = entries.size_bytes();
    auto* const object = make_expanded<ExpandedTimeline>(methods, "csagg timeline", size);
    auto* const copy = reinterpret_cast<Entry*>(object + 1);
    std::memcpy(static_cast<void*>(copy), entries.data(), size);
    object->timeline = UnencodedTimeline(steps.kind, {copy, entries.size()}, steps.known_from);
    object->bytes = nullptr;
    return EOHPGetRWDatum(&object->header);
}

}  // namespace csagg::pg
