// SPDX-License-Identifier: Apache-2.0
// From the name of a backend to its value, and what every problem says about who can run it.
#pragma once

#include <tenfold/backends/cpu.hpp>        // cpu
#include <tenfold/backends/reference.hpp>  // reference

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional
#include <string>    // std::string

#include "support/problem.hpp"  // execution

namespace tenfold::bench {

/// Calls f with the backend of tenfold that `how` names.
template <class F>
void on_backend(const execution& how, const F& f) {
    if (how.backend == reference::name) {
        f(reference{});
    } else {
        cpu where;
        where.threads = how.threads;
        where.isa = how.isa.c_str();
        f(where);
    }
}

/// Work above which the textbook loops of the reference backend are not timed: they would take longer than all others.
inline constexpr std::int64_t reference_flops_limit = 40'000'000;

/// Why a backend of tenfold cannot be measured on Op; for peers the problem itself decides.
template <class Op>
std::optional<std::string> decline_backend(const execution& how, std::int64_t flops) {
    if (how.backend == reference::name && flops > reference_flops_limit)
        return "the reference backend is timed up to " + std::to_string(reference_flops_limit / 1'000'000) + " MFLOP";
    if constexpr (!implemented<Op, cpu>) {
        if (how.backend == cpu::name) return std::string("the cpu backend has no kernel for ") + Op::name;
    }
    return std::nullopt;
}

}  // namespace tenfold::bench
