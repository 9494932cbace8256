// The right side of an as-of join that the processes of a parallel plan build together, each of a part of the rows.
//
//     reading    each process puts the rows it reads, as records, into as many shares as there are, by their keys;
//     building   each takes one share after the other, and makes an index of what all have put there, as an image;
//     built      each takes on all images, and has the whole index.
//
// A process may come at any time, and helps with what is left. All that is kept is in the plan's dynamic shared memory.
// Where that would be more than the processes' memory limits together, all rows go to files instead: then nothing is
// built, and each process reads them all, for an index of its own, which it may split into batches.
//
// Everything here may ereport.
#pragma once
#include "asof/core/asof.hpp"
#include "asof/join/spill_pg.hpp"

#include <algorithm>
#include <cstring>

#include "postgres/boundary.hpp"

extern "C" {
#include "storage/barrier.h"
#include "storage/buffile.h"
#include "storage/sharedfileset.h"
#include "utils/dsa.h"
}

namespace csagg::pg {

class SharedRight {
public:
    /// A record ends with the word of its key and its instant. Of a record that has just been copied, by two moves that
    /// overlap, the last bytes are in one, and can be read at once.
    static constexpr std::size_t word_from_end = 16, instant_from_end = 8;
    static constexpr int shares = 32;

    /// What has to be in the plan's shared memory, for so many processes: made by the first of them.
    struct State {
        Barrier barrier;
        dsm_handle segment;
        SharedFileSet files;
        std::uint64_t seed;
        int processes;
        pg_atomic_uint32 next_process, next_share, in_files;
        pg_atomic_uint64 bytes, peak_bytes, rows_read;
        struct Share {
            dsa_pointer groups;  // and behind them the index
            std::size_t groups_bytes, keys;
        } built[shares];
        // of each process, and of each share: the first chunk
        dsa_pointer chunks[FLEXIBLE_ARRAY_MEMBER];
    };
    static std::size_t state_bytes(int processes);
    static void initialise(State* state, dsm_segment* segment, int processes);
    /// In a worker, before anything else.
    static void come(State* state);

    /// For one process. `limit`: bytes for a process.
    SharedRight(State* state, dsa_area* area, MemoryContext context, std::size_t record_bytes, std::size_t limit);

    /// The process comes. True if there are rows to be read: then put() each.
    bool begin_reading();
    void put(const Byte* record);
    /// Waits until all processes have read; to be called by one that had nothing to read, too. True if the rows are in
    /// files.
    bool end_reading(std::size_t rows_read);
    /// Where they are: calls f(record) for each row that was put by any process. They stay, for whoever comes later.
    template <class F>
    void each_in_files(F f);

    /// Takes the next share that nobody builds, or -1.
    int next_share();
    /// Calls f(record) for each row of the share; in the order of their instants, if every process has put them so.
    template <class F>
    void each_record(int share, F f);
    /// Keeps what was made of them.
    void publish(int share, const asof::Groups& groups, const asof::Index& index);
    /// Waits until all shares are published. Then `index` has them all, and find() its groups.
    void end_building(asof::Index& index);
    asof::Group find(std::uint64_t word) const {
        const std::uint64_t hash = hash_of(word);
        const Adopted& share = adopted_[share_of(hash)];
        const asof::Group group = share.groups.find(word, hash);
        return group == asof::no_group ? group : share.first + group;
    }
    void prefetch(std::uint64_t word) const {
        const std::uint64_t hash = hash_of(word);
        adopted_[share_of(hash)].groups.prefetch(hash);
    }

    /// Of all processes.
    struct Sums {
        std::size_t rows_read, keys, peak_bytes;
    };
    static Sums sums(State* state);
    Sums sums() const { return sums(state_); }

private:
    struct Chunk;
    class Records;
    static constexpr std::size_t first_bytes = 512, most_bytes = 16384;
    struct Adopted {
        asof::GroupsImage groups;
        asof::Group first;  // in the whole index
    };

    void wait();
    void leave();
    std::uint64_t hash_of(std::uint64_t word) const { return asof::hash_word(word, state_->seed); }
    static int share_of(std::uint64_t hash) { return int(hash >> 32 & (shares - 1)); }
    bool may_take(std::size_t bytes) const;
    dsa_pointer take(std::size_t bytes);
    void add_chunk(int share, std::size_t bytes);
    void free_chunks(int process, int share);
    BufFile* opened(int process) const;
    void write(const Byte* record);
    void write_chunks();
    Chunk* chunk_at(dsa_pointer at) const;
    dsa_pointer& first_chunk(int process, int share) const;

    State* state_;
    dsa_area* area_;
    MemoryContext context_;
    std::size_t record_bytes_, limit_;
    int process_ = -1;
    bool attached_ = false;
    BufFile* file_ = nullptr;
    Chunk* last_[shares] = {};  // of this process
    Adopted adopted_[shares] = {};
};

/// Rows that wait in one list of chunks, one after the other; each is twice as large as the one before, up to a limit.
/// From 8 kB on chunks of one share are not among those of others, and what is freed can be taken again.
struct SharedRight::Chunk {
    dsa_pointer next;
    std::uint32_t bytes, used;  // all of it; of records
    Byte* data() { return reinterpret_cast<Byte*>(this + 1); }
    std::size_t left() const { return bytes - sizeof(Chunk) - used; }
};

/// One list of chunks as it is read.
class SharedRight::Records {
public:
    Records() = default;
    Records(const SharedRight& right, dsa_pointer first) : right_(&right), next_(first) { advance(); }
    /// nullptr at the end.
    const Byte* record() const { return record_; }
    std::int64_t instant() const {
        std::int64_t instant;
        std::memcpy(&instant, record_ + right_->record_bytes_ - instant_from_end, sizeof instant);
        return instant;
    }
    void advance() {
        record_ = at_ != end_ || next_chunk() ? at_ : nullptr;
        if (record_ != nullptr) at_ += right_->record_bytes_;
    }

private:
    bool next_chunk() {
        while (at_ == end_) {
            if (!DsaPointerIsValid(next_)) return false;
            CHECK_FOR_INTERRUPTS();
            Chunk* const chunk = right_->chunk_at(next_);
            at_ = chunk->data();
            end_ = at_ + chunk->used;
            next_ = chunk->next;
        }
        return true;
    }

    const SharedRight* right_ = nullptr;
    dsa_pointer next_ = InvalidDsaPointer;
    const Byte *at_ = nullptr, *end_ = nullptr, *record_ = nullptr;
};

template <class F>
void SharedRight::each_record(int share, F f) {
    constexpr int most = 64;
    Records lists[most];
    for (int begin = 0; begin < state_->processes; begin += most) {
        const int count = std::min(most, state_->processes - begin);
        for (int i = 0; i < count; ++i) lists[i] = Records(*this, first_chunk(begin + i, share));
        for (;;) {
            Records* next = nullptr;
            for (int i = 0; i < count; ++i)
                if (lists[i].record() != nullptr && (next == nullptr || lists[i].instant() < next->instant()))
                    next = &lists[i];
            if (next == nullptr) break;
            f(next->record());
            next->advance();
        }
    }
}

template <class F>
void SharedRight::each_in_files(F f) {
    auto* const record = static_cast<Byte*>(MemoryContextAlloc(context_, record_bytes_));
    for (int process = 0; process < state_->processes; ++process) {
        BufFile* const file = opened(process);
        if (file == nullptr) continue;
        for (;;) {
            CHECK_FOR_INTERRUPTS();
            const std::size_t got = BufFileRead(file, record, record_bytes_);
            if (got == 0) break;
            if (got != record_bytes_) could_not_read_spilled();
            f(record);
        }
        BufFileClose(file);
    }
    pfree(record);
}

}  // namespace csagg::pg
