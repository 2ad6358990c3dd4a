// SPDX-License-Identifier: Apache-2.0
// Machines under one type name that are of two kinds, such as two generations of hosts: told apart before anything is averaged.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/record/record.hpp"  // bench_record

namespace tenfold::bench {

/// What tells a machine from another. Without a hash two files may be of one machine, so each type counts as one then.
std::string machine_of(const bench_record& record);

struct machine_mode {
    std::string name;         // "slower mode", "faster mode"; empty: there is one mode
    std::string description;  // how the two differ, as a sentence's end; of the slower mode, so that it is said once
    std::vector<const bench_record*> records;
};

/// Records of one type, divided where the machines' figures of a class leave a gap that one kind of machine would not leave.
std::vector<machine_mode> modes_of(const std::vector<const bench_record*>& records, double margin);

}  // namespace tenfold::bench
