// SPDX-License-Identifier: Apache-2.0
// The cpu backend with all its kernels, and every op. Needs oneTBB's headers and -ltbb.                    [floor 6]
#pragma once

#include <tenfold/config/abi.hpp>

#if !TENFOLD_HAS_CPU
#error "tenfold: the cpu backend needs oneTBB: install libtbb-dev and link tenfold::cpu (or add -ltbb)"
#endif

#include <tenfold/exec/cpu.hpp>
#include <tenfold/kernel/cpu/all.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>  // active_isa, available_isas
#include <tenfold/ops.hpp>
