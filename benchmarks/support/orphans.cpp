// SPDX-License-Identifier: Apache-2.0
#include "support/orphans.hpp"

#include <sys/wait.h>  // waitpid
#include <unistd.h>    // getpid

#include <chrono>  // std::chrono::seconds

namespace tenfold::bench {
namespace {

constexpr pid_t anybody = -1;

bool is_first_process() { return ::getpid() == 1; }

std::mutex& waiting() {
    static std::mutex one;
    return one;
}

}  // namespace

orphan_reaper::orphan_reaper() {
    if (!is_first_process()) return;
    thread_ = std::thread([this] {
        std::unique_lock<std::mutex> hold(mutex_);
        while (!wake_.wait_for(hold, std::chrono::seconds(1), [this] { return stop_; })) {
            const std::unique_lock<std::mutex> alone(waiting(), std::try_to_lock);
            int status = 0;
            while (alone && ::waitpid(anybody, &status, WNOHANG) > 0) {}
        }
    });
}

orphan_reaper::~orphan_reaper() {
    {
        const std::lock_guard<std::mutex> hold(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

std::unique_lock<std::mutex> children_are_waited_for() { return std::unique_lock<std::mutex>(waiting()); }

pid_t poll_child(pid_t child, int& status) {
    if (!is_first_process()) return ::waitpid(child, &status, WNOHANG);
    for (;;) {
        const pid_t ended = ::waitpid(anybody, &status, WNOHANG);
        if (ended <= 0 || ended == child) return ended;
    }
}

}  // namespace tenfold::bench
