# SPDX-License-Identifier: Apache-2.0
# The dependency of tenfold::cuda, looked for by the build of tenfold and by its installed package.
#
# Searching for the toolkit leaves some sixty entries in the cache. A project that contains tenfold as a subproject gets
# them only if it uses CUDA itself or asks with TENFOLD_CUDA=ON; a package that asks for the component always asks.
get_property(tenfold_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
if(NOT DEFINED TENFOLD_CUDA
   OR TENFOLD_CUDA STREQUAL "ON"
   OR (TENFOLD_CUDA STREQUAL "AUTO" AND (PROJECT_IS_TOP_LEVEL OR "CUDA" IN_LIST tenfold_languages)))
  find_package(CUDAToolkit QUIET)
endif()
unset(tenfold_languages)
set(tenfold_cuda_DEPENDENCY_FOUND ${CUDAToolkit_FOUND})
set(tenfold_cuda_REMEDY "the CUDA toolkit was not found; put nvcc on PATH or set CUDAToolkit_ROOT")
