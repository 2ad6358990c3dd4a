// SPDX-License-Identifier: Apache-2.0
// The matmul tile on each wide instruction set, for disassembly; the size of each array is the number of FMAs it should hold.
#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/isa/list.hpp>

namespace tf = tenfold;

template <class Isa>
using tile_f32 = tf::gemm_tile<float, Isa::tile_rows, Isa::tile_vectors, Isa::bytes>;
using arguments_f32 = const tf::gemm_tile_arguments<float>*;

extern "C" {
char expected_fma_avx512[tf::avx512::tile_rows * tf::avx512::tile_vectors];
char expected_fma_avx2[tf::avx2::tile_rows * tf::avx2::tile_vectors];

void tile_avx512(arguments_f32 arguments) { tf::avx512::call<tile_f32<tf::avx512>>(arguments); }
void tile_avx2(arguments_f32 arguments) { tf::avx2::call<tile_f32<tf::avx2>>(arguments); }
}
