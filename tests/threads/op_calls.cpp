// SPDX-License-Identifier: Apache-2.0
// The calls of op_calls.hpp, compiled once for all programs that make them.
#include <tenfold/kernel/cpu/arg_reduce.hpp>
#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/cpu/copy.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/pool.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/scan.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>
#include <tenfold/kernel/cpu/transform.hpp>
#include <tenfold/testing/data.hpp>

#include <determinism/products.hpp>
#include <memory>
#include <support/bits.hpp>
#include <support/settings.hpp>
#include <threads/op_calls.hpp>

namespace {
using tenfold::cpu;
using tenfold::index_array;
using tenfold::index_t;
using tenfold::tensor;

template <class T, std::size_t Rank>
std::shared_ptr<const tensor<T, Rank>> operand(const index_array<Rank>& extents) {
    auto x = std::make_shared<tensor<T, Rank>>(extents);
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_random(x->view(), random, tenfold::testing::distribution::logarithmic);
    if constexpr (std::is_same_v<T, float>) {
        for (index_t i = 0; i < x->size(); i += 1009) x->data()[i] = 0x1p-140f;
    }
    return x;
}

class call_list {
public:
    /// `result` computes a tensor from the settings.
    template <class Result>
    void add(std::string name, Result result) {
        calls_.push_back({std::move(name), [result](const cpu& where) { return support::bits_of(result(where).view()); }});
    }
    void add(std::string name, support::placed_product product) { calls_.push_back({std::move(name), std::move(product)}); }
    std::vector<support::op_call> take() { return std::move(calls_); }

private:
    std::vector<support::op_call> calls_;
};

/// A monoid of the caller: its rounding shows the mode it runs in.
struct float_sum {
    using value_type = float;
    static constexpr float identity() { return 0; }
    float map(float x) const { return x; }
    float operator()(float a, float b) const { return a + b; }
};

void add_products(call_list& calls) {
    for (support::product& product : support::products()) calls.add(std::move(product.name), product.place({}));
    const auto old = operand<float, 2>({210, 190});
    const auto nothing = std::make_shared<const tensor<float, 2>>(index_array<2>{210, 0});
    calls.add("matmul f32 of depth 0", [old, nothing](const cpu& where) {
        auto c = old->clone();
        tenfold::matmul(where, *nothing, tensor<float, 2>({0, 190}), c, {.beta = 0.3}, tenfold::scale(0.7f));
        return c;
    });
    const auto x = operand<float, 4>({2, 19, 37, 41});
    const auto w = operand<float, 4>({23, 19, 3, 3});
    calls.add("conv f32 3 x 3", [x, w](const cpu& where) {
        return tenfold::conv(where, *x, *w, {.stride = {1, 2}, .padding = {{1, 1}, {1, 1}}}, tenfold::scale(0.7f));
    });
    const auto per_channel = operand<float, 4>({19, 1, 3, 3});
    calls.add("conv f32, depthwise", [x, per_channel](const cpu& where) {
        return tenfold::conv(where, *x, *per_channel, {.padding = {{1, 1}, {1, 1}}, .groups = 19});
    });
    const auto offsets = operand<float, 1>({23});
    calls.add("conv f32 of no channel", [offsets](const cpu& where) {
        tensor<float, 4> y({2, 23, 3, 5});
        tenfold::conv(where, tensor<float, 4>({2, 0, 5, 7}), tensor<float, 4>({23, 0, 3, 3}), y,
                      tenfold::bias(*offsets) | tenfold::scale(0.7f));
        return y;
    });
}

void add_reductions(call_list& calls) {
    const auto x = operand<float, 2>({701, 1303});
    calls.add("sum of everything", [x](const cpu& where) { return tenfold::sum(where, *x, tenfold::axes{0, 1}); });
    calls.add("sum along memory", [x](const cpu& where) { return tenfold::sum(where, *x, tenfold::axes{1}); });
    calls.add("sum across memory", [x](const cpu& where) { return tenfold::sum(where, *x, tenfold::axes{0}); });
    calls.add("variance", [x](const cpu& where) { return tenfold::variance(where, *x, tenfold::axes{1}); });
    calls.add("norm2", [x](const cpu& where) { return tenfold::norm2(where, *x, tenfold::axes{0, 1}); });
    calls.add("log_sum_exp", [x](const cpu& where) { return tenfold::log_sum_exp(where, *x, tenfold::axes{0}); });
    calls.add("mean of no element", [](const cpu& where) { return tenfold::mean(where, tensor<float, 2>({5, 0}), tenfold::axes{1}); });
    calls.add("reduce with a monoid", [x](const cpu& where) {
        tensor<float, 0> y(index_array<0>{});
        tenfold::reduce(where, *x, tenfold::axes{0, 1}, float_sum{}, y);
        return y;
    });
    calls.add("argmax", [x](const cpu& where) { return tenfold::argmax(where, *x, tenfold::axes{1}); });
    calls.add("cumulative_sum along memory", [x](const cpu& where) { return tenfold::cumulative_sum(where, *x, 1); });
    calls.add("cumulative_sum across memory", [x](const cpu& where) { return tenfold::cumulative_sum(where, *x, 0); });
    const auto image = operand<float, 4>({2, 37, 61, 67});
    calls.add("max_pool", [image](const cpu& where) { return tenfold::max_pool(where, *image, {.window = {3, 3}, .stride = {2, 2}}); });
}

void add_rows_and_elements(call_list& calls) {
    const auto x = operand<float, 2>({701, 1303});
    calls.add("softmax along memory", [x](const cpu& where) { return tenfold::softmax(where, *x, 1); });
    calls.add("softmax across memory", [x](const cpu& where) { return tenfold::softmax(where, *x, 0); });
    calls.add("layer_norm", [x](const cpu& where) { return tenfold::layer_norm(where, *x, 1); });
    calls.add("copy, transposed", [x](const cpu& where) {
        tensor<float, 2> y({1303, 701});
        tenfold::copy(where, x->transposed(), y);
        return y;
    });
    calls.add("convert to bf16", [x](const cpu& where) {
        tensor<tenfold::bfloat16, 2> y({701, 1303});
        tenfold::convert(where, *x, y);
        return y;
    });
    calls.add("transform", [x](const cpu& where) {
        tensor<float, 2> y({701, 1303});
        tenfold::transform(where, [](float a, float b) { return a * 0.7f + b; }, *x, *x, y);
        return y;
    });
}
}  // namespace

std::vector<support::op_call> support::op_calls() {
    call_list calls;
    add_products(calls);
    add_reductions(calls);
    add_rows_and_elements(calls);
    return calls.take();
}
