#include "asof/join/shared_pg.hpp"

#include <fcntl.h>

#include "postgres/boundary.hpp"

extern "C" {
#include "utils/wait_event.h"
}

namespace csagg::pg {
namespace {

enum Phase : int { reading, building, built };

struct FileName {
    explicit FileName(int process) { snprintf(text, sizeof text, "asof%d", process); }
    char text[24];
};

}  // namespace

std::size_t SharedRight::state_bytes(int processes) {
    return offsetof(State, chunks) + std::size_t(processes) * shares * sizeof(dsa_pointer);
}

void SharedRight::initialise(State* state, dsm_segment* segment, int processes) {
    MemSet(state, 0, state_bytes(processes));
    BarrierInit(&state->barrier, 0);
    state->segment = dsm_segment_handle(segment);
    SharedFileSetInit(&state->files, segment);
    state->seed = process_hash_seed;
    state->processes = processes;
    for (pg_atomic_uint32* number : {&state->next_process, &state->next_share, &state->in_files})
        pg_atomic_init_u32(number, 0);
    for (pg_atomic_uint64* number : {&state->bytes, &state->peak_bytes, &state->rows_read})
        pg_atomic_init_u64(number, 0);
    for (int i = 0; i < processes * shares; ++i) state->chunks[i] = InvalidDsaPointer;
}

void SharedRight::come(State* state) {
    dsm_segment* const segment = dsm_find_mapping(state->segment);
    if (segment == nullptr) elog(ERROR, "the plan's shared memory is not here");
    SharedFileSetAttach(&state->files, segment);
}

// Rows may take half of what the processes may take together: what is built of them is less, where a key has some rows,
// but takes twice as much where each has a key of its own.
SharedRight::SharedRight(State* state, dsa_area* area, MemoryContext context, std::size_t record_bytes,
                         std::size_t limit)
    : state_(state),
      area_(area),
      context_(context),
      record_bytes_(record_bytes),
      limit_(limit * std::size_t(state->processes) / 2) {}

void SharedRight::wait() { BarrierArriveAndWait(&state_->barrier, PG_WAIT_EXTENSION); }

void SharedRight::leave() {
    if (attached_) BarrierDetach(&state_->barrier);
    attached_ = false;
}

SharedRight::Sums SharedRight::sums(State* state) {
    std::size_t keys = 0;
    for (const State::Share& share : state->built) keys += share.keys;
    return {pg_atomic_read_u64(&state->rows_read), keys, pg_atomic_read_u64(&state->peak_bytes)};
}

// ---- memory

bool SharedRight::may_take(std::size_t bytes) const { return pg_atomic_read_u64(&state_->bytes) + bytes <= limit_; }

dsa_pointer SharedRight::take(std::size_t bytes) {
    const dsa_pointer taken = dsa_allocate_extended(area_, bytes, DSA_ALLOC_HUGE);
    const std::uint64_t all = pg_atomic_add_fetch_u64(&state_->bytes, std::int64_t(bytes));
    std::uint64_t peak = pg_atomic_read_u64(&state_->peak_bytes);
    while (peak < all && !pg_atomic_compare_exchange_u64(&state_->peak_bytes, &peak, all)) {
    }
    return taken;
}

SharedRight::Chunk* SharedRight::chunk_at(dsa_pointer at) const {
    return static_cast<Chunk*>(dsa_get_address(area_, at));
}

dsa_pointer& SharedRight::first_chunk(int process, int share) const { return state_->chunks[process * shares + share]; }

void SharedRight::add_chunk(int share, std::size_t bytes) {
    const dsa_pointer at = take(bytes);
    Chunk* const chunk = chunk_at(at);
    *chunk = {InvalidDsaPointer, std::uint32_t(bytes), 0};
    (last_[share] == nullptr ? first_chunk(process_, share) : last_[share]->next) = at;
    last_[share] = chunk;
}

void SharedRight::free_chunks(int process, int share) {
    for (dsa_pointer at = first_chunk(process, share); DsaPointerIsValid(at);) {
        const Chunk chunk = *chunk_at(at);
        dsa_free(area_, at);
        pg_atomic_sub_fetch_u64(&state_->bytes, std::int64_t(chunk.bytes));
        at = chunk.next;
    }
    first_chunk(process, share) = InvalidDsaPointer;
}

// ---- reading

bool SharedRight::begin_reading() {
    attached_ = true;
    if (BarrierAttach(&state_->barrier) != reading) return false;
    process_ = int(pg_atomic_fetch_add_u32(&state_->next_process, 1));
    // A rescan brings new workers, but never while rows are being read.
    if (process_ >= state_->processes) elog(ERROR, "more processes than the plan has");
    return true;
}

void SharedRight::put(const Byte* record) {
    std::uint64_t word;
    std::memcpy(&word, record + record_bytes_ - word_from_end, sizeof word);
    const int share = share_of(hash_of(word));
    if (last_[share] == nullptr || last_[share]->left() < record_bytes_) {
        const std::size_t bytes =
            last_[share] == nullptr ? first_bytes : std::min(most_bytes, 2 * std::size_t(last_[share]->bytes));
        if (file_ != nullptr || !may_take(bytes)) {
            write(record);
            return;
        }
        add_chunk(share, bytes);
    }
    Chunk* const chunk = last_[share];
    std::memcpy(chunk->data() + chunk->used, record, record_bytes_);
    chunk->used += std::uint32_t(record_bytes_);
}

bool SharedRight::end_reading(std::size_t rows_read) {
    if (process_ >= 0) {
        pg_atomic_fetch_add_u64(&state_->rows_read, std::int64_t(rows_read));
        wait();
    }
    const bool in_files = pg_atomic_read_u32(&state_->in_files) != 0;
    if (in_files) {
        if (process_ >= 0) write_chunks();
        if (BarrierPhase(&state_->barrier) == building) wait();
        leave();
    }
    process_ = -1;
    return in_files;
}

// ---- files

void SharedRight::write(const Byte* record) {
    if (file_ == nullptr) {
        pg_atomic_write_u32(&state_->in_files, 1);
        const MemoryContext before = MemoryContextSwitchTo(context_);
        file_ = BufFileCreateFileSet(&state_->files.fs, FileName(process_).text);
        MemoryContextSwitchTo(before);
    }
    // Until PostgreSQL 15 the data are not declared const.
    BufFileWrite(file_, const_cast<Byte*>(record), record_bytes_);
}

void SharedRight::write_chunks() {
    for (int share = 0; share < shares; ++share) {
        for (Records rows(*this, first_chunk(process_, share)); rows.record() != nullptr; rows.advance())
            write(rows.record());
        free_chunks(process_, share);
        last_[share] = nullptr;
    }
    if (file_ == nullptr) return;
    BufFileExportFileSet(file_);
    BufFileClose(file_);
    file_ = nullptr;
}

BufFile* SharedRight::opened(int process) const {
    const MemoryContext before = MemoryContextSwitchTo(context_);
    BufFile* const file = BufFileOpenFileSet(&state_->files.fs, FileName(process).text, O_RDONLY, true);
    MemoryContextSwitchTo(before);
    return file;
}

// ---- building

int SharedRight::next_share() {
    if (BarrierPhase(&state_->barrier) != building) return -1;
    const auto share = pg_atomic_fetch_add_u32(&state_->next_share, 1);
    return share < shares ? int(share) : -1;
}

void SharedRight::publish(int share, const asof::Groups& groups, const asof::Index& index) {
    for (int process = 0; process < state_->processes; ++process) free_chunks(process, share);
    const std::size_t groups_bytes = asof::GroupsImage::bytes(groups);
    const dsa_pointer at = take(groups_bytes + index.image_bytes());
    auto* const image = static_cast<Byte*>(dsa_get_address(area_, at));
    asof::GroupsImage::write(groups, state_->seed, image);
    index.write_image(image + groups_bytes);
    state_->built[share] = {at, groups_bytes, groups.size()};
}

void SharedRight::end_building(asof::Index& index) {
    if (BarrierPhase(&state_->barrier) == building) wait();
    leave();
    for (int share = 0; share < shares; ++share) {
        CHECK_FOR_INTERRUPTS();
        const auto* const image = static_cast<const Byte*>(dsa_get_address(area_, state_->built[share].groups));
        adopted_[share] = {asof::GroupsImage(image), index.adopt(image + state_->built[share].groups_bytes)};
    }
}

}  // namespace csagg::pg
