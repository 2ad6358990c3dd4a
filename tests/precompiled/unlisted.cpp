// SPDX-License-Identifier: Apache-2.0
// A kernel that no list names, compiled where it is called; with the option and, under a name of its own, without it.
#include <tenfold/kernel/cpu/all.hpp>

#include <algorithm>

#if TENFOLD_PRECOMPILED_KERNELS
int call_unlisted();
int call_unlisted() {
#else
int call_without_option();
int call_without_option() {
#endif
    tenfold::tensor<std::int32_t, 2> a({5, 7}), b({7, 9});
    std::fill(a.data(), a.data() + a.size(), 2);
    std::fill(b.data(), b.data() + b.size(), 3);
    const auto c = tenfold::matmul(tenfold::cpu{}, a, b);
    return std::count(c.data(), c.data() + c.size(), 42) == 45 ? 0 : 1;
}
