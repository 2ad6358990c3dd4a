// SPDX-License-Identifier: Apache-2.0
// plan: a call that is checked and decided once, with its workspace, and then runs without allocating.      [floor 2]
#pragma once

#include <tenfold/exec/explain.hpp>

#include <utility>

TENFOLD_BEGIN
/// What plan() returns: a call of an op on operands of fixed shapes, strides and types. Move-only. The planned operands, a
/// packed matrix among them, must outlive it; run() with other ones must not.
///
/// A plan has one workspace: it runs one call at a time. Plans of their own run concurrently.
template <class Backend, class Arguments>
class planned {
public:
    using op = typename Arguments::op;

    /// See plan().
    planned(const Backend& where, const Arguments& arguments, memory_resource* resource) noexcept : where_(where), arguments_(arguments) {
        state_ = check_and_plan<op>(where_, arguments_, plan_);
        if (!state_.ok() || plan_.workspace_bytes == 0) return;
        state_ = tensor<unsigned char, 1>::allocate({plan_.workspace_bytes}, workspace_, resource);
        if (!state_.ok())
            state_ = failure(status_code::out_of_memory, op::name)
                     << "no memory for " << plan_.workspace_bytes << " bytes of workspace; the plan cannot run";
    }

    /// Whether there is a plan; run() of a plan that failed reports the same.
    [[nodiscard]] const status& state() const noexcept { return state_; }
    [[nodiscard]] index_t workspace_bytes() const noexcept { return plan_.workspace_bytes; }
    [[nodiscard]] explanation explain() const { return explanation_of<op>(where_, arguments_, plan_); }

    /// The planned call on the planned operands, or on others with the same extents and strides: run(a, b, c) keeps options and
    /// epilogue, run(a, b, c, epilogue) takes an epilogue of the same type. Others are shape_error, before any write.
    /// Allocates nothing of its own. (oneTBB keeps small task objects of its own, which it reuses.)
    template <class... Operand>
    [[nodiscard]] status run(std::nothrow_t, Operand&&... operand) noexcept {
        return status_of<op>([&] { return execute(operand...); });
    }
#if TENFOLD_HAS_EXCEPTIONS
    template <class... Operand>
    void run(Operand&&... operand) {
        if (const status s = execute(operand...); !s.ok()) raise(s);
    }
#endif

private:
    template <class... Operand>
    status execute(Operand&... operand) {
        if (!state_.ok()) return state_;
        if constexpr (sizeof...(Operand) == 0) {
            return run_planned(arguments_);
        } else {
            const auto given = rebound(op{}, arguments_, operand...);
            static_assert(
                std::is_same_v<decltype(rebound(op{}, arguments_, operand...)), Arguments>,
                "tenfold: run() of a plan takes operands of the planned element types and ranks, and an epilogue of the planned type");
            if (status s = op::check(given); !s.ok()) return s;
            if (status s = op::check_same(arguments_, given); !s.ok()) return s;
            return run_planned(given);
        }
    }
    status run_planned(const Arguments& arguments) {
        if constexpr (plans_ahead<op, Backend>) {
            return kernel<op, Backend>::run(where_, arguments, plan_, workspace_.data());
        } else {
            return kernel<op, Backend>::run(where_, arguments);
        }
    }

    Backend where_;
    Arguments arguments_;
    typename plan_type_of<op, Backend>::type plan_;
    tensor<unsigned char, 1> workspace_;
    status state_;
};

/// The call op(where, argument...), checked and decided, to be run any number of times: checks of operands given to run() are all
/// that is left per call. Its workspace is from `memory`, or from the C library.
/// Errors: those of the call, and std::bad_alloc; with std::nothrow they are the state() of the plan.
template <backend Backend, class Op, class... Argument>
    requires(!backend<Op>)
[[nodiscard]] auto plan(std::nothrow_t, memory_resource* memory, const Backend& where, Op operation, Argument&&... argument) noexcept {
    require_arguments<Op, Argument...>();
    const auto arguments = arguments_of(operation, argument...);
    require_callable<typename decltype(arguments_of(operation, argument...))::op, Backend>();
    return planned<Backend, decltype(arguments_of(operation, argument...))>(where, arguments, memory);
}
template <backend Backend, class Op, class... Argument>
    requires(!backend<Op>)
[[nodiscard]] auto plan(std::nothrow_t, const Backend& where, Op operation, Argument&&... argument) noexcept {
    return plan(std::nothrow, nullptr, where, operation, argument...);
}
#if TENFOLD_HAS_EXCEPTIONS
template <backend Backend, class Op, class... Argument>
    requires(!backend<Op>)
[[nodiscard]] auto plan(memory_resource* memory, const Backend& where, Op operation, Argument&&... argument) {
    auto result = plan(std::nothrow, memory, where, operation, argument...);
    if (!result.state().ok()) raise(result.state());
    return result;
}
template <backend Backend, class Op, class... Argument>
    requires(!backend<Op>)
[[nodiscard]] auto plan(const Backend& where, Op operation, Argument&&... argument) {
    return plan(static_cast<memory_resource*>(nullptr), where, operation, argument...);
}
#endif
TENFOLD_END
