// SPDX-License-Identifier: Apache-2.0
// Every environment variable the library reads. An empty value counts as unset.                            [floor 2]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstdlib>

TENFOLD_BEGIN
/// TENFOLD_ISA      forces an instruction set by name ("avx512", "avx2", "baseline", ...) where cpu{.isa} is not given
/// TENFOLD_BACKEND  the backend with_backend() takes where its name argument is empty
TENFOLD_INLINE const char* environment(const char* variable) noexcept {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0' ? value : nullptr;
}
TENFOLD_END
