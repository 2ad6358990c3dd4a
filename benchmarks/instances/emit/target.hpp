// SPDX-License-Identifier: Apache-2.0
// Deployable files for a plan: what every target is given, and what it returns.
#pragma once

#include <filesystem>   // std::filesystem::path
#include <map>          // std::map
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "instances/plan/plan.hpp"  // bench_plan

namespace tenfold::bench {

struct emit_request {
    bench_plan plan;
    std::string image;           // with its digest: registry/name@sha256:...
    std::string bucket, prefix;  // of the object store that takes the records
};

/// File name -> content.
using emitted_files = std::map<std::string, std::string>;

struct emit_target {
    std::string_view name, what;
    emitted_files (*make)(const emit_request&);
    bool aws_only = false;
    bool needs_image = true, needs_bucket = true;
};

/// @NAME@ replaced by its value. A name without a value, or one that is left, is an error of the program.
std::string filled(std::string_view text, const std::map<std::string, std::string>& values);

/// The arguments of the program on one machine; `out` is the folder of the record.
std::vector<std::string> measuring_arguments(const bench_plan& plan, const plan_slot& slot, const std::string& out);
/// The same in one line, as a shell takes them.
std::string measuring_command(const bench_plan& plan, const plan_slot& slot, const std::string& out);

/// What TENFOLD_BENCH_INSTANCE says of a slot's machine: provider/type/region/zone/lifecycle.
std::string instance_statement(const plan_slot& slot);

/// The script that a machine runs at its first boot: switch-off first, then measure, upload, end.
std::string measuring_script();
/// The variables that the script needs, one export a line.
std::vector<std::pair<std::string, std::string>> script_variables(const emit_request& request, const plan_slot& slot);

/// The slots by type, in the plan's order.
std::vector<std::pair<std::string, std::vector<plan_slot>>> slots_by_type(const bench_plan& plan);

struct emit_options {
    std::string target, image, store;  // store: s3://bucket/prefix
    std::filesystem::path plan, out;
};

/// Writes the files and MANIFEST.json with their hashes into the folder, which must not hold other files. Wrong flags:
/// usage_error; a plan that the target cannot serve: data_error. Returns what to do next.
std::string emit_command(const emit_options& options);

}  // namespace tenfold::bench
