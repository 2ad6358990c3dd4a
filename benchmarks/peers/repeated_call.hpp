// SPDX-License-Identifier: Apache-2.0
// Turns one call of a library into a ready_matmul. The loop is compiled in the library's own module, so that a call costs nothing else.
#pragma once

#include <type_traits>  // std::decay_t
#include <utility>      // std::forward

#include "peers/matmul_peer.hpp"  // ready_matmul, matmul_operands

namespace tenfold::bench {

template <class A, class B, class C, class Call>
class repeated_call final : public ready_matmul {
    matmul_operands operands_;
    Call call_;
    std::int64_t set_ = 0;  // the next one

public:
    repeated_call(const matmul_operands& operands, Call call) : operands_(operands), call_(std::move(call)) {}

    void run(std::int64_t calls) override {
        const matmul_operands& o = operands_;
        if (o.sets == 1) {
            for (std::int64_t i = 0; i < calls; ++i) call_(element<A>(o.a), element<B>(o.b), element<C>(o.c));
            return;
        }
        for (std::int64_t i = 0; i < calls; ++i, set_ = set_ + 1 < o.sets ? set_ + 1 : 0)
            call_(element<A>(o.a + set_ * o.a_step), element<B>(o.b + set_ * o.b_step), element<C>(o.c + set_ * o.c_step));
    }

private:
    template <class T>
    static const T* element(const char* p) {
        return static_cast<const T*>(static_cast<const void*>(p));
    }
    template <class T>
    static T* element(char* p) {
        return static_cast<T*>(static_cast<void*>(p));
    }
};

/// call(a, b, c) multiplies one set of operands: const A*, const B*, C*.
template <class A, class B, class C, class Call>
std::unique_ptr<ready_matmul> repeat(const matmul_operands& operands, Call&& call) {
    return std::make_unique<repeated_call<A, B, C, std::decay_t<Call>>>(operands, std::forward<Call>(call));
}

/// Calls call(a, b, c) for each matrix of a batch.
template <class A, class B, class C, class Call>
std::unique_ptr<ready_matmul> repeat_over_batch(const matmul_shape& s, const matmul_operands& operands, Call call) {
    if (s.batch == 1) return repeat<A, B, C>(operands, std::move(call));
    return repeat<A, B, C>(operands, [call, s](const A* a, const B* b, C* c) {
        for (std::int64_t i = 0; i < s.batch; ++i) call(a + i * s.a_elements(), b + i * s.b_elements(), c + i * s.c_elements());
    });
}

}  // namespace tenfold::bench
