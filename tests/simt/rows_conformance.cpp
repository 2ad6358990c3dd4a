// SPDX-License-Identifier: Apache-2.0
// The conformance cases of ops along rows, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/normalise.hpp>
#include <tenfold/testing/conformance/softmax.hpp>

#include <simt/emulated_conformance.hpp>

namespace tt = tenfold::testing;
using support::emulated;

TEST_CASE_TEMPLATE("softmax and log_softmax on emulated_cuda agree with the reference [E05][E06][E07]", T, float, double, tenfold::half,
                   tenfold::bfloat16) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_softmax<emulated, T>(where, report); });
}

TEST_CASE_TEMPLATE("layer_norm and rms_norm on emulated_cuda agree with the reference [E05][E06][E07]", T, float, double, tenfold::half,
                   tenfold::bfloat16) {
    support::check_on_emulated_gpu([](const auto& where, auto& report) { tt::conformance_normalise<emulated, T>(where, report); });
}
