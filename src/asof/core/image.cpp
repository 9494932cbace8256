// An index as bytes without addresses, so that processes can share one that each of them has built a part of.
//
//     number of partitions | where the groups of each begin, and the last one ends | their chunks
#include "asof/core/asof.hpp"

#include "base/error.hpp"

#include <cstring>

namespace csagg::asof {
namespace {

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

constexpr std::size_t begins_at = sizeof(std::uint64_t);

}  // namespace

std::size_t Index::chunks_at(std::size_t partitions) {
    return begins_at + aligned(partitions * (partition_groups + 1) * sizeof(std::uint32_t));
}

std::size_t Index::image_bytes() const {
    std::size_t bytes = chunks_at(partitions_.size());
    for (const Partition& partition : partitions_) bytes += partition.chunks.size() * chunk_rows * row_bytes_;
    return bytes;
}

void Index::write_image(Byte* to) const {
    const std::uint64_t partitions = partitions_.size();
    std::memcpy(to, &partitions, sizeof partitions);
    auto* begins = reinterpret_cast<std::uint32_t*>(to + begins_at);
    Byte* chunk_at = to + chunks_at(partitions);
    for (std::size_t p = 0; p < partitions; ++p) {
        check_interrupts();
        for (std::uint32_t g = 0; g < partition_groups; ++g) *begins++ = stretches_[p * partition_groups + g].begin;
        *begins++ = partitions_[p].rows;
        for (const Byte* chunk : partitions_[p].chunks) {
            std::memcpy(chunk_at, chunk, chunk_rows * row_bytes_);
            chunk_at += chunk_rows * row_bytes_;
        }
    }
}

Group Index::adopt(const Byte* image) {
    std::uint64_t partitions;
    std::memcpy(&partitions, image, sizeof partitions);
    const std::size_t first = partitions_.size();
    if (partitions == 0) return Group(first * partition_groups);
    if ((first + partitions) * partition_groups > std::size_t(1) << 31)
        throw Error(Errc::limit_exceeded, "as-of join: more than 2147483648 keys");
    add_partitions(first + partitions - 1);
    stretches_.resize((first + partitions) * partition_groups, boost::container::default_init);
    bytes_ += stretches_.size() * sizeof(Stretch);
    const auto* begins = reinterpret_cast<const std::uint32_t*>(image + begins_at);
    auto* chunk_at = const_cast<Byte*>(image + chunks_at(partitions));  // which nobody writes any more
    for (std::size_t p = 0; p < partitions; ++p, begins += partition_groups + 1) {
        Partition& partition = partitions_[first + p];
        partition.rows = begins[partition_groups];
        partition.chunks.resize((partition.rows + chunk_rows - 1) / chunk_rows);
        for (Byte*& chunk : partition.chunks) {
            chunk = chunk_at;
            chunk_at += chunk_rows * row_bytes_;
        }
        set_stretches(first + p, begins);
        rows_ += partition.rows;
    }
    return Group(first * partition_groups);
}

}  // namespace csagg::asof
