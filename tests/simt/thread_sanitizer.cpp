// SPDX-License-Identifier: Apache-2.0
// ThreadSanitizer sees each emulated GPU thread as a thread: plain accesses of a kernel, which no wrapper checks, race or do not.
//
// Run with a number, it launches that kernel and ends; the tests look at the sanitizer's report. 0 is the correct kernel; with
// "shipped" it runs the library's own. Blocks run one after the other, so what orders blocks is the emulation's own to check.
#include <tenfold/testing/simt/emulated_cuda.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace tf = tenfold;
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

static bool neighbours_are_right(int missing) {
    int out[64] = {};
    si::executor gpu({.order = missing == 0 ? si::schedule::seeded : si::schedule::ascending});
    return gpu.launch<neighbours>({.blocks = 1, .threads = 64, .shared = sizeof out}, {out, missing}) && (out[5] == 7 || missing != 0);
}
/// Blocks that share an output, rows in chunks, tiles of a transpose and those that share slices of k: every barrier and fence the kernels
/// have.
static bool shipped_kernels_are_right() {
    si::emulated_gpu gpu({.order = si::schedule::seeded, .seed = 2, .watch_races = false});
    const si::emulated_cuda where{&gpu};
    tf::tensor<float, 2> x({2, 9001});
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = 1;
    tf::tensor<float, 2> y(x.extents());
    bool right = tf::sum(where, x, tf::axes{0, 1})() == 18002;
    tf::softmax(where, x, 1, y);
    right = right && y(1, 9000) > 1.1e-4f && y(1, 9000) < 1.2e-4f;
    tf::cumulative_sum(where, x, 1, y);
    right = right && y(1, 9000) == 9001;
    const tf::tensor_view<const float, 2> a(x.data(), {12, 1100});
    tf::tensor<float, 2> c({12, 12});
    tf::matmul(where, a, a.transposed(), c);
    right = right && c(11, 11) == 1100;
    for (tf::index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<float>(i);
    const tf::tensor_view<const float, 2> few(x.data(), {12, 40});
    tf::tensor<float, 2> turned({40, 12});
    tf::copy(where, few.transposed(), turned);
    right = right && turned(39, 11) == 479 && turned(3, 2) == 83;
    tf::transform(where, [](float v) { return v + 1; }, few, turned.view().transposed());
    right = right && turned(39, 11) == 480 && turned(3, 2) == 84;
    return right && tf::argmax(where, x, tf::axes{0, 1})() == x.size() - 1;
}

int main(int count, char** arguments) {
    const std::string_view which = count > 1 ? arguments[1] : "0";
    const bool right = which == "shipped" ? shipped_kernels_are_right() : neighbours_are_right(std::atoi(which.data()));
    std::printf("right: %d\n", right);
    return right ? 0 : 1;
}
