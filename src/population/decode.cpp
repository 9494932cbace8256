#include "population/format.hpp"

#include "base/interrupt.hpp"

namespace csagg {
namespace {

Value read_value(Kind kind, ByteReader& in) {
    switch (kind) {
        case Kind::boolean: {
            const Byte v = in.u8();
            if (v > 1) throw_corrupt("boolean is neither 0 nor 1");
            return Value::of(v == 1);
        }
        case Kind::number: {
            const Byte scale = in.u8();
            const std::int64_t coefficient = in.signed_varint();
            const bool in_range =
                magnitude_of(coefficient) < std::uint64_t(power_of_ten[18]) && scale <= Number::max_scale;
            const Number number{coefficient, scale};
            if (!in_range || Number::normalized(coefficient, scale) != number)
                throw_corrupt("number is not in its normal form");
            return Value::of(number);
        }
        case Kind::text: return Value::of(as_text(in.take(in.count(8))));
        case Kind::date: {
            const std::int64_t days = in.signed_varint();
            if (days != Date(days)) throw_corrupt("date is out of range");
            return Value::of_date(Date(days));
        }
        case Kind::time: return Value::of_time(in.signed_varint());
    }
    throw_corrupt("unknown kind");
}

Byte read_kind(ByteReader& in) {
    const Byte kind = in.u8();
    if (kind != 0 && !is_kind(kind)) throw_corrupt("unknown kind");
    return kind;
}

}  // namespace

Form form_of(ByteSpan bytes) {
    const Byte first = bytes.empty() ? 0 : bytes[0];
    const unsigned form = first & 0x0F;
    if ((first & 0xF0) != 0x10 || form < 1 || form > 4)
        throw_corrupt("not a distribution, summary or flows of a known format");
    return Form(form);
}

ByteSpan grid_of(ByteSpan bytes) {
    ByteReader in(bytes);
    if ((in.u8() & 0xF0) != 0x10) throw_corrupt("not a distribution, summary or flows of a known format");
    return in.take(in.count(8));
}

Stored::Stored(ByteSpan bytes, Arena& arena) : form_(form_of(bytes)), grid_(grid_of(bytes)), values_(arena) {
    ByteReader in(bytes.subspan(std::size_t(grid_.data() + grid_.size() - bytes.data())));
    if (form_ == Form::joint) {
        const std::size_t arity = in.count(8);
        if (arity > max_members) throw_corrupt("joint distribution has too many members");
        arity_ = Byte(arity);
        for (std::size_t m = 0; m < arity; ++m) kinds_[m] = read_kind(in);
    } else {
        kinds_[0] = read_kind(in);
        if (form_ == Form::summary && kinds_[0] != Byte(Kind::number)) throw_corrupt("summary is not of numbers");
        if (form_ == Form::flows) {
            arity_ = 2;
            kinds_[1] = kinds_[0];
        }
    }
    read_values(in);
    columns_ = in.count(8);
    if (!has_tuples() && columns_ != values_.size() - 1) throw_corrupt("columns do not fit the values");
    rest_ = {in.position(), in.left()};
}

void Stored::read_values(ByteReader& in) {
    values_.push_back(Value::none(Kind::text));
    const Byte mask = in.u8();
    for (Byte k = 1; mask >> (k - 1) != 0; ++k) {
        if ((mask >> (k - 1) & 1) == 0) continue;
        if (!is_kind(k)) throw_corrupt("unknown kind");
        const std::size_t n = in.count(8);
        for (std::size_t i = 0; i < n; ++i) {
            if (i % 4096 == 4095) check_interrupts();
            values_.push_back(read_value(Kind(k), in));
        }
    }
}

std::size_t Stored::Reader::next_column() {
    bucket_ = 0;
    if (stored_.has_tuples()) {
        for (std::size_t m = 0; m < stored_.arity_; ++m) {
            const std::uint64_t place = in_.varint();
            if (place >= stored_.values_.size()) throw_corrupt("member is not among the values");
            if (place != 0 && Byte(stored_.values_[place].kind) != stored_.kinds_[m])
                throw_corrupt("member is of another kind");
            members_[m] = std::uint32_t(place);
        }
    } else {
        ++members_[0];
        if (Byte(stored_.values_[members_[0]].kind) != stored_.kinds_[0]) throw_corrupt("value is of another kind");
    }
    return in_.count(16);
}

std::uint32_t Stored::Reader::next_bucket() {
    const std::uint64_t distance = in_.varint();
    if (distance >= stored_.buckets_ - bucket_) throw_corrupt("bucket is outside of the grid");
    const std::uint64_t bucket = bucket_ + distance;
    bucket_ = bucket + 1;
    return std::uint32_t(bucket);
}

Change Stored::Reader::next_change() {
    const std::uint32_t bucket = next_bucket();
    return {bucket, in_.signed_varint()};
}

std::size_t Stored::Reader::moments() {
    bucket_ = 0;
    return in_.count(40);
}

Moment Stored::Reader::next_moment() {
    Moment moment;
    moment.bucket = next_bucket();
    moment.sum = Wide::read(in_);
    moment.squares = WideSquare::read(in_);
    return moment;
}

}  // namespace csagg
