// SPDX-License-Identifier: Apache-2.0
// One hash per instruction set over threads, arenas and repetitions, of reductions, softmax and norms; sums have it on every
// instruction set, most others on all with fused multiply-add.
#include <tenfold/kernel/cpu/arg_reduce.hpp>
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/scan.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <support/bits.hpp>
#include <support/settings.hpp>
#include <utility>
#include <vector>

using tenfold::axes;
using tenfold::cpu;
using tenfold::index_t;
using tenfold::tensor;

namespace {
/// On which instruction sets the bits are the same. What multiplies and adds is rounded once only where there is an FMA.
enum class equal_on { everything, all_with_fma, each };

struct reduction_call {
    std::string name;
    std::function<std::uint64_t(const cpu&)> bits;
    equal_on equal;
};

/// Shapes that meet each way of walking: long and short runs, wide, narrow and joined columns, gathered and transposed ones.
template <class T, class F>
void add_shapes(std::vector<reduction_call>& calls, const std::string& name, const F& reduce, equal_on equal) {
    tenfold::testing::generator random(20261121);
    const auto x = std::make_shared<tensor<T, 1>>(tenfold::index_array<1>{240240});
    tenfold::testing::fill_random(x->view(), random);
    const auto add = [&](const char* shape, const auto& view, const auto& list) {
        calls.push_back(
            {name + " " + shape, [=](const cpu& where) { return support::bits_of(reduce(where, view(*x), list).view()); }, equal});
    };
    add("of everything", [](const auto& t) { return t.view(); }, axes{0});
    for (const index_t columns : {1001, 77, 16, 3}) {
        const auto rows = [columns](const auto& t) { return t.view().template reshaped<2>({240240 / columns, columns}); };
        add("of rows", rows, axes{1});
        add("of columns", rows, axes{0});
    }
    const auto sliced = [](const auto& t) { return t.view().template reshaped<3>({60, 77, 52}).slice(2, 0, 52, 4); };
    add("of a sliced view, axis 1", sliced, axes{1});
    add("of a sliced view, axes 0 and 2", sliced, axes{0, 2});
}

/// Plain numbers, or such that a few rows leave the range of float beside others that do not.
enum class row_data { plain, wide };

/// A NaN in one place, numbers too large for squares in two: columns 3, 2 and 30 of 5005, and rows apart where they are short.
void widen_rows(float* x) {
    x[3] = std::numeric_limits<float>::quiet_NaN();
    x[2 * 5005 + 2] *= 1e25f;
    x[75075 + 30] *= 1e25f;
}

/// Rows in cache, in pieces, and short ones; strips of lanes whole and in pieces. A row's lanes are as many as a vector has.
template <class T, class F>
void add_rows(std::vector<reduction_call>& calls, const std::string& name, const F& op, row_data data = row_data::plain) {
    tenfold::testing::generator random(20261123);
    const auto x = std::make_shared<tensor<T, 1>>(tenfold::index_array<1>{150150});
    tenfold::testing::fill_random(x->view(), random);
    if (data == row_data::wide) widen_rows(x->data());
    const auto add = [&](const char* shape, const tenfold::index_array<3>& extents, equal_on equal) {
        calls.push_back({name + " " + shape,
                         [=](const cpu& where) { return support::bits_of(op(where, x->view().template reshaped<3>(extents)).view()); },
                         equal});
    };
    add("of long rows", {1, 150150, 1}, equal_on::each);
    add("of rows", {150, 1001, 1}, equal_on::each);
    add("of short rows", {21450, 7, 1}, equal_on::all_with_fma);
    add("of columns", {1, 30, 5005}, equal_on::all_with_fma);
    add("of long columns", {1, 1001, 150}, equal_on::all_with_fma);
}

std::vector<reduction_call> reduction_calls() {
    std::vector<reduction_call> calls;
    const auto sum = [](const cpu& where, const auto& x, const auto& list) { return tenfold::sum(where, x, list); };
    add_shapes<float>(calls, "sum f32", sum, equal_on::everything);
    add_shapes<tenfold::half>(calls, "sum f16", sum, equal_on::everything);
    add_shapes<float>(
        calls, "variance f32", [](const cpu& where, const auto& x, const auto& list) { return tenfold::variance(where, x, list); },
        equal_on::all_with_fma);
    add_shapes<float>(
        calls, "log_sum_exp f32", [](const cpu& where, const auto& x, const auto& list) { return tenfold::log_sum_exp(where, x, list); },
        equal_on::all_with_fma);
    const auto x = std::make_shared<tensor<float, 1>>(tenfold::index_array<1>{300007});
    tenfold::testing::generator random(20261122);
    tenfold::testing::fill_random(x->view(), random);
    calls.push_back({"cumulative_sum f32",
                     [x](const cpu& where) { return support::bits_of(tenfold::cumulative_sum(where, x->view(), 0).view()); },
                     equal_on::everything});
    add_shapes<float>(
        calls, "argmax f32", [](const cpu& where, const auto& v, const auto& list) { return tenfold::argmax(where, v, list); },
        equal_on::everything);
    add_shapes<double>(
        calls, "norm2 f64", [](const cpu& where, const auto& v, const auto& list) { return tenfold::norm2(where, v, list); },
        equal_on::all_with_fma);
    add_rows<float>(calls, "softmax f32", [](const cpu& where, const auto& v) { return tenfold::softmax(where, v, 1); });
    add_rows<float>(calls, "log_softmax f32", [](const cpu& where, const auto& v) { return tenfold::log_softmax(where, v, 1); });
    const auto layer_norm = [](const cpu& where, const auto& v) { return tenfold::layer_norm(where, v, 1); };
    const auto rms_norm = [](const cpu& where, const auto& v) { return tenfold::rms_norm(where, v, 1); };
    for (const row_data data : {row_data::plain, row_data::wide}) {
        const std::string suffix = data == row_data::plain ? "" : " beside rows out of range";
        add_rows<float>(calls, "layer_norm f32" + suffix, layer_norm, data);
        add_rows<float>(calls, "rms_norm f32" + suffix, rms_norm, data);
    }
    // The zeros of lanes that no row fills leave the range of float beside an epsilon as small as this.
    add_rows<float>(calls, "layer_norm f32, epsilon 1e-25",
                    [](const cpu& where, const auto& v) { return tenfold::layer_norm(where, v, 1, {.epsilon = 1e-25}); });
    return calls;
}
}  // namespace

TEST_CASE("norms: a row has the same bits whatever the rows beside it hold [E15]") {
    const auto compare = [](const auto& norm, const tenfold::index_array<3>& extents, const std::string& name) {
        tenfold::testing::generator random(20261124);
        tensor<float, 1> plain({150150});
        tensor<float, 1> wide({150150});
        tenfold::testing::fill_random(plain.view(), random);
        std::copy(plain.data(), plain.data() + plain.size(), wide.data());
        widen_rows(wide.data());
        for (const char* isa : tenfold::available_isas()) {
            for (const bool in_place : {false, true}) {
                INFO(name << " " << extents[0] << " x " << extents[1] << " x " << extents[2] << ", " << std::string(isa)
                          << std::string(in_place ? ", in place" : ""));
                const auto result = [&](const tensor<float, 1>& x) {
                    tensor<float, 1> y({150150});
                    std::copy(x.data(), x.data() + x.size(), y.data());
                    const auto from = in_place ? std::as_const(y).view() : x.view();
                    norm(support::cpu_with(1, isa), from.reshaped(extents), y.view().reshaped(extents));
                    return y;
                };
                const auto alone = result(plain);
                const auto beside = result(wide);
                std::set<index_t> touched;  // rows
                const auto row_of = [&](index_t i) { return i / (extents[1] * extents[2]) * extents[2] + i % extents[2]; };
                for (index_t i = 0; i < plain.size(); ++i) {
                    if (std::memcmp(plain.data() + i, wide.data() + i, sizeof(float)) != 0) touched.insert(row_of(i));
                }
                CHECK(!touched.empty());
                index_t different = 0;
                for (index_t i = 0; i < plain.size(); ++i) {
                    const bool same = std::memcmp(alone.data() + i, beside.data() + i, sizeof(float)) == 0;
                    if (!touched.contains(row_of(i))) different += same ? 0 : 1;
                }
                CHECK(different == 0);
            }
        }
    };
    // Rows along and in lanes, short ones, strips of lanes whole, in pieces and in place.
    for (const tenfold::index_array<3>& extents :
         {tenfold::index_array<3>{150, 1001, 1}, {21450, 7, 1}, {1, 30, 5005}, {1, 1001, 150}, {50, 3, 1001}}) {
        compare([](const cpu& where, const auto& x, const auto& y) { tenfold::layer_norm(where, x, 1, y); }, extents, "layer_norm");
        compare([](const cpu& where, const auto& x, const auto& y) { tenfold::rms_norm(where, x, 1, y); }, extents, "rms_norm");
    }
}

TEST_CASE("reductions: threads 1, 2, 3, 5, 8, 16, arenas and repetitions give one hash [H23][E15]") {
    const tbb::global_control workers(tbb::global_control::max_allowed_parallelism, 16);
    tbb::task_arena narrow(2);
    tbb::task_arena wide(7);
    for (const reduction_call& call : reduction_calls()) {
        std::set<std::uint64_t> everywhere;
        std::set<std::uint64_t> with_fma;
        for (const char* isa : tenfold::available_isas()) {
            INFO(call.name << ", " << std::string(isa));
            std::set<std::uint64_t> hashes;
            for (const int threads : {1, 2, 3, 5, 8, 16}) {
                hashes.insert(call.bits(support::cpu_with(threads, isa)));
                hashes.insert(call.bits({.threads = threads, .arena = &wide, .isa = isa}));
            }
            hashes.insert(call.bits({.threads = 2, .arena = &narrow, .isa = isa}));
            hashes.insert(call.bits({.isa = isa}));
            CHECK(hashes.size() == 1);
            everywhere.merge(std::set<std::uint64_t>(hashes));
            if (std::string(isa) != "baseline") with_fma.merge(hashes);
        }
        INFO(call.name);
        if (call.equal != equal_on::each) CHECK(with_fma.size() <= 1);
        if (call.equal == equal_on::everything) CHECK(everywhere.size() == 1);
    }
}
