// SPDX-License-Identifier: Apache-2.0
// Finds the best key and where it first stood: along a run of elements, or per column over rows.           [floor 4]
//
// Beside each lane's best key stands the number of the step that brought it, an integer as wide as the key; steps are
// counted in blocks of 127, which an int8 holds. Only a strictly better key replaces, so that the first of equals stays.
#pragma once

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

    static constexpr index_t stage_elements = 2048;
};

/// state[o] <- the best of each output's rows, each a run along a reduced axis.
template <class Order, class T>
struct arg_reduce_lanes {
    using arguments_type = arg_reduce_arguments_of_body<Order, T>;
    using key = typename Order::key;
    static constexpr index_t steps = 127;

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
        constexpr index_t L = vec<key, Isa::bytes>::lanes;
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
                const auto better = Order::largest ? best[j] < k : k < best[j];
                at[j] = better ? step : at[j];
                best[j] = better ? k : best[j];
            }
            step += 1;
        }
        alignas(64) key keys[static_cast<std::size_t>(N * L)];
        alignas(64) integer_of<sizeof(key)> number[static_cast<std::size_t>(N * L)];
        TENFOLD_UNROLL
        for (int j = 0; j < N; ++j) {
            store_vector(keys + j * L, best[j]);
            store_vector(number + j * L, at[j]);
        }
        const index_t touched = i > 0 ? N * L : 0;
        found = {Order::worst, no_index};
        for (index_t lane = 0; lane < touched; ++lane) {
            const index_t position = static_cast<index_t>(number[lane]) * (N * L) + lane;
            const bool take = Order::better(keys[lane], found.key) || (keys[lane] == found.key && position < found.index);
            found.index = take ? position : found.index;
            found.key = take ? keys[lane] : found.key;
        }
        for (; i < count; i += L) {  // the rest, a vector at a time
            const index_t left = count - i < L ? count - i : L;
            alignas(64) T copy[static_cast<std::size_t>(L)] = {};
            for (index_t l = 0; l < left; ++l) copy[l] = p[i + l];
            V k;
            Order::template load<Isa::bytes>(static_cast<const T*>(copy), k);
            store_vector(keys, k);
            for (index_t l = 0; l < left; ++l) {
                const bool take = Order::better(keys[l], found.key) || (keys[l] == found.key && i + l < found.index);
                found.index = take ? i + l : found.index;
                found.key = take ? keys[l] : found.key;
            }
        }
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
                    if (a.output_step != 1 || count < N * L) {
                        for (index_t l = 0; l < count; ++l) a.stage[l] = elements[l * a.output_step];
                        elements = a.stage;
                    }
                    TENFOLD_UNROLL
                    for (int j = 0; j < N; ++j) {
                        V k;
                        Order::template load<Isa::bytes>(elements + j * L, k);
                        const auto better = Order::largest ? best[j] < k : k < best[j];
                        at[j] = better ? step : at[j];
                        best[j] = better ? k : best[j];
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
