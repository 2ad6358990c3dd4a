// SPDX-License-Identifier: Apache-2.0
// with_backend: a backend chosen by name at run time.                                                      [floor 6]
#pragma once

#include <tenfold/backends/reference.hpp>
#include <tenfold/core/error.hpp>
#include <tenfold/exec/environment.hpp>
#if TENFOLD_HAS_CPU
#include <tenfold/backends/cpu.hpp>
#endif

#include <new>
#include <string_view>

TENFOLD_BEGIN
/// The host backends of this translation unit, best first.
#if TENFOLD_HAS_CPU
using backend_list = type_list<cpu, reference>;
#else
using backend_list = type_list<reference>;
#endif

template <class... Backend>
TENFOLD_COLD status backend_failure(type_list<Backend...>, std::string_view name) noexcept {
    failure message(status_code::unsupported, "with_backend");
    message << "\"" << name << "\" is not a backend of this program; it has ";
    bool first = true;
    ((message << (first ? "" : ", ") << Backend::name, first = false), ...);
    return message << ". Pass one of those, or set TENFOLD_BACKEND to one";
}

template <class F, class... Backend>
status call_with_backend(type_list<Backend...> list, std::string_view name, const F& f) {
    if (name.empty()) {
        const char* wanted = environment("TENFOLD_BACKEND");
        if (wanted != nullptr) name = wanted;
    }
    bool found = false;
    // An empty name and no TENFOLD_BACKEND: the first of the list.
    (((name.empty() || name == Backend::name) && !found ? void((found = true, f(Backend{}))) : void()), ...);
    return found ? status{} : backend_failure(list, name);
}

/// Calls f(backend) with the backend of that name: "cpu", "reference". An empty name means TENFOLD_BACKEND, or the best
/// there is. An unknown name is unsupported_error, and the message lists the names.
template <class F>
void with_backend([[maybe_unused]] std::string_view name, [[maybe_unused]] const F& f) {
    static_assert(TENFOLD_HAS_EXCEPTIONS != 0 || std::is_void_v<F>,
                  "tenfold: this translation unit has no exceptions; call with_backend(std::nothrow, name, f) and read the status");
#if TENFOLD_HAS_EXCEPTIONS
    if (const status s = call_with_backend(backend_list{}, name, f); !s.ok()) raise(s);
#endif
}
/// The same; an unknown name is a status. Exceptions of f pass through.
template <class F>
[[nodiscard]] status with_backend(std::nothrow_t, std::string_view name, const F& f) {
    return call_with_backend(backend_list{}, name, f);
}
TENFOLD_END
