# SPDX-License-Identifier: Apache-2.0
# How a test is declared. Labels: smoke (also run by the sanitizer and clang jobs), full, gate, install, cuda, gpu, big,
# odr, fuzz, weekly; scripts/test runs its jobs by them.

# Exactly the programs labelled smoke: what the sanitizer and clang jobs have time for.
add_custom_target(tenfold_smoke_tests)
# The same for the programs labelled cuda, the ones that nvcc builds.
add_custom_target(tenfold_cuda_tests)

# Tests of what compilers do ask both, whichever of them compiles the rest.
find_program(TENFOLD_GXX NAMES g++)
find_program(TENFOLD_CLANGXX NAMES clang++ clang++-14)
mark_as_advanced(TENFOLD_GXX TENFOLD_CLANGXX)
set(tenfold_test_compilers ${TENFOLD_GXX} ${TENFOLD_CLANGXX})
list(FILTER tenfold_test_compilers EXCLUDE REGEX "-NOTFOUND$")

# tenfold_precompile(<name> LIBRARIES <target>... HEADERS <header>...): headers that many test programs parse, parsed once.
# `HEADERS <name>` of tenfold_add_test takes them; only programs without compile options of their own can. That each header
# stands alone is for tests/headers to say.
function(tenfold_precompile name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;HEADERS")
  add_library(${name} OBJECT EXCLUDE_FROM_ALL ${PROJECT_SOURCE_DIR}/tests/support/precompiled.cpp)
  target_precompile_headers(${name} PRIVATE ${arg_HEADERS})
  target_link_libraries(${name} PUBLIC tenfold::tenfold ${arg_LIBRARIES})
  tenfold_compile_as_test(${name})
endfunction()

# What all test programs are compiled with.
function(tenfold_compile_as_test target)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  # Kernels carry their own optimisation level; of the rest, compile time matters more than speed. g++ -Og takes a sixth to a
  # third less than -O1 (reduce_reference_f32.cpp: 6.4 instead of 9.3 CPU seconds) and makes code 5 to 20 % slower. It sees
  # fewer initialisations; what is not initialised is for units at -O2 to find (tests/install, odr, threads).
  set(release "$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,GNU>")
  target_compile_options(${target} PRIVATE "$<$<AND:${release}>:-Og;-Wno-maybe-uninitialized>")
  target_compile_options(${target} PRIVATE $<$<AND:$<CONFIG:Release>,$<COMPILE_LANG_AND_ID:CXX,Clang>>:-O1>)
  # -fpch-preprocess: for ccache.
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
  target_link_libraries(${target} PRIVATE tenfold_test_main tenfold_warnings)
endfunction()

# tenfold_add_test(NAME <name> SOURCES <file>... [LABELS <label>...] [TIMEOUT <seconds>] [LIBRARIES <target>...]
#                  [ARGUMENTS <argument>...] [HEADERS <name of tenfold_precompile>] [RUNS_LONGER_THAN_IT_COMPILES])
#
# One doctest program and one ctest entry. NAME may carry the IDs of the rules it proves: "unit.core.index [E03]". A
# program that runs zero test cases fails. The target's name, test_<name> with other characters than letters and digits
# as underscores, is left in tenfold_test_target for further target_* calls.
#
# AddressSanitizer checks by calls in functions of many accesses: a third less to compile (unit/kernel/cpu/rows.cpp: 18.9 s
# inline, 15.3 s at 150 accesses, 12.9 s always), one and a half to three times as long to run. Programs that run longer than
# they compile keep the checks inline.
function(tenfold_add_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "RUNS_LONGER_THAN_IT_COMPILES" "NAME;TIMEOUT;HEADERS" "SOURCES;LABELS;LIBRARIES;ARGUMENTS")
  if(NOT arg_NAME OR NOT arg_SOURCES)
    message(FATAL_ERROR "tenfold_add_test: NAME and SOURCES are required")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS full)
  endif()
  string(REGEX REPLACE " *\\[.*$" "" target "${arg_NAME}")
  string(MAKE_C_IDENTIFIER "test_${target}" target)

  add_executable(${target} ${arg_SOURCES})
  tenfold_compile_as_test(${target})
  target_link_libraries(${target} PRIVATE tenfold::tenfold ${arg_LIBRARIES})
  if(CMAKE_CXX_FLAGS MATCHES "-fsanitize=[^ ]*address" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT arg_RUNS_LONGER_THAN_IT_COMPILES)
    target_compile_options(${target} PRIVATE "SHELL:--param asan-instrumentation-with-call-threshold=20")
  endif()
  if(arg_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${arg_HEADERS})
  endif()
  add_test(NAME "${arg_NAME}" COMMAND ${target} ${arg_ARGUMENTS})
  set_tests_properties(
    "${arg_NAME}"
    PROPERTIES LABELS "${arg_LABELS}"
               TIMEOUT ${arg_TIMEOUT}
               FAIL_REGULAR_EXPRESSION "test cases: +0 ")
  set_property(GLOBAL APPEND PROPERTY TENFOLD_TEST_PROGRAMS ${target})
  foreach(label IN ITEMS smoke cuda)
    if(label IN_LIST arg_LABELS)
      add_dependencies(tenfold_${label}_tests ${target})
    endif()
  endforeach()
  set(tenfold_test_target ${target} PARENT_SCOPE)
endfunction()

# tenfold_add_script_test(NAME <name> SCRIPT <file.py> [ARGUMENTS <argument>...] [LABELS <label>...] [TIMEOUT <seconds>])
#
# A check written in Python. Exit code 77 means skipped, with the reason in its output.
function(tenfold_add_script_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;SCRIPT;TIMEOUT" "LABELS;ARGUMENTS")
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME "${arg_NAME}" COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_SOURCE_DIR}/${arg_SCRIPT} ${arg_ARGUMENTS})
  set_tests_properties("${arg_NAME}" PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77)
endfunction()
