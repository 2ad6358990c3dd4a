// SPDX-License-Identifier: Apache-2.0
// cpu{.isa}: the named instruction set runs, for this call only; a wrong name is an error that lists the right ones.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <support/isa_text.hpp>
#include <thread>

using tenfold::cpu;
using tenfold::index_t;

TEST_CASE("each available instruction set runs when it is named: active_isa, dispatch and kernel agree [H16][T01]") {
    REQUIRE(tenfold::available_isas().size() >= 1);
    tenfold::testing::generator random(1);
    tenfold::tensor<float, 2> a({37, 101}), b({101, 41});
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    int index = 0;
    for (const char* isa : tenfold::available_isas()) {
        const cpu where{.threads = 1, .isa = isa};
        CHECK(std::string(tenfold::active_isa(where)) == isa);
        REQUIRE(tenfold::choose_isa("test", where, index).ok());
        const char* ran = nullptr;
        tenfold::dispatch<support::name_body>(index, &ran);
        CHECK(std::string(ran) == support::base_name(tenfold::isa_list{}, index));
        // The same call twice gives the same bits; a concurrent call with another ISA does not disturb it.
        const auto alone = tenfold::matmul(where, a, b);
        int wrong = 0;
        std::thread other([&] {
            for (int i = 0; i < 20; ++i) (void)tenfold::matmul(cpu{.threads = 1, .isa = "baseline"}, a, b);
        });
        for (int i = 0; i < 20; ++i) {
            const auto again = tenfold::matmul(where, a, b);
            wrong += !tenfold::testing::compare_exact(again.view(), alone.view()).ok();
        }
        other.join();
        CHECK(wrong == 0);
    }
}

TEST_CASE("the forced kernel is another one: fused multiply-adds round differently [H16]") {
    // (1 + 2^-12)^2 - (1 + 2^-11) = 2^-24: one rounding keeps it, two lose it.
    tenfold::tensor<float, 2> a({1, 2}), b({2, 1});
    a(0, 0) = -1;
    b(0, 0) = 1 + 0x1p-11f;
    a(0, 1) = b(1, 0) = 1 + 0x1p-12f;
    for (const char* isa : tenfold::available_isas()) {
        const float c = tenfold::matmul(cpu{.isa = isa}, a, b)(0, 0);
        INFO(std::string(isa));
        CHECK(c == (std::string(isa) == "baseline" ? 0.0f : 0x1p-24f));
    }
}

TEST_CASE("a name that is not an instruction set is refused with the list of names, before any write [H16][E01]") {
    tenfold::tensor<float, 2> a({2, 2}), b({2, 2}), c({2, 2});
    tenfold::testing::generator random(1);
    for (auto* x : {&a, &b, &c}) tenfold::testing::fill_random(x->view(), random);
    const auto before = c.clone();
    for (const char* isa : {"avx999", "AVX2", "avx", "best"}) {
        const tenfold::status s = tenfold::matmul(std::nothrow, cpu{.isa = isa}, a, b, c);
        CHECK(s.code() == tenfold::status_code::unsupported);
        CHECK(std::string(s.message()) == support::isa_refusal("matmul", "cpu{.isa} = ", isa));
        CHECK_THROWS_AS(tenfold::matmul(cpu{.isa = isa}, a, b, c), tenfold::unsupported_error);
        CHECK_THROWS_AS((void)tenfold::active_isa(cpu{.isa = isa}), tenfold::unsupported_error);
    }
    CHECK(tenfold::testing::compare_exact(c.view(), before.view()).ok());
    // The empty name is no name.
    CHECK(std::string(tenfold::active_isa(cpu{.isa = ""})) == tenfold::active_isa());
}
