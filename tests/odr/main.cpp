// SPDX-License-Identifier: Apache-2.0
// Runs every part of the mixed program that this machine can run and demands one answer from all of them.
#include <doctest/doctest.h>

#include <odr/part.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// ODR_PARTS is PART(a) PART(b) ...
#define PART(name) extern const odr::part name;
ODR_PARTS
#undef PART

namespace {
const odr::part* const parts[] = {
#define PART(name) &name,
    ODR_PARTS
#undef PART
};

bool runs_here(const odr::part& p) {
    return !(p.needs_avx2 && __builtin_cpu_supports("avx2") == 0) && !(p.needs_avx512 && __builtin_cpu_supports("avx512vl") == 0);
}

// Small integers: every order of summation is exact, so all parts must agree in every bit.
std::vector<float> numbers(tenfold::index_t count, int seed) {
    std::vector<float> x(static_cast<std::size_t>(count));
    int state = seed;
    for (float& value : x) {
        state = (state * 73 + 41) % 251;
        value = static_cast<float>(state % 17 - 8);
    }
    return x;
}
}

TEST_CASE("parts of different flags give one answer, whichever of their functions the linker kept [O02][O03][O08][H32]") {
    constexpr tenfold::index_t m = 37, n = 83, k = 65;
    const std::vector<float> a = numbers(m * k, 1), b = numbers(k * n, 2);
    std::vector<float> expected(static_cast<std::size_t>(m * n));
    for (tenfold::index_t i = 0; i < m; ++i) {
        for (tenfold::index_t j = 0; j < n; ++j) {
            for (tenfold::index_t p = 0; p < k; ++p) {
                expected[static_cast<std::size_t>(i * n + j)] +=
                    a[static_cast<std::size_t>(i * k + p)] * b[static_cast<std::size_t>(p * n + j)];
            }
        }
    }
    std::string refusal;
    int ran = 0;
    for (const odr::part* part : parts) {
        CAPTURE(part->name);
        if (!runs_here(*part)) {
            MESSAGE("this machine cannot run ", part->name);
            continue;
        }
        for (const auto run : {part->reference, part->cpu}) {
            std::vector<float> c(expected.size(), -1.0f);
            const tenfold::status s = run({a.data(), {m, k}}, {b.data(), {k, n}}, {c.data(), {m, n}});
            CHECK(s.ok());
            CHECK(c == expected);
        }
        std::vector<float> untouched(expected.size(), -1.0f);
        const tenfold::status s = part->refused({a.data(), {m, k}}, {untouched.data(), {m, n}});
        CHECK_FALSE(s.ok());
        const std::string message(s.message());
        if (refusal.empty()) refusal = message;
        CHECK(message == refusal);
        CHECK(std::all_of(untouched.begin(), untouched.end(), [](float x) { return x == -1.0f; }));
        ++ran;
    }
    CHECK(ran >= 2);
}

TEST_CASE("public types have one layout under all flags [O01]") {
    for (const odr::part* part : parts) {
        CAPTURE(part->name);
        CHECK(std::equal(part->layout, part->layout + part->layout_count, parts[0]->layout, parts[0]->layout + parts[0]->layout_count));
    }
}
