// SPDX-License-Identifier: Apache-2.0
// TENFOLD_ISA as ctest sets it: it forces, a wrong or unavailable name is an error, an empty one counts as unset.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <support/isa_text.hpp>

TEST_CASE("TENFOLD_ISA forces the instruction set of calls that name none [H16][T01]") {
    const char* const variable = std::getenv("TENFOLD_ISA");
    const std::string wanted = variable == nullptr ? "" : variable;
    tenfold::tensor<float, 2> a({3, 5}), b({5, 7}), c({3, 7});
    tenfold::testing::generator random(1);
    tenfold::testing::fill_integers(a.view(), random, 9);
    tenfold::testing::fill_integers(b.view(), random, 9);
    tenfold::testing::fill_integers(c.view(), random, 9);
    const auto old = c.clone();
    const auto expected = tenfold::matmul(tenfold::reference{}, a, b);
    MESSAGE("TENFOLD_ISA=" << wanted);

    if (wanted.empty()) {
        CHECK(std::string(tenfold::active_isa()) == tenfold::available_isas()[0]);
    } else if (support::is_available(wanted)) {
        CHECK(tenfold::active_isa() == wanted);
        int index = -1;
        REQUIRE(tenfold::choose_isa("test", {}, index).ok());
        const char* ran = nullptr;
        tenfold::dispatch<support::name_body>(index, &ran);
        CHECK(ran == support::base_name(tenfold::isa_list{}, index));
    } else {
        const tenfold::status s = tenfold::matmul(std::nothrow, tenfold::cpu{}, a, b, c);
        CHECK(s.code() == tenfold::status_code::unsupported);
        CHECK(std::string(s.message()) == support::isa_refusal("matmul", "TENFOLD_ISA=", wanted));
        CHECK(tenfold::testing::compare_exact(c.view(), old.view()).ok());
        CHECK_THROWS_AS(tenfold::matmul(tenfold::cpu{}, a, b, c), tenfold::unsupported_error);
        try {
            (void)tenfold::active_isa();
            FAIL("not refused");
        } catch (const tenfold::unsupported_error& e) {
            CHECK(std::string(e.what()) == support::isa_refusal("active_isa", "TENFOLD_ISA=", wanted));
        }
        // The call's own choice goes first, and the list stays complete.
        CHECK(std::string(tenfold::active_isa({.isa = "baseline"})) == "baseline");
        tenfold::matmul(tenfold::cpu{.isa = "baseline"}, a, b, c);
        CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
        return;
    }
    tenfold::matmul(tenfold::cpu{}, a, b, c);
    CHECK(tenfold::testing::compare_exact(c.view(), expected.view()).ok());
    CHECK(std::string(tenfold::active_isa({.isa = "baseline"})) == "baseline");
}
