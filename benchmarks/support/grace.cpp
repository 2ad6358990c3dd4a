// SPDX-License-Identifier: Apache-2.0
#include "support/grace.hpp"

#include <spawn.h>     // posix_spawn
#include <sys/wait.h>  // waitpid
#include <unistd.h>    // _exit, pipe

#include <algorithm>     // std::min
#include <cerrno>        // errno
#include <csignal>       // kill
#include <cstring>       // std::strerror
#include <system_error>  // std::system_error

#include "support/interrupt.hpp"  // wait_for_interrupt
#include "support/orphans.hpp"    // children_are_waited_for, poll_child

extern char** environ;

namespace tenfold::bench {
namespace {

using namespace std::chrono_literals;

constexpr double give_up = 0.40, hook_end = 0.85, leave = 0.90;

}  // namespace

grace_guard::grace_guard(std::chrono::milliseconds budget, closing_step close) : budget_(budget), close_(std::move(close)) {
    if (::pipe(stop_pipe_) != 0) throw std::system_error(errno, std::generic_category(), "cannot make a pipe");
    thread_ = std::thread([this] { guard(); });
}

grace_guard::~grace_guard() {
    {
        const std::lock_guard<std::mutex> hold(mutex_);
        done_ = true;
    }
    changed_.notify_all();
    ::close(stop_pipe_[1]);  // readable at the other end: end of file
    thread_.join();
    ::close(stop_pipe_[0]);
}

grace_guard::clock::time_point grace_guard::at(double share) const {
    return *noticed_ + std::chrono::duration_cast<clock::duration>(share * budget_);
}

void grace_guard::guard() {
    if (!wait_for_interrupt(stop_pipe_[0])) return;
    std::unique_lock<std::mutex> hold(mutex_);
    if (!noticed_) noticed_ = clock::now();
    changed_.wait_until(hold, at(give_up), [this] { return closing_ || done_; });
    if (!closing_ && !done_) {
        // The measuring thread is inside of a call that takes longer than there is time. What is finished is on the disk.
        closing_ = true;
        const auto until = at(hook_end), end = at(leave);
        hold.unlock();
        // Closing may hang as well, on a disk that is gone.
        std::thread([end] {
            std::this_thread::sleep_until(end);
            ::_exit(interrupted_and_resumable);
        }).detach();
        close_([until] { return until; });
        ::_exit(interrupted_and_resumable);
    }
    changed_.wait_until(hold, at(leave), [this] { return done_; });
    if (!done_) ::_exit(interrupted_and_resumable);
}

void grace_guard::begin_closing(std::unique_lock<std::mutex>& hold) {
    if (closing_) changed_.wait(hold, [] { return false; });  // the guard ends the process
    closing_ = true;
}

void grace_guard::close() {
    std::unique_lock<std::mutex> hold(mutex_);
    begin_closing(hold);
    if (!noticed_) noticed_ = clock::now();
    const auto until = at(hook_end);
    hold.unlock();
    changed_.notify_all();
    close_([until] { return until; });
}

void grace_guard::close_without_notice(const closing_step& step, clock::duration patience) {
    {
        std::unique_lock<std::mutex> hold(mutex_);
        begin_closing(hold);
    }
    changed_.notify_all();
    const auto latest = clock::now() + patience;
    step([this, latest] {
        const std::lock_guard<std::mutex> hold(mutex_);
        return noticed_ ? std::min(latest, at(hook_end)) : latest;
    });
}

std::string run_hook(const std::string& command, const std::vector<std::pair<std::string, std::string>>& variables,
                     const grace_guard::deadline& until) {
    std::vector<std::string> added;
    for (const auto& [name, value] : variables) added.push_back(name + "=" + value);
    std::vector<char*> environment;
    for (char** one = environ; *one != nullptr; ++one) environment.push_back(*one);
    for (std::string& one : added) environment.push_back(one.data());
    environment.push_back(nullptr);
    std::string shell = "sh", flag = "-c", text = command;
    char* const arguments[] = {shell.data(), flag.data(), text.data(), nullptr};

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // a group of its own, so that its children end with it
    const auto waited_for = children_are_waited_for();
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, "/bin/sh", nullptr, &attributes, arguments, environment.data());
    posix_spawnattr_destroy(&attributes);
    if (failed != 0) return std::string("cannot be started: ") + std::strerror(failed);
    for (;;) {
        int status = 0;
        const pid_t ended = poll_child(child, status);
        if (ended == child) {
            if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
            return WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status)) : "signal " + std::to_string(WTERMSIG(status));
        }
        if (ended < 0 && errno != EINTR) return std::strerror(errno);
        if (grace_guard::clock::now() >= until()) {
            ::kill(-child, SIGKILL);
            ::waitpid(child, &status, 0);
            return "ended: its time was over";
        }
        std::this_thread::sleep_for(20ms);
    }
}

}  // namespace tenfold::bench
