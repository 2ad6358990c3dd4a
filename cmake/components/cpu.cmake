# SPDX-License-Identifier: Apache-2.0
# The dependency of tenfold::cpu, looked for by the build of tenfold and by its installed package.
find_package(TBB QUIET CONFIG)
set(tenfold_cpu_DEPENDENCY_FOUND ${TBB_FOUND})
set(tenfold_cpu_REMEDY "oneTBB was not found; install it (Debian: libtbb-dev) or add its prefix to CMAKE_PREFIX_PATH")
