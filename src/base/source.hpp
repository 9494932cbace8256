// Where the bytes of a long value come from, piece by piece: a look-up need not fetch the whole.
#pragma once
#include "base/memory.hpp"

#include <algorithm>

namespace csagg {

class ByteSource {
public:
    virtual ~ByteSource() = default;
    virtual std::size_t size() const = 0;
    /// `length` bytes from `offset` on; fewer at the end. Valid as long as the source.
    virtual ByteSpan read(std::size_t offset, std::size_t length) = 0;
};

/// Bytes that are in memory already.
class WholeSource final : public ByteSource {
public:
    explicit WholeSource(ByteSpan bytes) : bytes_(bytes) {}
    std::size_t size() const override { return bytes_.size(); }
    ByteSpan read(std::size_t offset, std::size_t length) override {
        offset = std::min(offset, bytes_.size());
        return bytes_.subspan(offset, std::min(length, bytes_.size() - offset));
    }

private:
    ByteSpan bytes_;
};

}  // namespace csagg
