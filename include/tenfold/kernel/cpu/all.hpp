// SPDX-License-Identifier: Apache-2.0
// Every kernel of the cpu backend; one line per op.                                                        [floor 4]
#pragma once

#include <tenfold/kernel/cpu/arg_reduce.hpp>
#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/cpu/conv_backward.hpp>
#include <tenfold/kernel/cpu/conv_transpose.hpp>
#include <tenfold/kernel/cpu/copy.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/kernel/cpu/normalise.hpp>
#include <tenfold/kernel/cpu/pack.hpp>
#include <tenfold/kernel/cpu/pack_conv.hpp>
#include <tenfold/kernel/cpu/pool.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/scan.hpp>
#include <tenfold/kernel/cpu/softmax.hpp>
#include <tenfold/kernel/cpu/transform.hpp>

#if TENFOLD_PRECOMPILED_KERNELS
#include <tenfold/kernel/cpu/precompiled.hpp>  // after the kernels: which of them a library holds
#endif
