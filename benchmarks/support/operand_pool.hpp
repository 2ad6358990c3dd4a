// SPDX-License-Identifier: Apache-2.0
// Operands of all problems, cut out of one pool per element type: random inputs, scratch for outputs.
//
// Cases are measured in turn, round after round, so all problems are prepared at once. Giving each its own memory would
// take the sum of their sizes; sharing takes the largest. Inputs are only read; an output is anybody's, until the next call.
#pragma once

#include <tenfold/core/memory.hpp>  // tensor_alignment

#include <cstdint>      // std::int64_t
#include <cstdlib>      // std::free
#include <memory>       // std::unique_ptr
#include <type_traits>  // std::is_same_v

namespace tenfold::bench {

/// Aligned memory that nothing has touched: the pages land where the first thread that writes them runs.
class untouched_memory {
    struct release {
        void operator()(void* p) const { std::free(p); }
    };
    std::unique_ptr<void, release> memory_;
    std::int64_t bytes_ = 0;

public:
    untouched_memory() = default;
    /// std::bad_alloc if there is not so much.
    explicit untouched_memory(std::int64_t bytes);
    [[nodiscard]] void* data() const { return memory_.get(); }
    [[nodiscard]] std::int64_t bytes() const { return bytes_; }
};

class operand_pool {
    std::uint64_t seed_;
    std::int64_t rotation_bytes_;
    std::int64_t float_inputs_ = 0, double_inputs_ = 0, output_bytes_ = 0;
    untouched_memory floats_, doubles_, outputs_;

public:
    /// Distance between operands, so that each starts on a cache line of its own.
    static constexpr std::int64_t alignment_elements = 16;

    /// `rotation_bytes`: how much memory the sets of a cold problem walk through, twice the last-level cache.
    operand_pool(std::uint64_t seed, std::int64_t rotation_bytes) : seed_(seed), rotation_bytes_(rotation_bytes) {}

    /// How many sets of so many bytes make a problem cold.
    [[nodiscard]] std::int64_t sets_for(std::int64_t bytes_per_set) const {
        return bytes_per_set >= rotation_bytes_ ? 1 : (rotation_bytes_ + bytes_per_set - 1) / (bytes_per_set > 0 ? bytes_per_set : 1);
    }
    /// Elements rounded up to whole cache lines.
    [[nodiscard]] static std::int64_t padded(std::int64_t elements) {
        return (elements + alignment_elements - 1) / alignment_elements * alignment_elements;
    }

    /// So many elements will be read from, or written to, the start of the pool.
    template <class T>
    void reserve_inputs(std::int64_t elements) {
        std::int64_t& have = std::is_same_v<T, float> ? float_inputs_ : double_inputs_;
        if (elements > have) have = elements;
    }
    template <class T>
    void reserve_outputs(std::int64_t elements) {
        const std::int64_t bytes = elements * static_cast<std::int64_t>(sizeof(T));
        if (bytes > output_bytes_) output_bytes_ = bytes;
    }
    [[nodiscard]] std::int64_t bytes() const { return float_inputs_ * 4 + double_inputs_ * 8 + output_bytes_; }

    /// Allocates, and fills the inputs with numbers from U[-1, 1], by so many threads. The numbers depend on the seed alone.
    void fill(int threads);

    template <class T>
    [[nodiscard]] const T* inputs() const {
        static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>, "the pool holds float and double");
        return static_cast<const T*>(std::is_same_v<T, float> ? floats_.data() : doubles_.data());
    }
    template <class T>
    [[nodiscard]] T* outputs() const {
        return static_cast<T*>(outputs_.data());
    }
};

}  // namespace tenfold::bench
