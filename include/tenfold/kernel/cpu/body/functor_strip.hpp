// SPDX-License-Identifier: Apache-2.0
// out[i] <- f(in[i] ...): a functor of the user's along a strip, as vector code where its body allows.      [floor 4]
#pragma once

#include <tenfold/kernel/cpu/simd.hpp>

#include <tuple>
#include <utility>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
template <class T>
struct strip_input {
    const T* data;
    index_t step;
};

template <class F, class Out, class... In>
struct functor_strip_arguments {
    const F* functor;
    Out* out;
    index_t out_step;
    index_t count;
    std::tuple<strip_input<In>...> in;  // each may be out itself, with its step
};

template <class F, class Out, class... In>
struct functor_strip {
    static constexpr bool runs_functors = true;

    template <class Isa>
    TENFOLD_BODY static void run(const functor_strip_arguments<F, Out, In...>* arguments) {
        run_on(*arguments, std::index_sequence_for<In...>{});
    }

private:
    template <std::size_t... At>
    TENFOLD_BODY static void run_on(const functor_strip_arguments<F, Out, In...>& a, std::index_sequence<At...>) {
        apply(*a.functor, a.out, a.out_step, a.count, std::get<At>(a.in)...);
    }
    /// Unit steps are told to the compiler: it can then use vectors.
    TENFOLD_BODY static void apply(const F& f, Out* out, index_t out_step, index_t count, const strip_input<In>&... in) {
        if (out_step == 1 && ((in.step == 1) && ...)) {
            TENFOLD_INDEPENDENT
            for (index_t i = 0; i < count; ++i) out[i] = static_cast<Out>(f(in.data[i]...));
        } else {
            for (index_t i = 0; i < count; ++i) out[i * out_step] = static_cast<Out>(f(in.data[i * in.step]...));
        }
    }
};
TENFOLD_END
TENFOLD_BODIES_END
