// SPDX-License-Identifier: Apache-2.0
// The one place that states the version; CMake parses these three lines.                                  [floor 0]
#ifndef TENFOLD_VERSION_MAJOR
#define TENFOLD_VERSION_MAJOR 0
#define TENFOLD_VERSION_MINOR 1
#define TENFOLD_VERSION_PATCH 0
#elif TENFOLD_VERSION_MAJOR != 0 || TENFOLD_VERSION_MINOR != 1 || TENFOLD_VERSION_PATCH != 0
#error "tenfold: two versions of the library are included in one translation unit; remove one include directory"
#endif
