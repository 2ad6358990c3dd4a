// SPDX-License-Identifier: Apache-2.0
// Rate of the f32 matmul tile on every instruction set, as this translation unit's compiler and flags built it.
// scripts/tile_rates compiles it once per compiler and flag set; docs/design/dispatch.md holds the table.
#include <tenfold/kernel/cpu/gemm_tiles.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

namespace tf = tenfold;

int main() {
    constexpr tf::index_t k = 384;
    constexpr tf::index_t row = 400;
    std::mt19937 generator(1);
    std::uniform_real_distribution<float> uniform(-1.0f, 1.0f);
    std::vector<float> a(16 * row), b(k * 64), c(16 * 64);
    for (float& x : a) x = uniform(generator);
    for (float& x : b) x = uniform(generator);
    for (const char* name : tf::available_isas()) {
        int isa = 0;
        if (!tf::choose_isa("tile_rate", tf::cpu{.isa = name}, isa).ok()) return 70;
        const tf::tile_set<float> tiles = tf::tiles_of<float>(isa);
        const tf::tile_shape shape = tiles.full;
        tf::gemm_tile_arguments<float> tile{.k = k,
                                            .a = a.data(),
                                            .a_row = row,
                                            .b = b.data(),
                                            .b_step = shape.columns,
                                            .last = tiles.strips[0].last,
                                            .c = c.data(),
                                            .c_row = 64};
        const double flops = 2.0 * k * shape.rows * shape.columns;
        const int calls = static_cast<int>(4e7 / flops) + 1;
        double best = 1e9;
        for (int repetition = 0; repetition < 60; ++repetition) {
            const auto begin = std::chrono::steady_clock::now();
            for (int call = 0; call < calls; ++call) tiles.strips[0].run(shape.rows, tile);
            const std::chrono::duration<double> time = std::chrono::steady_clock::now() - begin;
            best = std::min(best, time.count() / calls);
        }
        std::printf("%s %.0f\n", name, flops / best * 1e-9);
    }
}
