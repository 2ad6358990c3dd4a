# SPDX-License-Identifier: Apache-2.0
# C++20 for the CUDA sources of whoever links a target. CMake before 3.26 cannot say it to nvcc in its own words, so
# there, and only there, the bare flag is part of the interface. Installed too: the consumer's CMake decides.

# tenfold_cuda_standard(<target> [BUILD])      BUILD: for this build only, not exported
function(tenfold_cuda_standard target)
  if(CMAKE_VERSION VERSION_LESS 3.26)
    set(flag "$<$<COMPILE_LANG_AND_ID:CUDA,NVIDIA,Clang>:-std=c++20>")
    if("${ARGV1}" STREQUAL "BUILD")
      set(flag "$<BUILD_INTERFACE:${flag}>")
    endif()
    target_compile_options(${target} INTERFACE "${flag}")
  elseif(CMAKE_CUDA_COMPILER_LOADED)
    set(feature cuda_std_20)
    if("${ARGV1}" STREQUAL "BUILD")
      set(feature "$<BUILD_INTERFACE:cuda_std_20>")
    endif()
    target_compile_features(${target} INTERFACE "${feature}")
  endif()
endfunction()
