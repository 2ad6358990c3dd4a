// SPDX-License-Identifier: Apache-2.0
// Allocates and fills the pool of operands.
#include "support/operand_pool.hpp"

#include <algorithm>  // std::min
#include <cstring>    // std::memset
#include <new>        // std::bad_alloc

#include "support/on_threads.hpp"  // on_threads, share_of

namespace tenfold::bench {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014) as a function of the position: any thread can fill any part.
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t position) {
    std::uint64_t z = seed + (position + 1) * 0x9E3779B97F4A7C15ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

/// Uniform in [-1, 1), a multiple of 2^-23: exact in float.
template <class T>
T random_value(std::uint64_t seed, std::int64_t position) {
    const auto bits = static_cast<std::int32_t>(random_bits(seed, static_cast<std::uint64_t>(position)) >> 40);  // 24 bits
    return static_cast<T>(bits - (1 << 23)) * static_cast<T>(0x1p-23);
}

template <class T>
void fill_random(T* p, std::int64_t count, std::uint64_t seed, int threads) {
    on_threads(threads, [&](int worker) {
        const auto [begin, end] = share_of(count, worker, threads);
        for (std::int64_t i = begin; i < end; ++i) p[i] = random_value<T>(seed, i);
    });
}

}  // namespace

untouched_memory::untouched_memory(std::int64_t bytes) : bytes_(bytes) {
    if (bytes == 0) return;
    constexpr std::size_t page = 4096;
    const std::size_t rounded = (static_cast<std::size_t>(bytes) + page - 1) / page * page;
    memory_.reset(std::aligned_alloc(page, rounded));
    if (!memory_) throw std::bad_alloc();
}

void operand_pool::fill(int threads) {
    floats_ = untouched_memory(float_inputs_ * static_cast<std::int64_t>(sizeof(float)));
    doubles_ = untouched_memory(double_inputs_ * static_cast<std::int64_t>(sizeof(double)));
    outputs_ = untouched_memory(output_bytes_);
    fill_random(static_cast<float*>(floats_.data()), float_inputs_, seed_, threads);
    fill_random(static_cast<double*>(doubles_.data()), double_inputs_, seed_, threads);
    on_threads(threads, [&](int worker) {
        const auto [begin, end] = share_of(output_bytes_, worker, threads);
        if (end > begin) std::memset(static_cast<char*>(outputs_.data()) + begin, 0, static_cast<std::size_t>(end - begin));
    });
}

}  // namespace tenfold::bench
