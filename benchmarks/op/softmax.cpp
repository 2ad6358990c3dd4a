// SPDX-License-Identifier: Apache-2.0
// Problems of softmax: attention scores, vocabularies, class scores.
#include "op/list.hpp"         // softmax_problems
#include "op/row_problem.hpp"  // add_rows

namespace tenfold::bench {
namespace {

struct softmax_rows {
    using op = softmax_op;
    static constexpr const char* kernel_class = "softmax";
    static constexpr index_t chain = 64;  // exp, the sum and the quotient: softmax_op::error_bound

    template <class Backend, class X, class V, class Y>
    static void apply(const Backend& where, const X& x, const V&, const V&, const Y& y) {
        softmax(where, x, 1, y);
    }
    template <class T>
    static T magnitude(T y) {
        return y;
    }
};

}  // namespace

problem_list softmax_problems() {
    problem_list list;
    add_rows<softmax_rows>(list, suite::quick, "long rows", {4096, 1024});
    add_rows<softmax_rows>(list, suite::quick, "BERT-base attention, 12 heads, 128 tokens", {12 * 128, 128});
    add_rows<softmax_rows>(list, suite::standard, "long rows", {16384, 1024});
    add_rows<softmax_rows>(list, suite::standard, "class scores", {32, 1000});
    add_rows<softmax_rows>(list, suite::standard, "short rows", {196608, 128});
    add_rows<softmax_rows>(list, suite::full, "vocabulary of 32000", {4096, 32000});
    return list;
}

}  // namespace tenfold::bench
