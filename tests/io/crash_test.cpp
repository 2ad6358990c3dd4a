// SPDX-License-Identifier: Apache-2.0
// A checkpoint is replaced by a process that ends, or is refused, at each of its system calls: the file is the old or the new one,
// whole.  [C08]
//
// The calls are those of this program: defined here, they stand before the ones of the C library.
#include <doctest/doctest.h>
#include <fcntl.h>        // O_CREAT, AT_FDCWD
#include <sys/syscall.h>  // SYS_write
#include <sys/wait.h>     // waitpid
#include <unistd.h>       // syscall, fork
#include <tenfold/io/safetensors.hpp>

#include <cerrno>      // errno
#include <csignal>     // kill
#include <cstdarg>     // va_list
#include <filesystem>  // std::filesystem
#include <iterator>    // std::distance

namespace {

enum class fault { none, end, refusal };
fault planned = fault::none;
int calls_before = 0;  // the fault is at the call after so many

/// Is this the call? If the process is to end at it, it does.
bool refused() {
    if (planned == fault::none || calls_before-- > 0) return false;
    if (planned == fault::end) ::kill(::getpid(), SIGKILL);
    planned = fault::none;
    errno = ENOSPC;
    return true;
}

}  // namespace

extern "C" {
int open(const char* path, int flags, ...) {
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list more;
        va_start(more, flags);
        mode = va_arg(more, mode_t);
        va_end(more);
    }
    return refused() ? -1 : static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
ssize_t write(int file, const void* data, size_t count) {
    // Half of it arrives.
    if (planned != fault::none && calls_before == 0) ::syscall(SYS_write, file, data, count / 2);
    return refused() ? -1 : ::syscall(SYS_write, file, data, count);
}
ssize_t pwrite(int file, const void* data, size_t count, off_t offset) {
    return refused() ? -1 : ::syscall(SYS_pwrite64, file, data, count, offset);
}
int fchmod(int file, mode_t mode) noexcept { return refused() ? -1 : static_cast<int>(::syscall(SYS_fchmod, file, mode)); }
int fsync(int file) { return refused() ? -1 : static_cast<int>(::syscall(SYS_fsync, file)); }
int rename(const char* from, const char* to) noexcept {
    return refused() ? -1 : static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int close(int file) {
    const bool complains = refused();  // closed it is all the same
    const auto closed = static_cast<int>(::syscall(SYS_close, file));
    return complains ? -1 : closed;
}
}

namespace {

namespace tf = tenfold;
namespace fs = std::filesystem;

class scratch {
    fs::path folder_ = fs::temp_directory_path() / ("tenfold-crash-" + std::to_string(::getpid()));

public:
    scratch() { fs::create_directory(folder_); }
    scratch(const scratch&) = delete;
    scratch& operator=(const scratch&) = delete;
    ~scratch() { fs::remove_all(folder_); }
    [[nodiscard]] std::string file() const { return (folder_ / "net.safetensors").string(); }
    [[nodiscard]] auto files() const { return std::distance(fs::directory_iterator(folder_), fs::directory_iterator()); }
};

void save(const std::string& file, float value) {
    tf::tensor<float, 2> weights({64, 33}), bias({7, 1});
    for (tf::index_t i = 0; i < weights.size(); ++i) weights.data()[i] = value;
    for (tf::index_t i = 0; i < bias.size(); ++i) bias.data()[i] = value;
    tf::checkpoint_writer out;
    out.add("weights", weights.view());
    out.add("bias", bias.view());
    out.save(file);
}

/// The value of all its elements; the reader has checked the file as a whole.
float value_in(const std::string& file) {
    tf::tensor<float, 2> weights({64, 33}), bias({7, 1});
    const tf::checkpoint_reader in(file);
    in.read("weights", weights.view());
    in.read("bias", bias.view());
    for (tf::index_t i = 0; i < weights.size(); ++i) REQUIRE(weights.data()[i] == bias.data()[0]);
    return bias.data()[0];
}

constexpr float old_value = 1, new_value = 2;

}  // namespace

TEST_CASE("a process that ends at any of its calls leaves the old checkpoint or the new one [C08]") {
    const scratch folder;
    int old_ones = 0, new_ones = 0;
    for (int call = 0;; ++call) {
        save(folder.file(), old_value);
        const pid_t process = ::fork();
        if (process == 0) {
            calls_before = call;
            planned = fault::end;
            save(folder.file(), new_value);
            ::_exit(0);
        }
        int status = 0;
        REQUIRE(::waitpid(process, &status, 0) == process);
        if (WIFEXITED(status)) break;  // there are no more calls
        CAPTURE(call);
        ++(value_in(folder.file()) == old_value ? old_ones : new_ones);
    }
    CHECK(old_ones >= 8);  // two opened, some written, one written over, permissions, flushed, closed, renamed
    CHECK(new_ones >= 1);  // the folder flushed
    save(folder.file(), new_value);
    CHECK(value_in(folder.file()) == new_value);
}

TEST_CASE("a call that is refused is an error that leaves the old checkpoint, and nothing beside it [C08]") {
    const scratch folder;
    int errors = 0;
    for (int call = 0;; ++call) {
        save(folder.file(), old_value);
        calls_before = call;
        planned = fault::refusal;
        bool thrown = false;
        try {
            save(folder.file(), new_value);
        } catch (const tf::file_error& refusal) {
            thrown = true;
            CHECK(std::string(refusal.what()).find(folder.file()) != std::string::npos);
        }
        if (planned != fault::none) break;  // there are no more calls
        CAPTURE(call);
        errors += thrown ? 1 : 0;
        // Not thrown: a folder that was flushed did not want to be closed.
        if (!thrown) CHECK(value_in(folder.file()) == new_value);
        CHECK(folder.files() == 1);
        static_cast<void>(value_in(folder.file()));
    }
    planned = fault::none;
    CHECK(errors >= 9);
}
