#include "asof/join/shared_pg.hpp"

#include "base/hash.hpp"

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

void SharedRight::come(State* state) { SharedFileSetAttach(&state->files, dsm_find_mapping(state->segment)); }

SharedRight::SharedRight(State* state, dsa_area* area, MemoryContext context, std::size_t record_bytes,
                         std::size_t limit)
    : state_(state),
      area_(area),
      context_(context),
      record_bytes_(record_bytes),
      limit_(limit * std::size_t(state->processes)) {}

// ---- reading

bool SharedRight::begin_reading() {
    attached_ = true;
    if (BarrierAttach(&state_->barrier) != reading) return false;
    process_ = int(pg_atomic_fetch_add_u32(&state_->next_process, 1));
    // A rescan brings new workers, but never while rows are being read.
    if (process_ >= state_->processes) elog(ERROR, "more processes than the plan has");
    return true;
}

int SharedRight::share_of(std::uint64_t word) const {
    // Other bits than those that place a key in the table.
    return int(fold_multiply(word + 0x2545F4914F6CDD1D, state_->seed | 1) >> 32) & (shares - 1);
}

void SharedRight::put(const Byte* record) {
    std::uint64_t word;
    std::memcpy(&word, record + word_at, sizeof word);
    const int share = share_of(word);
    if (last_[share] == nullptr || last_[share]->left() < record_bytes_) {
        const std::size_t bytes =
            last_[share] == nullptr ? first_bytes : std::min(most_bytes, 2 * std::size_t(last_[share]->bytes));
        if (file_ != nullptr || !may_take(bytes)) return write(record);
        add_chunk(share, bytes);
    }
    Chunk* const chunk = last_[share];
    std::memcpy(chunk->data() + chunk->used, record, record_bytes_);
    chunk->used += std::uint32_t(record_bytes_);
}

bool SharedRight::may_take(std::size_t bytes) const { return pg_atomic_read_u64(&state_->bytes) + bytes <= limit_; }

dsa_pointer SharedRight::take(std::size_t bytes) {
    const dsa_pointer taken = dsa_allocate_extended(area_, bytes, DSA_ALLOC_HUGE);
    const std::uint64_t all = pg_atomic_add_fetch_u64(&state_->bytes, std::int64_t(bytes));
    std::uint64_t peak = pg_atomic_read_u64(&state_->peak_bytes);
    while (peak < all && !pg_atomic_compare_exchange_u64(&state_->peak_bytes, &peak, all)) {
    }
    return taken;
}

void SharedRight::add_chunk(int share, std::size_t bytes) {
    const dsa_pointer at = take(bytes);
    Chunk* const chunk = chunk_at(at);
    *chunk = {InvalidDsaPointer, std::uint32_t(bytes), 0};
    (last_[share] == nullptr ? first_chunk(process_, share) : last_[share]->next) = at;
    last_[share] = chunk;
}

SharedRight::Chunk* SharedRight::chunk_at(dsa_pointer at) const {
    return static_cast<Chunk*>(dsa_get_address(area_, at));
}

dsa_pointer& SharedRight::first_chunk(int process, int share) const { return state_->chunks[process * shares + share]; }

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

void SharedRight::wait() { BarrierArriveAndWait(&state_->barrier, PG_WAIT_EXTENSION); }

void SharedRight::end_reading(std::size_t rows_read) {
    if (process_ < 0) return;
    if (file_ != nullptr) BufFileExportFileSet(file_);
    pg_atomic_fetch_add_u64(&state_->rows_read, std::int64_t(rows_read));
    wait();
    if (file_ != nullptr) BufFileClose(file_);
    file_ = nullptr;
    process_ = -1;
}

bool SharedRight::in_files() const { return pg_atomic_read_u32(&state_->in_files) != 0; }

BufFile* SharedRight::opened(int process) const {
    const MemoryContext before = MemoryContextSwitchTo(context_);
    BufFile* const file = BufFileOpenFileSet(&state_->files.fs, FileName(process).text, O_RDONLY, true);
    MemoryContextSwitchTo(before);
    return file;
}

void SharedRight::could_not_read() {
    ereport(ERROR, (errcode_for_file_access(), errmsg("could not read a temporary file of the as-of join")));
    pg_unreachable();
}

// ---- building

int SharedRight::next_share() {
    if (BarrierPhase(&state_->barrier) != building) return -1;
    const auto share = pg_atomic_fetch_add_u32(&state_->next_share, 1);
    return share < shares ? int(share) : -1;
}

Byte* SharedRight::publish(int share, std::size_t groups, std::size_t image_bytes) {
    for (int process = 0; process < state_->processes; ++process) {
        for (dsa_pointer at = first_chunk(process, share); DsaPointerIsValid(at);) {
            const Chunk chunk = *chunk_at(at);
            dsa_free(area_, at);
            pg_atomic_sub_fetch_u64(&state_->bytes, std::int64_t(chunk.bytes));
            at = chunk.next;
        }
        first_chunk(process, share) = InvalidDsaPointer;
    }
    const std::size_t words_bytes = groups * sizeof(std::uint64_t);
    state_->built[share] = {take(words_bytes + image_bytes), groups};
    return static_cast<Byte*>(dsa_get_address(area_, state_->built[share].words));
}

void SharedRight::end_building() {
    if (BarrierPhase(&state_->barrier) == building) wait();
    leave();
}

void SharedRight::leave() {
    if (attached_) BarrierDetach(&state_->barrier);
    attached_ = false;
}

std::size_t SharedRight::groups(int share) const { return state_->built[share].groups; }

const std::uint64_t* SharedRight::words(int share) const {
    return static_cast<const std::uint64_t*>(dsa_get_address(area_, state_->built[share].words));
}

std::size_t SharedRight::rows_read() const { return pg_atomic_read_u64(&state_->rows_read); }
std::size_t SharedRight::peak_bytes() const { return pg_atomic_read_u64(&state_->peak_bytes); }

}  // namespace csagg::pg
