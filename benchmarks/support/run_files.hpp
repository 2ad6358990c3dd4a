// SPDX-License-Identifier: Apache-2.0
// The files of a run: the record, the attempts beside it, and what may be written where.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string
#include <vector>      // std::vector

#include "support/run_options.hpp"  // run_options

namespace tenfold::bench {

/// tenfold-record-<date>.json in the current folder.
std::filesystem::path default_record_name();

/// The measurement takes minutes: whether its record can be kept is found out before. Unwritable: data_error.
void require_writable(const std::filesystem::path& file);

/// What stands where the record is to be.
struct finished_before {
    bool complete = false;  // nothing is left to measure
    /// Of the run that completed it: its last hook did not succeed, or it had no time to remove them.
    std::vector<std::filesystem::path> attempts;
};
/// Attempts of an interrupted run would be in the way of a new one; a complete record cannot be resumed with other flags:
/// usage_error, data_error.
finished_before look_at(const run_options& options, const std::filesystem::path& record_file);

}  // namespace tenfold::bench
