// SPDX-License-Identifier: Apache-2.0
// reference: the backend that is the specification.                                                        [floor 2]
#pragma once

#include <tenfold/core/memory.hpp>  // host_space

TENFOLD_TYPES_BEGIN
/// Textbook loops on the calling thread, sums in double or exact integers: readable, slow, the oracle of all tests.
struct reference {
    using space = host_space;
    static constexpr const char* name = "reference";
};
TENFOLD_TYPES_END
