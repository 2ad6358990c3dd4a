// SPDX-License-Identifier: Apache-2.0
// Each kernel of the cuda backend for one element type, TENFOLD_KERNELS_OF: compiled for its registers and instructions, never run.
#include <tenfold/backends/cuda.cuh>

#include "every_op.hpp"

template void every_op::all<TENFOLD_KERNELS_OF>(const tenfold::cuda&);
