// SPDX-License-Identifier: Apache-2.0
// Headers of two versions of the library in one translation unit.
// error: tenfold: two versions of the library are included in one translation unit
#if TENFOLD_TEST_BAD
#define TENFOLD_VERSION_MAJOR 0
#define TENFOLD_VERSION_MINOR 0
#define TENFOLD_VERSION_PATCH 99
#endif
#include <tenfold/config/version.hpp>
