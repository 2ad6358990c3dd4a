// SPDX-License-Identifier: Apache-2.0
// The conformance cases of matmul, batched, strided, with epilogues, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/matmul.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("matmul on emulated_cuda agrees with the reference [E05][E06][E07]", T, float, double, tenfold::half, tenfold::bfloat16,
                   std::int8_t, std::uint8_t) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_matmul<emulated, T>(where, report); });
}
