// Runs: the rows of one customer in a raw log, to be counted like a timeline.
#pragma once
#include "population/cells.hpp"
#include "population/codes.hpp"
#include "timeline/timeline.hpp"

namespace csagg {

/// One row of a log.
struct LogRecord {
    Instant at;
    std::int64_t seq;
    std::int64_t word;  // as of a Value; of a text, its code
    Byte tag;           // 0: absent; else 1 + the scale

    bool absent() const { return tag == 0; }
    std::uint8_t scale() const { return std::uint8_t(tag - 1); }
};

/// The ids in some Cells of the texts with these codes; each is looked up once.
class TextIds {
public:
    TextIds(Cells& cells, const Codes& texts, Arena& arena)
        : cells_(cells), texts_(texts), ids_(texts.count() + 1, 0, arena) {}

    Cells::Id of(std::size_t code) {
        Cells::Id& id = ids_[code];
        if (id == 0) id = cells_.text_id(as_text(texts_.bytes_of(Codes::Code(code))));
        return id;
    }

private:
    Cells& cells_;
    const Codes& texts_;
    Vector<Cells::Id> ids_;
};

/// It is looked at block by block, as a Timeline is. Of several records at one instant the last is in force.
class LogRun {
public:
    static constexpr bool has_normalized_numbers = true;

    class Block {
    public:
        explicit Block(std::span<const LogRecord> records) : records_(records) {}

        void decode(bool) {}  // there is nothing to do
        std::size_t size() const { return records_.size(); }
        bool is_plain() const { return false; }  // it was not looked at
        Instant at(std::size_t i) const { return records_[i].at; }
        bool absent(std::size_t i) const { return records_[i].absent(); }
        std::int64_t word(std::size_t i) const { return records_[i].word; }
        std::uint8_t scale_of(std::size_t i) const { return records_[i].scale(); }

    private:
        std::span<const LogRecord> records_;
    };

    /// The records ascend by instant, then rank.
    LogRun(Kind kind, std::span<const LogRecord> records, TextIds& texts)
        : kind_(kind), records_(records), texts_(texts) {}

    Kind kind() const { return kind_; }
    Instant known_from() const { return minus_infinity; }
    std::size_t blocks() const { return (records_.size() + block_entries - 1) / block_entries; }
    Instant block_start(std::size_t i) const { return records_[i * block_entries].at; }
    Block block(std::size_t i) const {
        const std::size_t begin = i * block_entries;
        return Block(records_.subspan(begin, std::min(block_entries, records_.size() - begin)));
    }
    Cells::Id text_id(std::size_t code) const { return texts_.of(code); }

private:
    Kind kind_;
    std::span<const LogRecord> records_;
    TextIds& texts_;
};

/// By instant, then rank (seq, value): what timeline() sorts by, with the one that wins at the end.
void sort_records(std::span<LogRecord> records, Kind kind, const Codes& texts);

}  // namespace csagg
