# SPDX-License-Identifier: Apache-2.0
# A component is one INTERFACE target with its own export set, so a consumer without its dependency keeps the others.

# tenfold_component(<name> [LINK <target>] HEADERS <file>...)
#
# Defines tenfold::<name>. With LINK the component has a dependency, looked for by cmake/components/<name>.cmake, here
# and again on the consumer's machine. The package does not depend on what the building machine has: a component whose
# dependency is missing is still installed, and is left out of this build only.
function(tenfold_component name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LINK" "HEADERS")
  set(target tenfold_${name})
  set(dependency_found TRUE)
  if(arg_LINK)
    include(${PROJECT_SOURCE_DIR}/cmake/components/${name}.cmake)
    set(dependency_found ${tenfold_${name}_DEPENDENCY_FOUND})
    if(NOT dependency_found)
      message(STATUS "tenfold::${name} is not available here: ${tenfold_${name}_REMEDY}")
      if(NOT TENFOLD_INSTALL)
        return()
      endif()
    endif()
  endif()

  add_library(${target} INTERFACE)
  if(dependency_found)
    add_library(tenfold::${name} ALIAS ${target})
  endif()
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
  target_sources(${target} INTERFACE FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/include FILES ${arg_HEADERS})
  if(arg_LINK)
    # An absent imported target may be named for the installed package, but not for this build.
    target_link_libraries(${target} INTERFACE tenfold_tenfold "$<INSTALL_INTERFACE:${arg_LINK}>")
    if(dependency_found)
      target_link_libraries(${target} INTERFACE "$<BUILD_INTERFACE:${arg_LINK}>")
    endif()
  endif()
  set_property(GLOBAL APPEND PROPERTY TENFOLD_COMPONENTS ${name})
endfunction()

# Installs the headers and the export set of every component, and the package files that load them.
function(tenfold_install_package)
  include(GNUInstallDirs)
  include(CMakePackageConfigHelpers)
  get_property(TENFOLD_COMPONENTS GLOBAL PROPERTY TENFOLD_COMPONENTS)
  set(destination ${CMAKE_INSTALL_DATADIR}/cmake/tenfold)

  foreach(name IN LISTS TENFOLD_COMPONENTS)
    install(TARGETS tenfold_${name} EXPORT tenfold-${name} FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
    install(EXPORT tenfold-${name} NAMESPACE tenfold:: FILE tenfold-${name}.cmake DESTINATION ${destination})
    set(finder ${PROJECT_SOURCE_DIR}/cmake/components/${name}.cmake)
    if(EXISTS ${finder})
      install(FILES ${finder} DESTINATION ${destination}/components)
    endif()
  endforeach()

  configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/tenfoldConfig.cmake.in ${PROJECT_BINARY_DIR}/package/tenfoldConfig.cmake
    INSTALL_DESTINATION ${destination} PATH_VARS CMAKE_INSTALL_INCLUDEDIR NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(
    ${PROJECT_BINARY_DIR}/package/tenfoldConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
  install(
    FILES ${PROJECT_BINARY_DIR}/package/tenfoldConfig.cmake ${PROJECT_BINARY_DIR}/package/tenfoldConfigVersion.cmake
          ${PROJECT_SOURCE_DIR}/cmake/CudaStandard.cmake ${PROJECT_SOURCE_DIR}/cmake/Kernels.cmake
    DESTINATION ${destination})
  # The source of the kernels component, which is compiled by those who ask for it.
  install(FILES ${PROJECT_SOURCE_DIR}/include/tenfold/kernels.cpp DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tenfold)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/licenses/tenfold)
endfunction()
