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

/// Floats: uniform in [-1, 1), a multiple of 2^-23, exact in float, rounded to bfloat16. Integers: uniform over the type.
template <class T>
T random_value(std::uint64_t seed, std::int64_t position) {
    const std::uint64_t bits = random_bits(seed, static_cast<std::uint64_t>(position));
    if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(bits >> 56);
    } else {
        using exact = std::conditional_t<std::is_same_v<T, double>, double, float>;
        return static_cast<T>(static_cast<exact>(static_cast<std::int32_t>(bits >> 40) - (1 << 23)) * static_cast<exact>(0x1p-23));
    }
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

std::int64_t operand_pool::bytes() const {
    constexpr std::int64_t element_bytes[] = {sizeof(float), sizeof(double), sizeof(bfloat16), sizeof(std::int8_t), sizeof(std::uint8_t)};
    std::int64_t sum = output_bytes_;
    for (std::size_t i = 0; i < inputs_.size(); ++i) sum += inputs_[i].elements * element_bytes[i];
    return sum;
}

template <class T>
void operand_pool::fill_inputs(int threads) {
    region& all = inputs_[place_of<T>()];
    all.memory = untouched_memory(all.elements * static_cast<std::int64_t>(sizeof(T)));
    fill_random(static_cast<T*>(all.memory.data()), all.elements, seed_, threads);
}

void operand_pool::fill(int threads) {
    fill_inputs<float>(threads);
    fill_inputs<double>(threads);
    fill_inputs<bfloat16>(threads);
    fill_inputs<std::int8_t>(threads);
    fill_inputs<std::uint8_t>(threads);
    outputs_ = untouched_memory(output_bytes_);
    on_threads(threads, [&](int worker) {
        const auto [begin, end] = share_of(output_bytes_, worker, threads);
        if (end > begin) std::memset(static_cast<char*>(outputs_.data()) + begin, 0, static_cast<std::size_t>(end - begin));
    });
}

}  // namespace tenfold::bench
