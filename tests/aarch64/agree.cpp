// SPDX-License-Identifier: Apache-2.0
// Every instruction set of this build against the reference, on shapes around its tiles; ends with 1 on a difference.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>

#include <cstdio>

namespace tf = tenfold;

namespace {
/// Small whole numbers: sums of their products are exact in every type.
template <class T, std::size_t Rank>
tf::tensor<T, Rank> whole_numbers(const tf::index_array<Rank>& extents, int seed) {
    tf::tensor<T, Rank> t(extents);
    for (tf::index_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<T>(static_cast<float>((i * 7 + seed) % 5));
    return t;
}

template <class X, class Y>
bool equal(const X& x, const Y& y) {
    for (tf::index_t i = 0; i < x.size(); ++i) {
        if (!(x.data()[i] == y.data()[i])) return false;
    }
    return x.extents() == y.extents();
}

template <class T>
bool agrees(const tf::cpu& where) {
    for (const auto [m, n, k] : {tf::index_array<3>{1, 1, 1}, {8, 12, 5}, {9, 13, 70}, {3, 300, 64}, {17, 25, 400}, {5, 9, 129}}) {
        const auto a = whole_numbers<T, 2>({m, k}, 1);
        const auto b = whole_numbers<T, 2>({k, n}, 2);
        const auto bt = whole_numbers<T, 2>({n, k}, 3);
        if (!equal(tf::matmul(where, a, b), tf::matmul(tf::reference{}, a, b))) return false;
        if (!equal(tf::matmul(where, a, bt.transposed()), tf::matmul(tf::reference{}, a, bt.transposed()))) return false;
    }
    const auto x = whole_numbers<T, 3>({3, 37, 19}, 4);
    if (!equal(tf::sum(where, x, tf::axes{2}), tf::sum(tf::reference{}, x, tf::axes{2}))) return false;
    if (!equal(tf::sum(where, x, tf::axes{0, 1}), tf::sum(tf::reference{}, x, tf::axes{0, 1}))) return false;
    return equal(tf::max(where, x, tf::axes{1}), tf::max(tf::reference{}, x, tf::axes{1}));
}
}  // namespace

int main() {
    bool all_agree = true;
    for (const char* isa : tf::available_isas()) {
        const tf::cpu where{.threads = 2, .isa = isa};
        const bool good = agrees<float>(where) && agrees<double>(where) && agrees<tf::half>(where) && agrees<std::int8_t>(where);
        std::printf("%s: %s\n", isa, good ? "agrees" : "differs");
        all_agree = all_agree && good;
    }
    return all_agree ? 0 : 1;
}
