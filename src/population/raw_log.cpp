#include "population/raw_log.hpp"

#include "base/interrupt.hpp"
#include "base/sort.hpp"
#include "population/count.hpp"

namespace csagg {
namespace {

constexpr std::size_t row_bytes = 20, seq_bytes = 8;

Value value_of(const LogRecord& record, Kind kind, const Codes& texts) {
    if (record.absent()) return Value::none(kind);
    if (kind == Kind::text) return Value::of(as_text(texts.bytes_of(Codes::Code(record.word))));
    return {kind, false, record.scale(), record.word, {}};
}

/// The bucket that sees a row first, counted as the form counts them: of flows, -1 is what was before the grid.
std::int64_t bucket_of(Form form, const Grid& grid, Instant at) {
    if (form == Form::flows && at < grid.starts_at(0)) return -1;
    return std::int64_t(grid.bucket_of(at));
}

}  // namespace

void sort_records(std::span<LogRecord> records, Kind kind, const Codes& texts) {
    std::size_t sorted = 1;
    while (sorted < records.size() && records[sorted - 1].at < records[sorted].at) ++sorted;
    if (sorted >= records.size()) return;
    csagg::sort(records.begin(), records.end(), [kind, &texts](const LogRecord& a, const LogRecord& b) {
        if (a.at != b.at) return a.at < b.at;
        if (a.seq != b.seq) return a.seq < b.seq;
        return compare(value_of(a, kind, texts), value_of(b, kind, texts)) < 0;
    });
}

RawLog::RawLog(const RawLogShape& shape, ByteSpan grid_bytes, const Grid& grid, std::size_t most_bytes,
               std::uint64_t seed, Arena& arena)
    : shape_(shape),
      stride_(row_bytes + (shape.has_seq ? seq_bytes : 0)),
      last_closing_(grid.size() > 0 ? grid.closing(grid.size() - 1) : minus_infinity),
      most_bytes_(most_bytes),
      grid_(grid_bytes.begin(), grid_bytes.end(), arena),
      keys_(seed, arena),
      texts_(seed, arena),
      parts_(arena) {}

RawLog::~RawLog() {
    for (Part& part : parts_) release(part);
}

void RawLog::release(Part& part) {
    for (const Chunk& chunk : part.chunks) {
        chunk_bytes_ -= chunk.size;
        parts_.get_stored_allocator().arena().deallocate(chunk.data, chunk.size, alignof(std::uint64_t));
    }
    part.chunks.clear();
    part.next = part.end = nullptr;
}

void RawLog::make_room(std::size_t index) {
    Arena& arena = parts_.get_stored_allocator().arena();
    while (parts_.size() <= index) parts_.emplace_back(arena);
    Part& part = parts_[index];
    if (part.next != part.end) return;
    const std::size_t before = part.chunks.empty() ? 0 : 2 * part.chunks.back().size / stride_;
    const std::size_t size = std::clamp(before, first_chunk, largest_chunk) * stride_;
    if (part.chunks.size() == part.chunks.capacity()) part.chunks.reserve(2 * part.chunks.size() + 4);
    part.next = static_cast<Byte*>(arena.allocate(size, alignof(std::uint64_t)));
    part.end = part.next + size;
    part.chunks.push_back({part.next, size});
    chunk_bytes_ += size;
    note_bytes();
}

void RawLog::add_waiting() {
    constexpr std::size_t cached_bytes = 256 << 10;
    if (keys_.bytes() > cached_bytes)
        for (std::size_t i = 0; i < waiting_count_; ++i) keys_.prefetch(waiting_[i].word);
    Key keys[most_waiting];
    for (std::size_t i = 0; i < waiting_count_; ++i) keys[i] = keys_.of_word(waiting_[i].word);
    for (std::size_t i = 0; i < waiting_count_; ++i) add(keys[i], waiting_[i].record);
    waiting_count_ = 0;
}

template <class F>
void RawLog::for_each_chunk(const Part& part, F f) const {
    for (const Chunk& chunk : part.chunks) {
        const Byte* const end = &chunk == &part.chunks.back() ? part.next : chunk.data + chunk.size;
        f(ByteSpan(chunk.data, end));
    }
}

template <class F>
void RawLog::for_each_row(const Part& part, F f) const {
    for_each_chunk(part, [this, &f](ByteSpan chunk) {
        for (const Byte* p = chunk.data(); p < chunk.data() + chunk.size(); p += stride_) f(p);
    });
}

std::size_t RawLog::rows(const Part& part) const {
    std::size_t bytes = 0;
    for_each_chunk(part, [&bytes](ByteSpan chunk) { bytes += chunk.size(); });
    return bytes / stride_;
}

// A counting sort. The records are those of one part after the other; their memory is used again.
class RawLog::Customers {
public:
    explicit Customers(Arena& arena) : records_(arena) {}

    /// Calls f(number of the customer within the part, its records in order).
    template <class F>
    void for_each(const RawLog& log, const Part& part, F f) {
        check_interrupts();
        load(log, part);
        for (std::size_t key = 0; key < keys_in_part; ++key) {
            const std::size_t begin = key == 0 ? 0 : places_[key - 1], end = places_[key];
            if (begin == end) continue;
            const std::span<LogRecord> records(records_.data() + begin, end - begin);
            sort_records(records, log.shape_.kind, log.texts_);
            f(key, std::span<const LogRecord>(records));
        }
    }

private:
    void load(const RawLog& log, const Part& part) {
        std::fill(std::begin(places_), std::end(places_), 0);
        log.for_each_row(part, [this](const Byte* p) { ++places_[local_key(p) + 1]; });
        for (std::size_t key = 1; key <= keys_in_part; ++key) places_[key] += places_[key - 1];
        records_.resize(places_[keys_in_part], boost::container::default_init);
        log.for_each_row(part, [this, &log](const Byte* p) { records_[places_[local_key(p)]++] = log.get(p); });
    }

    Vector<LogRecord> records_;
    std::size_t places_[keys_in_part + 1];  // where each customer's records start; after loading, where they end
};

void RawLog::count(Cells& cells, const Grid& grid) {
    add_waiting();
    Arena& arena = parts_.get_stored_allocator().arena();
    TextIds texts(cells, texts_, arena);
    Customers customers(arena);
    cells.require_kind(0, shape_.kind);
    for (const Part& part : parts_)
        customers.for_each(*this, part, [&](std::size_t, std::span<const LogRecord> records) {
            const LogRun run(shape_.kind, records, texts);
            if (shape_.form == Form::distribution) count_distribution(cells, run, grid);
            if (shape_.form == Form::summary) count_summary(cells, run, grid);
            if (shape_.form == Form::flows) count_flows(cells, run, grid);
        });
}

// What saves little is left early: as long as there are few rows of a customer and bucket, the time is better spent at
// the end.
void RawLog::compact(const Grid& grid) {
    add_waiting();
    Customers customers(parts_.get_stored_allocator().arena());
    const std::size_t all = chunk_bytes_;
    std::size_t before = 0, after = 0;
    for (Part& part : parts_) {
        before += rows(part);
        compact(part, customers, grid);
        after += rows(part);
        if (before * stride_ > all / 16 && after > before / 4 * 3) break;
    }
    most_bytes_ = std::max(most_bytes_, 2 * bytes());
    note_bytes();
}

// The records are copies, so the rows kept may be written over those read.
void RawLog::compact(Part& part, Customers& customers, const Grid& grid) {
    std::size_t chunk = 0;
    Byte* next = nullptr;
    Byte* end = nullptr;
    customers.for_each(*this, part, [&](std::size_t key, std::span<const LogRecord> records) {
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (i + 1 < records.size() &&
                bucket_of(shape_.form, grid, records[i].at) == bucket_of(shape_.form, grid, records[i + 1].at))
                continue;
            if (next == end) {
                next = part.chunks[chunk].data;
                end = next + part.chunks[chunk++].size;
            }
            put(next, key, records[i]);
            next += stride_;
        }
    });
    while (part.chunks.size() > chunk) {
        chunk_bytes_ -= part.chunks.back().size;
        parts_.get_stored_allocator().arena().deallocate(part.chunks.back().data, part.chunks.back().size,
                                                         alignof(std::uint64_t));
        part.chunks.pop_back();
    }
    part.next = next;
    part.end = end;
}

// ---- between processes

namespace {

void write_keys(const Codes& codes, bool words, ByteWriter& out, Arena& arena) {
    out.varint(codes.count());
    if (!words) {
        for (std::size_t i = 1; i <= codes.count(); ++i) out.text(as_text(codes.bytes_of(Codes::Code(i))));
        return;
    }
    Vector<std::uint64_t> all(arena);
    codes.words(all);
    out.append({reinterpret_cast<const Byte*>(all.data()), all.size() * sizeof(std::uint64_t)});
}

/// The codes here of all keys there, [0] for none.
Vector<Codes::Code> read_keys(ByteReader& in, bool words, Codes& codes, Arena& arena) {
    const std::size_t n = in.count(words ? 64 : 8);
    Vector<Codes::Code> here(arena);
    here.reserve(n + 1);
    here.push_back(0);
    for (std::size_t i = 0; i < n; ++i) {
        if (i % 65536 == 65535) check_interrupts();
        here.push_back(words ? codes.of_word(in.fixed<std::uint64_t>()) : codes.of_bytes(in.take(in.count(8))));
    }
    return here;
}

RawLogShape read_shape(ByteReader& in, ByteSpan& grid) {
    const Byte form = in.u8(), kind = in.u8(), flags = in.u8();
    if ((form != Byte(Form::distribution) && form != Byte(Form::summary) && form != Byte(Form::flows)) ||
        !is_kind(kind) || flags > 3)
        throw_corrupt("log of an unknown shape");
    grid = in.take(in.count(8));
    return {Form(form), Kind(kind), (flags & 1) != 0, (flags & 2) != 0};
}

}  // namespace

void RawLog::write(Bytes& out) {
    add_waiting();
    ByteWriter writer(out);
    writer.u8(Byte(shape_.form));
    writer.u8(Byte(shape_.kind));
    writer.u8(Byte((shape_.word_keys ? 1 : 0) | (shape_.has_seq ? 2 : 0)));
    writer.varint(grid_.size());
    writer.append(grid());
    Arena& arena = parts_.get_stored_allocator().arena();
    write_keys(keys_, shape_.word_keys, writer, arena);
    write_keys(texts_, false, writer, arena);
    writer.varint(parts_.size());
    for (const Part& part : parts_) {
        check_interrupts();
        writer.varint(rows(part));
        for_each_chunk(part, [&writer](ByteSpan chunk) { writer.append(chunk); });
    }
}

RawLogShape RawLog::shape_of(ByteSpan written, ByteSpan& grid) {
    ByteReader in(written);
    return read_shape(in, grid);
}

void RawLog::merge(ByteSpan written, const Grid& grid) {
    ByteReader in(written);
    ByteSpan its_grid;
    if (read_shape(in, its_grid) != shape_) throw_corrupt("log of another shape");
    require_same_grid(this->grid(), its_grid);
    add_waiting();
    Arena& arena = parts_.get_stored_allocator().arena();
    const Vector<Key> keys = read_keys(in, shape_.word_keys, keys_, arena), texts = read_keys(in, false, texts_, arena);
    const std::size_t n = in.count(8);
    for (std::size_t part = 0; part < n; ++part) {
        check_interrupts();
        merge_rows(part, in, keys, texts);
        if (is_full()) compact(grid);
    }
    if (in.left() > 0) throw_corrupt("log is longer than its rows");
}

void RawLog::merge_rows(std::size_t part, ByteReader& in, const Vector<Key>& keys, const Vector<Key>& texts) {
    const std::size_t n = in.count(stride_ * 8);
    const ByteSpan rows = in.take(n * stride_);
    for (const Byte* p = rows.data(); p < rows.data() + rows.size(); p += stride_) {
        const std::size_t key = part * keys_in_part + local_key(p);
        LogRecord record = get(p);
        if (key >= keys.size()) throw_corrupt("row of an unknown key");
        if (shape_.kind == Kind::text && !record.absent()) {
            if (std::uint64_t(record.word) >= texts.size() || record.word == 0) throw_corrupt("row of an unknown text");
            record.word = texts[std::size_t(record.word)];
        }
        add(keys[key], record);
    }
}

}  // namespace csagg
