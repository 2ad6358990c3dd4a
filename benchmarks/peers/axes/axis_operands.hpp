// SPDX-License-Identifier: Apache-2.0
// Operands of an op along axes in the pool, and whether what was computed from them is right.
#pragma once

#include "peers/axes/axis_peer.hpp"  // axis_operands
#include "support/operand_pool.hpp"  // operand_pool
#include "support/problem.hpp"       // verification

namespace tenfold::bench {

/// Every input read once, the result written once.
std::int64_t axis_bytes(const axis_shape& s);

/// Before the pool is filled.
void reserve_axis(operand_pool& pool, const axis_shape& s);

/// In the filled pool.
axis_operands place_axis(const operand_pool& pool, const axis_shape& s);

/// Computes once and compares with the reference backend, completely or on a grid. No element may be left unwritten.
verification verify_axis(const axis_shape& s, const axis_operands& operands, ready_call& computed);

}  // namespace tenfold::bench
