// SPDX-License-Identifier: Apache-2.0
// Reads the small text files of /proc, /sys and /etc, below a root that tests replace.
#pragma once

#include <cstdint>      // std::int64_t
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

class system_files {
    std::string root_;

public:
    system_files() = default;
    /// `root` is put before every path: "" is the machine itself.
    explicit system_files(std::string root) : root_(std::move(root)) {}

    [[nodiscard]] bool simulated() const { return !root_.empty(); }

    /// The whole file, up to 4 MiB; nothing if it cannot be read.
    [[nodiscard]] std::optional<std::string> text(std::string_view path) const;
    /// The first line without surrounding blanks; nothing if it cannot be read or is blank.
    [[nodiscard]] std::optional<std::string> line(std::string_view path) const;
    /// The first line as an integer; nothing if it is anything else.
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view path) const;
    /// The names in a folder, sorted; empty if there is no such folder.
    [[nodiscard]] std::vector<std::string> names(std::string_view folder) const;
    [[nodiscard]] bool exists(std::string_view path) const;
};

/// Without leading and trailing blanks, line ends included.
std::string_view trimmed(std::string_view text);

/// The parts between separators; empty parts are kept.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The whole text as a decimal integer; nothing if it is anything else.
std::optional<std::int64_t> parse_integer(std::string_view text);

/// The kernel's list format: "0-3,8" is 0 1 2 3 8. Malformed parts are left out.
std::vector<int> parse_cpu_list(std::string_view text);

}  // namespace tenfold::bench
