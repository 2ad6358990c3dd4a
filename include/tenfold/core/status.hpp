// SPDX-License-Identifier: Apache-2.0
// status: the answer of every std::nothrow overload, and the writer of its one-sentence message.           [floor 1]
#pragma once

#include <tenfold/core/index.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

TENFOLD_TYPES_BEGIN
enum class status_code : std::uint8_t {
    ok,
    shape,           ///< extents, strides, axes, options or aliasing of the operands do not fit: shape_error
    dtype,           ///< the element types do not fit at run time (imports): dtype_error
    unsupported,     ///< a backend or ISA by that name is not here, or has no kernel: unsupported_error
    device,          ///< the device failed: device_error
    out_of_memory,   ///< no memory for scratch or result, nothing was written: std::bad_alloc
    functor_threw,   ///< a user functor threw; outputs are unspecified. The throwing overload passes its exception on
    cancelled,       ///< an enclosing task group was cancelled; outputs are incomplete
    device_lost      ///< the device's context is lost: no later call on it can succeed: device_lost_error
};

/// Trivially copyable; allocates nothing, so it can report running out of memory. On success only the code is set.
class status {
public:
    TENFOLD_INLINE status() noexcept : code_(status_code::ok), length_(0) {}
    TENFOLD_INLINE explicit status(status_code code) noexcept : code_(code), length_(0) {}

    [[nodiscard]] TENFOLD_INLINE bool ok() const noexcept { return code_ == status_code::ok; }
    [[nodiscard]] TENFOLD_INLINE status_code code() const noexcept { return code_; }

    /// What is wrong: op, operand, axis, both values and the remedy. Empty on success; valid as long as the status.
    [[nodiscard]] TENFOLD_INLINE std::string_view message() const noexcept { return {text_, length_}; }

    /// Appends to the message; what does not fit in `capacity` bytes is cut.
    TENFOLD_INLINE void append(const char* text, std::size_t count) noexcept {
        for (std::size_t i = 0; i < count && length_ < capacity; ++i) text_[length_++] = text[i];
    }

    static constexpr std::size_t capacity = 500;

private:
    status_code code_;
    std::uint16_t length_;
    char text_[capacity];  // the first length_ bytes are valid
};
static_assert(std::is_trivially_copyable_v<status> && sizeof(status) == 504);
TENFOLD_TYPES_END

TENFOLD_BEGIN
/// Writes the message of a failure: `failure(status_code::shape, "matmul") << "inner extents differ: a is " << a.extents()`.
/// Cold and out of line: a call that succeeds never touches it.
class failure {
public:
    TENFOLD_COLD failure(status_code code, const char* op) noexcept : status_(code) { *this << op << ": "; }
    /// Goes on with the message of a failed status.
    TENFOLD_COLD explicit failure(const status& begun) noexcept : status_(begun) {}

    TENFOLD_COLD failure& operator<<(std::string_view text) noexcept {
        status_.append(text.data(), text.size());
        return *this;
    }
    TENFOLD_COLD failure& operator<<(const char* text) noexcept { return *this << std::string_view(text); }

    TENFOLD_COLD failure& operator<<(index_t value) noexcept {
        char digits[24];
        std::size_t at = sizeof digits;
        auto rest = static_cast<std::uint64_t>(value);
        if (value < 0) rest = 0 - rest;
        do {
            digits[--at] = static_cast<char>('0' + rest % 10);
            rest /= 10;
        } while (rest != 0);
        if (value < 0) digits[--at] = '-';
        return *this << std::string_view(digits + at, sizeof digits - at);
    }
    TENFOLD_INLINE failure& operator<<(std::size_t value) noexcept { return *this << static_cast<index_t>(value); }
    TENFOLD_INLINE failure& operator<<(int value) noexcept { return *this << static_cast<index_t>(value); }

    /// An address, as 0x and hexadecimal digits.
    TENFOLD_COLD failure& operator<<(const void* pointer) noexcept {
        char digits[18];
        std::size_t at = sizeof digits;
        auto rest = reinterpret_cast<std::uintptr_t>(pointer);
        do {
            digits[--at] = "0123456789abcdef"[rest % 16];
            rest /= 16;
        } while (rest != 0);
        digits[--at] = 'x';
        digits[--at] = '0';
        return *this << std::string_view(digits + at, sizeof digits - at);
    }

    /// Extents or axes as (512, 256).
    template <std::size_t Rank>
    TENFOLD_COLD failure& operator<<(const std::array<index_t, Rank>& values) noexcept {
        *this << "(";
        for (std::size_t i = 0; i < Rank; ++i) {
            if (i > 0) *this << ", ";
            *this << values[i];
        }
        return *this << ")";
    }

    TENFOLD_INLINE operator status() const noexcept { return status_; }

private:
    status status_;
};
TENFOLD_END
