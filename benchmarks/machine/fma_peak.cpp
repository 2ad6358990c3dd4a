// SPDX-License-Identifier: Apache-2.0
// Independent chains of acc <- acc x + y: enough of them to hide the latency, few enough to stay in registers.
#include "machine/fma_peak.hpp"

#include <tenfold/kernel/cpu/dispatch.hpp>  // dispatch, choose_isa
#include <tenfold/kernel/cpu/simd.hpp>      // vec, load_vector, store_vector

#include <algorithm>  // std::max
#include <vector>     // std::vector

#include "support/on_threads.hpp"  // on_threads

TENFOLD_BODIES_BEGIN
namespace tenfold::bench {
namespace {

template <class T>
struct fma_chains_arguments {
    index_t steps;
    const T* x;  // a vector of factors
    const T* y;  // a vector of summands
    T* sink;     // the chains end here, so that they are not left out
};

// 2 FMA ports x 5 cycles of latency = 10 chains in flight; a multiplication followed by an addition takes 8 cycles on
// 2 ports each. 12 chains + x + y fit the 16 registers of every instruction set.
inline constexpr int chains = 12;

template <class T>
struct fma_chains {
    template <class Isa>
    TENFOLD_BODY static void run(const fma_chains_arguments<T>* arguments) noexcept {
        TENFOLD_STRICT
        using V = typename vec<T, Isa::bytes>::type;
        V x;
        V y;
        load_vector(arguments->x, x);
        load_vector(arguments->y, y);
        V acc[chains];
        TENFOLD_UNROLL
        for (int i = 0; i < chains; ++i) load_vector(arguments->sink + i, acc[i]);
        const index_t steps = arguments->steps;
        for (index_t step = 0; step < steps; ++step) {
            TENFOLD_UNROLL
            for (int i = 0; i < chains; ++i) acc[i] = acc[i] * x + y;
        }
        V total = acc[0];
        TENFOLD_UNROLL
        for (int i = 1; i < chains; ++i) total += acc[i];
        store_vector(arguments->sink, total);
    }
};

struct vector_bytes {
    template <class Isa>
    static constexpr int of() noexcept {
        return Isa::bytes;
    }
};

template <class T>
double measure(int isa, int threads) {
    const double flops_per_step = 2.0 * chains * isa_constant<vector_bytes>(isa) / static_cast<double>(sizeof(T));
    // acc tends to y / (1 - x) = 1: no overflow, no subnormal.
    const std::vector<T> x(64, T(0.5)), y(64, T(0.5));
    std::vector<std::vector<T>> sinks(static_cast<std::size_t>(threads), std::vector<T>(128, T(0)));
    const auto seconds = [&](index_t steps) {
        return on_threads(threads, [&](int worker) {
            const fma_chains_arguments<T> arguments{steps, x.data(), y.data(), sinks[static_cast<std::size_t>(worker)].data()};
            dispatch<fma_chains<T>>(isa, &arguments);
        });
    };
    // Runs of 10 ms: long beside the start of a thread, short beside a change of the clock. The first ones warm up.
    index_t steps = 1 << 14;
    while (seconds(steps) < 0.005) steps *= 2;
    double best = 0;
    for (int run = 0; run < 8; ++run) {
        const double rate = flops_per_step * static_cast<double>(steps) * threads / seconds(steps);
        best = std::max(best, rate);
    }
    return best;
}

}  // namespace

double measure_fma_peak(std::string_view dtype, const std::string& isa, int threads) {
    cpu where;
    where.isa = isa.c_str();
    int index = -1;
    if (const status s = choose_isa("measure_fma_peak", where, index); !s.ok()) raise(s);
    return dtype == "f64" ? measure<double>(index, threads) : measure<float>(index, threads);
}

}  // namespace tenfold::bench
TENFOLD_BODIES_END
