// An index as bytes without addresses, so that processes can share one that each of them has built a part of.
//
//     number of partitions | rows of each | where their groups begin | their chunks
#include "asof/core/asof.hpp"

#include "base/error.hpp"

#include <cstring>

namespace csagg::asof {
namespace {

constexpr std::size_t aligned(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

/// Where the parts of an image are.
struct Layout {
    std::size_t partitions, begins_bytes;
    std::size_t rows_at() const { return sizeof(std::uint64_t); }
    std::size_t begins_at() const { return rows_at() + aligned(partitions * sizeof(std::uint32_t)); }
    std::size_t chunks_at() const { return begins_at() + aligned(begins_bytes); }
};

}  // namespace

std::size_t Index::image_bytes() const {
    std::size_t bytes = Layout{partitions_.size(), begins_.size() * sizeof(begins_[0])}.chunks_at();
    for (const Partition& partition : partitions_) bytes += partition.chunks.size() * chunk_rows * row_bytes_;
    return bytes;
}

void Index::write_image(Byte* to) const {
    const Layout layout{partitions_.size(), begins_.size() * sizeof(begins_[0])};
    const std::uint64_t partitions = layout.partitions;
    std::memcpy(to, &partitions, sizeof partitions);
    if (partitions == 0) return;
    std::memcpy(to + layout.begins_at(), begins_.data(), layout.begins_bytes);
    Byte* chunk_at = to + layout.chunks_at();
    for (std::size_t p = 0; p < partitions; ++p) {
        check_interrupts();
        std::memcpy(to + layout.rows_at() + p * sizeof(std::uint32_t), &partitions_[p].rows, sizeof(std::uint32_t));
        for (const Byte* chunk : partitions_[p].chunks) {
            std::memcpy(chunk_at, chunk, chunk_rows * row_bytes_);
            chunk_at += chunk_rows * row_bytes_;
        }
    }
}

Group Index::adopt(const Byte* image) {
    std::uint64_t partitions;
    std::memcpy(&partitions, image, sizeof partitions);
    const std::size_t first = partitions_.size(), places = partition_groups + 1;
    if (partitions == 0) return Group(first * partition_groups);
    if ((first + partitions) * partition_groups > std::size_t(1) << 31)
        throw Error(Errc::limit_exceeded, "as-of join: more than 2147483648 keys");
    const Layout layout{partitions, partitions * places * sizeof(begins_[0])};
    begins_.resize((first + partitions) * places, boost::container::default_init);
    std::memcpy(&begins_[first * places], image + layout.begins_at(), layout.begins_bytes);
    add_partitions(first + partitions - 1);
    auto* chunk_at = const_cast<Byte*>(image + layout.chunks_at());  // which nobody writes any more
    for (std::size_t p = 0; p < partitions; ++p) {
        Partition& partition = partitions_[first + p];
        std::memcpy(&partition.rows, image + layout.rows_at() + p * sizeof(std::uint32_t), sizeof(std::uint32_t));
        partition.chunks.resize((partition.rows + chunk_rows - 1) / chunk_rows);
        for (Byte*& chunk : partition.chunks) {
            chunk = chunk_at;
            chunk_at += chunk_rows * row_bytes_;
        }
        rows_ += partition.rows;
    }
    return Group(first * partition_groups);
}

}  // namespace csagg::asof
