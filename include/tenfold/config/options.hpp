// SPDX-License-Identifier: Apache-2.0
// Every option: 0 or 1, its default and its meaning. Read with #if; each has a digit in the ABI tag (abi.hpp). [floor 0]
#pragma once

/// 1: kernels run their work items on std::thread instead of oneTBB. For race detectors (an uninstrumented oneTBB
/// yields false reports) and for platforms without oneTBB. A thread is started per work item: not for speed.
#ifndef TENFOLD_EXECUTOR_STD_THREADS
#define TENFOLD_EXECUTOR_STD_THREADS 0
#endif

#if TENFOLD_EXECUTOR_STD_THREADS != 0 && TENFOLD_EXECUTOR_STD_THREADS != 1
#error "tenfold: TENFOLD_EXECUTOR_STD_THREADS must be 0 or 1"
#endif

/// 1: the kernels named in kernel/cpu/precompiled.hpp are not compiled here but linked, from tenfold/kernels.cpp compiled with
/// this option and otherwise the same flags. CMake's target tenfold::kernels is that library and sets the option.
#ifndef TENFOLD_PRECOMPILED_KERNELS
#define TENFOLD_PRECOMPILED_KERNELS 0
#endif

#if TENFOLD_PRECOMPILED_KERNELS != 0 && TENFOLD_PRECOMPILED_KERNELS != 1
#error "tenfold: TENFOLD_PRECOMPILED_KERNELS must be 0 or 1"
#endif
