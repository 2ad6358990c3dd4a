// SPDX-License-Identifier: Apache-2.0
// Softmax and norms of the same operands under the flags of this translation unit; ROW_BITS is its function's name.
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>

#include <numerics/row_bits.hpp>
#include <support/bits.hpp>

namespace tf = tenfold;
using tf::index_t;

namespace {
template <class T>
void add(std::vector<row_bits>& list, const tf::cpu& where, const char* what, const tf::index_array<3>& extents, bool wide) {
    tf::tensor<T, 3> x(extents);
    // Exact, so that no flag moves them.
    for (index_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<T>(i * 7919 % 8191 - 4095) / 1024;
    if (wide) x.data()[x.size() / 2] *= static_cast<T>(1e25);
    const auto keep = [&](const tf::tensor<T, 3>& y) { list.push_back({what, support::bits_of(y.view())}); };
    keep(tf::softmax(where, x, 1));
    keep(tf::log_softmax(where, x, 1));
    keep(tf::layer_norm(where, x, 1));
    keep(tf::rms_norm(where, x, 1));
}
template <class T>
void add_shapes(std::vector<row_bits>& list, const tf::cpu& where) {
    for (const bool wide : {false, true}) {
        add<T>(list, where, "rows", {150, 101, 1}, wide);
        add<T>(list, where, "short rows", {2000, 7, 1}, wide);
        add<T>(list, where, "a row in pieces", {1, 270001, 1}, wide);
        add<T>(list, where, "lanes", {1, 30, 505}, wide);
        add<T>(list, where, "lanes in pieces", {1, 3001, 50}, wide);
    }
}
}  // namespace

std::vector<row_bits> ROW_BITS(const char* isa) {
    const tf::cpu where{.isa = isa};
    std::vector<row_bits> list;
    add_shapes<float>(list, where);
    add_shapes<double>(list, where);
    return list;
}
