// SPDX-License-Identifier: Apache-2.0
// Layout of a matmul's operands in the pool, and the comparison of a result with the reference backend.
#include "support/matmul_operands.hpp"

#include <tenfold/backends/reference.hpp>  // reference
#include <tenfold/op/matmul.hpp>           // matmul

#include <cstring>  // std::memset

#include "op/matmul_elements.hpp"    // with_elements
#include "support/check_result.hpp"  // sample_axis, sampled, magnitudes, check_result

namespace tenfold::bench {
namespace {

/// Elements of one set of operands. Inputs of one type follow each other, those of two types have a pool each.
template <class Types>
struct set_layout {
    static constexpr bool shared = std::is_same_v<typename Types::a, typename Types::b>;
    std::int64_t a, b, c;
    explicit set_layout(const matmul_shape& s)
        : a(operand_pool::padded(s.batch * s.a_elements())),
          b(operand_pool::padded(s.batch * s.b_elements())),
          c(operand_pool::padded(s.batch * s.c_elements())) {}
    [[nodiscard]] std::int64_t bytes() const {
        return a * static_cast<std::int64_t>(sizeof(typename Types::a)) + b * static_cast<std::int64_t>(sizeof(typename Types::b)) +
               c * static_cast<std::int64_t>(sizeof(typename Types::c));
    }
};

/// A sampled operand, without gaps, in the type in which the reference backend multiplies.
template <class Wide, class T>
tensor<Wide, 2> dense(tensor_view<const T, 2> x) {
    tensor<Wide, 2> copy(x.extents());
    for_each_index(x.extents(), [&](const index_array<2>& i) { copy.view()(i) = static_cast<Wide>(x(i)); });
    return copy;
}

template <class T>
tensor_view<const T, 2> stored(const T* p, index_t rows, index_t columns, bool transposed, index_t leading) {
    return {p, {rows, columns}, {transposed ? 1 : leading, transposed ? leading : 1}};
}

/// One matrix of the batch.
template <class Types>
verification check_matrix(const matmul_shape& s, const matmul_operands& operands, std::int64_t item) {
    using a_type = typename Types::a;
    using b_type = typename Types::b;
    using c_type = typename Types::c;
    const auto* a = static_cast<const a_type*>(static_cast<const void*>(operands.a)) + item * s.a_elements();
    const auto* b = static_cast<const b_type*>(static_cast<const void*>(operands.b)) + item * s.b_elements();
    const auto* c = static_cast<const c_type*>(static_cast<const void*>(operands.c)) + item * s.c_elements();

    constexpr index_t grid_products = 1'000'000;
    const sampled_axis rows = sample_axis(s.m, 32);
    const sampled_axis columns = sample_axis(s.n, grid_products / s.k / ceil_divide(s.m - rows.begin, rows.step) + 1);
    const auto grid_a = sampled(stored(a, s.m, s.k, s.a_transposed, s.lda()), 0, rows);
    const auto grid_b = sampled(stored(b, s.k, s.n, s.b_transposed, s.ldb()), 1, columns);
    const tensor_view<const c_type, 2> whole = stored(c, s.m, s.n, false, s.ldc());
    const auto grid_c = sampled(sampled(whole, 0, rows), 1, columns);
    if constexpr (std::is_integral_v<c_type>) {
        const auto expected = matmul(reference{}, dense<c_type>(grid_a), dense<c_type>(grid_b));
        return check_result(whole, grid_c, expected, tensor<c_type, 2>(expected.extents()), s.k);
    } else {
        const auto wide_a = dense<c_type>(grid_a);
        const auto wide_b = dense<c_type>(grid_b);
        return check_result(whole, grid_c, matmul(reference{}, wide_a, wide_b),
                            matmul(reference{}, magnitudes(wide_a.view()), magnitudes(wide_b.view())), s.k);
    }
}

}  // namespace

std::int64_t matmul_operand_sets(const operand_pool& pool, const matmul_shape& s) {
    if (!s.cold) return 1;
    return with_elements(s.types, [&](auto types) { return pool.sets_for(set_layout<decltype(types)>(s).bytes()); });
}

std::int64_t matmul_bytes(const matmul_shape& s) {
    return with_elements(s.types, [&]<class Types>(Types) {
        const auto bytes = [&](std::int64_t rows, std::int64_t columns, std::size_t element) {
            return s.batch * rows * columns * static_cast<std::int64_t>(element);
        };
        return bytes(s.m, s.k, sizeof(typename Types::a)) + bytes(s.k, s.n, sizeof(typename Types::b)) +
               bytes(s.m, s.n, sizeof(typename Types::c));
    });
}

void reserve_matmul(operand_pool& pool, const matmul_shape& s) {
    const std::int64_t sets = matmul_operand_sets(pool, s);
    with_elements(s.types, [&]<class Types>(Types) {
        const set_layout<Types> set(s);
        pool.reserve_inputs<typename Types::a>(sets * (set.shared ? set.a + set.b : set.a));
        pool.reserve_inputs<typename Types::b>(sets * (set.shared ? set.a + set.b : set.b));
        pool.reserve_outputs<typename Types::c>(sets * set.c);
    });
}

matmul_operands place_matmul(const operand_pool& pool, const matmul_shape& s) {
    return with_elements(s.types, [&]<class Types>(Types) {
        using a_type = typename Types::a;
        using b_type = typename Types::b;
        const set_layout<Types> set(s);
        const auto bytes = [](auto* p) { return static_cast<const char*>(static_cast<const void*>(p)); };
        matmul_operands placed;
        placed.a = bytes(pool.inputs<a_type>());
        placed.b = bytes(pool.inputs<b_type>() + (set.shared ? set.a : 0));
        placed.c = pool.outputs<char>();
        placed.a_step = (set.shared ? set.a + set.b : set.a) * static_cast<std::int64_t>(sizeof(a_type));
        placed.b_step = (set.shared ? set.a + set.b : set.b) * static_cast<std::int64_t>(sizeof(b_type));
        placed.c_step = set.c * static_cast<std::int64_t>(sizeof(typename Types::c));
        placed.sets = matmul_operand_sets(pool, s);
        return placed;
    });
}

verification verify_matmul(const matmul_shape& s, const matmul_operands& operands, ready_matmul& computed) {
    return with_elements(s.types, [&]<class Types>(Types) {
        const auto bytes = static_cast<std::size_t>(s.batch * s.c_elements()) * sizeof(typename Types::c);
        std::memset(operands.c, 0xFF, bytes);  // NaN in every float
        computed.run(1);
        verification found = check_matrix<Types>(s, operands, 0);
        if (found.passed() && s.batch > 1) found = check_matrix<Types>(s, operands, s.batch - 1);
        return found;
    });
}

}  // namespace tenfold::bench
