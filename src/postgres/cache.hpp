// What was built of values lately: kept in the backend and found by the values' bytes, so that a query builds once what
// it asks for row by row. Each lies in a memory context of its own, which goes with it; the views and functions that
// show memory contexts show what is kept. When there is too much, what was not used lately goes.
#pragma once
#include "base/hash.hpp"
#include "base/memory.hpp"
#include "base/prefetch.hpp"

#include <algorithm>
#include <cstring>

#include "postgres/boundary.hpp"

namespace csagg::pg {

/// Deletes a context unless what is built in it was finished.
class ContextOwner {
public:
    explicit ContextOwner(MemoryContext context) : context_(context) {}
    ContextOwner(const ContextOwner&) = delete;
    ContextOwner& operator=(const ContextOwner&) = delete;
    ~ContextOwner() {
        if (context_ != nullptr) MemoryContextDelete(context_);
    }
    MemoryContext context() const { return context_; }
    void release() { context_ = nullptr; }

private:
    MemoryContext context_;
};

/// A global object: it has no destructor.
template <class T>
class Cache {
public:
    /// Names of the memory contexts, of all and of each; literals.
    constexpr Cache(const char* plural, const char* singular, std::size_t max_bytes)
        : plural_(plural), singular_(singular), max_bytes_(max_bytes) {}

    /// What `build(key, arena)` gave for this key, or gives now; the key that it gets lasts as long. The reference
    /// lasts until this was called with two other keys: the two used last are never dropped, so a call may use two at
    /// once.
    template <class Build>
    T& get(ByteSpan key, Build build) {
        if (newest_ != nullptr && newest_->is_of(key)) return newest_->value;
        const std::uint64_t hash = hash_long(key, process_hash_seed);
        Entry* entry = find(key, hash);
        if (newest_ != nullptr) measure(newest_);
        if (entry == nullptr) {
            entry = make(key, hash, build);
            admit(entry);
        }
        entry->used = true;
        newest_ = entry;
        return entry->value;
    }

private:
    struct Entry {
        template <class Build>
        Entry(MemoryContext own, ByteSpan bytes_of_key, std::uint64_t hash_of_key, Build& build)
            : context(own),
              arena(own),
              hash(hash_of_key),
              key(bytes_of_key.begin(), bytes_of_key.end(), arena),
              value(build(view(key), arena)) {}

        bool is_of(ByteSpan other) const {
            return key.size() == other.size() && std::memcmp(key.data(), other.data(), other.size()) == 0;
        }

        MemoryContext context;
        ContextArena arena;
        std::uint64_t hash;
        Entry* next_in_slot = nullptr;
        Entry* younger = nullptr;
        std::size_t bytes = 0;  // of its context, when it was measured last
        bool used = false;      // since its turn to go came last
        Bytes key;
        T value;
    };

    Entry*& slot_of(std::uint64_t hash) { return slots_[hash % slot_count]; }

    Entry* find(ByteSpan key, std::uint64_t hash) {
        for (Entry* entry = slot_of(hash); entry != nullptr; entry = entry->next_in_slot) {
            prefetch(entry, sizeof *entry);
            if (entry->hash != hash) continue;
            prefetch(entry->key.data(), std::min<std::size_t>(entry->key.size(), 4096));
            if constexpr (requires { entry->value.prefetch(); }) entry->value.prefetch();
            if (entry->is_of(key)) return entry;
        }
        return nullptr;
    }

    template <class Build>
    Entry* make(ByteSpan key, std::uint64_t hash, Build& build) {
        if (all_ == nullptr)
            all_ = call([this] {
                return AllocSetContextCreateInternal(TopMemoryContext, plural_, ALLOCSET_START_SMALL_SIZES);
            });
        ContextOwner owner(
            call([this] { return AllocSetContextCreateInternal(all_, singular_, ALLOCSET_SMALL_SIZES); }));
        ContextArena arena(owner.context());
        auto* const made = new (arena.allocate(sizeof(Entry), alignof(Entry))) Entry(owner.context(), key, hash, build);
        owner.release();
        made->next_in_slot = slot_of(hash);
        slot_of(hash) = made;
        return made;
    }

    /// As the youngest.
    void append(Entry* entry) {
        entry->younger = nullptr;
        (youngest_ != nullptr ? youngest_->younger : oldest_) = entry;
        youngest_ = entry;
    }

    /// The clock algorithm: the oldest goes, but who was used since its last turn has another.
    Entry* next_to_go() {
        for (;;) {
            Entry* const entry = oldest_;
            oldest_ = entry->younger;
            if (oldest_ == nullptr) youngest_ = nullptr;
            if (!entry->used && entry != newest_) return entry;
            entry->used = false;
            append(entry);
        }
    }

    /// It may have grown while it was the newest.
    void measure(Entry* entry) {
        const std::size_t bytes = MemoryContextMemAllocated(entry->context, false);
        bytes_ += bytes - entry->bytes;
        entry->bytes = bytes;
    }

    void admit(Entry* entry) {
        measure(entry);
        while (bytes_ > max_bytes_ && count_ > 1) drop(next_to_go());
        ++count_;
        append(entry);
        call([this, entry] {
            ereport(DEBUG1, (errmsg_internal("%s built: %zu bytes; %zu kept: %zu bytes", singular_, entry->bytes,
                                             count_, bytes_)));
        });
    }

    void drop(Entry* entry) {
        Entry** place = &slot_of(entry->hash);
        while (*place != entry) place = &(*place)->next_in_slot;
        *place = entry->next_in_slot;
        bytes_ -= entry->bytes;
        --count_;
        MemoryContextDelete(entry->context);
    }

    static constexpr std::size_t slot_count = 4096;

    const char* plural_;
    const char* singular_;
    std::size_t max_bytes_;
    MemoryContext all_ = nullptr;
    Entry* newest_ = nullptr;  // used last
    Entry* oldest_ = nullptr;
    Entry* youngest_ = nullptr;
    std::size_t count_ = 0, bytes_ = 0;
    Entry* slots_[slot_count] = {};
};

}  // namespace csagg::pg
