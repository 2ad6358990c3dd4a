// SPDX-License-Identifier: Apache-2.0
// fiber: a function on a stack of its own that can stop in the middle and go on later.                       [floor 6]
#pragma once

#include <tenfold/testing/guarded.hpp>  // page_mapping
#include <tenfold/testing/simt/context_switch.hpp>
#include <tenfold/testing/simt/sanitizers.hpp>

TENFOLD_BEGIN
namespace testing::simt {
/// Runs `call(argument)` between resume() and suspend(). Its stack ends at a forbidden page. A fiber may be started again at any
/// time, also in the middle: what is on its stack is abandoned without destructors.
template <class Switch = machine_switch>
class basic_fiber {
public:
    using function = void (*)(void*);
    /// Under AddressSanitizer frames are several times as large.
    static constexpr std::size_t stack_bytes = TENFOLD_WATCHED_ADDRESSES ? 256 * 1024 : 64 * 1024;

    basic_fiber() : pages_(stack_bytes + page_mapping::page_bytes()) { pages_.forbid(0, page_mapping::page_bytes()); }

    void start(function call, void* argument) noexcept {
        call_ = call;
        argument_ = argument;
        unsigned char* const stack = pages_.data() + page_mapping::page_bytes();
        own_stack_.assign(stack, stack_bytes);
        own_thread_.renew(finished_);
        finished_ = false;
        entered_ = false;
        own_.prepare(stack, stack_bytes, &basic_fiber::enter);
    }
    /// Runs until the function suspends or returns.
    void resume() noexcept {
        basic_fiber* const outer = running();
        running() = this;
        caller_thread_ = watched_thread::running();
        caller_stack_.leave_for(own_stack_);
        own_thread_.enter(!entered_);
        entered_ = true;
        caller_.switch_to(own_);
        caller_stack_.arrived(own_stack_);
        running() = outer;
    }
    /// Called by the function itself: back to resume()'s caller.
    void suspend() noexcept {
        {
            const unwatched executor;
            own_stack_.leave_for(caller_stack_);
        }
        depart();
        const unwatched executor;
        own_stack_.arrived(caller_stack_);
    }
    [[nodiscard]] bool finished() const noexcept { return finished_; }

private:
    static basic_fiber*& running() noexcept {
        static thread_local basic_fiber* fiber = nullptr;
        return fiber;
    }
    void depart() noexcept {
        void* caller = nullptr;
        {
            const unwatched executor;
            caller = caller_thread_;
        }
        watched_thread::enter_again(caller);
        own_.switch_to(caller_);
    }
    static void enter() {
        basic_fiber* const self = running();
        self->own_stack_.arrived(self->caller_stack_);
        self->call_(self->argument_);
        {
            const unwatched executor;
            self->finished_ = true;
            self->own_stack_.leave_for_good(self->caller_stack_);
        }
        self->depart();
        __builtin_unreachable();  // resume() is not called for a finished fiber
    }

    page_mapping pages_;
    Switch own_;
    Switch caller_;
    watched_stack own_stack_;
    watched_stack caller_stack_;
    watched_thread own_thread_;
    void* caller_thread_ = nullptr;
    function call_ = nullptr;
    void* argument_ = nullptr;
    bool finished_ = true;
    bool entered_ = false;
};
using fiber = basic_fiber<>;
}  // namespace testing::simt
TENFOLD_END
