// SPDX-License-Identifier: Apache-2.0
// The reference backend with all its kernels, and every op.                                                [floor 6]
#pragma once

#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/reference/all.hpp>
#include <tenfold/ops.hpp>
