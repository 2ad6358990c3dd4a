// SPDX-License-Identifier: Apache-2.0
// Everything: every op, and every backend this translation unit can have.                                  [floor 6]
#pragma once

#include <tenfold/backends/with_backend.hpp>  // reference; cpu where oneTBB's headers are
