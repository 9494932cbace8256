// Expanded objects: values in a memory context of their own, which PostgreSQL hands on without copying.
#pragma once
#include "postgres/boundary.hpp"

extern "C" {
#include "utils/expandeddatum.h"
}

namespace csagg::pg {

/// Memory for an Object, whose first member is an ExpandedObjectHeader `header`, and `bytes` more behind it. Its
/// context, of this name (a literal), is below the current one, so that it goes with that if there is no result.
template <class Object>
Object* make_expanded(const ExpandedObjectMethods& methods, const char* name, std::size_t bytes) {
    const auto* const ours = &methods;
    return call([ours, name, bytes] {
        const MemoryContext own = AllocSetContextCreateInternal(CurrentMemoryContext, name, ALLOCSET_SMALL_SIZES);
        auto* const fresh = static_cast<Object*>(MemoryContextAllocHuge(own, sizeof(Object) + bytes));
        EOH_init_header(&fresh->header, ours, own);
        return fresh;
    });
}

}  // namespace csagg::pg
