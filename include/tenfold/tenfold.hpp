// SPDX-License-Identifier: Apache-2.0
// Everything: every op, and every backend this translation unit can have.                                  [floor 6]
#pragma once

#include <tenfold/backends/reference.hpp>
#if __has_include(<tbb/task_group.h>)
#include <tenfold/backends/cpu.hpp>
#endif
