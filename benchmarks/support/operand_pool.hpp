// SPDX-License-Identifier: Apache-2.0
// Operands of all problems, cut out of one pool per element type: random inputs, scratch for outputs.
//
// Cases are measured in turn, round after round, so all problems are prepared at once. Giving each its own memory would
// take the sum of their sizes; sharing takes the largest. Inputs are only read; an output is anybody's, until the next call.
#pragma once

#include <tenfold/core/dtype.hpp>  // bfloat16

#include <array>        // std::array
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
    struct region {
        std::int64_t elements = 0;
        untouched_memory memory;
    };
    std::uint64_t seed_;
    std::int64_t rotation_bytes_;
    std::array<region, 5> inputs_;  // by place_of<T>()
    std::int64_t output_bytes_ = 0;
    untouched_memory outputs_;

    template <class T>
    static constexpr std::size_t place_of() {
        constexpr bool same[] = {std::is_same_v<T, float>, std::is_same_v<T, double>, std::is_same_v<T, bfloat16>,
                                 std::is_same_v<T, std::int8_t>, std::is_same_v<T, std::uint8_t>};
        static_assert(same[0] || same[1] || same[2] || same[3] || same[4], "the pool has no inputs of this type");
        for (std::size_t i = 0; i < 5; ++i) {
            if (same[i]) return i;
        }
        return 5;
    }

    template <class T>
    void fill_inputs(int threads);

public:
    /// Distance between operands, so that each starts on a cache line of its own.
    static constexpr std::int64_t alignment_elements = 64;

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
        std::int64_t& have = inputs_[place_of<T>()].elements;
        if (elements > have) have = elements;
    }
    template <class T>
    void reserve_outputs(std::int64_t elements) {
        const std::int64_t bytes = elements * static_cast<std::int64_t>(sizeof(T));
        if (bytes > output_bytes_) output_bytes_ = bytes;
    }
    [[nodiscard]] std::int64_t bytes() const;

    /// Allocates, and fills the inputs by so many threads: floats from U[-1, 1), integers from all their values. The numbers depend
    /// on the seed alone.
    void fill(int threads);

    template <class T>
    [[nodiscard]] const T* inputs() const {
        return static_cast<const T*>(inputs_[place_of<T>()].memory.data());
    }
    template <class T>
    [[nodiscard]] T* outputs() const {
        return static_cast<T*>(outputs_.data());
    }
};

}  // namespace tenfold::bench
