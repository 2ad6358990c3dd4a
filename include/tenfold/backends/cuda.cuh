// SPDX-License-Identifier: Apache-2.0
// The cuda backend with its kernels, for nvcc.                                                               [floor 6]
#pragma once

#include <tenfold/config/abi.hpp>

#if !defined(__CUDACC__)
#error "tenfold: backends/cuda.cuh is for a CUDA compiler; compile this file as .cu, or include <tenfold/exec/cuda.hpp> to name the backend"
#endif

// For a result of rank 0 nvcc warns of `i < Rank` (186: pointless comparison) in whatever a caller instantiates.
#pragma nv_diagnostic push
#pragma nv_diag_suppress 186
#include <tenfold/exec/cuda.hpp>
#include <tenfold/kernel/cuda/all.cuh>
#include <tenfold/ops.hpp>
#pragma nv_diagnostic pop
