// SPDX-License-Identifier: Apache-2.0
// Notes signals, and wakes who waits for them through a pipe: hardly anything else may be done in a signal handler.
#include "support/interrupt.hpp"

#include <fcntl.h>   // fcntl
#include <poll.h>    // poll
#include <unistd.h>  // pipe, write

#include <atomic>   // std::atomic
#include <cerrno>   // errno
#include <csignal>  // sigaction
#include <mutex>    // std::mutex

namespace tenfold::bench {
namespace {

constexpr int not_a_signal = -1;
std::atomic<int> received = 0;  // the number of the signal
static_assert(std::atomic<int>::is_always_lock_free);
int wake_pipe[2] = {-1, -1};

/// One byte stays in the pipe, so that everybody who waits, now or later, finds it readable.
void wake() {
    if (wake_pipe[1] < 0) return;
    const int kept = errno;
    [[maybe_unused]] const ssize_t ignored = ::write(wake_pipe[1], "!", 1);
    errno = kept;
}

extern "C" void note_interrupt(int signal) {
    received = signal;
    wake();
}

struct stated_reason {
    std::mutex mutex;
    std::string text;
};
stated_reason& reason() {
    static stated_reason one;
    return one;
}

}  // namespace

void watch_for_interrupts() {
    static_cast<void>(reason());
    if (wake_pipe[0] < 0 && ::pipe(wake_pipe) == 0) {
        for (const int end : wake_pipe) {
            ::fcntl(end, F_SETFD, FD_CLOEXEC);
            ::fcntl(end, F_SETFL, O_NONBLOCK);
        }
    }
    struct sigaction action = {};
    action.sa_handler = &note_interrupt;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // the next one has its usual effect
    sigemptyset(&action.sa_mask);
    for (const int signal : {SIGINT, SIGTERM, SIGUSR1}) sigaction(signal, &action, nullptr);
}

bool interrupted() { return received != 0; }

void interrupt_because(const std::string& why) {
    {
        const std::lock_guard<std::mutex> hold(reason().mutex);
        reason().text = why;
    }
    int nothing = 0;
    received.compare_exchange_strong(nothing, not_a_signal);
    wake();
}

std::string interruption_reason() {
    switch (received) {
        case 0: return "";
        case SIGINT: return "signal SIGINT";
        case SIGTERM: return "signal SIGTERM";
        case SIGUSR1: return "signal SIGUSR1";
        default: break;
    }
    const std::lock_guard<std::mutex> hold(reason().mutex);
    return reason().text;
}

bool wait_for_interrupt(int stop) {
    while (!interrupted()) {
        pollfd wanted[] = {{wake_pipe[0], POLLIN, 0}, {stop, POLLIN, 0}};
        if (::poll(wanted, 2, -1) > 0 && wanted[1].revents != 0) break;
    }
    return interrupted();
}

}  // namespace tenfold::bench
