// SPDX-License-Identifier: Apache-2.0
// From accumulators to results: states of chunks, their combination in a fixed tree, the value of each output. [floor 4]
//
// A policy says which steps a reduction takes and what happens around them:
//     first, second       steps; `first` is void where one pass is enough
//     state               what a chunk of an output is summed up in
//     parameter(f, n)     what the second pass gets from the first one's accumulator over n elements
//     from_element        without a first pass, whether the parameter is the chunk's first element instead of nothing
//     close(f, s, t, p, n)   the state of a chunk of n elements: accumulators of the first pass and of both parts of the second
//     merge(a, na, b, nb) a <- both: chunks of na and nb elements, a's before b's
//     finish<Y>(a, n, settings)  the result
#pragma once

#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// What a call says beyond its policy.
struct reduction_settings {
    std::uint64_t constant[3] = {~std::uint64_t{0}, 0, 0};  ///< bits of the steps' constants
    double correction = 0;                                   ///< of a variance
    bool mean = false;                                      ///< a sum is divided by the number of its elements

    template <class Lane>
    TENFOLD_BODY Lane constant_of(int i) const noexcept {
        using word = std::make_unsigned_t<integer_of<sizeof(Lane)>>;
        return __builtin_bit_cast(Lane, static_cast<word>(constant[i]));
    }
};

template <class Step>
struct lane_of_step {
    using type = typename Step::lane;
};
template <>
struct lane_of_step<void> {
    using type = char;  // never stored
};
template <class Step>
using lane_of = typename lane_of_step<Step>::type;

template <class Policy, class T>
struct reduce_close_arguments {
    using first_lane = lane_of<typename Policy::first>;
    using lane = lane_of<typename Policy::second>;
    index_t outputs;
    index_t elements;               // of each output, in this chunk
    const T* x;                     // the chunk's first element of each output
    index_t x_step;
    const first_lane* first;
    const lane* second;
    index_t part_step;
    lane* parameter;
    index_t phases;                 // copies of the parameters
    typename Policy::state* state;
};

/// parameter[i] <- what the second pass needs
template <class Policy, class T>
struct reduce_parameter {
    template <class Isa>
    TENFOLD_BODY static void run(const reduce_close_arguments<Policy, T>* arguments) noexcept {
        TENFOLD_STRICT
        const reduce_close_arguments<Policy, T>& a = *arguments;
        if constexpr (std::is_void_v<typename Policy::first>) {
            for (index_t i = 0; i < a.outputs; ++i) { a.parameter[i] = widen_element<lane_of<typename Policy::second>>(a.x[i * a.x_step]); }
        } else {
            for (index_t i = 0; i < a.outputs; ++i) a.parameter[i] = Policy::parameter(a.first[i], a.elements);
        }
        for (index_t phase = 1; phase < a.phases; ++phase) {
            for (index_t i = 0; i < a.outputs; ++i) a.parameter[phase * a.outputs + i] = a.parameter[i];
        }
    }
};

/// state[i] <- the chunk
template <class Policy, class T>
struct reduce_close {
    template <class Isa>
    TENFOLD_BODY static void run(const reduce_close_arguments<Policy, T>* arguments) noexcept {
        TENFOLD_STRICT
        using lane = lane_of<typename Policy::second>;
        const reduce_close_arguments<Policy, T>& a = *arguments;
        for (index_t i = 0; i < a.outputs; ++i) {
            if constexpr (std::is_void_v<typename Policy::first> && !Policy::from_element) {
                if constexpr (Policy::second::parts == 1) {
                    a.state[i] = Policy::close(a.second[i]);
                } else {
                    a.state[i] = Policy::close(a.second[a.part_step + i]);
                }
            } else if constexpr (Policy::second::parts == 1) {
                a.state[i] = Policy::close(a.first[i], a.second[i], a.elements);
            } else {
                a.state[i] = Policy::close(a.parameter[i], a.second[i], a.second[a.part_step + i], a.elements);
            }
            static_assert(std::is_arithmetic_v<lane>);
        }
    }
};

template <class Policy, class Y>
struct reduce_combine_arguments {
    typename Policy::state* state;  // (chunks, pitch), destroyed
    index_t pitch;
    index_t chunks;
    const index_t* elements_before; // of each chunk, chunks + 1 values; null where chunks is 1
    index_t outputs;
    index_t elements;               // of each output
    reduction_settings settings;
    Y* y;
    index_t y_step;
};

/// y[i] <- all chunks of output i: neighbours in pairs, level by level, an odd one passes through.
template <class Policy, class Y>
struct reduce_combine {
    template <class Isa>
    TENFOLD_BODY static void run(const reduce_combine_arguments<Policy, Y>* arguments) noexcept {
        TENFOLD_STRICT
        const reduce_combine_arguments<Policy, Y>& a = *arguments;
        for (index_t step = 1; step < a.chunks; step *= 2) {
            for (index_t c = 0; c + step < a.chunks; c += 2 * step) {
                const index_t end = c + 2 * step < a.chunks ? c + 2 * step : a.chunks;
                const index_t left = a.elements_before[c + step] - a.elements_before[c];
                const index_t right = a.elements_before[end] - a.elements_before[c + step];
                typename Policy::state* const into = a.state + c * a.pitch;
                const typename Policy::state* const from = a.state + (c + step) * a.pitch;
                for (index_t i = 0; i < a.outputs; ++i) Policy::merge(into[i], left, from[i], right);
            }
        }
        const reduction_settings settings = a.settings;
        if (a.y_step == 1) {
            for (index_t i = 0; i < a.outputs; ++i) a.y[i] = Policy::template finish<Y>(a.state[i], a.elements, settings);
        } else {
            for (index_t i = 0; i < a.outputs; ++i) a.y[i * a.y_step] = Policy::template finish<Y>(a.state[i], a.elements, settings);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
