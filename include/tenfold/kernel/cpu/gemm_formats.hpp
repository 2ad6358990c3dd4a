// SPDX-License-Identifier: Apache-2.0
// with_format: the one place where types and instruction set become a format. A format is one file and one line here. [floor 4]
#pragma once

#include <tenfold/kernel/cpu/gemm_format.hpp>
#if defined(__x86_64__) || defined(__i386__)
#include <tenfold/kernel/cpu/bf16_pair_format.hpp>
#include <tenfold/kernel/cpu/byte_quad_format.hpp>
#endif

TENFOLD_BEGIN
/// Best first. A format names the types that it `multiplies` and the instruction sets on which it `runs`.
#if defined(__x86_64__) || defined(__i386__)
template <class A, class B>
using gemm_formats = type_list<bf16_pair_format<A, B>, byte_quad_format<A, B>, widened_format<A, B>>;
#else
template <class A, class B>
using gemm_formats = type_list<widened_format<A, B>>;
#endif

template <class Format, class... Rest, class Use>
TENFOLD_INLINE void use_first_format(type_list<Format, Rest...>, int isa, const Use& use) {
    if constexpr (Format::multiplies) {
        if (sizeof...(Rest) == 0 || Format::runs(isa)) {
            use(type_list<Format>{});
            return;
        }
    }
    if constexpr (sizeof...(Rest) > 0) use_first_format(type_list<Rest...>{}, isa, use);
}
/// use(type_list<Format>{}) with the best format of A and B on an instruction set.
template <class A, class B, class Use>
TENFOLD_INLINE void with_format(int isa, const Use& use) {
    use_first_format(gemm_formats<A, B>{}, isa, use);
}
TENFOLD_END
