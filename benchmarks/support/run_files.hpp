// SPDX-License-Identifier: Apache-2.0
// The files of a run: the record, the attempts beside it, and what may be written where.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <string>      // std::string
#include <vector>      // std::vector

#include "instances/record/record.hpp"  // record_context
#include "support/run_options.hpp"      // run_options

namespace tenfold::bench {

/// tenfold-record-<date>.json in the current folder.
std::filesystem::path default_record_name();

/// The measurement takes minutes: whether its record can be kept is found out before. Unwritable: data_error.
void require_writable(const std::filesystem::path& file);

/// Attempts of an interrupted run would be in the way of a new one; a complete record cannot be resumed with other flags.
/// Nothing is in the way: false. The record is complete and nothing is left to do: true. Otherwise: usage_error, data_error.
bool already_complete(const run_options& options, const std::filesystem::path& record_file);

/// Where the part of the record that was measured on that machine goes: record.json -> record.<machine>-<boot>.json
std::filesystem::path share_file(const std::filesystem::path& record_file, const record_context& context);

/// Removes these attempts, and their folder if nothing else is in it.
void remove_attempts(const std::filesystem::path& record_file, const std::vector<std::filesystem::path>& attempts);

}  // namespace tenfold::bench
