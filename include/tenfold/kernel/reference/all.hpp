// SPDX-License-Identifier: Apache-2.0
// Every kernel of the reference backend; one line per op.                                                  [floor 4]
#pragma once

#include <tenfold/kernel/reference/arg_reduce.hpp>
#include <tenfold/kernel/reference/conv.hpp>
#include <tenfold/kernel/reference/conv_backward.hpp>
#include <tenfold/kernel/reference/conv_transpose.hpp>
#include <tenfold/kernel/reference/copy.hpp>
#include <tenfold/kernel/reference/matmul.hpp>
#include <tenfold/kernel/reference/normalise.hpp>
#include <tenfold/kernel/reference/pack.hpp>
#include <tenfold/kernel/reference/pack_conv.hpp>
#include <tenfold/kernel/reference/pool.hpp>
#include <tenfold/kernel/reference/reduce.hpp>
#include <tenfold/kernel/reference/scan.hpp>
#include <tenfold/kernel/reference/softmax.hpp>
#include <tenfold/kernel/reference/transform.hpp>
