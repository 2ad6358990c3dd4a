// SPDX-License-Identifier: Apache-2.0
// How far the run is: one line that updates itself on a terminal, a plain line now and then elsewhere, nothing if quiet.
#pragma once

#include <chrono>       // std::chrono::steady_clock
#include <iosfwd>       // std::ostream
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

class progress {
public:
    enum class style { none, lines, terminal };

    progress(std::ostream& out, style how) : out_(out), style_(how) {}
    progress(const progress&) = delete;
    progress& operator=(const progress&) = delete;
    ~progress() { clear(); }

    /// A new phase: "verifying". Its remaining time is estimated from what is done of it.
    void phase(std::string_view name);
    /// `done` of 1 is done, and this is what runs now.
    void update(double done, std::string_view now);
    /// A line that stays.
    void note(std::string_view line);
    /// Removes the updating line.
    void clear();

private:
    using clock = std::chrono::steady_clock;
    std::ostream& out_;
    style style_;
    std::string phase_;
    clock::time_point phase_start_ = clock::now(), last_shown_{};
    bool line_open_ = false;
};

/// terminal if stderr is one, else lines.
progress::style progress_style_of_stderr();

}  // namespace tenfold::bench
