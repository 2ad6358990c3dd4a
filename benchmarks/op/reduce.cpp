// SPDX-License-Identifier: Apache-2.0
// Problems of the reductions: everything, rows, columns, a middle axis, the axes of a batch norm; always from memory.
#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join
#include <tenfold/op/reduce.hpp>
#include <tenfold/tenfold.hpp>

#include "op/list.hpp"                   // reduce_problems
#include "support/check_result.hpp"      // check_result, sample_axis
#include "support/executions.hpp"        // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {
namespace {

enum class reducing { sum, max };

template <std::size_t Rank, std::size_t Count>
struct reduction_shape {
    index_array<Rank> extents;
    std::array<index_t, Count> reduced;

    [[nodiscard]] bool is_reduced(std::size_t axis) const {
        return std::find(reduced.begin(), reduced.end(), static_cast<index_t>(axis)) != reduced.end();
    }
    [[nodiscard]] index_array<Rank> output(index_array<Rank> of) const {
        for (const index_t axis : reduced) of[static_cast<std::size_t>(axis)] = 1;
        return of;
    }
    [[nodiscard]] index_t elements_per_output() const { return element_count(extents) / element_count(output(extents)); }
    [[nodiscard]] tenfold::axes<Count> axes() const {
        return std::apply([](auto... axis) { return tenfold::axes{axis...}; }, reduced);
    }
};

template <reducing What, class Backend, class X, class Axes, class Y>
void reduce_once(const Backend& where, const X& x, const Axes& list, Y&& y) {
    if constexpr (What == reducing::sum)
        sum(where, x, list, y);
    else
        max(where, x, list, y);
}

template <class T, reducing What, std::size_t Rank, std::size_t Count>
class prepared_reduction final : public prepared_problem {
    reduction_shape<Rank, Count> shape_;
    rotated_operands<T> operands_;
    tensor<T, Rank> expected_, magnitude_;  // on the grid; empty until they are first needed

    [[nodiscard]] tensor_view<const T, Rank> x() const { return {operands_.input(0), shape_.extents}; }
    [[nodiscard]] tensor_view<T, Rank> y() const { return {operands_.output(), shape_.output(shape_.extents)}; }

    /// The shape as (outer, reduced, inner), where one axis is reduced.
    [[nodiscard]] sum_call<T> call_of_peer(int threads) const {
        sum_call<T> call{1, 1, 1, operands_.input(0), operands_.output(), threads};
        for (std::size_t axis = 0; axis < Rank; ++axis) {
            const auto reduced = static_cast<std::size_t>(shape_.reduced[0]);
            (axis < reduced ? call.outer : axis == reduced ? call.reduced : call.inner) *= shape_.extents[axis];
        }
        return call;
    }

    template <class U>
    [[nodiscard]] tensor_view<U, Rank> on_grid(tensor_view<U, Rank> view) const {
        constexpr index_t grid_elements = 2'000'000;
        index_t outputs = grid_elements / shape_.elements_per_output() + 1;
        for (std::size_t axis = 0; axis < Rank; ++axis) {
            if (shape_.is_reduced(axis)) continue;
            const sampled_axis grid = sample_axis(shape_.extents[axis], outputs);
            view = sampled(view, axis, grid);
            outputs = outputs / view.extent(axis) + 1;
        }
        return view;
    }

public:
    prepared_reduction(operand_pool& pool, const reduction_shape<Rank, Count>& shape)
        : shape_(shape), operands_(pool, {element_count(shape.extents)}, element_count(shape.output(shape.extents)), true) {}

    void run(const execution& how, std::int64_t calls) override {
        if (how.other != nullptr) {
            const auto add_up = how.other->sum(T{});
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) add_up(call_of_peer(how.threads));
            return;
        }
        const auto list = shape_.axes();
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) reduce_once<What>(where, x(), list, y());
        });
    }

    verification verify(const execution& how) override {
        operands_.first();
        if (expected_.empty()) {
            const auto grid = on_grid(x());
            const index_array<Rank> extents = shape_.output(grid.extents());
            expected_ = tensor<T, Rank>(extents);
            magnitude_ = tensor<T, Rank>(extents);
            reduce_once<What>(reference{}, grid, shape_.axes(), expected_);
            if constexpr (What == reducing::sum) {
                // The operands have mean zero, so partial sums are of the size of the 2-norm, and rounding errors relative to it.
                norm2(reference{}, grid, shape_.axes(), magnitude_);
            } else {
                std::fill_n(magnitude_.data(), magnitude_.size(), T(0));  // exact
            }
        }
        mark_unwritten(y());
        run(how, 1);
        operands_.first();
        const tensor_view<const T, Rank> whole = y();
        return check_result(whole, on_grid(whole), expected_, magnitude_, shape_.elements_per_output());
    }
};

template <class T, reducing What, std::size_t Rank, std::size_t Count>
void add(problem_list& list, suite first, const std::string& workload, const reduction_shape<Rank, Count>& s) {
    problem p;
    p.dtype = dtype_traits<T>::name;
    p.name = fmt::format("{}:{}:{}:axes{}", What == reducing::sum ? "sum" : "max", p.dtype, fmt::join(s.extents, "x"),
                         fmt::join(s.reduced, ","));
    p.workload = workload;
    p.kernel_class = "reduction";
    p.flops = element_count(s.extents);
    p.bytes = (element_count(s.extents) + element_count(s.output(s.extents))) * static_cast<index_t>(sizeof(T));
    p.roof = roof_kind::read_bandwidth;
    p.cold = true;
    p.first_suite = first;
    p.declines = [flops = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr) {
            if (What != reducing::sum || Count != 1 || how.other->sum(T{}) == nullptr) return how.backend + " has no such reduction";
            if (how.threads > 1 && !how.other->parallel_sums) return how.backend + " adds up on one thread";
        }
        return decline_backend<reduce_op>(how, flops);
    };
    p.prepare = [s](operand_pool& pool) { return std::make_unique<prepared_reduction<T, What, Rank, Count>>(pool, s); };
    list.push_back(std::move(p));
}

template <std::size_t Rank, std::size_t Count>
void add_sum(problem_list& list, suite first, const std::string& workload, const reduction_shape<Rank, Count>& s) {
    add<float, reducing::sum>(list, first, workload, s);
}

}  // namespace

problem_list reduce_problems() {
    problem_list list;
    constexpr index_t mi = index_t{1} << 20;
    add_sum<1, 1>(list, suite::quick, "everything", {{16 * mi}, {0}});
    add_sum<2, 1>(list, suite::quick, "rows", {{16384, 1024}, {1}});
    add_sum<2, 1>(list, suite::quick, "short rows", {{mi, 16}, {1}});
    add_sum<2, 1>(list, suite::quick, "columns", {{16384, 1024}, {0}});
    add_sum<3, 1>(list, suite::quick, "middle axis", {{16, 1024, 1024}, {1}});
    add_sum<4, 3>(list, suite::quick, "batch norm", {{32, 512, 28, 28}, {0, 2, 3}});
    add<float, reducing::max>(list, suite::quick, "rows", reduction_shape<2, 1>{{16384, 1024}, {1}});
    add<double, reducing::sum>(list, suite::standard, "rows", reduction_shape<2, 1>{{8192, 1024}, {1}});
    add<double, reducing::sum>(list, suite::standard, "columns", reduction_shape<2, 1>{{8192, 1024}, {0}});

    add_sum<1, 1>(list, suite::standard, "everything", {{64 * mi}, {0}});
    add_sum<2, 1>(list, suite::standard, "rows", {{65536, 1024}, {1}});
    add_sum<2, 1>(list, suite::standard, "short rows", {{mi, 64}, {1}});
    add_sum<2, 1>(list, suite::standard, "columns", {{65536, 1024}, {0}});
    add_sum<2, 1>(list, suite::standard, "long columns", {{1024, 65536}, {0}});
    add_sum<3, 1>(list, suite::standard, "middle axis", {{64, 1024, 1024}, {1}});
    add_sum<4, 2>(list, suite::standard, "spatial mean of images", {{32, 512, 28, 28}, {2, 3}});

    add_sum<2, 1>(list, suite::full, "rows of 16", {{4 * mi, 16}, {1}});
    add_sum<2, 1>(list, suite::full, "rows of 4", {{16 * mi, 4}, {1}});
    add_sum<2, 1>(list, suite::full, "prime rows", {{100003, 7}, {1}});
    add_sum<2, 1>(list, suite::full, "square, rows", {{4096, 4096}, {1}});
    add_sum<2, 1>(list, suite::full, "square, columns", {{4096, 4096}, {0}});
    add_sum<4, 1>(list, suite::full, "channels of images", {{32, 512, 28, 28}, {1}});
    // One tensor of 64 Mi elements over each of its axes in turn.
    for (const index_t axis : {0, 1, 2}) add_sum<3, 1>(list, suite::full, "64 Mi elements, each axis", {{256, 512, 512}, {axis}});
    add<float, reducing::max>(list, suite::standard, "columns", reduction_shape<2, 1>{{16384, 1024}, {0}});
    return list;
}

}  // namespace tenfold::bench
