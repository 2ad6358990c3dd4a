// SPDX-License-Identifier: Apache-2.0
// ThreadSanitizer sees each emulated GPU thread as a thread: plain accesses of a kernel, which no wrapper checks, race or do not.
//
// Run with a number, it launches that kernel and ends; the tests look at the sanitizer's report. 0 is the correct kernel.
#include <tenfold/testing/simt/executor.hpp>

#include <cstdio>
#include <cstdlib>

namespace si = tenfold::testing::simt;

/// Each thread hands a number to its neighbour, twice, through plain pointers. A barrier is missing where `missing` says so.
struct neighbours {
    struct arguments {
        int* out;
        int missing;
    };
    template <class Thread>
    static void run(const Thread& self, const arguments& a) {
        int* const s = self.template shared<int>(0);
        const unsigned t = self.thread();
        int value = static_cast<int>(t);
        for (int round = 0; round < 2; ++round) {
            s[t] = value;
            if (a.missing != 1) self.block_sync();
            value = s[(t + 1) % self.threads()];
            if (a.missing != 2) self.block_sync();
        }
        a.out[t] = value;
    }
};

int main(int count, char** arguments) {
    const int missing = count > 1 ? std::atoi(arguments[1]) : 0;
    int out[64] = {};
    si::executor gpu({.order = missing == 0 ? si::schedule::seeded : si::schedule::ascending});
    const bool whole = gpu.launch<neighbours>({.blocks = 1, .threads = 64, .shared = sizeof out}, {out, missing});
    const bool right = out[5] == 7;
    std::printf("launched: %d, right: %d\n", whole, right);
    return whole && (right || missing != 0) ? 0 : 1;
}
