// SPDX-License-Identifier: Apache-2.0
// The settings of a backend that a test must hold under: cpu on every instruction set of this machine, serial and not.
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <cstdlib>
#include <string>

namespace support {
/// Calls f(where, name) for each setting; a backend without settings has one.
template <class Backend, class F>
void for_each_setting(const Backend& where, const F& f) {
    f(where, std::string(Backend::name));
}
template <class F>
void for_each_setting(const tenfold::cpu&, const F& f) {
    for (const char* isa : tenfold::available_isas()) {
        for (const int threads : {1, 3}) {
            f(tenfold::cpu{.threads = threads, .isa = isa}, "cpu isa " + std::string(isa) + " threads " + std::to_string(threads));
        }
    }
}

/// TENFOLD_TEST_SEED, or 1: a failure line names the seed that repeats it, and longer campaigns draw other data.
inline std::uint64_t seed() {
    const char* text = std::getenv("TENFOLD_TEST_SEED");
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : 1;
}
}  // namespace support
