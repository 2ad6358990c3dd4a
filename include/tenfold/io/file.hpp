// SPDX-License-Identifier: Apache-2.0
// Files that are there whole or not at all, and read by position: what npy.hpp and safetensors.hpp stand on.  [floor 6]
//
// io/ needs exceptions and POSIX. Nothing here prints, and nothing half-written ever has the name that was asked for.
#pragma once

#include <tenfold/core/error.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "tenfold: io/ writes the bytes of memory, which must be little-endian");
#if !TENFOLD_HAS_EXCEPTIONS
#error "tenfold: io/ reports through exceptions; compile this file with -fexceptions"
#endif

TENFOLD_TYPES_BEGIN
/// A file cannot be read or written, or does not hold what it should: damaged, cut off, or of another kind.
class TENFOLD_EXPORT file_error : public error {
public:
    using error::error;
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// Throws file_error: "model.safetensors: <what>".
[[noreturn]] TENFOLD_COLD inline void raise_file_error(const std::string& path, std::string_view what) {
    throw file_error(failure(status_code::unsupported, path.c_str()) << what);
}
/// The same after a system call: "model.safetensors: writing failed: No space left on device".
[[noreturn]] TENFOLD_COLD inline void raise_system_error(const std::string& path, std::string_view step, int number) {
    throw file_error(failure(status_code::unsupported, path.c_str()) << step << " failed: " << std::strerror(number));
}

/// CRC-32C (Castagnoli), as iSCSI, ext4 and TFRecord use it. `crc` is that of the bytes before; 0 at the beginning.
inline std::uint32_t crc32c(const void* data, std::size_t count, std::uint32_t crc = 0) noexcept {
    // Eight tables, so that eight bytes are looked up at once.  [Kounavis and Berry 2005, slicing-by-8]
    static constexpr auto tables = [] {
        std::array<std::array<std::uint32_t, 256>, 8> result{};
        for (std::uint32_t i = 0; i < 256; ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
            result[0][i] = value;
        }
        for (std::size_t t = 1; t < 8; ++t)
            for (std::size_t i = 0; i < 256; ++i) result[t][i] = (result[t - 1][i] >> 8) ^ result[0][result[t - 1][i] & 255];
        return result;
    }();
    const auto* bytes = static_cast<const unsigned char*>(data);
    crc = ~crc;
    for (; count >= 8; count -= 8, bytes += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, bytes, 8);
        word ^= crc;
        crc = 0;
        for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][(word >> (8 * i)) & 255];
    }
    for (; count > 0; --count, ++bytes) crc = (crc >> 8) ^ tables[0][(crc ^ *bytes) & 255];
    return ~crc;
}

/// A descriptor that is closed when it goes.
class open_file {
    int descriptor_ = -1;

public:
    explicit open_file(int descriptor) noexcept : descriptor_(descriptor) {}
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    ~open_file() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// What close() says: some file systems report a failed write only there.
    [[nodiscard]] bool close() noexcept { return ::close(std::exchange(descriptor_, -1)) == 0; }
};

/// A file for reading by position.
class readable_file {
    std::string path_;
    open_file file_;
    std::uint64_t size_ = 0;

public:
    explicit readable_file(std::string path) : path_(std::move(path)), file_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
        if (file_.descriptor() < 0) raise_system_error(path_, "opening", errno);
        struct stat found = {};
        if (::fstat(file_.descriptor(), &found) != 0) raise_system_error(path_, "looking at it", errno);
        if (!S_ISREG(found.st_mode)) raise_file_error(path_, "is not a file; give the name of a file");
        size_ = static_cast<std::uint64_t>(found.st_size);
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// Exactly `count` bytes from `offset` on; file_error if there are not so many.
    void read(std::uint64_t offset, void* target, std::size_t count) const {
        auto* bytes = static_cast<char*>(target);
        while (count > 0) {
            const ssize_t found = ::pread(file_.descriptor(), bytes, count, static_cast<off_t>(offset));
            if (found < 0 && errno == EINTR) continue;
            if (found < 0) raise_system_error(path_, "reading", errno);
            if (found == 0) raise_file_error(path_, "is cut off: it ends before its contents do");
            bytes += found;
            offset += static_cast<std::uint64_t>(found);
            count -= static_cast<std::size_t>(found);
        }
    }
};

/// A file that takes its name when it is whole: written beside it, flushed, renamed; then the folder is flushed, so that
/// the name survives a power cut too. Until commit() a file of that name stays what it was, whatever ends the process.
/// It keeps the permissions of the file that it replaces; a new one is as readable as any other file of this user.
class replacement_file {
    std::string path_, temporary_;
    open_file folder_, file_;

    /// Opened before anything is written: a folder that cannot be flushed later is said now.
    static int open_folder(const std::string& path) {
        const std::size_t slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
        const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) raise_system_error(path, "opening its folder, to flush it later,", errno);
        return descriptor;
    }
    /// mkstemp would make a private file, and the mask that makes it an ordinary one can only be read by changing it, which
    /// other threads see. So the name is made here: of no secret, only of what two writers do not share.
    int make_temporary() {
        constexpr int attempts = 100;
        int descriptor = -1;
        for (int i = 0; i < attempts; ++i) {
            const auto now = std::chrono::steady_clock::now().time_since_epoch().count() % 1'000'000'000;
            temporary_ = path_ + "." + std::to_string(::getpid()) + "-" + std::to_string(now) + ".part";
            descriptor = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
            if (descriptor >= 0 || errno != EEXIST) break;
        }
        if (descriptor < 0) raise_system_error(path_, "making a file in its folder", errno);
        return descriptor;
    }
    [[nodiscard]] bool keep_permissions() const noexcept {
        struct stat replaced = {};
        return ::stat(path_.c_str(), &replaced) != 0 || ::fchmod(file_.descriptor(), replaced.st_mode & 07777) == 0;
    }

public:
    explicit replacement_file(std::string path) : path_(std::move(path)), folder_(open_folder(path_)), file_(make_temporary()) {}
    replacement_file(const replacement_file&) = delete;
    replacement_file& operator=(const replacement_file&) = delete;
    ~replacement_file() {
        if (!temporary_.empty()) ::unlink(temporary_.c_str());
    }
    [[nodiscard]] const std::string& path() const noexcept { return path_; }

    void write(const void* data, std::size_t count) {
        const auto* bytes = static_cast<const char*>(data);
        while (count > 0) {
            const ssize_t written = ::write(file_.descriptor(), bytes, count);
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) raise_system_error(path_, "writing", errno);
            bytes += written;
            count -= static_cast<std::size_t>(written);
        }
    }
    /// Writes over what stands at `offset`.
    void overwrite(std::uint64_t offset, const void* data, std::size_t count) {
        const ssize_t written = ::pwrite(file_.descriptor(), data, count, static_cast<off_t>(offset));
        if (written != static_cast<ssize_t>(count)) raise_system_error(path_, "writing", written < 0 ? errno : ENOSPC);
    }
    void commit() {
        if (!keep_permissions()) raise_system_error(path_, "setting its permissions", errno);
        if (::fsync(file_.descriptor()) != 0) raise_system_error(path_, "flushing", errno);
        if (!file_.close()) raise_system_error(path_, "closing", errno);
        if (::rename(temporary_.c_str(), path_.c_str()) != 0) raise_system_error(path_, "renaming", errno);
        temporary_.clear();
        // Folders of some network file systems cannot be flushed, and say so.
        if (::fsync(folder_.descriptor()) != 0 && errno != EINVAL && errno != EROFS)
            raise_system_error(path_, "flushing its folder", errno);
    }
};
TENFOLD_END
