// SPDX-License-Identifier: Apache-2.0
// Problems of ops that turn each row into a row of its length: softmax and the norms; from memory.
#pragma once

#include <tenfold/tenfold.hpp>

#include "support/check_result.hpp"      // check_result, sample_axis
#include "support/executions.hpp"        // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {

struct rows_shape {
    index_t rows, columns;
};

/// `Row` names the op and says how it is called and how exact it is:
///   using op = softmax_op;                                  name of the problem, and who has a kernel for it
///   static constexpr const char* kernel_class;
///   apply(where, x, scale, bias, y)                         scale and bias: (columns), random; not every op takes them
///   magnitude(y)                                            what rounding errors of y are relative to
///   static constexpr index_t chain;                         roundings, see check_result
template <class T, class Row>
class prepared_rows final : public prepared_problem {
    rows_shape shape_;
    rotated_operands<T> operands_;
    tensor<T, 2> expected_, magnitude_;  // on the grid; empty until they are first needed

    [[nodiscard]] tensor_view<const T, 2> x() const { return {operands_.input(0), {shape_.rows, shape_.columns}}; }
    [[nodiscard]] tensor_view<const T, 1> scale() const { return {operands_.input(1), {shape_.columns}}; }
    [[nodiscard]] tensor_view<const T, 1> bias() const { return {operands_.input(2), {shape_.columns}}; }
    [[nodiscard]] tensor_view<T, 2> y() const { return {operands_.output(), {shape_.rows, shape_.columns}}; }

public:
    prepared_rows(operand_pool& pool, const rows_shape& shape)
        : shape_(shape), operands_(pool, {shape.rows * shape.columns, shape.columns, shape.columns}, shape.rows * shape.columns, true) {}

    void run(const execution& how, std::int64_t calls) override {
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) Row::apply(where, x(), scale(), bias(), y());
        });
    }

    verification verify(const execution& how) override {
        constexpr index_t grid_elements = 500'000;
        const sampled_axis rows = sample_axis(shape_.rows, grid_elements / shape_.columns + 1);
        operands_.first();
        if (expected_.empty()) {
            const auto grid = sampled(x(), 0, rows);
            expected_ = tensor<T, 2>(grid.extents());
            magnitude_ = tensor<T, 2>(grid.extents());
            Row::apply(reference{}, grid, scale(), bias(), expected_.view());
            for (index_t i = 0; i < expected_.size(); ++i) magnitude_.data()[i] = Row::magnitude(expected_.data()[i]);
        }
        mark_unwritten(y());
        run(how, 1);
        operands_.first();
        const tensor_view<const T, 2> whole = y();
        return check_result(whole, sampled(whole, 0, rows), expected_, magnitude_, Row::chain);
    }
};

template <class Row>
void add_rows(problem_list& list, suite first, const std::string& workload, const rows_shape& s) {
    using T = float;
    problem p;
    p.dtype = dtype_traits<T>::name;
    p.name = std::string(Row::op::name) + ":" + p.dtype + ":" + std::to_string(s.rows) + "x" + std::to_string(s.columns) + ":axis1";
    p.workload = workload;
    p.kernel_class = Row::kernel_class;
    p.flops = s.rows * s.columns;  // elements: what an exponential or a root costs is nobody's convention
    p.bytes = 2 * s.rows * s.columns * static_cast<index_t>(sizeof(T));
    p.roof = roof_kind::copy_bandwidth;
    p.cold = true;
    p.first_suite = first;
    p.declines = [elements = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr) return how.backend + " has no " + Row::op::name;
        constexpr index_t operations_per_element = 8;  // of the textbook loops, roughly
        return decline_backend<typename Row::op>(how, elements * operations_per_element);
    };
    p.prepare = [s](operand_pool& pool) { return std::make_unique<prepared_rows<T, Row>>(pool, s); };
    list.push_back(std::move(p));
}

}  // namespace tenfold::bench
