// SPDX-License-Identifier: Apache-2.0
// Layout of the operands in the pool, and the comparison of a result with the reference backend.
#include "peers/axes/axis_operands.hpp"

#include <tenfold/backends/reference.hpp>  // reference

#include "peers/axes/op_list.hpp"    // with_op, with_axis_type
#include "peers/axes/views.hpp"      // call_of
#include "support/check_result.hpp"  // sample_axis, sampled, check_result

namespace tenfold::bench {
namespace {

struct layout {
    std::int64_t x, parameter;
    explicit layout(const axis_shape& s) : x(operand_pool::padded(s.elements())), parameter(operand_pool::padded(s.along)) {}
};

std::int64_t result_elements(const axis_shape& s) { return op_named(s.op)->reduces ? s.kept() : s.elements(); }

/// The axes that are not reduced cut down to a grid on which the reference backend has about a million elements to read.
template <class T>
axis_call<T> on_grid(axis_call<T> call) {
    constexpr index_t grid_elements = 1'000'000;
    std::vector<std::size_t> kept{0, 2};
    if (call.ends) kept = {1};
    index_t outputs = 1;
    for (const std::size_t axis : kept) outputs *= call.x.extent(axis);
    index_t wanted = grid_elements / (call.x.size() / outputs) + 1;
    for (const std::size_t axis : kept) {
        const sampled_axis grid = sample_axis(call.x.extent(axis), wanted);
        call.x = sampled(call.x, axis, grid);
        call.y = sampled(call.y, axis, grid);
        wanted = wanted / call.x.extent(axis) + 1;
    }
    return call;
}

template <class Op, class T>
verification verify(const axis_shape& s, const axis_operands& operands, ready_call& computed) {
    const axis_call<T> whole = call_of<Op, T>(s, operands);
    mark_unwritten(whole.y);
    computed.run(1);
    computed.deliver();
    axis_call<T> grid = on_grid(whole);
    const tensor_view<const T, 3> written = grid.y;
    tensor<T, 3> expected(written.extents());
    grid.y = expected.view();
    Op::apply(reference{}, grid);
    tensor<T, 3> magnitude(written.extents());
    copy(reference{}, expected, magnitude);
    grid.y = magnitude.view();
    Op::magnitude(grid);
    return check_result(tensor_view<const T, 3>(whole.y), written, expected, magnitude, Op::reduces ? s.elements() / s.kept() : s.along);
}

}  // namespace

std::int64_t axis_bytes(const axis_shape& s) {
    return (s.elements() + result_elements(s) + op_named(s.op)->parameters * s.along) * s.element_bytes();
}

void reserve_axis(operand_pool& pool, const axis_shape& s) {
    const layout set(s);
    with_axis_type(s.type, [&]<class T>(T) {
        pool.reserve_inputs<T>(set.x + 2 * set.parameter);
        pool.reserve_outputs<T>(result_elements(s));
    });
}

axis_operands place_axis(const operand_pool& pool, const axis_shape& s) {
    const layout set(s);
    return with_axis_type(s.type, [&]<class T>(T) {
        const T* const x = pool.inputs<T>();
        return axis_operands{x, x + set.x, x + set.x + set.parameter, pool.outputs<T>()};
    });
}

verification verify_axis(const axis_shape& s, const axis_operands& operands, ready_call& computed) {
    verification found;
    with_op(axis_op_list{}, s.op,
            [&]<class Op>(Op) { with_axis_type(s.type, [&]<class T>(T) { found = verify<Op, T>(s, operands, computed); }); });
    return found;
}

}  // namespace tenfold::bench
