// SPDX-License-Identifier: Apache-2.0
// Division by an extent as a multiplication: prepared once on the host, no division on the GPU.               [floor 4]
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/kernel/cuda/simt/pack.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
__extension__ typedef unsigned __int128 wide_product;

/// n / d for 0 <= n < 2^63 and d >= 1. With 2^(l-1) < d <= 2^l and m = ceil(2^(63+l) / d), which has 64 bits, it is
/// floor(m n / 2^(63+l)) [Granlund and Montgomery 1994, theorem 4.2].
struct divisor {
    std::uint64_t multiplier;
    unsigned shift;

    [[nodiscard]] TENFOLD_DEVICE index_t quotient(index_t n) const {
        const auto product = static_cast<wide_product>(multiplier) * static_cast<std::uint64_t>(n);
        return static_cast<index_t>(product >> 63 >> shift);
    }
};
inline divisor divisor_of(index_t d) noexcept {
    unsigned l = 0;
    while (l < 62 && (index_t{1} << l) < d) ++l;
    const wide_product power = static_cast<wide_product>(1) << (63 + l);
    const auto by = static_cast<wide_product>(d);
    return {static_cast<std::uint64_t>((power + by - 1) / by), l};
}
}  // namespace gpu_kernels
TENFOLD_END
