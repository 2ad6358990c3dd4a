// SPDX-License-Identifier: Apache-2.0
// Reads the JSON that Google Benchmark itself writes.
#pragma once

#include "instances/record/json_fields.hpp"  // json_fields
#include "instances/record/record.hpp"       // bench_record

namespace tenfold::bench {

/// A record of class "foreign": times without accuracy check, machine and price unknown. Repetitions of a run become its
/// samples; aggregates are left out, because they repeat them.
bench_record read_foreign(const std::string& name, const json_fields& root);

}  // namespace tenfold::bench
