# SPDX-License-Identifier: Apache-2.0
# tenfold::kernels: the kernels of the cpu component as a static library, compiled with -O2 whatever the build type.
#
# It is compiled in the project that links it, with that project's own flags: flags are part of the names of the library's
# functions (config/abi.hpp), so that a library built elsewhere would rarely fit.

# tenfold_kernels(<target of the cpu component> <include folder>)
#
# Flags of a directory or a target are not seen: code compiled with other instruction sets, fast-math, exceptions or
# sanitizers than CMAKE_CXX_FLAGS and CMAKE_CXX_FLAGS_<CONFIG> say links tenfold::cpu instead, or the linker misses
# precompiled_kernels_with_the_flags_of_this_file.
function(tenfold_kernels cpu include_folder)
  if(TARGET tenfold::kernels)
    return()
  endif()
  add_library(tenfold_kernels STATIC EXCLUDE_FROM_ALL ${include_folder}/tenfold/kernels.cpp)
  add_library(tenfold::kernels ALIAS tenfold_kernels)
  target_link_libraries(tenfold_kernels PUBLIC ${cpu})
  target_compile_definitions(tenfold_kernels PUBLIC TENFOLD_PRECOMPILED_KERNELS=1)
  target_compile_options(tenfold_kernels PRIVATE -O2)
  # Static, but fit for the shared libraries that link it.
  set_target_properties(tenfold_kernels PROPERTIES POSITION_INDEPENDENT_CODE ON)

  # Whether code is optimised is in its names, too. The library is; it answers to the names of its callers.
  set(configurations ${CMAKE_CONFIGURATION_TYPES})
  if(NOT configurations)
    set(configurations "${CMAKE_BUILD_TYPE}")
  endif()
  if(configurations STREQUAL "")
    tenfold_optimises("${CMAKE_CXX_FLAGS}" optimised)
    if(NOT optimised)
      target_compile_definitions(tenfold_kernels PRIVATE TENFOLD_TAG_OPTIMIZE=0)
    endif()
  endif()
  foreach(configuration IN LISTS configurations)
    string(TOUPPER "${configuration}" upper)
    tenfold_optimises("${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${upper}}" optimised)
    if(NOT optimised)
      target_compile_definitions(tenfold_kernels PRIVATE $<$<CONFIG:${configuration}>:TENFOLD_TAG_OPTIMIZE=0>)
    endif()
  endforeach()
endfunction()

# tenfold_optimises(<flags> <variable>): the last -O of the flags decides; none is -O0.
function(tenfold_optimises flags variable)
  set(result FALSE)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  foreach(flag IN LISTS flags)
    if(flag STREQUAL "-O0")
      set(result FALSE)
    elseif(flag MATCHES "^-O")
      set(result TRUE)
    endif()
  endforeach()
  set(${variable} ${result} PARENT_SCOPE)
endfunction()
