// SPDX-License-Identifier: Apache-2.0
// The other ops that call user functors: conv once per element, transform once per element, reduce with a monoid.
#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/cpu/reduce.hpp>
#include <tenfold/kernel/cpu/transform.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <string>
#include <support/settings.hpp>
#include <vector>

using tenfold::index_t;
using tenfold::tensor;

namespace {
/// Counts calls per number `at`; throws at one of them.
struct call_counts {
    std::vector<std::atomic<int>> counts;
    std::size_t throw_at;
    call_counts(index_t count, index_t where) : counts(static_cast<std::size_t>(count)), throw_at(static_cast<std::size_t>(where)) {}
    void call(std::size_t at) {
        ++counts[at];
        if (at == throw_at) throw std::domain_error("too hot");
    }
    long not_once() const {
        return std::count_if(counts.begin(), counts.end(), [](const auto& count) { return count != 1; });
    }
    long twice() const {
        return std::count_if(counts.begin(), counts.end(), [](const auto& count) { return count > 1; });
    }
};
/// A monoid that refuses the element 2.
struct checked_sum {
    using value_type = float;
    static constexpr float identity() { return 0; }
    float map(float x) const {
        if (x == 2) throw std::domain_error("too hot");
        return x;
    }
    float operator()(float a, float b) const { return a + b; }
};
constexpr index_t nowhere = -1;

/// `run(where, counts)` -> status of a nothrow call that calls counts.call() for each of `elements`.
template <class Run>
void once_per_element(const char* op, index_t elements, const Run& run) {
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(op << ", " << name);
        call_counts all(elements, nowhere);
        CHECK(run(where, all).ok());
        CHECK(all.not_once() == 0);
        for (const index_t at : {index_t{0}, elements / 2, elements - 1}) {
            call_counts some(elements, at);
            const tenfold::status s = run(where, some);
            CHECK(s.code() == tenfold::status_code::functor_threw);
            CHECK(std::string(s.message()) == std::string(op) + ": a functor of the call threw: too hot");
            CHECK(some.twice() == 0);
            CHECK(some.counts[static_cast<std::size_t>(at)] == 1);
        }
    });
}
}  // namespace

TEST_CASE("conv calls its epilogue once per element and passes on what it throws [E56][T08]") {
    tensor<float, 4> x({2, 19, 23, 29}), w({13, 19, 3, 3}), per_channel({19, 1, 3, 3}), y({2, 13, 21, 27}), z({2, 19, 21, 27});
    for (auto* t : {&x, &w, &per_channel}) std::fill(t->data(), t->data() + t->size(), 1.0f);
    const auto counting = [](call_counts& counts, const tensor<float, 4>& out) {
        return [&counts, extents = out.extents()](float value, index_t n, index_t c, index_t i, index_t j) {
            counts.call(static_cast<std::size_t>(((n * extents[1] + c) * extents[2] + i) * extents[3] + j));
            return value;
        };
    };
    once_per_element("conv", y.size(), [&](const tenfold::cpu& where, call_counts& counts) {
        return tenfold::conv(std::nothrow, where, x, w, y, counting(counts, y));
    });
    once_per_element("conv", z.size(), [&](const tenfold::cpu& where, call_counts& counts) {
        return tenfold::conv(std::nothrow, where, x, per_channel, z, {.groups = 19}, counting(counts, z));
    });
}

TEST_CASE("transform calls its functor once per element and passes on what it throws [E56][T08]") {
    constexpr index_t rows = 301, columns = 1009;
    tensor<std::int32_t, 2> number({rows, columns}), y({rows, columns});
    for (index_t i = 0; i < number.size(); ++i) number.data()[i] = static_cast<std::int32_t>(i);
    const auto run = [](const auto& from, auto&& to) {
        return [&](const tenfold::cpu& where, call_counts& counts) {
            return tenfold::transform(
                std::nothrow, where,
                [&counts](std::int32_t at) {
                    counts.call(static_cast<std::size_t>(at));
                    return at;
                },
                from, to);
        };
    };
    once_per_element("transform", number.size(), run(number, y));
    const auto columns_first = number.transposed();
    tensor<std::int32_t, 2> turned({columns, rows});
    once_per_element("transform", number.size(), run(columns_first, turned));
}

TEST_CASE("what a monoid of reduce throws arrives [T08][E56]") {
    tensor<float, 2> x({300, 1001});
    tensor<float, 1> y({300});
    std::fill(x.data(), x.data() + x.size(), 1.0f);
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        INFO(name);
        tenfold::reduce(where, x, tenfold::axes{1}, checked_sum{}, y);
        CHECK(std::count(y.data(), y.data() + 300, 1001.0f) == 300);
        x(299, 1000) = 2;
        CHECK_THROWS_WITH_AS(tenfold::reduce(where, x, tenfold::axes{1}, checked_sum{}, y), "too hot", std::domain_error);
        CHECK(tenfold::reduce(std::nothrow, where, x, tenfold::axes{1}, checked_sum{}, y).code() == tenfold::status_code::functor_threw);
        x(299, 1000) = 1;
    });
}
