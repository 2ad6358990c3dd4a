# SPDX-License-Identifier: Apache-2.0
# The backends and element types that conformance tests are multiplied by: the test of an op is written once, in
# include/tenfold/testing/conformance/<op>.hpp, and compiled here for each (op, backend, element type).

# THE list: a backend joins with one line.   name | C++ type | header | target | ops, where it does not have all
#
# One that has some ops, the emulation of a GPU, is no smoke test, and its programs are one unit each: its kernels are the same for all types.
set(tenfold_test_backends
    "reference|tenfold::reference|tenfold/backends/reference.hpp|tenfold::tenfold"
    "cpu|tenfold::cpu|tenfold/backends/cpu.hpp|tenfold::cpu"
    "emulated_cuda|tenfold::testing::simt::emulated_cuda|simt/emulated_settings.hpp|tenfold::tenfold|arg_reduce copy matmul normalise reduce scan softmax transform"
)

# Short names of the element types, as in problem strings.
set(tenfold_type_f32 float)
set(tenfold_type_f64 double)
set(tenfold_type_f16 tenfold::half)
set(tenfold_type_bf16 tenfold::bfloat16)
set(tenfold_type_s8 std::int8_t)
set(tenfold_type_u8 std::uint8_t)
set(tenfold_type_s32 std::int32_t)

set(TENFOLD_TEST_DTYPES "" CACHE STRING "Element types of the conformance tests, by short name; empty: all")

# tenfold_conformance(<op> DTYPES <short name>... [LABELS <label>...] [TIMEOUT <seconds>] [LIBRARIES <target>...])
#
# One program per (op, backend), named conformance.<op>.<backend>, with a source per element type.
function(tenfold_conformance op)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "DTYPES;LABELS;LIBRARIES")
  foreach(entry IN LISTS tenfold_test_backends)
    string(REPLACE "|" ";" fields "${entry}")
    list(GET fields 0 backend_name)
    list(GET fields 1 backend_type)
    list(GET fields 2 backend_header)
    list(GET fields 3 backend_target)
    list(LENGTH fields count)
    set(labels ${arg_LABELS})
    set(unity OFF)
    if(count GREATER 4)
      list(GET fields 4 ops)
      separate_arguments(ops)
      if(NOT op IN_LIST ops)
        continue()
      endif()
      list(REMOVE_ITEM labels smoke)
      set(unity ON)
    endif()
    set(sources "")
    foreach(dtype IN LISTS arg_DTYPES)
      if(TENFOLD_TEST_DTYPES AND NOT dtype IN_LIST TENFOLD_TEST_DTYPES)
        continue()
      endif()
      if(NOT DEFINED tenfold_type_${dtype})
        message(FATAL_ERROR "tenfold_conformance(${op}): no element type is called '${dtype}'")
      endif()
      set(dtype_type ${tenfold_type_${dtype}})
      set(source ${CMAKE_CURRENT_BINARY_DIR}/${op}_${backend_name}_${dtype}.cpp)
      configure_file(${PROJECT_SOURCE_DIR}/tests/conformance/case.cpp.in ${source} @ONLY)
      list(APPEND sources ${source})
    endforeach()
    if(NOT sources)
      continue()
    endif()
    set(headers "")
    if(TARGET tenfold_${backend_name}_test_headers)
      set(headers HEADERS tenfold_${backend_name}_test_headers)
    endif()
    tenfold_add_test(
      NAME conformance.${op}.${backend_name}
      SOURCES ${sources}
      LABELS ${labels}
      TIMEOUT ${arg_TIMEOUT}
      LIBRARIES ${backend_target} ${arg_LIBRARIES} ${headers}
      RUNS_LONGER_THAN_IT_COMPILES)
    set_target_properties(${tenfold_test_target} PROPERTIES UNITY_BUILD ${unity} UNITY_BUILD_BATCH_SIZE 0)
  endforeach()
endfunction()
