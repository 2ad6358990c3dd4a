// SPDX-License-Identifier: Apache-2.0
// Every kernel of the cpu backend; one line per op.                                                        [floor 4]
#pragma once

#include <tenfold/kernel/cpu/matmul.hpp>
