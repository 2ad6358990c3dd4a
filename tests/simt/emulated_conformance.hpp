// SPDX-License-Identifier: Apache-2.0
// Runs conformance cases on an emulated GPU, which must then have nothing to report.
#pragma once

#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <support/conformance_case.hpp>

namespace support {
using emulated = tenfold::testing::simt::emulated_cuda;

template <class Cases>
void check_on_emulated_gpu(const Cases& cases) {
    tenfold::testing::simt::emulated_gpu gpu({.order = tenfold::testing::simt::schedule::seeded, .seed = seed()});
    run_conformance_case(emulated{&gpu}, cases);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    CHECK(gpu.run().memory().live_allocations() == 0);
}
}  // namespace support
