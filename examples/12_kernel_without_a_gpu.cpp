// SPDX-License-Identifier: Apache-2.0
// A GPU kernel of your own, run on the CPU: what is wrong with it is reported with its line.
#include <tenfold/testing/simt/executor.hpp>

#include <cstdio>
#include <string>

namespace simt = tenfold::testing::simt;

/// Turns each block's 64 elements round, through shared memory. Under nvcc the same body runs as a kernel.
struct turn_round {
    struct arguments {
        float* x;
        bool wait;  // without: the mistake
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const held = self.template shared<float>(0);
        float* const x = a.x + self.block() * self.threads();
        self.store(held + self.thread(), self.load(x + self.thread()));
        if (a.wait) self.block_sync();
        self.store(x + self.thread(), self.load(held + self.threads() - 1 - self.thread()));
    }
};

int main() {
    float x[128];
    for (const bool wait : {true, false}) {
        for (int i = 0; i < 128; ++i) x[i] = static_cast<float>(i);
        simt::executor gpu({.order = simt::schedule::seeded, .seed = 3});
        gpu.memory().lend(x, sizeof x, false);
        gpu.launch<turn_round>({.blocks = 2, .threads = 64, .shared = 64 * sizeof(float)}, {x, wait});
        if (gpu.report().clean()) {
            std::printf("with the barrier: x[0] is %g, nothing to report\n", static_cast<double>(x[0]));
        } else {
            const std::string report = gpu.report().summary();
            std::printf("without it: %s\n", report.substr(0, report.find('\n')).c_str());
        }
    }
}
// prints: with the barrier: x[0] is 63, nothing to report
// prints: without it: uninitialised at *12_kernel_without_a_gpu.cpp:22: *
