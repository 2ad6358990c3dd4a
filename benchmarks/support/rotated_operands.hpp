// SPDX-License-Identifier: Apache-2.0
// The operands of a problem in the pool: one set, or for a cold problem as many as outgrow the last-level cache.
#pragma once

#include <cstddef>  // std::size_t
#include <cstdint>  // std::int64_t
#include <vector>   // std::vector

#include "support/operand_pool.hpp"  // operand_pool

namespace tenfold::bench {

template <class T>
class rotated_operands {
    operand_pool& pool_;
    std::vector<std::int64_t> starts_;  // of each input within a set, elements
    std::int64_t input_step_ = 0, output_step_ = 0;  // elements from a set to the next
    std::int64_t sets_ = 1;
    std::int64_t at_ = 0;

public:
    /// `inputs`: elements of each input. Sets of a cold problem together have at least the pool's rotation size.
    rotated_operands(operand_pool& pool, const std::vector<std::int64_t>& inputs, std::int64_t output, bool cold) : pool_(pool) {
        for (const std::int64_t elements : inputs) {
            starts_.push_back(input_step_);
            input_step_ += operand_pool::padded(elements);
        }
        output_step_ = operand_pool::padded(output);
        if (cold) sets_ = pool.sets_for((input_step_ + output_step_) * static_cast<std::int64_t>(sizeof(T)));
        pool.reserve_inputs<T>(sets_ * input_step_);
        pool.reserve_outputs<T>(sets_ * output_step_);
    }

    [[nodiscard]] const T* input(std::size_t which) const { return pool_.inputs<T>() + at_ * input_step_ + starts_[which]; }
    [[nodiscard]] T* output() const { return pool_.outputs<T>() + at_ * output_step_; }

    void first() { at_ = 0; }
    void next() { at_ = at_ + 1 < sets_ ? at_ + 1 : 0; }
};

}  // namespace tenfold::bench
