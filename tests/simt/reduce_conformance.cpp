// SPDX-License-Identifier: Apache-2.0
// The conformance cases of reductions of floats, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/reduce.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("reduce on emulated_cuda agrees with the reference [E05][E06][E07][H11][H22]", T, float, double, tenfold::half,
                   tenfold::bfloat16) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_reduce<emulated, T>(where, report); });
}
