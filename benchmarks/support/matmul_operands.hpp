// SPDX-License-Identifier: Apache-2.0
// Operands of a matmul in the pool, and whether what was computed from them is right.
#pragma once

#include "op/matmul_shape.hpp"       // matmul_shape
#include "peers/matmul_peer.hpp"     // matmul_operands, ready_matmul
#include "support/operand_pool.hpp"  // operand_pool
#include "support/problem.hpp"       // verification

namespace tenfold::bench {

/// How many sets of operands a shape uses in this pool: one, or for a cold shape as many as outgrow the last-level cache.
std::int64_t matmul_operand_sets(const operand_pool& pool, const matmul_shape& s);

/// Each operand once, without gaps.
std::int64_t matmul_bytes(const matmul_shape& s);

/// Before the pool is filled.
void reserve_matmul(operand_pool& pool, const matmul_shape& s);

/// In the filled pool.
matmul_operands place_matmul(const operand_pool& pool, const matmul_shape& s);

/// Multiplies once and compares the first set's result, first and last matrix of the batch, with the reference backend:
/// completely, or on a grid. No element may be left unwritten, on the grid or not.
verification verify_matmul(const matmul_shape& s, const matmul_operands& operands, ready_matmul& computed);

}  // namespace tenfold::bench
