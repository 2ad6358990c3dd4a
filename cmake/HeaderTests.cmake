# SPDX-License-Identifier: Apache-2.0
# Each public header compiled alone, and all of them after a set of hostile macros.

# tenfold_header_tests(<target> LANGUAGE <CXX|CUDA> HEADERS <file>... [LIBRARIES <target>...])
#
# Adds the object library <target>, outside of `all`, with one translation unit per header: the header, twice.
function(tenfold_header_tests target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LANGUAGE" "HEADERS;LIBRARIES")
  set(extension_CXX cpp)
  set(extension_CUDA cu)
  set(sources "")
  foreach(header IN LISTS arg_HEADERS)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include OUTPUT_VARIABLE name)
    string(MAKE_C_IDENTIFIER ${name} file)
    set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}/${file}.${extension_${arg_LANGUAGE}})
    file(CONFIGURE OUTPUT ${source} CONTENT "#include <@name@>\n#include <@name@>  // a second time\n" @ONLY)
    list(APPEND sources ${source})
  endforeach()
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${sources})
  target_link_libraries(${target} PRIVATE tenfold_tenfold ${arg_LIBRARIES} tenfold_warnings)
endfunction()
