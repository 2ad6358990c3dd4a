// SPDX-License-Identifier: Apache-2.0
// The settings of a backend that a test must hold under: cpu on every instruction set of this machine, serial and not.
#pragma once

#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/reference.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <cstdlib>
#include <string>

namespace support {
/// An arena that claims 16 threads and adds none: calls are cut for as many workers as they ask for on any machine.
struct wide_arena {
    template <class Task>
    void execute(Task task) const {
        task();
    }
    [[nodiscard]] int max_concurrency() const { return 16; }
};
inline wide_arena any_width;

/// cpu{} with `threads` workers, also where the machine has fewer CPUs.
inline tenfold::cpu cpu_with(int threads, const char* isa = nullptr) { return {.threads = threads, .arena = &any_width, .isa = isa}; }

/// Calls f(where, name) for each setting; a backend without settings has one.
template <class Backend, class F>
void for_each_setting(const Backend& where, const F& f) {
    f(where, std::string(Backend::name));
}
template <class F>
void for_each_setting(const tenfold::cpu&, const F& f) {
    for (const char* isa : tenfold::available_isas()) {
        for (const int threads : {1, 3}) {
            f(cpu_with(threads, isa), "cpu isa " + std::string(isa) + " threads " + std::to_string(threads));
        }
    }
}

/// TENFOLD_TEST_SEED, or 1: a failure line names the seed that repeats it, and longer campaigns draw other data.
inline std::uint64_t seed() {
    const char* text = std::getenv("TENFOLD_TEST_SEED");
    return text != nullptr && *text != '\0' ? std::strtoull(text, nullptr, 10) : 1;
}
}  // namespace support
