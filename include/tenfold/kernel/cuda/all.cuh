// SPDX-License-Identifier: Apache-2.0
// Every kernel of the cuda backend.                                                                         [floor 4]
#pragma once

#include <tenfold/kernel/cuda/arg_reduce.cuh>
#include <tenfold/kernel/cuda/copy.cuh>
#include <tenfold/kernel/cuda/elementwise.cuh>
#include <tenfold/kernel/cuda/matmul.cuh>
#include <tenfold/kernel/cuda/reduce.cuh>
#include <tenfold/kernel/cuda/rows.cuh>
#include <tenfold/kernel/cuda/stream.cuh>
#include <tenfold/kernel/cuda/stream_memory.cuh>
#include <tenfold/kernel/cuda/stream_workspace.cuh>
