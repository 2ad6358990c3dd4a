// SPDX-License-Identifier: Apache-2.0
// Runs the conformance of one op under every setting of a backend, as one check of one doctest case.
#pragma once

#include <tenfold/testing/conformance/report.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>

namespace support {
template <class Backend, class Cases>
void run_conformance_case(const Backend& where, const Cases& cases) {
    tenfold::testing::conformance_report report(seed());
    for_each_setting(where, [&](const auto& setting, const std::string& name) {
        report.set_setting(name);
        const auto before = report.points();
        cases(setting, report);
        CHECK_MESSAGE(report.points() > before, name << ": nothing was checked");
    });
    MESSAGE(report.summary());
    CHECK_MESSAGE(report.passed(), report.summary());
}
}  // namespace support
