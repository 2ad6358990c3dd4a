// SPDX-License-Identifier: Apache-2.0
// Every public op; one line per op, and what is asked about calls. No kernel and no backend.               [floor 5]
#pragma once

#include <tenfold/exec/plan.hpp>  // plan, explain
#include <tenfold/op/arg_reduce.hpp>
#include <tenfold/op/conv.hpp>
#include <tenfold/op/conv_backward.hpp>
#include <tenfold/op/conv_transpose.hpp>
#include <tenfold/op/copy.hpp>
#include <tenfold/op/matmul.hpp>
#include <tenfold/op/normalise.hpp>
#include <tenfold/op/pack.hpp>
#include <tenfold/op/pack_conv.hpp>
#include <tenfold/op/pool.hpp>
#include <tenfold/op/reduce.hpp>
#include <tenfold/op/scan.hpp>
#include <tenfold/op/softmax.hpp>
#include <tenfold/op/transform.hpp>
