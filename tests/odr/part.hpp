// SPDX-License-Identifier: Apache-2.0
// What every part of the program offers. A part is one source compiled under flags of its own; the views and the status
// that cross this border are made under other flags than those they are used under.
#pragma once

#include <tenfold/core/status.hpp>
#include <tenfold/core/tensor_view.hpp>

#include <cstddef>

namespace odr {
using input = tenfold::tensor_view<const float, 2>;
using output = tenfold::tensor_view<float, 2>;

struct part {
    const char* name;
    bool needs_avx2;    ///< its own code may use these: run it only where they are
    bool needs_avx512;
    tenfold::status (*reference)(const input& a, const input& b, const output& c);
    tenfold::status (*cpu)(const input& a, const input& b, const output& c);
    tenfold::status (*refused)(const input& a, const output& c);  ///< a call whose shapes do not fit
    const std::size_t* layout;                                    ///< sizes, alignments and offsets of public types
    std::size_t layout_count;
};
}
