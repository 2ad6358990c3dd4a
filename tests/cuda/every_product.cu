// SPDX-License-Identifier: Apache-2.0
// The kernels of matmul for one element type, TENFOLD_KERNELS_OF: those whose text for sm_75 is not that for sm_80. Never run.
#include <tenfold/backends/cuda.cuh>

#include "every_op.hpp"

template void every_op::products<TENFOLD_KERNELS_OF>(const tenfold::cuda&);
