// SPDX-License-Identifier: Apache-2.0
#include "support/run_files.hpp"

#include <fmt/format.h>  // fmt::format
#include <unistd.h>      // access, close, unlink

#include <cerrno>   // errno
#include <cstdlib>  // mkstemp
#include <cstring>  // std::strerror
#include <ctime>    // std::time, gmtime_r

#include "instances/errors.hpp"          // data_error, usage_error
#include "instances/record/attempt.hpp"  // attempts_folder, read_attempts

namespace tenfold::bench {
namespace {

bool has_attempts(const std::filesystem::path& folder) {
    std::error_code failed;
    for (std::filesystem::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".jsonl") return true;
    return false;
}

}  // namespace

std::filesystem::path default_record_name() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("tenfold-record-{:04}{:02}{:02}T{:02}{:02}{:02}Z.json", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                       utc.tm_min, utc.tm_sec);
}

void require_writable(const std::filesystem::path& file) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, ignored))
        throw data_error(fmt::format("--out {}: there is no folder {}; make it first", file.string(), folder.string()));
    if (fs::is_directory(file, ignored))
        throw data_error(fmt::format("--out {}: this is a folder; give the name of a file", file.string()));
    // The record is written beside its final name and renamed, so that is what is tried. Permissions alone do not tell: root
    // has all of them, also where no file can be made.
    std::string probe = file.string() + ".XXXXXX";
    const int descriptor = fs::exists(file, ignored) && ::access(file.c_str(), W_OK) != 0 ? -1 : ::mkstemp(probe.data());
    if (descriptor < 0)
        throw data_error(
            fmt::format("--out {}: cannot be written: {}; give a file that you may write", file.string(), std::strerror(errno)));
    ::close(descriptor);
    ::unlink(probe.c_str());
}

finished_before look_at(const run_options& options, const std::filesystem::path& record_file) {
    const std::filesystem::path folder = attempts_folder(record_file);
    if (!options.resume) {
        if (has_attempts(folder))
            throw usage_error(fmt::format("{} holds an interrupted run of this record: add --resume to finish it, or remove the folder",
                                          folder.string()));
        return {};
    }
    if (!options.out) throw usage_error("--resume needs --out FILE: the record to finish");
    if (!std::filesystem::exists(record_file)) return {};
    const bench_record record = read_record(record_file);
    if (!record.complete) return {};
    if (record.context.settings.flags != options.measuring_flags())
        throw data_error(fmt::format("{}: is complete, and was measured with \"{}\"; for other flags give another --out",
                                     record_file.string(), record.context.settings.flags));
    finished_before found{true, {}};
    std::vector<std::string> ignored;
    for (const attempt& one : read_attempts(folder, ignored))
        if (one.head.flags == options.measuring_flags()) found.attempts.push_back(one.file);
    return found;
}

}  // namespace tenfold::bench
