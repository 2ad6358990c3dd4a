// SPDX-License-Identifier: Apache-2.0
// The time between a notice and the end of the machine, and what is done with it.
//
//   0       no new sample begins
//   0.40 G  a call that still runs is given up: the attempt is closed by the guard
//   0.85 G  the hook, which may upload the attempt, is ended if it still runs
//   0.90 G  the process has exited, with 75
#pragma once

#include <chrono>              // std::chrono::steady_clock
#include <condition_variable>  // std::condition_variable
#include <functional>          // std::function
#include <mutex>               // std::mutex
#include <optional>            // std::optional
#include <string>              // std::string
#include <thread>              // std::thread
#include <utility>             // std::pair
#include <vector>              // std::vector

namespace tenfold::bench {

inline constexpr int interrupted_and_resumable = 75;

class grace_guard {
public:
    using clock = std::chrono::steady_clock;
    /// When the time is over; a notice that comes meanwhile brings it nearer.
    using deadline = std::function<clock::time_point()>;
    /// Closes what is open; must be done, and may be cut off, by the time that it is given.
    using closing_step = std::function<void(const deadline& until)>;

    /// `close` may be called from another thread while the measuring one is stuck.
    grace_guard(std::chrono::milliseconds budget, closing_step close);
    grace_guard(const grace_guard&) = delete;
    grace_guard& operator=(const grace_guard&) = delete;
    ~grace_guard();

    /// The measuring thread has stopped by itself and closes what is open. If the guard was faster, this does not return.
    void close();
    /// The same where nothing waits for the machine: the step may take so long, or less if a notice comes meanwhile.
    void close_without_notice(const closing_step& step, clock::duration patience);

private:
    std::chrono::milliseconds budget_;
    closing_step close_;
    int stop_pipe_[2] = {-1, -1};
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<clock::time_point> noticed_;
    bool closing_ = false, done_ = false;
    std::thread thread_;

    [[nodiscard]] clock::time_point at(double share) const;
    void begin_closing(std::unique_lock<std::mutex>& hold);
    void guard();
};

/// Runs a shell command with these variables added to its environment; ends it and its children when the time is over.
/// What went wrong, in words; empty if nothing.
std::string run_hook(const std::string& command, const std::vector<std::pair<std::string, std::string>>& variables,
                     const grace_guard::deadline& until);

}  // namespace tenfold::bench
