// SPDX-License-Identifier: Apache-2.0
// Problems of layer_norm and rms_norm: the hidden sizes of BERT, LLaMA and larger models.
#include "op/list.hpp"         // normalise_problems
#include "op/row_problem.hpp"  // add_rows

namespace tenfold::bench {
namespace {

struct layer_norm_rows {
    using op = layer_norm_op;
    static constexpr const char* kernel_class = "normalisation";
    static constexpr index_t chain = 36;  // 9 sqrt(36) u = 54 u, at |scale|, |bias| <= 1 what layer_norm promises

    template <class Backend, class X, class V, class Y>
    static void apply(const Backend& where, const X& x, const V& scale, const V& bias, const Y& y) {
        layer_norm(where, x, 1, scale, bias, y);
    }
    template <class T>
    static T magnitude(T y) {
        return 1 + std::abs(y);
    }
};

struct rms_norm_rows {
    using op = rms_norm_op;
    static constexpr const char* kernel_class = "normalisation";
    static constexpr index_t chain = 9;  // 9 sqrt(9) u = 27 u; rms_norm promises 20 u

    template <class Backend, class X, class V, class Y>
    static void apply(const Backend& where, const X& x, const V& scale, const V&, const Y& y) {
        rms_norm(where, x, 1, scale, y);
    }
    template <class T>
    static T magnitude(T y) {
        return std::abs(y);
    }
};

}  // namespace

problem_list normalise_problems() {
    problem_list list;
    add_rows<layer_norm_rows>(list, suite::quick, "BERT-base, 4096 tokens", {4096, 768});
    add_rows<rms_norm_rows>(list, suite::quick, "LLaMA-7B, 1024 tokens", {1024, 4096});
    add_rows<layer_norm_rows>(list, suite::standard, "hidden size 1024", {4096, 1024});
    add_rows<layer_norm_rows>(list, suite::standard, "hidden size 8192", {4096, 8192});
    add_rows<rms_norm_rows>(list, suite::standard, "LLaMA-7B, 128 tokens", {128, 4096});
    add_rows<layer_norm_rows>(list, suite::full, "hidden size 4096", {4096, 4096});
    add_rows<rms_norm_rows>(list, suite::full, "hidden size 8192", {4096, 8192});
    return list;
}

}  // namespace tenfold::bench
