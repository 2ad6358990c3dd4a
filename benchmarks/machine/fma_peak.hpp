// SPDX-License-Identifier: Apache-2.0
// The arithmetic roof: multiply-adds per second of a loop that lives in registers.
#pragma once

#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

/// FLOP/s (a multiply-add counts 2) of all `threads` together, best of several runs, for "f32" or "f64" and one of
/// available_isas(). An ISA without FMA runs a multiplication and an addition.
double measure_fma_peak(std::string_view dtype, const std::string& isa, int threads);

}  // namespace tenfold::bench
