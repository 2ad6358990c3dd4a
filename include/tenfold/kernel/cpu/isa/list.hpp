// SPDX-License-Identifier: Apache-2.0
// THE list of instruction sets of an architecture, best first; the same in every translation unit.          [floor 4]
//
// An extension level names its `base`: bodies are compiled for bases only, and the base's instance serves the levels above it.
// What an extension adds are bodies of its own (body/special/), which their users choose by isa_has().
#pragma once

#include <tenfold/core/dtype/list.hpp>  // type_list
#include <tenfold/kernel/cpu/isa/baseline.hpp>
#if defined(__aarch64__)
#include <tenfold/kernel/cpu/isa/neon.hpp>
#else
#include <tenfold/kernel/cpu/isa/avx2.hpp>
#include <tenfold/kernel/cpu/isa/avx512.hpp>
#include <tenfold/kernel/cpu/isa/avx512_bf16.hpp>
#include <tenfold/kernel/cpu/isa/avx512_vnni.hpp>
#endif

TENFOLD_BEGIN
#if defined(__aarch64__)
using isa_list = type_list<neon, baseline>;
#else
using isa_list = type_list<avx512_bf16, avx512_vnni, avx512, avx2, baseline>;
#endif

template <class... Isa>
consteval bool is_best_first(type_list<Isa...>) noexcept {
    const int widths[] = {Isa::bytes...};
    for (std::size_t i = 1; i < sizeof...(Isa); ++i) {
        if (widths[i] > widths[i - 1]) return false;
    }
    return true;
}
static_assert(is_best_first(isa_list{}), "tenfold: isa_list must be sorted from the widest to the narrowest instruction set");
TENFOLD_END
