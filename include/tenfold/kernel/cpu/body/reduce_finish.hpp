// SPDX-License-Identifier: Apache-2.0
// From accumulators to results: states of chunks, their combination in a fixed tree, the value of each output. [floor 4]
//
// A policy says which steps a reduction takes and what happens around them:
//     first, second       steps; `second` is void where one pass is enough
//     state               what a chunk of an output is summed up in
//     parameter(s, n)     what the second pass gets from the first one's accumulator over n elements
//     close(s [, t], n)   the state of a chunk of n elements
//     merge(a, na, b, nb) a <- both: chunks of na and nb elements, a's before b's
//     finish<Y>(a, n, option)  the result
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>

#include <type_traits>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
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

template <class Policy>
struct reduce_close_arguments {
    using first_lane = lane_of<typename Policy::first>;
    using second_lane = lane_of<typename Policy::second>;
    index_t outputs;
    index_t elements;               // of each output, in this chunk
    const first_lane* first;
    const second_lane* second;
    second_lane* parameter;
    typename Policy::state* state;
};

/// parameter[i] <- what the second pass needs
template <class Policy>
struct reduce_parameter {
    template <class Isa>
    TENFOLD_BODY static void run(const reduce_close_arguments<Policy>* arguments) noexcept {
        TENFOLD_STRICT
        const reduce_close_arguments<Policy>& a = *arguments;
        for (index_t i = 0; i < a.outputs; ++i) a.parameter[i] = Policy::parameter(a.first[i], a.elements);
    }
};

/// state[i] <- the chunk
template <class Policy>
struct reduce_close {
    template <class Isa>
    TENFOLD_BODY static void run(const reduce_close_arguments<Policy>* arguments) noexcept {
        TENFOLD_STRICT
        const reduce_close_arguments<Policy>& a = *arguments;
        for (index_t i = 0; i < a.outputs; ++i) {
            if constexpr (std::is_void_v<typename Policy::second>) {
                a.state[i] = Policy::close(a.first[i], a.elements);
            } else {
                a.state[i] = Policy::close(a.first[i], a.second[i], a.elements);
            }
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
    double option;
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
        if (a.y_step == 1) {
            for (index_t i = 0; i < a.outputs; ++i) a.y[i] = Policy::template finish<Y>(a.state[i], a.elements, a.option);
        } else {
            for (index_t i = 0; i < a.outputs; ++i) a.y[i * a.y_step] = Policy::template finish<Y>(a.state[i], a.elements, a.option);
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
