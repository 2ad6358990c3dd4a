# SPDX-License-Identifier: Apache-2.0
# Modules for tenfold-peers: one for each place where a library is found, named after the library and its version. A library
# that is not there is left out. Nothing else of the project needs a module.
set(TENFOLD_PEERS_PREFIXES "" CACHE STRING "More folders with include/ and lib/ of peers; scripts/peers fills them from PyPI")
find_package(OpenMP QUIET COMPONENTS CXX)
set(peer_openmp $<TARGET_NAME_IF_EXISTS:OpenMP::OpenMP_CXX>)
add_custom_target(tenfold-peers-modules)

# tenfold_peer_module(<name> SOURCES <file>... [CONTEST <folder>] [FLAGS <flag>...] [DEFINES <definition>...] [INCLUDES <folder>...]
#                     [LINK <item>...]). Sources and module lie in the folder of their contest; matmul has none.
function(tenfold_peer_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "CONTEST" "SOURCES;FLAGS;DEFINES;INCLUDES;LINK")
  set(target tenfold_peer_module_${name})
  if(arg_CONTEST)
    set(target tenfold_peer_${arg_CONTEST}_module_${name})
    list(TRANSFORM arg_SOURCES PREPEND ${arg_CONTEST}/)
  endif()
  if(TARGET ${target})
    return()
  endif()
  add_library(${target} MODULE EXCLUDE_FROM_ALL ${arg_SOURCES})
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_compile_definitions(${target} PRIVATE TENFOLD_PEER_MODULE ${arg_DEFINES})
  target_compile_options(${target} PRIVATE ${arg_FLAGS})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR}/benchmarks)
  target_include_directories(${target} SYSTEM PRIVATE ${arg_INCLUDES})
  target_link_libraries(${target} PRIVATE ${arg_LINK})
  set_target_properties(
    ${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/contest/modules/${arg_CONTEST})
  add_dependencies(tenfold-peers-modules ${target})
  if(NOT name MATCHES "^tenfold")
    set_property(GLOBAL APPEND PROPERTY TENFOLD_PEER_LIBRARIES ${target})
  endif()
endfunction()

# The numbers that a header defines as ...MAJOR, ...MINOR, or as one text.
function(read_peer_version header pattern result)
  set(version "")
  if(EXISTS ${header})
    file(STRINGS ${header} lines REGEX "${pattern}")
    foreach(line IN LISTS lines)
      string(REGEX MATCH "[0-9.]+[^0-9]*$" number "${line}")
      string(REGEX MATCH "[0-9]+([.][0-9]+)?([.][0-9]+)?" number "${number}")
      list(APPEND version ${number})
    endforeach()
    list(JOIN version "." version)
  endif()
  set(${result} "${version}" PARENT_SCOPE)
endfunction()

# tenfold_peer_library(<name> HEADER <header> LIBRARIES <file name>... SOURCES <file>... [VERSION <header> <regex of its lines>]
#                      [CONTEST <folder>] [FOLDERS <folder below include and lib>] [FLAGS ...] [DEFINES ...] [LINK ...])
function(tenfold_peer_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "HEADER;FOLDERS;CONTEST" "LIBRARIES;SOURCES;VERSION;FLAGS;DEFINES;LINK")
  set(found FALSE)
  foreach(prefix IN ITEMS "/usr" ${TENFOLD_PEERS_PREFIXES})
    unset(include)
    set(libraries "")
    find_path(include ${arg_HEADER} PATHS ${prefix}/include ${prefix}/include/${CMAKE_LIBRARY_ARCHITECTURE}
              PATH_SUFFIXES ${arg_FOLDERS} NO_CACHE NO_DEFAULT_PATH)
    foreach(library IN LISTS arg_LIBRARIES)
      unset(file)
      find_file(file NAMES ${library} ${library}.3 ${library}.2 PATHS ${prefix}/lib ${prefix}/lib/${CMAKE_LIBRARY_ARCHITECTURE}
                PATH_SUFFIXES ${arg_FOLDERS} NO_CACHE NO_DEFAULT_PATH)
      if(file)
        list(APPEND libraries ${file})
      endif()
    endforeach()
    list(LENGTH libraries have)
    list(LENGTH arg_LIBRARIES want)
    if(NOT include OR NOT have EQUAL want)
      continue()
    endif()
    set(version "")
    if(arg_VERSION)
      list(GET arg_VERSION 0 version_header)
      list(GET arg_VERSION 1 version_pattern)
      read_peer_version(${include}/${version_header} ${version_pattern} version)
    endif()
    set(module ${name})
    if(version)
      set(module ${name}-${version})
    endif()
    list(GET libraries 0 first)
    get_filename_component(folder ${first} DIRECTORY)
    # A package in a folder of its own has libraries that find each other only through the search path of the one that loads
    # them: RPATH, which holds for what is loaded later too, not RUNPATH.
    tenfold_peer_module(
      ${module}
      SOURCES ${arg_SOURCES}
      CONTEST ${arg_CONTEST}
      FLAGS ${arg_FLAGS}
      DEFINES ${arg_DEFINES}
      INCLUDES ${include}
      LINK ${libraries} -Wl,--disable-new-dtags -Wl,-rpath,${folder} -Wl,--allow-shlib-undefined ${arg_LINK}
           $<TARGET_NAME_IF_EXISTS:tenfold_warnings>)
    set(found TRUE)
  endforeach()
  if(NOT found)
    list(GET arg_LIBRARIES 0 missing)
    message(STATUS "tenfold-peers: no ${name} (${missing})")
  endif()
endfunction()

# tenfold_own_module(<name> <folder of headers>): tenfold itself, compiled once for each set of element types, because that takes the
# longest.
function(tenfold_own_module name include)
  tenfold_peer_module(${name} SOURCES tenfold.cpp FLAGS -I${include} LINK TBB::tbb $<TARGET_NAME_IF_EXISTS:tenfold_warnings>)
  foreach(types IN ITEMS f32 f64 bf16 u8s8 s8)
    set(part ${name}_peer_${types})
    add_library(${part} OBJECT EXCLUDE_FROM_ALL tenfold_types.cpp)
    target_compile_features(${part} PRIVATE cxx_std_20)
    target_compile_definitions(${part} PRIVATE TENFOLD_PEER_TYPES=${types})
    target_include_directories(${part} PRIVATE ${include} ${PROJECT_SOURCE_DIR}/benchmarks)
    target_link_libraries(${part} PRIVATE TBB::tbb $<TARGET_NAME_IF_EXISTS:tenfold_warnings>)
    set_target_properties(${part} PROPERTIES POSITION_INDEPENDENT_CODE ON)
    target_link_libraries(tenfold_peer_module_${name} PRIVATE ${part})
  endforeach()
endfunction()

# THE list of modules: a peer is one file beside this one and an entry here.
tenfold_own_module(tenfold ${PROJECT_SOURCE_DIR}/include)
set(TENFOLD_PEERS_BEFORE "" CACHE PATH "Another checkout of tenfold, to compare with")
if(TENFOLD_PEERS_BEFORE)
  tenfold_own_module(tenfold-before ${TENFOLD_PEERS_BEFORE}/include)
endif()
find_package(Eigen3 QUIET)
if(Eigen3_FOUND)  # without our warnings: -march=native makes g++ doubt its own intrinsics
  tenfold_peer_module(eigen SOURCES eigen.cpp FLAGS -O3 -march=native LINK Eigen3::Eigen ${peer_openmp})
  tenfold_peer_module(eigen-plain SOURCES eigen.cpp FLAGS -O3 LINK Eigen3::Eigen ${peer_openmp})
endif()
tenfold_peer_library(openblas SOURCES openblas.cpp HEADER cblas.h LIBRARIES libopenblas.so FOLDERS openblas-pthread
                     VERSION openblas_config.h "OPENBLAS_VERSION ")
tenfold_peer_library(openblas SOURCES openblas.cpp HEADER cblas.h LIBRARIES libscipy_openblas.so DEFINES TENFOLD_PEER_BLAS_PREFIX=scipy_
                     VERSION openblas_config.h "OPENBLAS_VERSION ")
tenfold_peer_library(blis SOURCES blis.cpp HEADER blis.h LIBRARIES libblis.so FOLDERS blis-openmp)
tenfold_peer_library(onednn SOURCES onednn.cpp HEADER oneapi/dnnl/dnnl.hpp LIBRARIES libdnnl.so LINK ${peer_openmp}
                     VERSION oneapi/dnnl/dnnl_version.h "DNNL_VERSION_(MAJOR|MINOR) ")
foreach(check IN ITEMS mkl mkl-lifted)
  set(lifted $<$<STREQUAL:${check},mkl-lifted>:mkl_vendor_check.cpp>)
  tenfold_peer_library(${check} SOURCES mkl.cpp ${lifted} HEADER mkl.h
                       LIBRARIES libmkl_intel_lp64.so libmkl_intel_thread.so libmkl_core.so libiomp5.so)
endforeach()
tenfold_peer_library(libxsmm SOURCES libxsmm.cpp HEADER libxsmm.h LIBRARIES libxsmm.a libxsmmnoblas.a LINK ${CMAKE_DL_LIBS} Threads::Threads)

# tenfold_contest_peers(<contest>): the libraries that take part in every other contest, each one file in its folder.
function(tenfold_contest_peers contest)
  tenfold_peer_module(tenfold CONTEST ${contest} SOURCES tenfold.cpp FLAGS -I${PROJECT_SOURCE_DIR}/include
                      LINK TBB::tbb $<TARGET_NAME_IF_EXISTS:tenfold_warnings>)
  if(TENFOLD_PEERS_BEFORE)
    tenfold_peer_module(tenfold-before CONTEST ${contest} SOURCES tenfold.cpp FLAGS -I${TENFOLD_PEERS_BEFORE}/include LINK TBB::tbb)
  endif()
  if(Eigen3_FOUND)
    tenfold_peer_module(eigen CONTEST ${contest} SOURCES eigen.cpp FLAGS -O3 -march=native LINK Eigen3::Eigen Threads::Threads)
  endif()
  tenfold_peer_library(onednn CONTEST ${contest} SOURCES onednn.cpp HEADER oneapi/dnnl/dnnl.hpp LIBRARIES libdnnl.so LINK ${peer_openmp}
                       VERSION oneapi/dnnl/dnnl_version.h "DNNL_VERSION_(MAJOR|MINOR) ")
  tenfold_peer_library(torch CONTEST ${contest} SOURCES torch.cpp HEADER ATen/ATen.h LIBRARIES libtorch_cpu.so libc10.so
                       VERSION torch/headeronly/version.h "TORCH_VERSION_(MAJOR|MINOR) ")
endfunction()

# Reductions, softmax and norms; convolutions: a peer is one file in axes/ or conv/ and an entry here.
tenfold_contest_peers(axes)
tenfold_contest_peers(conv)
set(TENFOLD_PEERS_NUMPY "" CACHE PATH "The folder of Python packages with numpy, for the Python whose development files CMake finds")
find_package(Python3 QUIET COMPONENTS Development.Embed)
if(TENFOLD_PEERS_NUMPY AND TARGET Python3::Python)
  tenfold_peer_module(numpy CONTEST axes SOURCES numpy.cpp DEFINES "TENFOLD_PEER_NUMPY_PATH=\"${TENFOLD_PEERS_NUMPY}\""
                      LINK Python3::Python $<TARGET_NAME_IF_EXISTS:tenfold_warnings>)
endif()
