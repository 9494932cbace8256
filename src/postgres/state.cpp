#include "postgres/state.hpp"

#include "postgres/expanded.hpp"

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace csagg::pg {
namespace {

constexpr std::size_t least_expanded = 256 << 10;
constexpr std::size_t least_huge = 4 << 20;

/// Has a large block, whose length word is 0 then. The block moves when it grows; this stays where the executor knows
/// it.
struct Expanded {
    ExpandedObjectHeader header;
    Expanded** memory;  // of the block, behind a pointer back

    static Expanded* of(const void* block) { return static_cast<Expanded* const*>(block)[-1]; }
    Byte* block() const { return reinterpret_cast<Byte*>(memory + 1); }
    FlatHeader& flat() const { return *reinterpret_cast<FlatHeader*>(block()); }
};
static_assert(alignof(FlatHeader) <= sizeof(Expanded*));

bool is_expanded(const void* block) { return static_cast<const FlatHeader*>(block)->varlena == 0; }

Size flat_size(ExpandedObjectHeader* header) { return reinterpret_cast<Expanded*>(header)->flat().used; }

/// As a value of its own, without room to grow.
void flatten(ExpandedObjectHeader* header, void* result, Size size) {
    std::memcpy(result, reinterpret_cast<Expanded*>(header)->block(), size);
    static_cast<FlatHeader*>(result)->capacity = std::uint32_t(size);
    SET_VARSIZE(result, size);
}

/// Additions fall all over a state of many values: with pages of 2 MB the processor finds them sooner. Only advice. It
/// is about whole pages, the first and the last too, since the kernel moves a block at once only if it is of one kind.
void advise_huge_pages([[maybe_unused]] const void* block, [[maybe_unused]] std::size_t bytes) {
#ifdef MADV_HUGEPAGE
    constexpr std::uintptr_t page = 4096;
    const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(block) / page * page;
    const std::uintptr_t end = (reinterpret_cast<std::uintptr_t>(block) + bytes + page - 1) / page * page;
    madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

constexpr ExpandedObjectMethods methods = {flat_size, flatten};

/// By the low nibble of the marker.
Finisher::Finish finishers[16];

/// The block of an expanded state, or nullptr.
void* expanded_block(Datum datum) {
    auto* const value = reinterpret_cast<struct varlena*>(DatumGetPointer(datum));
    if (!VARATT_IS_EXTERNAL_EXPANDED(value)) return nullptr;
    ExpandedObjectHeader* const header = DatumGetEOHP(datum);
    return header->eoh_methods == &methods ? reinterpret_cast<Expanded*>(header)->block() : nullptr;
}

/// A flat state may come from a table.
void check_header(const struct varlena* value) {
    const auto* const header = reinterpret_cast<const FlatHeader*>(value);
    if (VARSIZE(value) < sizeof(FlatHeader)) throw Error(Errc::corrupt, "state of an aggregate ends too early");
    if (header->layout != state_layout)
        throw Error(Errc::not_supported, "state of an aggregate of another version of csagg",
                    "With the version that wrote it, store what the aggregate's final function makes of it.");
    if (header->capacity != VARSIZE(value) || header->used < sizeof(FlatHeader) || header->used > header->capacity)
        throw Error(Errc::corrupt, "state of an aggregate has a size that cannot be");
}

/// The datum as a state, in place if it can be; nullptr for a finished value.
void* state_of(Datum datum) {
    if (void* const block = expanded_block(datum)) return block;
    auto* value = reinterpret_cast<struct varlena*>(DatumGetPointer(datum));
    // A state that crossed a tuple may have come back with a short length word or toasted.
    if (VARATT_IS_EXTENDED(value)) value = call([value] { return pg_detoast_datum(value); });
    if (!is_state({reinterpret_cast<const Byte*>(VARDATA(value)), VARSIZE(value) - VARHDRSZ})) return nullptr;
    // Inside a tuple it may lie on a multiple of 4.
    if (reinterpret_cast<std::uintptr_t>(value) % alignof(std::int64_t) != 0) {
        void* const aligned = allocate(VARSIZE(value));
        std::memcpy(aligned, value, VARSIZE(value));
        value = static_cast<struct varlena*>(aligned);
    }
    check_header(value);
    return value;
}

Datum finished(void* block) {
    const Flat state(block, grow_state);
    const auto finish = finishers[state.header().marker & 0x0F];
    if (finish == nullptr) throw Error(Errc::corrupt, "state of an unknown aggregate");
    ContextArena arena;
    Bytes bytes(arena);
    finish(state, bytes);
    return make_varlena(view(bytes));
}

}  // namespace

Finisher::Finisher(std::initializer_list<Byte> markers, Finish finish) {
    for (const Byte marker : markers) finishers[marker & 0x0F] = finish;
}

void require_aggregate(FunctionCallInfo fcinfo) {
    if (AggCheckCallContext(fcinfo, nullptr) == 0)
        throw Error(Errc::not_supported, "transition function called outside of an aggregate",
                    "Call the aggregate itself.");
}

namespace {

Expanded* new_expanded(const void* old, std::size_t used, std::size_t bytes) {
    auto* const expanded = make_expanded<Expanded>(methods, "csagg state", 0);
    const MemoryContext own = expanded->header.eoh_context;
    expanded->memory =
        static_cast<Expanded**>(call([=] { return MemoryContextAllocHuge(own, sizeof(Expanded*) + bytes); }));
    *expanded->memory = expanded;
    if (used > 0) std::memcpy(expanded->block(), old, used);
    expanded->flat().varlena = 0;
    return expanded;
}

}  // namespace

void* grow_state(void* old, std::size_t used, std::size_t bytes) {
    if (bytes < least_expanded) {
        void* block = allocate(bytes);
        if (used > 0) std::memcpy(block, old, used);
        std::memset(static_cast<Byte*>(block) + used, 0, bytes - used);  // all of it goes into tuples and files
        SET_VARSIZE(block, bytes);
        return block;
    }
    Expanded* expanded;
    if (old != nullptr && is_expanded(old)) {
        expanded = Expanded::of(old);
        expanded->memory = static_cast<Expanded**>(
            call([expanded, bytes] { return repalloc_huge(expanded->memory, sizeof(Expanded*) + bytes); }));
    } else {
        expanded = new_expanded(old, used, bytes);
    }
    if (bytes >= least_huge) advise_huge_pages(expanded->memory, sizeof(Expanded*) + bytes);
    return expanded->block();
}

bool is_state(ByteSpan payload) { return !payload.empty() && (payload[0] & 0xF0) == state_marker; }

void* state_argument(FunctionCallInfo fcinfo, int n) {
    return PG_ARGISNULL(n) ? nullptr : state_of(PG_GETARG_DATUM(n));
}

ByteSpan value_bytes(Datum datum) {
    if (void* const block = expanded_block(datum)) return datum_bytes(finished(block));
    const ByteSpan bytes = datum_bytes(datum);
    return is_state(bytes) ? datum_bytes(finished(state_of(make_varlena(bytes)))) : bytes;
}

Datum state_result(FunctionCallInfo fcinfo, const Flat& flat) {
    if (!is_expanded(flat.block())) return PointerGetDatum(flat.block());
    ExpandedObjectHeader* const header = &Expanded::of(flat.block())->header;
    if (!PG_ARGISNULL(0) && PG_GETARG_DATUM(0) == EOHPGetRWDatum(header)) return PG_GETARG_DATUM(0);
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

// The final function of all types, and their binary form.
CSAGG_FUNCTION(csagg_finish) {
    if (PG_ARGISNULL(0)) PG_RETURN_NULL();
    if (void* const state = state_argument(fcinfo, 0)) return finished(state);
    return make_varlena(bytes_argument(fcinfo, 0));
}

}  // namespace csagg::pg
