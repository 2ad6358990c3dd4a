// SPDX-License-Identifier: Apache-2.0
// The matmul tile on each wide instruction set, for disassembly; the size of each array is the number of products it should hold.
#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/body/special/bf16_pair_tile.hpp>
#include <tenfold/kernel/cpu/body/special/byte_quad_tile.hpp>
#include <tenfold/kernel/cpu/isa/list.hpp>

namespace tf = tenfold;

template <class Isa>
using tile_f32 = tf::gemm_tile<float, Isa::tile_rows, Isa::tile_vectors, Isa::bytes>;
using arguments_f32 = const tf::gemm_tile_arguments<float>*;
using tile_bf16 = tf::bf16_pair_tile<tf::avx512_bf16::tile_rows, tf::avx512_bf16::tile_vectors, tf::avx512_bf16::bytes>;
using arguments_bf16 = const tf::gemm_tile_arguments<std::uint32_t, float>*;
using tile_bytes = tf::byte_quad_tile<true, tf::avx512_vnni::tile_rows, tf::avx512_vnni::tile_vectors, tf::avx512_vnni::bytes>;
using arguments_bytes = const tf::gemm_tile_arguments<std::uint32_t, std::uint32_t>*;

extern "C" {
char expected_avx512[tf::avx512::tile_rows * tf::avx512::tile_vectors];
char expected_avx2[tf::avx2::tile_rows * tf::avx2::tile_vectors];
char expected_avx512_bf16[tf::avx512_bf16::tile_rows * tf::avx512_bf16::tile_vectors];
char expected_avx512_vnni[tf::avx512_vnni::tile_rows * tf::avx512_vnni::tile_vectors];

void tile_avx512(arguments_f32 arguments) { tf::avx512::call<tile_f32<tf::avx512>>(arguments); }
void tile_avx2(arguments_f32 arguments) { tf::avx2::call<tile_f32<tf::avx2>>(arguments); }
void tile_avx512_bf16(arguments_bf16 arguments) { tf::avx512_bf16::call<tile_bf16>(arguments); }
void tile_avx512_vnni(arguments_bytes arguments) { tf::avx512_vnni::call<tile_bytes>(arguments); }
}
