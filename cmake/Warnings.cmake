# SPDX-License-Identifier: Apache-2.0
# The warnings that a careful consumer switches on, as errors: link tenfold_warnings to hold a target to them.
add_library(tenfold_warnings INTERFACE)
set(tenfold_warning_flags -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wundef -Werror)
target_compile_options(
  tenfold_warnings INTERFACE "$<$<COMPILE_LANGUAGE:CXX>:${tenfold_warning_flags}>"
                             "$<$<COMPILE_LANGUAGE:CUDA>:-Werror=all-warnings>")
