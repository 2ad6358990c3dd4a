// SPDX-License-Identifier: Apache-2.0
// Conformance of one op on the GPU of this machine; scripts/gpu-verify builds one program per op, without any library but CUDA's.
//
// TENFOLD_NATIVE_CASE is the name of a function of testing/conformance, TENFOLD_NATIVE_HEADER its header, TENFOLD_NATIVE_TYPES element
// types. Prints one line of JSON per type. With an argument, a number, it uses that seed.
#include "mirror.cuh"

#include TENFOLD_NATIVE_HEADER

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace tt = tenfold::testing;

namespace {
bool all_passed = true;

template <class T>
void run(std::uint64_t seed) {
    tt::conformance_report report(seed);
    tt::TENFOLD_NATIVE_CASE<tt::native_cuda, T>(tt::native_cuda{}, report);
    if (report.points() == 0) return;  // not for this type
    double worst = 0;
    for (const auto& entry : report.ratios()) worst = entry.second > worst ? entry.second : worst;
    char ratio[32] = "null";  // JSON has no infinity
    if (std::isfinite(worst)) std::snprintf(ratio, sizeof ratio, "%.4g", worst);
    std::printf("{\"type\": \"%s\", \"points\": %lld, \"failures\": %lld, \"max_error_over_bound\": %s}\n", tenfold::dtype_traits<T>::name,
                static_cast<long long>(report.points()), static_cast<long long>(report.failures()), ratio);
    if (!report.passed()) {
        all_passed = false;
        std::fprintf(stderr, "%s\n", report.summary().c_str());
    }
}
template <class... T>
void run_all(std::uint64_t seed, tenfold::type_list<T...>) {
    (run<T>(seed), ...);
}
}  // namespace

int main(int count, char** arguments) {
    run_all(count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1, tenfold::type_list<TENFOLD_NATIVE_TYPES>{});
    return all_passed ? 0 : 1;
}
