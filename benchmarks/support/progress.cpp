// SPDX-License-Identifier: Apache-2.0
// Writes the progress line.
#include "support/progress.hpp"

#include <fmt/format.h>  // fmt::format
#include <unistd.h>      // isatty

#include <algorithm>  // std::clamp
#include <ostream>    // std::ostream

namespace tenfold::bench {
namespace {

constexpr std::size_t line_width = 100;
constexpr const char* erase_line = "\r\033[K";

std::string duration_text(double seconds) {
    if (seconds >= 3600) return fmt::format("{}h {:02}m", static_cast<int>(seconds) / 3600, static_cast<int>(seconds) / 60 % 60);
    if (seconds >= 60) return fmt::format("{}m {:02}s", static_cast<int>(seconds) / 60, static_cast<int>(seconds) % 60);
    return fmt::format("{}s", static_cast<int>(seconds + 0.5));
}

}  // namespace

void progress::phase(std::string_view name) {
    phase_ = name;
    phase_start_ = clock::now();
    last_shown_ = {};
    if (style_ == style::lines) out_ << phase_ << std::endl;
}

void progress::update(double done, std::string_view now) {
    using namespace std::chrono_literals;
    if (style_ == style::none) return;
    const auto time = clock::now();
    if (time - last_shown_ < (style_ == style::terminal ? 100ms : 10s)) return;
    if (style_ == style::lines && last_shown_ == clock::time_point{}) {  // the phase itself has just been named
        last_shown_ = time;
        return;
    }
    last_shown_ = time;
    done = std::clamp(done, 0.0, 1.0);
    const double elapsed = std::chrono::duration<double>(time - phase_start_).count();
    const std::string left = done > 0.02 ? ", " + duration_text(elapsed * (1 - done) / done) + " left" : "";
    std::string line = fmt::format("{} {:3.0f} %{}  {}", phase_, 100 * done, left, now);
    if (style_ == style::terminal) {
        if (line.size() > line_width) line.resize(line_width);
        out_ << erase_line << line << std::flush;
        line_open_ = true;
    } else {
        out_ << line << std::endl;
    }
}

void progress::note(std::string_view line) {
    if (style_ == style::none) return;
    clear();
    out_ << line << std::endl;
}

void progress::clear() {
    if (line_open_) out_ << erase_line << std::flush;
    line_open_ = false;
}

progress::style progress_style_of_stderr() { return ::isatty(STDERR_FILENO) == 1 ? progress::style::terminal : progress::style::lines; }

}  // namespace tenfold::bench
