// SPDX-License-Identifier: Apache-2.0
// The machine's part of a fiber: leave one stack, go on with another. Assembly where we have it, else ucontext. [floor 6]
//
// An emulated barrier switches once per GPU thread, so the switch decides what can be tested: swapcontext() asks the kernel to
// save the signal mask, these do not. Rounding mode and exception masks are not saved: kernels do not change them.
#pragma once

#include <tenfold/config/abi.hpp>

#include <ucontext.h>

#include <cstddef>
#include <cstdint>

// The switch pushes what a callee must keep and hides it from the optimiser, which may not look inside for registers that stay.
#if defined(__clang__)
#define TENFOLD_SWITCH __attribute__((noinline))
#else
#define TENFOLD_SWITCH __attribute__((noipa))
#endif

TENFOLD_BEGIN
namespace testing::simt {
/// Portable: what POSIX once had.
class ucontext_switch {
public:
    /// The next switch_to() this context calls entry() on the given stack; entry never returns.
    void prepare(unsigned char* stack, std::size_t bytes, void (*entry)()) noexcept {
        getcontext(&context_);
        context_.uc_stack.ss_sp = stack;
        context_.uc_stack.ss_size = bytes;
        context_.uc_link = nullptr;
        makecontext(&context_, entry, 0);
    }
    void switch_to(ucontext_switch& next) noexcept { swapcontext(&context_, &next.context_); }

private:
    ucontext_t context_{};
};

#if defined(__x86_64__)
TENFOLD_SWITCH inline void swap_stacks(void** save, void* load) noexcept {
    asm volatile(
        "leaq -128(%%rsp), %%rsp\n\t"  // the red zone below the stack pointer is in use
        "pushq %%rbp\n\tpushq %%rbx\n\tpushq %%r12\n\tpushq %%r13\n\tpushq %%r14\n\tpushq %%r15\n\t"
        "leaq 1f(%%rip), %%rax\n\t"
        "pushq %%rax\n\t"
        "movq %%rsp, (%%rdi)\n\t"
        "movq %%rsi, %%rsp\n\t"
        "ret\n"
        "1:\n\t"
        "popq %%r15\n\tpopq %%r14\n\tpopq %%r13\n\tpopq %%r12\n\tpopq %%rbx\n\tpopq %%rbp\n\t"
        "leaq 128(%%rsp), %%rsp"
        : "+D"(save), "+S"(load)
        :
        : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "memory", "cc");
}
/// What swap_stacks() finds on a stack that was never left: the address to go to, then a null return address.
inline void* first_frame(unsigned char* top, void (*entry)()) noexcept {
    auto* const frame = reinterpret_cast<void**>(top) - 2;
    frame[0] = reinterpret_cast<void*>(entry);
    frame[1] = nullptr;
    return frame;
}
#define TENFOLD_HAS_SWAP_STACKS 1
#elif defined(__aarch64__)
TENFOLD_SWITCH inline void swap_stacks(void** save, void* load) noexcept {
    asm volatile(
        "sub sp, sp, #176\n\t"
        "stp x19, x20, [sp, #0]\n\tstp x21, x22, [sp, #16]\n\tstp x23, x24, [sp, #32]\n\tstp x25, x26, [sp, #48]\n\t"
        "stp x27, x28, [sp, #64]\n\tstp x29, x30, [sp, #80]\n\t"
        "stp d8, d9, [sp, #96]\n\tstp d10, d11, [sp, #112]\n\tstp d12, d13, [sp, #128]\n\tstp d14, d15, [sp, #144]\n\t"
        "adr x9, 1f\n\t"
        "str x9, [sp, #160]\n\t"
        "mov x10, sp\n\t"
        "str x10, [%0]\n\t"
        "mov sp, %1\n\t"
        "ldr x9, [sp, #160]\n\t"
        "br x9\n"
        "1:\n\t"
        "ldp x19, x20, [sp, #0]\n\tldp x21, x22, [sp, #16]\n\tldp x23, x24, [sp, #32]\n\tldp x25, x26, [sp, #48]\n\t"
        "ldp x27, x28, [sp, #64]\n\tldp x29, x30, [sp, #80]\n\t"
        "ldp d8, d9, [sp, #96]\n\tldp d10, d11, [sp, #112]\n\tldp d12, d13, [sp, #128]\n\tldp d14, d15, [sp, #144]\n\t"
        "add sp, sp, #176"
        :
        : "r"(save), "r"(load)
        : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory", "cc");
}
inline void* first_frame(unsigned char* top, void (*entry)()) noexcept {
    unsigned char* const frame = top - 176;
    *reinterpret_cast<void**>(frame + 160) = reinterpret_cast<void*>(entry);
    return frame;
}
#define TENFOLD_HAS_SWAP_STACKS 1
#else
#define TENFOLD_HAS_SWAP_STACKS 0
#endif

#if TENFOLD_HAS_SWAP_STACKS
class stack_switch {
public:
    void prepare(unsigned char* stack, std::size_t bytes, void (*entry)()) noexcept {
        unsigned char* top = stack + bytes;
        top -= reinterpret_cast<std::uintptr_t>(top) % 16;
        saved_ = first_frame(top, entry);
    }
    void switch_to(stack_switch& next) noexcept { swap_stacks(&saved_, next.saved_); }

private:
    void* saved_ = nullptr;
};
using machine_switch = stack_switch;
#else
using machine_switch = ucontext_switch;
#endif
}  // namespace testing::simt
TENFOLD_END
