// SPDX-License-Identifier: Apache-2.0
// May the figures of a record be used? VALID, DEGRADED or INVALID, always with the reasons.
#pragma once

#include <cstdint>   // std::int64_t
#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

#include "instances/record/record.hpp"  // bench_record, record_validity

namespace tenfold::bench {

/// What happened on the machine while it was measured; nothing: the machine does not tell.
struct run_conditions {
    std::optional<double> steal_share;   // of the CPU time: taken by the hypervisor
    std::optional<double> others_share;  // of the CPU time: used by other processes
    std::optional<std::int64_t> throttled_periods;  // the CPU quota was used up so many times
    std::optional<std::int64_t> thermal_throttles;  // CPUs slowed themselves down so many times
    double roof_drift = 0;     // largest change of a roof from the beginning to the end
    bool of_all_processes = true;  // false: of a process that measured a part of the record, nothing is known
    std::string unfit_build;   // why figures of this build are not to be published; empty: they may be
};

/// What happened to a record that two processes measured, one after the other.
run_conditions both(const run_conditions& a, const run_conditions& b);

/// Why a record of which cases are missing is weaker than it looks.
inline constexpr const char* incomplete_flaw = "interrupted: not all cases are measured";

/// Why a machine's figures are not of what the record calls it; empty: nothing speaks against it.
std::vector<std::string> identity_flaws(const record_identity& identity);

/// INVALID: the figures are not of what the record says. DEGRADED: they are, but something moved them, or may have.
record_validity judge(const bench_record& record, const run_conditions& conditions);

}  // namespace tenfold::bench
