// SPDX-License-Identifier: Apache-2.0
// The command `collect`: what has come back from the machines that were started, and what is still missing.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <iosfwd>      // std::ostream
#include <map>         // std::map
#include <optional>    // std::optional
#include <set>         // std::set
#include <string>      // std::string
#include <vector>      // std::vector

namespace tenfold::bench {

/// Machines of one type, bought in one way in one region.
struct collected_type {
    std::string label;               // "aws/g6.xlarge spot us-east-1"
    std::set<std::string> machines;  // that have a complete record
    std::size_t complete = 0, incomplete = 0;  // records
    std::map<std::string, std::size_t> verdicts;  // VALID, DEGRADED, INVALID
    std::size_t interruptions = 0;
    std::optional<std::size_t> wanted;  // machines; nothing: nobody said

    [[nodiscard]] bool enough() const { return wanted && machines.size() >= *wanted; }
};

/// A record that is not complete, and what there is of it.
struct unfinished_record {
    std::filesystem::path file;
    std::string type;  // "aws/g6.xlarge"
    std::size_t attempts = 0, finished = 0, planned = 0;  // processes; cases on any machine
};

struct collection {
    std::vector<collected_type> types;
    std::vector<unfinished_record> unfinished;
    std::vector<std::string> problems;  // damaged files, copies, mixtures

    /// Must it be finished? Not if so many machines of its type as were expected are complete: others took its place.
    [[nodiscard]] bool needed(const unfinished_record& one) const;
    /// All that was expected is here, complete.
    [[nodiscard]] bool whole() const;
};

/// Everything below these paths. `expected`: machines by "provider/type". Damaged files are problems, not exceptions.
collection collect(const std::vector<std::filesystem::path>& paths, const std::map<std::string, std::size_t>& expected);

struct collect_options {
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> expect;  // "aws/g6.xlarge=3"
};

/// 0: all is here. 75: something is missing or unfinished, and it says what to do. 65: files are damaged. 64: usage.
int collect_command(const collect_options& options, std::ostream& out, std::ostream& err);

}  // namespace tenfold::bench
