// SPDX-License-Identifier: Apache-2.0
// The one doctest main, compiled once and linked into every test program (target tenfold_test_main).
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
