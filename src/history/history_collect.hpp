// What a HistoryLog holds, fact by fact.
#pragma once
#include "history/history.hpp"
#include "value/names.hpp"

namespace csagg {

class HistoryParts {
public:
    /// Errc::kind_mismatch for a key of two kinds. The log is not copied.
    HistoryParts(ByteSpan log, Arena& arena);

    /// The greatest horizon of the finished histories in the log.
    Instant known_from() const { return known_from_; }
    /// The facts in the order of their keys, each as if its rows and pieces had been aggregated at once.
    void write(HistoryWriter& writer);

private:
    /// A row of the log, or the bytes of a fact of a finished history.
    struct Part {
        std::uint32_t fact;
        std::uint32_t offset;
        std::uint32_t size;  // 0: a row
    };
    void read_log();
    void read_history(ByteSpan bytes);
    std::uint32_t fact_of(std::string_view key, FactKind kind);
    void sort_by_key(Arena& arena);
    Fact fact(const Part& part) const;
    void write_state(std::uint32_t fact, std::span<const Part> parts, Instant known_from, Bytes& out);
    void write_counter(std::span<const Part> parts, Instant known_from, Bytes& out) const;

    ByteSpan log_;
    Instant known_from_ = minus_infinity;
    Names keys_;
    SmallVector<FactKind, 8> kinds_;  // one a key
    SmallVector<Part, 32> parts_;
    Entries entries_, piece_;  // of the state at hand
};

}  // namespace csagg
