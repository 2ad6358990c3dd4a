// SPDX-License-Identifier: Apache-2.0
// Problems of softmax: attention scores, vocabularies, class scores; from memory.
#include <tenfold/op/softmax.hpp>
#include <tenfold/tenfold.hpp>

#include "op/list.hpp"                   // softmax_problems
#include "support/check_result.hpp"      // check_result, sample_axis
#include "support/executions.hpp"        // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {
namespace {

struct rows_shape {
    index_t rows, columns;
};

template <class T>
class prepared_softmax final : public prepared_problem {
    rows_shape shape_;
    rotated_operands<T> operands_;
    tensor<T, 2> expected_;  // on the grid; empty until it is first needed

    [[nodiscard]] tensor_view<const T, 2> x() const { return {operands_.input(0), {shape_.rows, shape_.columns}}; }
    [[nodiscard]] tensor_view<T, 2> y() const { return {operands_.output(), {shape_.rows, shape_.columns}}; }

public:
    prepared_softmax(operand_pool& pool, const rows_shape& shape)
        : shape_(shape), operands_(pool, {shape.rows * shape.columns}, shape.rows * shape.columns, true) {}

    void run(const execution& how, std::int64_t calls) override {
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) softmax(where, x(), 1, y());
        });
    }

    verification verify(const execution& how) override {
        constexpr index_t grid_elements = 500'000;
        const sampled_axis rows = sample_axis(shape_.rows, grid_elements / shape_.columns + 1);
        operands_.first();
        if (expected_.empty()) expected_ = softmax(reference{}, sampled(x(), 0, rows), 1);
        mark_unwritten(y());
        run(how, 1);
        operands_.first();
        const tensor_view<const T, 2> whole = y();
        // Results are positive and their errors relative: exp, the sum and the quotient round some 64 times in all.
        return check_result(whole, sampled(whole, 0, rows), expected_, expected_, 64);
    }
};

void add(problem_list& list, suite first, const std::string& workload, const rows_shape& s) {
    using T = float;
    problem p;
    p.dtype = dtype_traits<T>::name;
    p.name = "softmax:" + p.dtype + ":" + std::to_string(s.rows) + "x" + std::to_string(s.columns) + ":axis1";
    p.workload = workload;
    p.kernel_class = "softmax";
    p.flops = s.rows * s.columns;  // elements: what an exponential costs is nobody's convention
    p.bytes = 2 * s.rows * s.columns * static_cast<index_t>(sizeof(T));
    p.roof = roof_kind::copy_bandwidth;
    p.cold = true;
    p.first_suite = first;
    p.declines = [elements = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr) return how.backend + " has no softmax";
        return decline_backend<softmax_op>(how, elements * 8);
    };
    p.prepare = [s](operand_pool& pool) { return std::make_unique<prepared_softmax<T>>(pool, s); };
    list.push_back(std::move(p));
}

}  // namespace

problem_list softmax_problems() {
    problem_list list;
    add(list, suite::quick, "long rows", {4096, 1024});
    add(list, suite::quick, "BERT-base attention, 12 heads, 128 tokens", {12 * 128, 128});
    add(list, suite::standard, "long rows", {16384, 1024});
    add(list, suite::standard, "class scores", {32, 1000});
    add(list, suite::standard, "short rows", {196608, 128});
    add(list, suite::full, "vocabulary of 32000", {4096, 32000});
    return list;
}

}  // namespace tenfold::bench
