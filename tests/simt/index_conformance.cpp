// SPDX-License-Identifier: Apache-2.0
// The conformance cases of reductions of integers and of arg-reductions, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/arg_reduce.hpp>
#include <tenfold/testing/conformance/reduce.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("reduce on emulated_cuda agrees with the reference [E05][E06][E07]", T, std::int8_t, std::uint8_t, std::int32_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_reduce<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("arg_reduce on emulated_cuda agrees with the reference [E05][E06][E07]", T, float, double, tenfold::bfloat16,
                   std::int8_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_arg_reduce<emulated, T>(where, report); });
}
