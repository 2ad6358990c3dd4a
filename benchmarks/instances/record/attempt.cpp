// SPDX-License-Identifier: Apache-2.0
#include "instances/record/attempt.hpp"

#include <fcntl.h>     // open
#include <sys/file.h>  // flock
#include <sys/stat.h>  // fstat
#include <unistd.h>    // write, fdatasync, fsync, close, unlink

#include <algorithm>          // std::sort, std::any_of
#include <cerrno>             // errno
#include <cstring>            // std::strerror
#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include "instances/price/csv_file.hpp"    // read_file
#include "instances/record/checksum.hpp"   // short_checksum
#include "instances/record/json_form.hpp"  // context_json, case_json

namespace tenfold::bench {
namespace {

using json = nlohmann::ordered_json;

constexpr std::string_view attempt_schema = "tenfold.attempt/1";
constexpr std::string_view checksum_key = ",\"crc\":\"";
constexpr std::size_t checksum_size = 16;

/// {"t":"case",...} -> {"t":"case",...,"crc":"..."} and the end of the line.
std::string line_of(const json& object) {
    std::string text = object.dump(-1, ' ', false, json::error_handler_t::replace);
    text.pop_back();
    return text + std::string(checksum_key) + short_checksum(text) + "\"}\n";
}

/// The object of a line that is whole; nothing if the line is damaged.
std::optional<nlohmann::json> object_of(std::string_view line) {
    const std::size_t tail = checksum_key.size() + checksum_size + 2;
    if (line.size() < tail) return std::nullopt;
    const std::string_view covered = line.substr(0, line.size() - tail), closing = line.substr(line.size() - tail);
    if (!closing.starts_with(checksum_key) || !closing.ends_with("\"}")) return std::nullopt;
    if (closing.substr(checksum_key.size(), checksum_size) != short_checksum(covered)) return std::nullopt;
    auto object = nlohmann::json::parse(line, nullptr, false);
    if (!object.is_object()) return std::nullopt;
    return object;
}

json head_json(const attempt_head& head) {
    json plan = json::array();
    for (const planned_case& one : head.plan) plan.push_back({one.name, one.kernel_class});
    return {{"t", "head"},         {"schema", attempt_schema},
            {"id", head.id},       {"program", head.program},
            {"flags", head.flags}, {"context", context_json(head.context)},
            {"plan", plan}};
}

attempt_head read_head(const json_fields& fields) {
    if (fields.text("schema") != attempt_schema)
        throw data_error(fields.path("schema") + " is \"" + fields.text("schema") + "\", not \"" + std::string(attempt_schema) + "\"");
    attempt_head head{fields.text("id"), fields.text("program"), fields.text("flags"), read_context(fields.object("context")), {}};
    for (const nlohmann::json& pair : fields.array("plan")) {
        if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
            throw data_error(fields.path("plan") + " must hold pairs of case and class");
        head.plan.push_back({pair[0].get<std::string>(), pair[1].get<std::string>()});
    }
    return head;
}

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json conditions_json(const run_conditions& conditions) {
    return {{"steal_share", or_null(conditions.steal_share)},
            {"others_share", or_null(conditions.others_share)},
            {"throttled_periods", or_null(conditions.throttled_periods)},
            {"thermal_throttles", or_null(conditions.thermal_throttles)}};
}

run_conditions read_conditions(const json_fields& fields) {
    run_conditions conditions;
    conditions.steal_share = fields.optional_number("steal_share");
    conditions.others_share = fields.optional_number("others_share");
    conditions.throttled_periods = fields.optional_integer("throttled_periods");
    conditions.thermal_throttles = fields.optional_integer("thermal_throttles");
    return conditions;
}

/// One line of an attempt that has its head.
void take(attempt& into, const json_fields& fields) {
    const std::string kind = fields.text("t");
    if (kind == "roofs") {
        raise_roofs(into.roofs, read_roofs(fields.object("roofs")));
    } else if (kind == "case") {
        record_case known = read_case(fields.object("case"));
        const bool again = std::any_of(into.cases.begin(), into.cases.end(), [&](const auto& one) { return one.name == known.name; });
        if (!again) into.cases.push_back(std::move(known));
    } else if (kind == "conditions") {
        into.conditions = read_conditions(fields.object("conditions"));
    } else if (kind == "tail") {
        into.ended = fields.text("reason");
    }
}

std::optional<attempt> read_attempt(const std::filesystem::path& file, std::vector<std::string>& notes) {
    const std::string text = read_file(file);
    attempt result;
    result.file = file;
    bool has_head = false;
    std::size_t at = 0;
    int number = 0;
    while (at < text.size()) {
        ++number;
        const std::size_t end = text.find('\n', at);
        const auto object = end == std::string::npos ? std::nullopt : object_of(std::string_view(text).substr(at, end - at));
        if (!object) {
            notes.push_back(file.filename().string() + ": line " + std::to_string(number) +
                            " is damaged; it and what follows it is measured again");
            break;
        }
        const json_fields fields(*object, file.string() + ", line " + std::to_string(number) + ": ");
        if (has_head) {
            take(result, fields);
        } else {
            result.head = read_head(fields);
            has_head = true;
        }
        at = end + 1;
    }
    if (has_head) return result;
    if (text.empty()) notes.push_back(file.filename().string() + ": is empty");
    return std::nullopt;
}

void require_synced(int descriptor, const std::filesystem::path& what) {
    // Folders of some network file systems cannot be synced, and say so.
    if (::fsync(descriptor) != 0 && errno != EINVAL && errno != EROFS)
        throw disk_failure(what.string() + ": flushing failed: " + std::strerror(errno));
}

void sync_folder(const std::filesystem::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) throw disk_failure(folder.string() + ": cannot be opened: " + std::strerror(errno));
    try {
        require_synced(descriptor, folder);
    } catch (...) {
        ::close(descriptor);
        throw;
    }
    ::close(descriptor);
}

}  // namespace

std::filesystem::path attempts_folder(const std::filesystem::path& record_file) { return record_file.string() + ".attempts"; }

attempt_writer::attempt_writer(const std::filesystem::path& folder, const attempt_head& head) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) throw disk_failure(folder.string() + ": cannot be made: " + failed.message());
    const record_identity& who = head.context.identity;
    file_ = folder / (who.machine_hash.value_or("unknown") + "-" + who.boot_hash.value_or("unknown") + "-" + head.id + ".jsonl");
    open_locked();
    try {
        put(line_of(head_json(head)));
        sync_folder(folder);
        sync_folder(folder.has_parent_path() ? folder.parent_path() : std::filesystem::path("."));
    } catch (...) {
        ::unlink(file_.c_str());
        ::close(descriptor_);
        throw;
    }
}

void attempt_writer::open_locked() {
    for (;;) {
        descriptor_ = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (descriptor_ < 0) throw disk_failure(file_.string() + ": cannot be made: " + std::strerror(errno));
        struct stat found = {};
        // A file system without locks leaves the file to who tidies up, as it was before there were locks.
        if (::flock(descriptor_, LOCK_EX) != 0 || ::fstat(descriptor_, &found) != 0 || found.st_nlink > 0) return;
        ::close(descriptor_);  // somebody tidied it away between the two calls
    }
}

attempt_writer::~attempt_writer() { ::close(descriptor_); }

void attempt_writer::put(std::string_view lines) {
    const std::lock_guard<std::timed_mutex> hold(writing_);
    if (ended_) return;
    while (!lines.empty()) {
        const ssize_t written = ::write(descriptor_, lines.data(), lines.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            ended_ = true;  // what follows a torn line would be ignored anyway
            throw disk_failure(file_.string() + ": writing failed: " + std::strerror(errno));
        }
        lines.remove_prefix(static_cast<std::size_t>(written));
    }
    if (::fdatasync(descriptor_) != 0) throw disk_failure(file_.string() + ": flushing failed: " + std::strerror(errno));
}

void attempt_writer::add(const record_roofs& roofs) { put(line_of({{"t", "roofs"}, {"roofs", roofs_json(roofs)}})); }

void attempt_writer::add(const std::vector<record_case>& cases, const run_conditions& so_far) {
    std::string lines = line_of({{"t", "conditions"}, {"conditions", conditions_json(so_far)}});
    for (const record_case& one : cases) lines += line_of({{"t", "case"}, {"case", case_json(one)}});
    put(lines);
}

void attempt_writer::end(std::string_view reason, std::chrono::milliseconds patience) noexcept {
    try {
        const std::string line = line_of({{"t", "tail"}, {"reason", reason}});
        const std::unique_lock<std::timed_mutex> hold(writing_, patience);
        if (!hold.owns_lock() || ended_) return;
        ended_ = true;
        // A tail that cannot be written reads as "killed", which is no less true.
        const ssize_t written = ::write(descriptor_, line.data(), line.size());
        if (written == static_cast<ssize_t>(line.size())) ::fdatasync(descriptor_);
    } catch (const std::exception&) {}
}

void remove_attempts(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& attempts) {
    namespace fs = std::filesystem;
    std::error_code failed;
    std::vector<fs::path> unwanted = attempts;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".jsonl" && read_file(entry->path()).find('\n') == std::string::npos)
            unwanted.push_back(entry->path());
    for (const fs::path& file : unwanted) {
        const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
        if (descriptor < 0) continue;
        if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) ::unlink(file.c_str());
        ::close(descriptor);
    }
    fs::remove(folder, failed);  // only if it is empty
}

std::vector<attempt> read_attempts(const std::filesystem::path& folder, std::vector<std::string>& notes) {
    namespace fs = std::filesystem;
    std::vector<attempt> attempts;
    std::error_code failed;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        if (entry->path().extension() != ".jsonl") continue;
        try {
            if (auto one = read_attempt(entry->path(), notes)) attempts.push_back(std::move(*one));
        } catch (const data_error& problem) { notes.push_back(std::string("not used: ") + problem.what()); }
    }
    if (failed && failed != std::errc::no_such_file_or_directory)
        throw data_error(folder.string() + ": cannot be searched: " + failed.message());
    std::sort(attempts.begin(), attempts.end(), [](const attempt& a, const attempt& b) {
        return std::pair(a.head.context.date, a.file) < std::pair(b.head.context.date, b.file);
    });
    return attempts;
}

}  // namespace tenfold::bench
