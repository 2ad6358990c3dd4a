// SPDX-License-Identifier: Apache-2.0
// Conformance passes a right third-party backend and fails wrong ones: the test of the test.
#include <tenfold/testing/conformance.hpp>

#include <doctest/doctest.h>

namespace {
enum class fault { none, last_element, reads_c, skips_alpha, low_precision, writes_gap, nothing };

/// A backend as a third party would write it: the reference, with a fault to choose.
struct third_party {
    using space = tenfold::host_space;
    static constexpr const char* name = "third_party";
    fault with = fault::none;
};
}  // namespace

template <>
struct tenfold::kernel<tenfold::matmul_op, third_party> {
    template <class Arguments>
    static tenfold::status run(const third_party& where, Arguments x) {
        using C = typename decltype(x.c)::value_type;
        if (where.with == fault::nothing) return {};
        if (where.with == fault::skips_alpha) x.options.alpha = 1;
        if (where.with == fault::reads_c) x.options.beta = 1;
        const tenfold::status s = tenfold::kernel<tenfold::matmul_op, tenfold::reference>::run(tenfold::reference{}, x);
        if (x.c.empty()) return s;
        if (where.with == fault::low_precision) {
            tenfold::for_each_index(x.c.extents(), [&](const auto& i) {
                if constexpr (tenfold::is_floating_v<C>) x.c(i) = tenfold::narrow<C>(tenfold::testing::as_double(x.c(i)) * (1 + 0x1p-7));
            });
        }
        auto last = x.c.extents();
        for (auto& i : last) --i;
        if (where.with == fault::last_element) x.c(last) = C(1.0f);
        if (where.with == fault::writes_gap) (&x.c(last))[x.c.strides().back() < 0 ? -1 : 1] = C(1.0f);
        return s;
    }
};

TEST_CASE("a third-party backend is tested in three lines, and a right one passes [H37]") {
    tenfold::testing::conformance_report report;
    tenfold::testing::run_conformance(third_party{}, report);
    INFO(report.summary());
    CHECK(report.passed());
    CHECK(report.points() > 1000);
}

TEST_CASE("each planted fault is found, with a line that says where [H37]") {
    for (const fault planted :
         {fault::last_element, fault::reads_c, fault::skips_alpha, fault::low_precision, fault::writes_gap, fault::nothing}) {
        tenfold::testing::conformance_report report;
        tenfold::testing::run_conformance_for<float>(third_party{planted}, report);
        INFO("fault " << static_cast<int>(planted));
        CHECK(report.failures() > 0);
        CHECK(report.failure_lines().size() > 0);
        CHECK(report.failure_lines()[0].find("matmul:f32->f32:") != std::string::npos);
    }
}
