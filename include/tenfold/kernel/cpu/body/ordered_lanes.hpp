// SPDX-License-Identifier: Apache-2.0
// Sums and products in the order of determinism::cross_device (op/summation_order.hpp): lanes, their tree, the result. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/op/functor/reducer.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class Reducer, class Lane>
TENFOLD_BODY Lane combine_ordered(Lane a, Lane b) noexcept {
    TENFOLD_STRICT
    if constexpr (std::is_same_v<Reducer, prod_reducer>) {
        return a * b;
    } else {
        return a + b;
    }
}

template <class T, class Lane>
struct ordered_lanes_arguments {
    const T* x;
    index_t count;  ///< from the start of a round on
    index_t round;  ///< elements until lane 0 has its turn again
    Lane* lanes;
};

/// lanes <- lanes combined with count elements.
template <class Reducer, class T, class Lane>
struct ordered_lanes {
    static constexpr index_t pack = 16 / sizeof(T);

    template <class Isa>
    TENFOLD_BODY static void run(const ordered_lanes_arguments<T, Lane>* arguments) noexcept {
        TENFOLD_STRICT
        const ordered_lanes_arguments<T, Lane> a = *arguments;
        const T* TENFOLD_RESTRICT x = a.x;
        Lane* TENFOLD_RESTRICT lanes = a.lanes;
        for (index_t left = a.count; left > 0; left -= a.round, x += a.round) {
            const index_t n = left < a.round ? left : a.round;
            if constexpr (pack <= 4) {
                for (index_t i = 0; i < n; ++i) lanes[i] = combine_ordered<Reducer>(lanes[i], value(x[i]));
            } else {
                static_assert(pack == 8);  // of a pack, the elements of the second half meet the lanes of the first
                index_t i = 0;
                for (; i + 8 <= n; i += 8) {
                    Lane* const own = lanes + i / 2;
                    for (int k = 0; k < 4; ++k) {
                        own[k] = combine_ordered<Reducer>(combine_ordered<Reducer>(own[k], value(x[i + k])), value(x[i + k + 4]));
                    }
                }
                for (index_t k = 0; i + k < n; ++k) {
                    Lane& own = lanes[i / 2 + k % 4];
                    own = combine_ordered<Reducer>(own, value(x[i + k]));
                }
            }
        }
    }

private:
    TENFOLD_BODY static Lane value(T x) noexcept {
        TENFOLD_STRICT
        const Lane wide = widen_element<Lane>(x);
        if constexpr (std::is_same_v<Reducer, norm1_reducer>) {
            using word = std::conditional_t<sizeof(Lane) == 8, std::uint64_t, std::uint32_t>;
            return __builtin_bit_cast(Lane, static_cast<word>(__builtin_bit_cast(word, wide) << 1 >> 1));
        } else {
            return wide;
        }
    }
};

template <class Lane, class Y>
struct ordered_tree_arguments {
    Lane* values;    ///< destroyed
    index_t values_count;
    index_t elements;  ///< of the output
    Lane* total;       ///< or null:
    Y* y;              ///< the result that is made of it
};

/// All values as adjacent pairs, level by level, an odd one passes through; then the stored result, where one is asked for.
template <class Reducer, class Lane, class Y>
struct ordered_tree {
    template <class Isa>
    TENFOLD_BODY static void run(const ordered_tree_arguments<Lane, Y>* arguments) noexcept {
        TENFOLD_STRICT
        const ordered_tree_arguments<Lane, Y> a = *arguments;
        for (index_t width = 1; width < a.values_count; width *= 2) {
            for (index_t i = 0; i + width < a.values_count; i += 2 * width)
                a.values[i] = combine_ordered<Reducer>(a.values[i], a.values[i + width]);
        }
        if (a.total != nullptr) {
            *a.total = a.values[0];
            return;
        }
        using word = std::conditional_t<sizeof(Lane) == 8, std::uint64_t, std::uint32_t>;
        constexpr word infinity = sizeof(Lane) == 8 ? static_cast<word>(0x7ff0000000000000u) : static_cast<word>(0x7f800000u);
        constexpr word quiet = sizeof(Lane) == 8 ? static_cast<word>(0x7ff8000000000000u) : static_cast<word>(0x7fc00000u);
        Lane result = a.values[0];
        if constexpr (std::is_same_v<Reducer, mean_reducer>)
            result = static_cast<Lane>(static_cast<double>(result) / static_cast<double>(a.elements));
        // A NaN, whose payload and sign differ between machines, becomes the canonical quiet one.
        if (static_cast<word>(__builtin_bit_cast(word, result) << 1 >> 1) > infinity) result = __builtin_bit_cast(Lane, quiet);
        if constexpr (sizeof(Y) == 2) {
            *a.y = convert_element<Y>(result);
        } else {
            *a.y = static_cast<Y>(result);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
