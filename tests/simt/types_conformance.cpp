// SPDX-License-Identifier: Apache-2.0
// The conformance cases of elementwise ops, scans and arg-reductions of the types that conformance.cpp and index_conformance.cpp leave out.
#include <tenfold/testing/conformance/arg_reduce.hpp>
#include <tenfold/testing/conformance/copy.hpp>
#include <tenfold/testing/conformance/scan.hpp>
#include <tenfold/testing/conformance/transform.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("transform on emulated_cuda agrees with the reference, other types [E05][E06][E07]", T, tenfold::half, std::uint8_t,
                   std::int32_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_transform<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("copy and convert on emulated_cuda agree with the reference, other types [E05][E06][E07][E53]", T, tenfold::half,
                   std::uint8_t, std::int32_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_copy<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("cumulative_sum on emulated_cuda agrees with the reference, other types [E05][E06][E07]", T, tenfold::half, std::uint8_t,
                   std::int32_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_scan<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("arg_reduce on emulated_cuda agrees with the reference, other types [E05][E06][E07]", T, tenfold::half, std::uint8_t,
                   std::int32_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_arg_reduce<emulated, T>(where, report); });
}
