// SPDX-License-Identifier: Apache-2.0
// A monoid for reduce() and a functor for transform(), for every backend: TENFOLD_ANYWHERE makes them device code under nvcc.
#pragma once

#include <tenfold/op/reduce.hpp>
#include <tenfold/op/transform.hpp>

/// How many elements exceed a limit, and the largest of them.
struct exceeding {
    struct value_type {
        int count;
        float largest;
    };
    float limit;  // plain data: functors are copied to the GPU byte by byte

    TENFOLD_ANYWHERE value_type identity() const { return {0, limit}; }
    TENFOLD_ANYWHERE value_type map(float x) const { return x > limit ? value_type{1, x} : identity(); }
    TENFOLD_ANYWHERE value_type operator()(const value_type& a, const value_type& b) const {
        return {a.count + b.count, a.largest < b.largest ? b.largest : a.largest};
    }
    TENFOLD_ANYWHERE int finish(const value_type& v) const { return v.count; }
};

/// x where it exceeds the limit, else 0.
struct above {
    float limit;
    TENFOLD_ANYWHERE float operator()(float x) const { return x > limit ? x : 0; }
};

/// Counts, in each row of x, what exceeds 0.5; keeps those elements. The same lines on every backend.
template <class Backend, class X, class Kept, class Counts>
void count_and_keep(const Backend& where, const X& x, Kept& kept, Counts& counts) {
    tenfold::reduce(where, x, tenfold::axes{1}, exceeding{0.5f}, counts);
    tenfold::transform(where, above{0.5f}, x, kept);
}
