// SPDX-License-Identifier: Apache-2.0
// explain: which kernel a call runs, with what instruction set, tile, threads and scratch, and what it costs. [floor 2]
#pragma once

#include <tenfold/core/error.hpp>
#include <tenfold/exec/invoke.hpp>

#include <new>
#include <string>

TENFOLD_BEGIN
/// The answer of explain(). Names are constants of the library, alive while it is loaded.
struct explanation {
    const char* op = "";
    const char* backend = "";
    const char* kernel = "";     ///< the variant that runs, as the op's page names it; a backend without variants has its own name
    const char* isa = "";        ///< the instruction set; empty where a backend has none
    int threads = 1;             ///< at most
    index_t tile_rows = 0;       ///< of the output, computed by one run of the innermost kernel, at most; 0: there is no tile
    index_t tile_columns = 0;
    index_t block_depth = 0;     ///< terms of a sum that are added up before they join the rest; 0: the sum is not cut
    index_t workspace_bytes = 0;
    index_t flops = 0;           ///< a multiply-add is two
    index_t bytes = 0;           ///< least traffic: elements of the inputs once, of the output once, twice if it is also read
    const char* note = "";       ///< why it runs otherwise than one would expect; empty if it does not
};

/// "matmul on cpu: kernel columns, avx512, tiles of 14 x 32, blocks of 376, 2 threads, 155904 bytes of workspace; 1073741824
/// flop, 67895296 bytes".
[[nodiscard]] inline std::string to_string(const explanation& e) {
    std::string text = std::string(e.op) + " on " + e.backend + ": kernel " + e.kernel;
    if (*e.isa != '\0') text += std::string(", ") + e.isa;
    if (e.tile_rows > 0) text += ", tiles of " + std::to_string(e.tile_rows) + " x " + std::to_string(e.tile_columns);
    if (e.block_depth > 0) text += ", blocks of " + std::to_string(e.block_depth);
    text += ", " + std::to_string(e.threads) + (e.threads == 1 ? " thread, " : " threads, ") + std::to_string(e.workspace_bytes) +
            " bytes of workspace; " + std::to_string(e.flops) + " flop, " + std::to_string(e.bytes) + " bytes";
    if (*e.note != '\0') text += std::string(" (") + e.note + ")";
    return text;
}
/// For any stream that takes text; no stream header is needed here.
template <class Stream>
    requires requires(Stream& out, const char* text) { out.write(text, 1); }
Stream& operator<<(Stream& out, const explanation& e) {
    out << to_string(e);
    return out;
}

/// An op that plan() and explain() know: it has arguments_of(op, operands..., options, epilogue), found beside its overloads.
template <class Op, class... Argument>
concept has_arguments = requires(Op op, Argument&&... argument) { arguments_of(op, argument...); };

template <class Op, class... Argument>
consteval void require_arguments() {
    static_assert(has_arguments<Op, Argument...>,
                  "tenfold: plan and explain take an op such as matmul_op{} and the arguments of its overload with an output; options "
                  "are written with their type: matmul_options{.beta = 1}. Either they do not fit, or this op cannot be planned");
}

/// A kernel that decides first and runs then: plan(where, arguments, plan), run(where, arguments, plan, workspace).
template <class Op, class Backend>
concept plans_ahead = requires { typename kernel<Op, Backend>::plan_type; };

struct no_plan {
    index_t workspace_bytes = 0;
};
template <class Op, class Backend>
struct plan_type_of {
    using type = no_plan;
};
template <class Op, class Backend>
    requires plans_ahead<Op, Backend>
struct plan_type_of<Op, Backend> {
    using type = typename kernel<Op, Backend>::plan_type;
};

/// Fills `plan` with what is decided before the first write; all checks of a call come before.
template <class Op, class Backend, class Arguments>
TENFOLD_INLINE status check_and_plan(const Backend& where, const Arguments& arguments, typename plan_type_of<Op, Backend>::type& plan) {
    if (status s = Op::check(arguments); !s.ok()) return s;
    if constexpr (plans_ahead<Op, Backend>) {
        return kernel<Op, Backend>::plan(where, arguments, plan);
    } else {
        return {};
    }
}

template <class Op, class Backend, class Arguments>
explanation explanation_of(const Backend& where, const Arguments& arguments, const typename plan_type_of<Op, Backend>::type& plan) {
    explanation e;
    e.op = Op::name;
    e.backend = e.kernel = Backend::name;
    e.flops = Op::flops(arguments);
    e.bytes = Op::bytes(arguments);
    if constexpr (plans_ahead<Op, Backend>) {
        e.workspace_bytes = plan.workspace_bytes;
        kernel<Op, Backend>::explain(where, arguments, plan, e);
    }
    return e;
}

/// What op(where, argument...) would run, as data and, by to_string or <<, as text. Nothing runs, no element is read.
/// Errors: those of the call itself.
template <backend Backend, class Op, class... Argument>
[[nodiscard]] status explain(std::nothrow_t, explanation& result, const Backend& where, Op op, Argument&&... argument) noexcept {
    require_arguments<Op, Argument...>();
    if constexpr (has_arguments<Op, Argument...>) {
        const auto arguments = arguments_of(op, argument...);
        using own = typename decltype(arguments_of(op, argument...))::op;
        require_callable<own, Backend>();
        typename plan_type_of<own, Backend>::type plan;
        if (status s = check_and_plan<own>(where, arguments, plan); !s.ok()) return s;
        result = explanation_of<own>(where, arguments, plan);
    }
    return {};
}
#if TENFOLD_HAS_EXCEPTIONS
template <backend Backend, class Op, class... Argument>
[[nodiscard]] explanation explain(const Backend& where, Op op, Argument&&... argument) {
    explanation result;
    if (const status s = explain(std::nothrow, result, where, op, argument...); !s.ok()) raise(s);
    return result;
}
#endif
TENFOLD_END
