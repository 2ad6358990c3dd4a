// SPDX-License-Identifier: Apache-2.0
// The emulated GPU as a backend that conformance runs on: one GPU for all cases, which must then have nothing to report.
#pragma once

#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

namespace support {
template <class F>
void for_each_setting(const tenfold::testing::simt::emulated_cuda&, const F& f) {
    namespace simt = tenfold::testing::simt;
    simt::emulated_gpu gpu({.order = simt::schedule::seeded, .seed = seed()});
    f(simt::emulated_cuda{&gpu}, std::string("emulated_cuda"));
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    CHECK(gpu.run().memory().live_allocations() == 0);
}
}  // namespace support
