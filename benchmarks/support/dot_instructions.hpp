// SPDX-License-Identifier: Apache-2.0
// Where an extension level of the library is a case of its own: elsewhere it runs the code of its base.
#pragma once

#include <string>  // std::string

#include "support/problem.hpp"  // problem

namespace tenfold::bench {

/// docs/design/narrow_matmul.md: what the levels add to avx512.
inline bool uses_dot_instructions(const problem& p, const std::string& isa) {
    if (p.kernel_class != "matmul") return false;
    return (isa == "avx512_bf16" && p.dtype == "bf16") || (isa == "avx512_vnni" && (p.dtype == "s8" || p.dtype == "u8s8"));
}

/// The same code, measured under the name of another instruction set.
inline bool repeats_its_base(const problem& p, const std::string& isa) {
    return (isa == "avx512_bf16" || isa == "avx512_vnni") && !uses_dot_instructions(p, isa);
}

}  // namespace tenfold::bench
