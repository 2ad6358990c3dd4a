// SPDX-License-Identifier: Apache-2.0
// The conformance cases of the reductions, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/arg_reduce.hpp>
#include <tenfold/testing/conformance/reduce.hpp>

#include <simt/emulated_conformance.hpp>

using support::emulated;

TEST_CASE("reduce on emulated_cuda agrees with the reference: f32 [E05][E06][E07][H11][H22]") {
    support::check_on_emulated_gpu(
        [](const auto& where, auto& report) { tenfold::testing::conformance_reduce<emulated, float>(where, report); });
}
TEST_CASE("reduce on emulated_cuda agrees with the reference: s8 [E05][E06][E07]") {
    support::check_on_emulated_gpu(
        [](const auto& where, auto& report) { tenfold::testing::conformance_reduce<emulated, std::int8_t>(where, report); });
}
TEST_CASE("arg_reduce on emulated_cuda agrees with the reference: f32 [E05][E06][E07]") {
    support::check_on_emulated_gpu(
        [](const auto& where, auto& report) { tenfold::testing::conformance_arg_reduce<emulated, float>(where, report); });
}
