// Instants of SQL types as the 64-bit integers of the core.
#pragma once
#include "asof/core/asof.hpp"

#include "postgres/boundary.hpp"

namespace csagg::pg {

enum class InstantKind : std::uint8_t { integer, date, timestamp, timestamptz, floating, numeric, none };

/// int2, int4 and int8 are one kind, float4 and float8 too. `none`: not a type an as-of join can order by.
InstantKind instant_kind(Oid type);

/// The left and the right side's instants, of one kind.
class Instants {
public:
    /// One kind, which is not `none`; or dates and timestamps of which the left ones can be converted: the order of the
    /// right ones, too, is as it was.
    static bool are_comparable(Oid left, Oid right);
    Instants(Oid left, Oid right);

    /// For the core: nullptr where plain integers compare right.
    asof::InstantOrder* order();
    /// For the core's search among plain integers.
    std::int64_t infinity() const;

    /// An integer that compares with others of this object through order(). A numeric's lives as long as the Datum.
    std::int64_t left(Datum at) const { return converted_ ? convert(at) : read(left_, at); }
    std::int64_t right(Datum at) const { return read(right_, at); }
    /// The same as left(), and lives as long as the current context.
    std::int64_t kept_left(Datum at) const;
    /// True if the integer points into memory: the Datum has to be kept, as a plain numeric.
    bool by_reference() const { return kind_ == InstantKind::numeric; }

private:
    struct FloatOrder final : asof::InstantOrder {
        int compare(std::int64_t a, std::int64_t b) override;
        bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) override;
    };
    struct NumericOrder final : asof::InstantOrder {
        int compare(std::int64_t a, std::int64_t b) override;
        bool prefers_before(std::int64_t before, std::int64_t at, std::int64_t after) override;
    };
    static std::int64_t read(Oid type, Datum at);
    std::int64_t convert(Datum at) const;

    Oid left_, right_;
    InstantKind kind_;  // of the right ones
    bool converted_;    // left ones are of another kind
    FloatOrder float_;
    NumericOrder numeric_;
};

/// How far a match may be. Calendar units (months, days across a change of clocks) are PostgreSQL's own.
class Tolerance {
public:
    Tolerance() = default;
    /// From an interval for dates and timestamps, or a number (of days, for dates). 22007 or 22P02 if it cannot be
    /// read, 22023 if it is negative or not finite.
    Tolerance(InstantKind kind, const char* text);

    bool given() const { return given_; }
    /// Sets the probe's bounds from its instant: those that matter in this direction, of which one that is out of range
    /// is PostgreSQL's error. What it allocates is in the current context.
    void bound(asof::Probe& probe, asof::Direction direction) const;

private:
    std::int64_t shifted(std::int64_t at, bool later) const;

    InstantKind kind_ = InstantKind::none;
    bool given_ = false;
    bool plain_ = false;  // units_ alone tell
    std::int64_t units_ = 0;
    double floating_ = 0;
    Datum value_ = 0;  // interval or numeric
};

}  // namespace csagg::pg
