// SPDX-License-Identifier: Apache-2.0
// The conformance cases of the reductions, as every backend runs them, on the emulated GPU.
#include <tenfold/testing/conformance/arg_reduce.hpp>
#include <tenfold/testing/conformance/reduce.hpp>
#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <support/conformance_case.hpp>

namespace si = tenfold::testing::simt;

namespace {
template <class Cases>
void check(const Cases& cases) {
    si::emulated_gpu gpu({.order = si::schedule::seeded, .seed = support::seed()});
    support::run_conformance_case(si::emulated_cuda{&gpu}, cases);
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    CHECK(gpu.run().memory().live_allocations() == 0);
}
}  // namespace

TEST_CASE("reduce on emulated_cuda agrees with the reference: f32 [E05][E06][E07][H11][H22]") {
    check([](const auto& where, auto& report) { tenfold::testing::conformance_reduce<si::emulated_cuda, float>(where, report); });
}
TEST_CASE("reduce on emulated_cuda agrees with the reference: s8 [E05][E06][E07]") {
    check([](const auto& where, auto& report) { tenfold::testing::conformance_reduce<si::emulated_cuda, std::int8_t>(where, report); });
}
TEST_CASE("arg_reduce on emulated_cuda agrees with the reference: f32 [E05][E06][E07]") {
    check([](const auto& where, auto& report) { tenfold::testing::conformance_arg_reduce<si::emulated_cuda, float>(where, report); });
}
