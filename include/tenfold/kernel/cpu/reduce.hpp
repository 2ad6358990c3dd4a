// SPDX-License-Identifier: Apache-2.0
// Reductions on the cpu: the policy and the settings of each reducer; monoids of the caller.                [floor 4]
#pragma once

#include <tenfold/kernel/cpu/ordered_sum.hpp>
#include <tenfold/kernel/cpu/run_reduction.hpp>
#include <tenfold/kernel/reference/reduce.hpp>  // reductions of nothing
#include <tenfold/op/reduce.hpp>

TENFOLD_BEGIN
/// The settings of keys that order elements of T: `largest` or smallest wins, NaNs are above or below everything.
template <class T>
TENFOLD_INLINE reduction_settings order_settings(bool largest, bool nan_high) noexcept {
    reduction_settings s;
    s.constant[0] = 0;
    if constexpr (is_floating_v<T>) {
        s.constant[0] = float_order<T, true>::magnitude;
        s.constant[1] = nan_high ? float_order<T, true>::offset : float_order<T, false>::offset;
    } else {
        s.constant[1] = std::is_unsigned_v<T> ? std::uint64_t{1} << (8 * sizeof(T) - 1) : 0;
    }
    s.constant[2] = largest ? 0 : ~std::uint64_t{0};
    return s;
}
/// The same for magnitudes of floats and bits of integers: zero is the smallest, -0 is zero, NaNs are the largest.
template <class T>
TENFOLD_INLINE reduction_settings magnitude_settings(bool largest) noexcept {
    constexpr std::uint64_t sign = std::uint64_t{1} << (8 * sizeof(T) - 1);
    reduction_settings s;
    s.constant[0] = is_floating_v<T> ? sign : 0;
    s.constant[1] = is_floating_v<T> ? 0 : sign;
    s.constant[2] = largest ? 0 : ~std::uint64_t{0};
    return s;
}

/// The policy and the settings of each reducer.
template <class T, class F>
TENFOLD_INLINE status with_policy(const sum_reducer&, const F& f) {
    return f(sum_policy<T>{}, reduction_settings{});
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const mean_reducer&, const F& f) {
    reduction_settings s;
    s.mean = true;
    return f(sum_policy<T>{}, s);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const prod_reducer&, const F& f) {
    return f(product_policy<T>{}, reduction_settings{});
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const norm1_reducer&, const F& f) {
    reduction_settings s;
    s.constant[0] = ~std::uint64_t{0} >> (64 - 8 * sizeof(sum_lane_t<T>) + 1);  // all but the sign
    return f(sum_policy<T>{}, s);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const norm2_reducer&, const F& f) {
    return f(norm2_policy<T>{}, magnitude_settings<T>(true));
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const variance_reducer& r, const F& f) {
    reduction_settings s;
    s.correction = r.correction;
    return f(variance_policy<T>{}, s);
}
template <class T, class F>
TENFOLD_INLINE status with_policy(const log_sum_exp_reducer&, const F& f) {
    return f(log_sum_exp_policy<T>{}, order_settings<T>(true, true));
}
template <class T, bool All, class F>
TENFOLD_INLINE status with_policy(const truth_reducer<All>&, const F& f) {
    return f(truth_policy<T>{}, magnitude_settings<T>(!All));
}
template <class T, bool Largest, class F>
TENFOLD_INLINE status with_policy(const extremum_reducer<Largest>& r, const F& f) {
    // Propagated NaNs must win, ignored ones must lose.
    return f(extremum_policy<T>{}, order_settings<T>(Largest, Largest != (r.nan == tenfold::nan::ignore)));
}

/// A monoid of the caller: its functions are ordinary code, so no body and no vectors. Chunks of the elements in index
/// order, combined in order: the monoid need not commute.
template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Monoid, class Space>
status run_monoid(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, monoid_reducer<Monoid>, Space>& a) {
    using state = typename Monoid::value_type;
    static_assert(alignof(state) <= 64, "tenfold: the value_type of a reducer needs an alignment of at most 64 bytes");
    const monoid_reducer<Monoid>& reducer = a.reducer;
    index_array<Rank> kept = a.x.extents();
    index_array<Rank> reduced = a.x.extents();
    for (std::size_t i = 0; i < Rank; ++i) (a.axes.contains(i) ? kept : reduced)[i] = 1;
    const index_t outputs = element_count(kept);
    constexpr index_t elements_per_chunk = 4096;
    const chunk_list list{1, element_count(reduced), 1, elements_per_chunk};
    const index_t chunks = list.count();
    const auto size = static_cast<index_t>(sizeof(state));
    const scratch_buffer scratch(outputs * chunks * size);
    if (!scratch) return scratch_failure(a.reducer.name, outputs * chunks * size);
    state* const states = scratch.template at<state>(0);  // (outputs, chunks)
    constexpr index_t elements_per_worker = 16384;
    const int workers = workers_for(where, outputs * list.run, elements_per_worker);
    parallel_for_items(where, workers, outputs * chunks, [&](int, index_t item) {
        const index_array<Rank> at = index_at(kept, item / chunks);
        index_array<Rank> index = index_at(reduced, list.run_begin(item % chunks));
        state total = reducer.functor.identity();
        for (index_t left = list.run_end(item % chunks) - list.run_begin(item % chunks); left > 0; --left) {
            index_array<Rank> element = index;
            for (std::size_t i = 0; i < Rank; ++i) element[i] += at[i];
            total = reducer.functor(total, reducer.map(a.x(element)));
            std::size_t axis = Rank;
            while (axis > 0 && ++index[axis - 1] == reduced[axis - 1]) index[--axis] = 0;
        }
        states[item] = total;
    });
    const fp_environment ieee;
    const auto y = a.output();
    for (index_t o = 0; o < outputs; ++o) {
        state* const own = states + o * chunks;
        for (index_t step = 1; step < chunks; step *= 2) {
            for (index_t c = 0; c + step < chunks; c += 2 * step) own[c] = reducer.functor(own[c], own[c + step]);
        }
        y(index_at(kept, o)) = reducer.template finish<Y>(own[0]);
    }
    return {};
}

/// What runs the same code on every instruction set refuses a wrong name all the same.
TENFOLD_INLINE status check_isa(const char* op, const cpu& where) noexcept {
    int unused = 0;
    return choose_isa(op, where, unused);
}

template <>
struct kernel<reduce_op, cpu> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Monoid, class Space>
    static status run(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, monoid_reducer<Monoid>, Space>& a) {
        if (a.y.empty()) return {};
        if (a.x.empty()) {
            const fp_environment ieee;
            return kernel<reduce_op, reference>::run(reference{}, a);
        }
        if (status s = check_isa(monoid_reducer<Monoid>::name, where); !s.ok()) return s;
        return run_monoid(where, a);
    }
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const cpu& where, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        if (a.y.empty()) return {};
        if (a.x.empty()) {
            const fp_environment ieee;
            return kernel<reduce_op, reference>::run(reference{}, a);
        }
        if constexpr (is_ordered_sum<Reducer, T>) {
            if (crosses_devices<T>(a.reducer)) {
                if (status s = check_isa(Reducer::name, where); !s.ok()) return s;
                return run_ordered_sum(where, a);
            }
        }
        const auto y = a.output();
        const reduction_form form = canonical_form(a.x.extents(), a.x.strides(), y.strides(), a.axes);
        return with_policy<T>(a.reducer, [&](auto policy, const reduction_settings& settings) {
            return run_reduction<decltype(policy)>(Reducer::name, where, form, a.x.data(), y.data(), settings);
        });
    }
};
TENFOLD_END
