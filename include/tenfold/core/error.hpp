// SPDX-License-Identifier: Apache-2.0
// The exceptions behind the throwing overloads: one class per remedy, each built from a status.            [floor 1]
#pragma once

#include <tenfold/core/status.hpp>

#include <new>
#include <stdexcept>
#include <string>

TENFOLD_TYPES_BEGIN
/// Base of everything tenfold throws. what() is the message of the status.
class TENFOLD_EXPORT error : public std::runtime_error {
public:
    TENFOLD_INLINE explicit error(const status& s) : std::runtime_error(std::string(s.message())), code_(s.code()) {}
    [[nodiscard]] TENFOLD_INLINE status_code code() const noexcept { return code_; }

private:
    status_code code_;
};

/// Extents, strides, axes, options or aliasing do not fit the op.
class TENFOLD_EXPORT shape_error : public error {
public:
    using error::error;
};
/// Element types do not fit at run time.
class TENFOLD_EXPORT dtype_error : public error {
public:
    using error::error;
};
/// A backend, an ISA or a kernel that is not here.
class TENFOLD_EXPORT unsupported_error : public error {
public:
    using error::error;
};
/// The device failed.
class TENFOLD_EXPORT device_error : public error {
public:
    using error::error;
};
/// The device's context is lost: no later call on it can succeed, whoever makes it. End the process or reset the device.
class TENFOLD_EXPORT device_lost_error : public device_error {
public:
    using device_error::device_error;
};
TENFOLD_TYPES_END

TENFOLD_BEGIN
#if TENFOLD_HAS_EXCEPTIONS
/// Throws what a failed status stands for.
[[noreturn]] TENFOLD_COLD inline void raise(const status& s) {
    switch (s.code()) {
        case status_code::dtype: throw dtype_error(s);
        case status_code::unsupported: throw unsupported_error(s);
        case status_code::device: throw device_error(s);
        case status_code::device_lost: throw device_lost_error(s);
        case status_code::out_of_memory: throw std::bad_alloc();
        case status_code::shape: throw shape_error(s);
        default: throw error(s);
    }
}
#endif
TENFOLD_END
