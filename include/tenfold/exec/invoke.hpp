// SPDX-License-Identifier: Apache-2.0
// The one path of every call: check the arguments, then run the backend's kernel; as status or as exception. [floor 2]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/exec/backend.hpp>

#include <exception>
#include <type_traits>

TENFOLD_BEGIN
/// The operands of a call must be in memory the backend works on.
template <class Backend, class... Operand>
inline constexpr bool operands_accessible = (std::is_same_v<space_of<Operand>, typename Backend::space> && ...);

/// Compile-time conditions of every call, one readable line each.
template <class Op, class Backend, class... Operand>
consteval void require_callable() {
    static_assert(implemented<Op, Backend>,
                  "tenfold: this backend has no kernel for this op. Include its header (tenfold/backends/<name>.hpp); if it has none "
                  "(cuda: convolution, pooling, packed weights), call the op on cpu or reference with host tensors (copy_from brings "
                  "device tensors to the host), or specialise tenfold::kernel<Op, Backend> (docs/how-to/add_a_backend.md)");
    static_assert(operands_accessible<Backend, Operand...>,
                  "tenfold: an operand is in memory this backend does not work on; move it with copy_to(backend, x)");
}

#if TENFOLD_PRECOMPILED_KERNELS
#define TENFOLD_PRECOMPILABLE  // a function of its own, and not inline: an extern template of it is not instantiated
#else
#define TENFOLD_PRECOMPILABLE TENFOLD_INLINE
#endif
/// The run of the kernel. kernel/cpu/precompiled.hpp names the instances that a library may hold; a translation unit that
/// links it compiles nothing of those.
template <class Op, class Backend, class Arguments>
TENFOLD_PRECOMPILABLE status run_kernel(const Backend& where, const Arguments& arguments) {
    return kernel<Op, Backend>::run(where, arguments);
}

/// Checks and runs. An exception of a user functor passes through.
template <class Op, class Backend, class Arguments>
TENFOLD_INLINE status check_and_run(const Backend& where, const Arguments& arguments) {
    if (status s = Op::check(arguments); !s.ok()) [[unlikely]]
        return s;
    return run_kernel<Op>(where, arguments);
}

/// The status of call(); an exception of a user functor becomes status_code::functor_threw.
template <class Op, class Call>
TENFOLD_INLINE status status_of(const Call& call) noexcept {
#if TENFOLD_HAS_EXCEPTIONS
    try {
        return call();
    } catch (const std::exception& e) {
        return failure(status_code::functor_threw, Op::name) << "a functor of the call threw: " << e.what();
    } catch (...) { return failure(status_code::functor_threw, Op::name) << "a functor of the call threw"; }
#else
    return call();
#endif
}

/// The body of every op(std::nothrow, ...).
template <class Op, class Backend, class Arguments>
TENFOLD_INLINE status invoke_nothrow(const Backend& where, const Arguments& arguments) noexcept {
    return status_of<Op>([&] { return check_and_run<Op>(where, arguments); });
}

/// The body of every throwing overload.
template <class Op, class Backend, class Arguments>
TENFOLD_INLINE void invoke([[maybe_unused]] const Backend& where, [[maybe_unused]] const Arguments& arguments) {
    static_assert(TENFOLD_HAS_EXCEPTIONS != 0 || std::is_void_v<Op>,
                  "tenfold: this translation unit has no exceptions; call op(std::nothrow, backend, ...) and read the status");
#if TENFOLD_HAS_EXCEPTIONS
    if (const status s = check_and_run<Op>(where, arguments); !s.ok()) [[unlikely]]
        raise(s);
#endif
}

/// A new tensor for a result, in the backend's memory. `allocate_result` may be overloaded by a backend in a memory
/// space of its own. Throws std::bad_alloc; the op checks the extents before this is called.
template <class T, std::size_t Rank, backend Backend>
    requires std::is_same_v<typename Backend::space, host_space>
TENFOLD_INLINE tensor<T, Rank> allocate_result(const Backend&, const index_array<Rank>& extents) {
    return tensor<T, Rank>(extents);
}
TENFOLD_END
