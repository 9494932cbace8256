#include "postgres/state.hpp"

#include "postgres/expanded.hpp"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace csagg::pg {
namespace {

constexpr std::size_t least_expanded = 256 << 10;
constexpr std::size_t least_huge = 4 << 20;

/// Stands before a large block, in the same piece of memory. The block's length word is 0 then.
struct Expanded {
    ExpandedObjectHeader header;

    static Expanded* of(void* block) { return reinterpret_cast<Expanded*>(block) - 1; }
    Byte* block() { return reinterpret_cast<Byte*>(this + 1); }
    FlatHeader& flat() { return *reinterpret_cast<FlatHeader*>(block()); }
};
static_assert(sizeof(Expanded) % alignof(std::int64_t) == 0);

bool is_expanded(const void* block) { return static_cast<const FlatHeader*>(block)->varlena == 0; }

Size flat_size(ExpandedObjectHeader* header) { return reinterpret_cast<Expanded*>(header)->flat().used; }

/// As a value of its own, without room to grow.
void flatten(ExpandedObjectHeader* header, void* result, Size size) {
    std::memcpy(result, reinterpret_cast<Expanded*>(header)->block(), size);
    static_cast<FlatHeader*>(result)->capacity = std::uint32_t(size);
    SET_VARSIZE(result, size);
}

/// Additions fall all over a state of many values: with pages of 2 MB the processor finds them sooner. Only advice.
void advise_huge_pages([[maybe_unused]] void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::uintptr_t page = 4096;
    const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(block) + page - 1) / page * page;
    const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(block) + bytes) / page * page;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

constexpr ExpandedObjectMethods methods = {flat_size, flatten};

}  // namespace

void require_aggregate(FunctionCallInfo fcinfo) {
    if (AggCheckCallContext(fcinfo, nullptr) == 0)
        throw Error(Errc::not_supported, "transition function called outside of an aggregate",
                    "Call the aggregate itself.");
}

void* grow_state(std::size_t bytes) {
    if (bytes < least_expanded) {
        void* block = allocate(bytes);
        SET_VARSIZE(block, bytes);
        return block;
    }
    auto* const expanded = make_expanded<Expanded>(methods, "csagg state", bytes);
    if (bytes >= least_huge) advise_huge_pages(expanded->block(), bytes);
    expanded->flat().varlena = 0;
    return expanded->block();
}

bool is_state(ByteSpan payload) { return !payload.empty() && (payload[0] & 0xF0) == state_marker; }

void* state_argument(FunctionCallInfo fcinfo, int n) {
    if (PG_ARGISNULL(n)) return nullptr;
    auto* value = reinterpret_cast<struct varlena*>(PG_GETARG_POINTER(n));
    if (VARATT_IS_EXTERNAL_EXPANDED(value)) {
        ExpandedObjectHeader* const header = DatumGetEOHP(PointerGetDatum(value));
        if (header->eoh_methods == &methods) return reinterpret_cast<Expanded*>(header)->block();
    }
    // A state that crossed a tuple may have come back with a short length word or toasted.
    if (VARATT_IS_EXTENDED(value)) value = call([value] { return pg_detoast_datum(value); });
    if (VARSIZE(value) < sizeof(FlatHeader) || !is_state({reinterpret_cast<Byte*>(VARDATA(value)), 1})) return nullptr;
    // Inside a tuple it may lie on a multiple of 4.
    if (reinterpret_cast<std::uintptr_t>(value) % alignof(std::int64_t) != 0) {
        void* aligned = allocate(VARSIZE(value));
        std::memcpy(aligned, value, VARSIZE(value));
        return aligned;
    }
    return value;
}

Datum state_result(FunctionCallInfo fcinfo, const Flat& flat) {
    if (!is_expanded(flat.block())) return PointerGetDatum(flat.block());
    ExpandedObjectHeader* const header = &Expanded::of(flat.block())->header;
    MemoryContext aggregate = nullptr;
    if (AggCheckCallContext(fcinfo, &aggregate) == 0) {
        void* const value = allocate(flat.used());
        flatten(header, value, flat.used());
        return PointerGetDatum(value);
    }
    if (MemoryContextGetParent(header->eoh_context) != aggregate)
        MemoryContextSetParent(header->eoh_context, aggregate);
    return EOHPGetRWDatum(header);
}

}  // namespace csagg::pg
