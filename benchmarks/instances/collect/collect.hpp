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

/// So many machines that somebody wants; an empty part: any.
struct expected_machines {
    std::string type;  // "aws/g6.xlarge"
    std::string allocation, region;
    std::size_t machines = 0;

    [[nodiscard]] std::string name() const;  // "aws/g6.xlarge spot us-east-1"
};

/// Machines of one type, bought in one way in one region: what compare keeps together.
struct collected_type {
    std::string type, allocation, region;
    std::set<std::string> machines;  // that have a complete record that counts
    std::size_t complete = 0, incomplete = 0, invalid = 0;  // records; invalid: complete ones that do not count
    std::map<std::string, std::size_t> verdicts;  // VALID, DEGRADED, INVALID
    std::size_t interruptions = 0;
    std::optional<expected_machines> wanted;  // nothing: nobody said

    [[nodiscard]] bool enough() const { return wanted && machines.size() >= wanted->machines; }
    [[nodiscard]] std::string label() const { return type + " " + allocation + " " + region; }
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

    /// Was so much of this type expected as is complete? Then nothing more of it is missing, however much more there is.
    [[nodiscard]] bool satisfied(const std::string& type) const;
    /// Must it be finished? Not if so many machines of its type as were expected are complete: others took its place.
    [[nodiscard]] bool needed(const unfinished_record& one) const;
    /// All that was expected is here, complete.
    [[nodiscard]] bool whole() const;
};

struct collect_options {
    std::vector<std::filesystem::path> paths;
    std::vector<std::string> expect;         // "aws/g6.xlarge=3"
    std::vector<expected_machines> planned;  // besides
    bool allow_invalid = false;              // a machine whose record is INVALID counts too
};

/// Everything below the paths. Damaged files are problems, not exceptions; an `expect` of another form: usage_error.
collection collect(const collect_options& options);

/// 0: all is here. 75: something is missing or unfinished, and it says what to do. 65: files are damaged. 64: usage.
int collect_command(const collect_options& options, std::ostream& out, std::ostream& err);

}  // namespace tenfold::bench
