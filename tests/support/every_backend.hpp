// SPDX-License-Identifier: Apache-2.0
// A test of an op's contract, run on the reference and on cpu in every setting.
#pragma once

#include <tenfold/backends/cpu.hpp>
#include <tenfold/backends/reference.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/settings.hpp>

namespace support {
template <class F>
void on_every_backend(const F& f) {
    f(tenfold::reference{});
    for_each_setting(tenfold::cpu{}, [&](const tenfold::cpu& where, const std::string& setting) {
        INFO(setting);
        f(where);
    });
}
}  // namespace support
