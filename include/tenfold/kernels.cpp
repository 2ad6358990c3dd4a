// SPDX-License-Identifier: Apache-2.0
// The precompiled kernels, for programs that define TENFOLD_PRECOMPILED_KERNELS=1: compile this once, with -O2 and otherwise
// the flags of the program; for a program without optimisation add -DTENFOLD_TAG_OPTIMIZE=0. CMake: tenfold::kernels.
#if !defined(TENFOLD_PRECOMPILED_KERNELS)
#define TENFOLD_PRECOMPILED_KERNELS 1
#endif
#include <tenfold/kernel/cpu/all.hpp>

TENFOLD_BEGIN
const char precompiled_kernels_with_the_flags_of_this_file = 0;

#define TENFOLD_DEFINE_PRECOMPILED(op, ...) template status run_kernel<op, cpu, __VA_ARGS__>(const cpu&, const __VA_ARGS__&);
TENFOLD_PRECOMPILED_LIST(TENFOLD_DEFINE_PRECOMPILED)
#undef TENFOLD_DEFINE_PRECOMPILED
TENFOLD_END
