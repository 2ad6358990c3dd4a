// SPDX-License-Identifier: Apache-2.0
// One case of the suites, ready to be called: what the modes look at from another side than speed.
#pragma once

#include <cstdint>  // std::int64_t
#include <memory>   // std::unique_ptr
#include <string>   // std::string

#include "support/cases.hpp"         // selection
#include "support/operand_pool.hpp"  // operand_pool

namespace tenfold::bench {

class one_case {
    machine_limits limits_;
    selection what_;
    operand_pool pool_;
    std::unique_ptr<prepared_problem> prepared_;

public:
    /// The first case of the quick suite, else of the others, whose name matches; on tenfold's cpu backend with this many
    /// threads and the best instruction set. None: usage_error.
    one_case(const std::string& filter, int threads);

    [[nodiscard]] const std::string& name() const { return what_.cases.front().name; }
    [[nodiscard]] const problem& what() const { return what_.problems.front(); }
    /// Allocates and fills the operands.
    void prepare();
    /// Seconds of so many calls.
    double call(std::int64_t calls = 1);
};

}  // namespace tenfold::bench
