// SPDX-License-Identifier: Apache-2.0
// The conformance cases of elementwise ops and scans, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/copy.hpp>
#include <tenfold/testing/conformance/scan.hpp>
#include <tenfold/testing/conformance/transform.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("transform on emulated_cuda agrees with the reference [E05][E06][E07]", T, float, double, tenfold::bfloat16,
                   std::int8_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_transform<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("copy and convert on emulated_cuda agree with the reference [E05][E06][E07][E53]", T, float, double, tenfold::bfloat16,
                   std::int8_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_copy<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("cumulative_sum on emulated_cuda agrees with the reference [E05][E06][E07]", T, float, double, tenfold::bfloat16,
                   std::int8_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_scan<emulated, T>(where, report); });
}
