// SPDX-License-Identifier: Apache-2.0
// An attempt: what one process measured, on disk as soon as it is measured, so that nothing which ends the process takes it.
//
// JSON Lines: a head, then roofs, and cases with the conditions so far as they are finished, then a tail; each line ends in the checksum of what precedes
// it. A file is made by one process and never written to by another: two processes that do the same work at once, or a torn
// last line, damage nothing but themselves. While its process lives it is locked (flock), so that nobody removes it.
#pragma once

#include <chrono>  // std::chrono::milliseconds
#include <filesystem>  // std::filesystem::path
#include <mutex>  // std::timed_mutex
#include <optional>  // std::optional
#include <string>  // std::string
#include <string_view>  // std::string_view
#include <vector>  // std::vector

#include "instances/errors.hpp"  // disk_failure
#include "instances/record/record.hpp"  // record_context, record_case
#include "instances/record/validity.hpp"  // run_conditions

namespace tenfold::bench {

struct planned_case {
    std::string name, kernel_class;
};

/// What must agree before results of one process may stand beside another's.
struct attempt_head {
    std::string id;  // random
    std::string program;  // checksum of the executable
    std::string flags;  // those that choose what is measured, and how
    record_context context;  // without roofs
    std::vector<planned_case> plan;
};

struct attempt {
    std::filesystem::path file;
    attempt_head head;
    record_roofs roofs;
    std::vector<record_case> cases;  // finished, each once
    std::optional<run_conditions> conditions;  // from its beginning to its last finished block
    std::string ended = "killed";  // what the tail says; no tail: killed
};

/// Removes these attempts of which no process lives, files that a process left before its first line was whole, and the
/// folder if nothing else is in it.
void remove_attempts(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& attempts);

/// The folder of the attempts at a record.
std::filesystem::path attempts_folder(const std::filesystem::path& record_file);

class attempt_writer {
    std::filesystem::path file_;
    int descriptor_ = -1;
    std::timed_mutex writing_;
    bool ended_ = false;

    void open_locked();
    void put(std::string_view lines);

public:
    /// Makes the folder, if there is none, and the file with its head; disk_failure if it cannot, and then no file is left.
    attempt_writer(const std::filesystem::path& folder, const attempt_head& head);
    attempt_writer(const attempt_writer&) = delete;
    attempt_writer& operator=(const attempt_writer&) = delete;
    ~attempt_writer();

    [[nodiscard]] const std::filesystem::path& file() const { return file_; }

    // Each is on the disk when the call returns; disk_failure if it cannot be.
    void add(const record_roofs& roofs);
    void add(const std::vector<record_case>& cases, const run_conditions& so_far);

    /// The last line; nothing is written after it. Gives up after `patience`, because a disk that hangs must not keep the
    /// process beyond its notice; never throws.
    void end(std::string_view reason, std::chrono::milliseconds patience) noexcept;
};

/// The attempts in a folder, oldest first; none if there is no folder. Lines from the first damaged one on are ignored; files
/// without a head, and everything that was ignored, are told in `notes`.
std::vector<attempt> read_attempts(const std::filesystem::path& folder, std::vector<std::string>& notes);

}  // namespace tenfold::bench
