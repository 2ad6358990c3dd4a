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
