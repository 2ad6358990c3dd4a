// SPDX-License-Identifier: Apache-2.0
// Reads with the widest vectors, with and without prefetching ahead, and copies with the C library's memcpy.
#include "machine/bandwidth.hpp"

#include <tenfold/kernel/cpu/dispatch.hpp>  // dispatch
#include <tenfold/kernel/cpu/simd.hpp>      // vec, load_vector, store_vector

#include <algorithm>  // std::clamp, std::max, std::min
#include <array>      // std::array
#include <cstring>    // std::memcpy, std::memset
#include <vector>     // std::vector

#include "support/on_threads.hpp"    // on_threads, share_of
#include "support/operand_pool.hpp"  // untouched_memory

TENFOLD_BODIES_BEGIN
namespace tenfold::bench {
namespace {

struct read_arguments {
    const float* x;
    index_t blocks;  // of block_bytes
    float* sink;
};
inline constexpr int block_bytes = 512;  // 8 cache lines: 8 loads of the widest vectors

/// Sums all elements. AheadBytes: how far in front of the loads lines are asked for; 0: left to the hardware.
template <int AheadBytes>
struct read_all {
    template <class Isa>
    TENFOLD_BODY static void run(const read_arguments* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<float, Isa::bytes>::type;
        constexpr int L = vec<float, Isa::bytes>::lanes;
        constexpr int loads = block_bytes / Isa::bytes;
        constexpr int sums = 8;
        static_assert(loads % sums == 0);
        V acc[sums] = {};
        const float* x = arguments->x;
        const index_t blocks = arguments->blocks;
        for (index_t block = 0; block < blocks; ++block, x += block_bytes / 4) {
            if constexpr (AheadBytes > 0) {
                TENFOLD_UNROLL
                for (int line = 0; line < block_bytes; line += 64)
                    __builtin_prefetch(reinterpret_cast<const char*>(x) + AheadBytes + line, 0, 0);
            }
            for (int load = 0; load < loads; load += sums) {
                TENFOLD_UNROLL
                for (int i = 0; i < sums; ++i) {
                    V loaded;
                    load_vector(x + (load + i) * L, loaded);
                    acc[i] += loaded;
                }
            }
        }
        TENFOLD_UNROLL
        for (int i = 1; i < sums; ++i) acc[0] += acc[i];
        store_vector(arguments->sink, acc[0]);
    }
};

using parts = std::array<float, 64>;  // one per thread, a vector and more: no two threads share a line

template <int AheadBytes>
double read_once(int isa, const untouched_memory& array, int threads, std::vector<parts>& sinks) {
    const index_t all_blocks = array.bytes() / block_bytes;
    const double seconds = on_threads(threads, [&](int worker) {
        const auto [begin, end] = share_of(all_blocks, worker, threads);
        const read_arguments arguments{static_cast<const float*>(array.data()) + begin * (block_bytes / 4), end - begin,
                                       sinks[static_cast<std::size_t>(worker)].data()};
        dispatch<read_all<AheadBytes>>(isa, &arguments);
    });
    return static_cast<double>(all_blocks * block_bytes) / seconds;
}

double copy_once(const untouched_memory& from, const untouched_memory& to, int threads) {
    const index_t blocks = from.bytes() / block_bytes;
    const double seconds = on_threads(threads, [&](int worker) {
        const auto [begin, end] = share_of(blocks, worker, threads);
        std::memcpy(static_cast<char*>(to.data()) + begin * block_bytes, static_cast<const char*>(from.data()) + begin * block_bytes,
                    static_cast<std::size_t>((end - begin) * block_bytes));
    });
    return 2.0 * static_cast<double>(blocks * block_bytes) / seconds;
}

}  // namespace

memory_roofs measure_bandwidth(std::int64_t array_bytes, int threads) {
    const untouched_memory from(array_bytes);
    const untouched_memory to(array_bytes);
    on_threads(threads, [&](int worker) {  // each thread touches first what it will read and write
        const auto [begin, end] = share_of(array_bytes / block_bytes, worker, threads);
        const auto bytes = static_cast<std::size_t>((end - begin) * block_bytes);
        std::memset(static_cast<char*>(from.data()) + begin * block_bytes, 1, bytes);
        std::memset(static_cast<char*>(to.data()) + begin * block_bytes, 2, bytes);
    });
    std::vector<parts> sinks(static_cast<std::size_t>(threads));
    int isa = -1;
    if (const status s = choose_isa("measure_bandwidth", cpu{}, isa); !s.ok()) raise(s);
    memory_roofs best;
    for (int run = 0; run < 5; ++run) {
        const double rates[] = {read_once<0>(isa, from, threads, sinks), read_once<1024>(isa, from, threads, sinks),
                                read_once<4096>(isa, from, threads, sinks)};
        for (const double rate : rates) best.read_bytes_per_second = std::max(best.read_bytes_per_second, rate);
        best.copy_bytes_per_second = std::max(best.copy_bytes_per_second, copy_once(from, to, threads));
    }
    return best;
}

std::int64_t bandwidth_array_bytes(std::int64_t cache_bytes, std::int64_t memory_bytes) {
    constexpr std::int64_t least = std::int64_t{64} << 20;
    const std::int64_t wanted = std::max(4 * cache_bytes, least);
    return std::max(std::min(wanted, memory_bytes / 8), least) / block_bytes * block_bytes;
}

}  // namespace tenfold::bench
TENFOLD_BODIES_END
