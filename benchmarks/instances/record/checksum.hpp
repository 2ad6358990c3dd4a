// SPDX-License-Identifier: Apache-2.0
// Short fingerprints of lines and files: they tell damage and difference apart, they guard no secret.
#pragma once

#include <filesystem>   // std::filesystem::path
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

/// The first 16 hex digits of SHA-256.
std::string short_checksum(std::string_view bytes);
/// The same of a whole file; data_error if it cannot be read.
std::string file_checksum(const std::filesystem::path& file);

/// 16 random hex digits.
std::string random_id();

}  // namespace tenfold::bench
