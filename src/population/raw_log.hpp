// RawLog: the transition state of distribution(key, at, value, grid) and its like: a log of many customers, counted in
// one pass at the end.
//
// Rows are collected as they come, 20 bytes each, 28 with seq. Customers are numbered as they come, and rows lie in
// parts by customer, so that in the end each part is small enough for the processor's caches: its rows are ordered by
// customer and counted like timelines. When there are too many bytes, each customer keeps of each bucket the last row
// alone.
//
//   row    instant (8 bytes), word (8), number of the customer within the part << 8 | tag (4), seq (8, if the log has
//   it)
#pragma once
#include "grid/grid.hpp"
#include "population/log_run.hpp"

namespace csagg {

struct RawLogShape {
    Form form;       // what it will be counted for; not joint
    Kind kind;       // of the values
    bool word_keys;  // keys are words, else byte strings
    bool has_seq;

    bool operator==(const RawLogShape&) const = default;
};

class RawLog {
public:
    using Key = Codes::Code;
    static constexpr Key null_key = 0;

    /// Beyond `most_bytes` it is compacted, and may double what it then has. `grid_bytes` are those of the grid.
    RawLog(const RawLogShape& shape, ByteSpan grid_bytes, const Grid& grid, std::size_t most_bytes, std::uint64_t seed,
           Arena& arena);
    RawLog(const RawLog&) = delete;
    RawLog& operator=(const RawLog&) = delete;
    ~RawLog();

    const RawLogShape& shape() const { return shape_; }
    ByteSpan grid() const { return view(grid_); }
    /// Of memory.
    std::size_t bytes() const { return chunk_bytes_ + keys_.bytes() + texts_.bytes(); }

    /// Whether the grid sees a row at this instant at all; if not, it need not be added.
    bool sees(Instant at) const { return at <= last_closing_; }
    Key key_of(ByteSpan bytes) { return keys_.of_bytes(bytes); }
    LogRecord record(Instant at, std::int64_t seq, const Value& value) {
        if (value.absent) return {at, seq, 0, 0};
        return {at, seq, value.kind == Kind::text ? std::int64_t(texts_.of_bytes(as_bytes(value.text))) : value.word,
                Byte(value.scale + 1)};
    }
    [[gnu::always_inline]] void add(Key key, const LogRecord& record) {
        const std::size_t index = key / keys_in_part;
        if (index >= parts_.size() || parts_[index].next == parts_[index].end) [[unlikely]]
            make_room(index);
        Part& part = parts_[index];
        put(part.next, key % keys_in_part, record);
        part.next += stride_;
    }
    /// The same for a key that is a word; it waits for others, whose places in the table are then fetched at once.
    [[gnu::always_inline]] void add_word(std::uint64_t word, const LogRecord& record) {
        waiting_[waiting_count_++] = {word, record};
        if (waiting_count_ == most_waiting) [[unlikely]]
            add_waiting();
    }

    /// To be asked for after rows were added, and answered with compact().
    bool is_full() const { return is_full_; }
    void compact(const Grid& grid);

    /// Adds all customers. What it changes here is the order of rows only.
    void count(Cells& cells, const Grid& grid);

    /// All there is, for merge() in another process of this program: not for keeping.
    void write(Bytes& out);
    /// Adds what write() of a log of the same shape and grid gave. Errc::corrupt, Errc::invalid_parameter for another
    /// grid.
    void merge(ByteSpan written, const Grid& grid);
    /// What merge() needs a log of: shape and grid of what write() gave.
    static RawLogShape shape_of(ByteSpan written, ByteSpan& grid);

private:
    static constexpr std::size_t keys_in_part = 1024;
    static constexpr std::size_t most_waiting = 32;
    static constexpr std::size_t first_chunk = 16, largest_chunk = 4096;  // rows

    struct Chunk {
        Byte* data;
        std::size_t size;  // bytes; all in use, but in the last one
    };
    struct Part {
        explicit Part(Arena& arena) : chunks(arena) {}

        Byte* next = nullptr;  // in the last chunk
        Byte* end = nullptr;
        Vector<Chunk> chunks;
    };
    struct Waiting {
        std::uint64_t word;
        LogRecord record;
    };
    /// A part's rows by customer.
    class Customers;

    void put(Byte* p, std::size_t local_key, const LogRecord& record) const {
        store_le(p, record.at);
        store_le(p + 8, record.word);
        store_le(p + 16, std::uint32_t(local_key << 8 | record.tag));
        if (shape_.has_seq) store_le(p + 20, record.seq);
    }
    static std::size_t local_key(const Byte* p) { return load_le<std::uint32_t>(p + 16) >> 8; }
    LogRecord get(const Byte* p) const {
        return {load_le<Instant>(p), shape_.has_seq ? load_le<std::int64_t>(p + 20) : 0, load_le<std::int64_t>(p + 8),
                p[16]};
    }
    std::size_t rows(const Part& part) const;
    template <class F>
    void for_each_row(const Part& part, F f) const;
    template <class F>
    void for_each_chunk(const Part& part, F f) const;

    void make_room(std::size_t part);
    void add_waiting();
    void compact(Part& part, Customers& customers, const Grid& grid);
    void release(Part& part);
    void note_bytes() { is_full_ = bytes() > most_bytes_; }
    void merge_rows(std::size_t part, ByteReader& in, const Vector<Key>& keys, const Vector<Key>& texts);

    RawLogShape shape_;
    std::size_t stride_;
    Instant last_closing_;
    std::size_t most_bytes_;
    std::size_t chunk_bytes_ = 0;
    std::size_t waiting_count_ = 0;
    bool is_full_ = false;
    Bytes grid_;
    Codes keys_;
    Codes texts_;
    Vector<Part> parts_;
    Waiting waiting_[most_waiting];
};

}  // namespace csagg
