// SPDX-License-Identifier: Apache-2.0
// The conformance cases of elementwise ops, of ops along rows and of scans, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/copy.hpp>
#include <tenfold/testing/conformance/normalise.hpp>
#include <tenfold/testing/conformance/scan.hpp>
#include <tenfold/testing/conformance/softmax.hpp>
#include <tenfold/testing/conformance/transform.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE("transform on emulated_cuda agrees with the reference: f32 [E05][E06][E07]") {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_transform<emulated, float>(where, report); });
}
TEST_CASE("copy and convert on emulated_cuda agree with the reference: f32 [E05][E06][E07][E53]") {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_copy<emulated, float>(where, report); });
}
TEST_CASE("softmax on emulated_cuda agrees with the reference: f32 [E05][E06][E07]") {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_softmax<emulated, float>(where, report); });
}
TEST_CASE("layer_norm and rms_norm on emulated_cuda agree with the reference: bf16 [E05][E06][E07]") {
    support::check_on_emulated_gpu(
        [](const auto& where, auto& report) { tt::conformance_normalise<emulated, tenfold::bfloat16>(where, report); });
}
TEST_CASE("cumulative_sum on emulated_cuda agrees with the reference: f32 [E05][E06][E07]") {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_scan<emulated, float>(where, report); });
}
