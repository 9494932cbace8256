// The transition state of the aggregates history() and merge(): a log of rows and of finished histories, appended in
// place.
//
// The log is what arrived, in the order it arrived; sorting, ranking and adding up wait for the end. A row names its
// key by a number. Two logs are put together by copying one behind the other: the key with number 0 begins a new
// numbering.
#pragma once
#include "base/flat.hpp"
#include "history/history.hpp"

namespace csagg {

class HistoryLog {
public:
    static constexpr Byte marker = state_marker | history_tag;

    explicit HistoryLog(Flat flat) : flat_(flat) {}
    static HistoryLog create(Flat::Grow grow);

    const Flat& flat() const { return flat_; }

    // The instant is checked by the caller (check_instant). Errc::kind_mismatch for a key of two kinds, if need be only
    // from finish(); Errc::invalid_parameter for a key that is too long.
    /// An event's value is its amount; its seq is 0, and a state has no actor.
    void add(std::string_view key, FactKind kind, const Entry& entry, const std::string_view* actor = nullptr);
    void add_state(std::string_view key, const Entry& entry) { add(key, FactKind(entry.value.kind), entry); }
    void add_event(std::string_view key, Instant at, const Number& amount) {
        add(key, FactKind::counter, {at, 0, Value::of(amount)});
    }
    void add_event(std::string_view key, Instant at, const Number& amount, std::string_view actor) {
        add(key, FactKind::counter, {at, 0, Value::of(amount)}, &actor);
    }

    void add_all(const HistoryLog& other);
    /// Adds a finished history.
    void add_all(ByteSpan history);

    /// The history's bytes. Changes nothing here.
    void finish(Bytes& out) const;

private:
    struct Header {
        FlatHeader flat;      // room[0]: log2 of the size of the index
        std::uint32_t index;  // offset of the hash table of the current numbering; 0: none yet
        std::uint32_t keys;   // in the current numbering
        std::uint64_t seed;   // of the index's hash
    };
    static_assert(has_no_padding<Header>);
    Header& header() const { return *flat_.at<Header>(0); }
    ByteSpan log() const { return {flat_.block() + sizeof(Header), flat_.used() - sizeof(Header)}; }

    std::uint32_t key_number(std::string_view key, FactKind kind);
    std::size_t slot_of(std::string_view key) const;
    std::uint32_t slot(std::size_t i) const;
    void set_slot(std::size_t i, std::uint32_t offset);
    void enlarge_index();
    void append(ByteSpan record, std::string_view text = {});

    Flat flat_;
};

}  // namespace csagg
