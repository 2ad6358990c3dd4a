// SPDX-License-Identifier: Apache-2.0
// What AddressSanitizer and ThreadSanitizer must be told about fibers; without them, nothing.                 [floor 6]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define TENFOLD_WATCHED_ADDRESSES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TENFOLD_WATCHED_ADDRESSES 1
#else
#define TENFOLD_WATCHED_ADDRESSES 0
#endif
#else
#define TENFOLD_WATCHED_ADDRESSES 0
#endif
#if defined(__SANITIZE_THREAD__)
#define TENFOLD_WATCHED_THREADS 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define TENFOLD_WATCHED_THREADS 1
#else
#define TENFOLD_WATCHED_THREADS 0
#endif
#else
#define TENFOLD_WATCHED_THREADS 0
#endif

#if TENFOLD_WATCHED_ADDRESSES
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif
#if TENFOLD_WATCHED_THREADS
#include <sanitizer/tsan_interface.h>
extern "C" {
void AnnotateIgnoreReadsBegin(const char* file, int line);
void AnnotateIgnoreReadsEnd(const char* file, int line);
void AnnotateIgnoreWritesBegin(const char* file, int line);
void AnnotateIgnoreWritesEnd(const char* file, int line);
}
#endif

TENFOLD_BEGIN
namespace testing::simt {
/// A stack as AddressSanitizer knows it. Tells it of each departure and arrival.
class watched_stack {
public:
#if TENFOLD_WATCHED_ADDRESSES
    /// The stack of a fiber. It may hold the poison of frames that were abandoned.
    void assign(unsigned char* bottom, std::size_t bytes) noexcept {
        bottom_ = bottom;
        bytes_ = bytes;
        fake_ = nullptr;
        __asan_unpoison_memory_region(bottom, bytes);
    }
    void leave_for(const watched_stack& next) noexcept { __sanitizer_start_switch_fiber(&fake_, next.bottom_, next.bytes_); }
    /// The last departure from this stack: what the sanitizer keeps for it is given back.
    void leave_for_good(const watched_stack& next) noexcept { __sanitizer_start_switch_fiber(nullptr, next.bottom_, next.bytes_); }
    /// `from` learns its bounds: those of the stack a fiber was first called from are not known otherwise.
    void arrived(watched_stack& from) noexcept { __sanitizer_finish_switch_fiber(fake_, &from.bottom_, &from.bytes_); }

private:
    const void* bottom_ = nullptr;
    std::size_t bytes_ = 0;
    void* fake_ = nullptr;
#else
    void assign(unsigned char*, std::size_t) noexcept {}
    void leave_for(const watched_stack&) noexcept {}
    void leave_for_good(const watched_stack&) noexcept {}
    void arrived(watched_stack&) noexcept {}
#endif
};

/// An emulated GPU thread as ThreadSanitizer knows it: a context of its own. A switch orders nothing, so what the detector sees
/// does not depend on the schedule.
class watched_thread {
public:
#if TENFOLD_WATCHED_THREADS
    watched_thread() = default;
    watched_thread(const watched_thread&) = delete;
    watched_thread& operator=(const watched_thread&) = delete;
    /// A context that was left in the middle stays for good: it may be one that ignores accesses, which the detector takes amiss.
    void renew(bool finished) noexcept {
        if (context_ != nullptr && finished) __tsan_destroy_fiber(context_);
        context_ = __tsan_create_fiber(0);
    }
    /// The first time what the caller did before is ordered before; later nothing is.
    void enter(bool first) const noexcept { __tsan_switch_to_fiber(context_, first ? 0 : 1); }
    /// The context of the running thread, to come back to.
    [[nodiscard]] static void* running() noexcept { return __tsan_get_current_fiber(); }
    static void enter_again(void* context) noexcept { __tsan_switch_to_fiber(context, 1); }

private:
    void* context_ = nullptr;
#else
    void renew(bool) noexcept {}
    void enter(bool) const noexcept {}
    [[nodiscard]] static void* running() noexcept { return nullptr; }
    static void enter_again(void*) noexcept {}
#endif
};

/// Edges of the emulated memory model. A token stands for what is published through it.
#if TENFOLD_WATCHED_THREADS
inline void publish(void* token) noexcept { __tsan_release(token); }
inline void receive(void* token) noexcept { __tsan_acquire(token); }
#else
inline void publish(void*) noexcept {}
inline void receive(void*) noexcept {}
#endif

/// The executor's own accesses while one stands: no part of the kernel, so no race. Each context counts its own.
class unwatched {
public:
    unwatched(const unwatched&) = delete;
    unwatched& operator=(const unwatched&) = delete;
#if TENFOLD_WATCHED_THREADS
    unwatched() noexcept {
        AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
    }
    ~unwatched() {
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
        AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
    }
#else
    unwatched() noexcept {}
    ~unwatched() {}
#endif
};
}  // namespace testing::simt
TENFOLD_END
