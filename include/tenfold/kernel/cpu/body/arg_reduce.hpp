// SPDX-License-Identifier: Apache-2.0
// Finds the best key and where it first stood: along a run of elements, or per column over rows.           [floor 4]
//
// Beside each lane's best key stands the number of the step that brought it, an integer as wide as the key; steps are
// counted in blocks that an int8 can number. Only a strictly better key replaces, so that the first of equals stays.
#pragma once

#include <tenfold/kernel/cpu/body/gather_rows.hpp>
#include <tenfold/kernel/cpu/body/reduce_steps.hpp>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Keys in which zeros tie and all NaNs tie, above or below everything else.
template <class T, bool Largest, bool Ignore>
struct arg_order : float_order<T, Largest != Ignore, true> {
    using base = float_order<T, Largest != Ignore, true>;
    using key = typename base::key;
    static constexpr bool largest = Largest;
    static constexpr bool nan_high = Largest != Ignore;
    static constexpr key worst = Largest ? (std::numeric_limits<key>::min)() : (std::numeric_limits<key>::max)();

    template <int Bytes>
    TENFOLD_BODY static void load(const T* p, typename vec<key, Bytes>::type& k) noexcept {
        using V = typename vec<key, Bytes>::type;
        load_vector(reinterpret_cast<const key*>(p), k);
        if constexpr (is_floating_v<T>) {
            base::template to_keys<Bytes>(k);
            V bound;
            broadcast(base::nan_bound, bound);
            k = (nan_high ? bound < k : k < bound) ? bound : k;
        }
    }
    TENFOLD_BODY static bool better(key a, key b) noexcept { return Largest ? b < a : a < b; }
};

/// Behind every index: that of nothing found yet.
inline constexpr index_t no_index = (std::numeric_limits<index_t>::max)();

/// The best key of an output and its row-major index over the reduced axes.
template <class Key>
struct arg_state {
    Key key;
    index_t index;
};

/// Keys of a step replace those that they are better than.
template <class Order, class V, class S>
TENFOLD_BODY void take_better(const V& k, const S& step, V& best, S& at) noexcept {
    const auto better = Order::largest ? best < k : k < best;
    at = better ? step : at;
    best = better ? k : best;
}

template <class Order, class T>
struct arg_reduce_arguments_of_body {
    const T* x;
    index_t outputs;           // or columns
    index_t output_step;
    const index_t* row_offset;
    const index_t* row_index;  // the index of each row's first element
    index_t rows;
    index_t run;               // elements along the vector axis of a row; columns: 1
    index_t run_step;          // in memory
    index_t run_index_step;    // in the index
    T* stage;                  // stage_elements to gather into
    arg_state<typename Order::key>* state;
    bool transposed;           // columns: rows are neighbours in memory, at most most_transposed; else gathered one by one

    static constexpr index_t most_transposed = 32;
    static constexpr index_t stage_elements = most_transposed * 4 * 64 / static_cast<index_t>(sizeof(T));
};

/// state[o] <- the best of each output's rows, each a run along a reduced axis.
template <class Order, class T>
struct arg_reduce_lanes {
    using arguments_type = arg_reduce_arguments_of_body<Order, T>;
    using key = typename Order::key;
    static constexpr index_t steps = 31;  // four times that fits an int8

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        constexpr index_t most = 4 * vec<key, Isa::bytes>::lanes * steps;
        const arguments_type& a = *arguments;
        for (index_t o = 0; o < a.outputs; ++o) {
            arg_state<key> best{Order::worst, no_index};
            for (index_t row = 0; row < a.rows; ++row) {
                const T* const p = a.x + o * a.output_step + a.row_offset[row];
                for (index_t begin = 0; begin < a.run;) {
                    const T* elements = p + begin;
                    index_t count = a.run - begin < most ? a.run - begin : most;
                    if (a.run_step != 1) {
                        if (count > arguments_type::stage_elements) count = arguments_type::stage_elements;
                        for (index_t i = 0; i < count; ++i) a.stage[i] = p[(begin + i) * a.run_step];
                        elements = a.stage;
                    }
                    arg_state<key> found{Order::worst, 0};
                    search<Isa>(elements, count, found);
                    const index_t index = a.row_index[row] + (begin + found.index) * a.run_index_step;
                    if (Order::better(found.key, best.key) || (found.key == best.key && index < best.index)) best = {found.key, index};
                    begin += count;
                }
            }
            a.state[o] = best;
        }
    }

private:
    /// The best of `count` elements, at most `steps` times four vectors, and its position.
    template <class Isa>
    TENFOLD_BODY static void search(const T* p, index_t count, arg_state<key>& found) noexcept {
        using V = typename vec<key, Isa::bytes>::type;
        using S = typename vec<integer_of<sizeof(key)>, Isa::bytes>::type;  // step numbers
        constexpr int N = 4;
        constexpr int L = vec<key, Isa::bytes>::lanes;
        V worst;
        broadcast(Order::worst, worst);
        V best[static_cast<std::size_t>(N)];
        S at[static_cast<std::size_t>(N)];
        TENFOLD_UNROLL
        for (int j = 0; j < N; ++j) {
            best[j] = worst;
            at[j] = S{};
        }
        S step{};
        index_t i = 0;
        for (; i + N * L <= count; i += N * L) {
            TENFOLD_UNROLL
            for (int j = 0; j < N; ++j) {
                V k;
                Order::template load<Isa::bytes>(p + i + j * L, k);
                take_better<Order>(k, step, best[j], at[j]);
            }
            step += 1;
        }
        TENFOLD_UNROLL
        for (int j = 0; j < N; ++j) {  // the rest: the vectors of a last, shorter step
            const index_t left = count - i - j * L;
            if (left <= 0) break;
            V k;
            if (left >= L) {
                Order::template load<Isa::bytes>(p + i + j * L, k);
            } else {
                alignas(64) T copy[static_cast<std::size_t>(L)] = {};
                __builtin_memcpy(copy, p + i + j * L, static_cast<std::size_t>(left) * sizeof(T));
                V all;
                Order::template load<Isa::bytes>(static_cast<const T*>(copy), all);
                k = worst;
                take_lanes<key>(k, all, 0, 0, left);
            }
            take_better<Order>(k, step, best[j], at[j]);
        }
        // The best key of all, then the first element that has it: step and vector make one number, v, and element v L + lane is
        // meant. Lanes that no element has bettered hold `worst` and step 0: the first of them stands for the first element.
        V most = best[0];
        TENFOLD_UNROLL
        for (int j = 1; j < N; ++j) most = (Order::largest ? most < best[j] : best[j] < most) ? best[j] : most;
        alignas(64) key keys[static_cast<std::size_t>(L)];
        store_vector(keys, most);
        key top = keys[0];
        for (int lane = 1; lane < L; ++lane) top = Order::better(keys[lane], top) ? keys[lane] : top;
        broadcast(top, most);
        S none;
        broadcast((std::numeric_limits<integer_of<sizeof(key)>>::max)(), none);
        S sooner = none;
        TENFOLD_UNROLL
        for (int j = 0; j < N; ++j) {
            S which;
            broadcast(static_cast<integer_of<sizeof(key)>>(j), which);
            which = at[j] * N + which;
            which = best[j] == most ? which : none;
            sooner = which < sooner ? which : sooner;
        }
        alignas(64) integer_of<sizeof(key)> number[static_cast<std::size_t>(L)];
        store_vector(number, sooner);
        index_t first = (std::numeric_limits<index_t>::max)();
        for (int lane = 0; lane < L; ++lane) {
            const index_t position = static_cast<index_t>(number[lane]) * L + lane;
            const bool known = number[lane] != (std::numeric_limits<integer_of<sizeof(key)>>::max)();
            first = known && position < first ? position : first;
        }
        found = {top, first};
    }
};

/// state[c] <- the best of each column over the rows, whose indices increase.
template <class Order, class T>
struct arg_reduce_columns {
    using arguments_type = arg_reduce_arguments_of_body<Order, T>;
    using key = typename Order::key;
    static constexpr index_t steps = 127;

    template <class Isa>
    TENFOLD_BODY static void run(const arguments_type* arguments) noexcept {
        using V = typename vec<key, Isa::bytes>::type;
        using S = typename vec<integer_of<sizeof(key)>, Isa::bytes>::type;
        constexpr int N = 4;
        constexpr index_t L = vec<key, Isa::bytes>::lanes;
        const arguments_type& a = *arguments;
        V worst;
        broadcast(Order::worst, worst);
        for (index_t c = 0; c < a.outputs; c += N * L) {
            const index_t count = a.outputs - c < N * L ? a.outputs - c : N * L;
            for (index_t l = 0; l < count; ++l) a.state[c + l] = {Order::worst, a.row_index[0]};
            if (a.transposed) {
                using block_arguments = gather_rows_arguments<static_cast<int>(sizeof(T))>;
                using word = typename block_arguments::word;
                const block_arguments block{reinterpret_cast<const word*>(a.x + a.row_offset[0] + c * a.output_step),
                                            nullptr,
                                            a.rows,
                                            count,
                                            a.output_step,
                                            reinterpret_cast<word*>(a.stage),
                                            N * L};
                transpose_rows<static_cast<int>(sizeof(T))>::template run<Isa>(&block);
            }
            for (index_t row = 0; row < a.rows; row += steps) {
                const index_t end = a.rows - row < steps ? a.rows : row + steps;
                V best[static_cast<std::size_t>(N)];
                S at[static_cast<std::size_t>(N)];
                TENFOLD_UNROLL
                for (int j = 0; j < N; ++j) {
                    best[j] = worst;
                    at[j] = S{};
                }
                S step{};
                for (index_t r = row; r < end; ++r, step += 1) {
                    const T* elements = a.x + a.row_offset[r] + c * a.output_step;
                    if (a.transposed) {
                        elements = a.stage + r * (N * L);
                    } else if (a.output_step != 1 || count < N * L) {
                        for (index_t l = 0; l < count; ++l) a.stage[l] = elements[l * a.output_step];
                        elements = a.stage;
                    }
                    TENFOLD_UNROLL
                    for (int j = 0; j < N; ++j) {
                        V k;
                        Order::template load<Isa::bytes>(elements + j * L, k);
                        take_better<Order>(k, step, best[j], at[j]);
                    }
                }
                alignas(64) key keys[static_cast<std::size_t>(N * L)];
                alignas(64) integer_of<sizeof(key)> number[static_cast<std::size_t>(N * L)];
                TENFOLD_UNROLL
                for (int j = 0; j < N; ++j) {
                    store_vector(keys + j * L, best[j]);
                    store_vector(number + j * L, at[j]);
                }
                for (index_t l = 0; l < count; ++l) {
                    if (Order::better(keys[l], a.state[c + l].key))
                        a.state[c + l] = {keys[l], a.row_index[row + static_cast<index_t>(number[l])]};
                }
            }
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
