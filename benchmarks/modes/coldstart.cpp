// SPDX-License-Identifier: Apache-2.0
#include "modes/coldstart.hpp"

#include <fmt/format.h>  // fmt::format
#include <spawn.h>       // posix_spawn
#include <sys/wait.h>    // waitpid
#include <unistd.h>      // pipe, read

#include <nlohmann/json.hpp>                // nlohmann::ordered_json
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <algorithm>  // std::min_element
#include <cmath>      // std::abs
#include <cstring>    // std::strerror
#include <ctime>      // clock_gettime
#include <ostream>    // std::ostream
#include <sstream>    // std::istringstream

#include "instances/errors.hpp"              // data_error
#include "instances/statistics/summary.hpp"  // median
#include "modes/one_case.hpp"                // one_case

extern char** environ;

namespace tenfold::bench {
namespace {

/// One clock for all processes of the machine.
double now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// What a child does; a time is written when each phase has ended.
int be_measured(const coldstart_options& options, std::ostream& out) {
    std::vector<double> ends = {now()};  // loaded
    static_cast<void>(available_isas());
    ends.push_back(now());
    one_case task(options.filter, options.threads);
    task.prepare();
    ends.push_back(now());
    double last = task.call();
    ends.push_back(now());
    constexpr int most_calls = 200;
    double one = task.call();
    for (int i = 0; i < most_calls && std::abs(one - last) > 0.05 * last; ++i) {
        last = one;
        one = task.call();
    }
    ends.push_back(now());
    for (const double end : ends) out << fmt::format("{:.9f} ", end);
    out << fmt::format("{:.9f}\n", one) << std::flush;
    return 0;
}

/// Starts a child and returns what it writes.
std::string output_of_child(const coldstart_options& options) {
    int ends[2];
    if (::pipe(ends) != 0) throw data_error(std::string("cannot make a pipe: ") + std::strerror(errno));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, ends[0]);
    std::vector<std::string> words = {
        "tenfold-bench", "coldstart", "--child", "--filter", options.filter, "--threads", std::to_string(options.threads)};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int failed = ::posix_spawn(&child, "/proc/self/exe", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    std::string text;
    char block[4096];
    ssize_t size = 0;
    while (failed == 0 && (size = ::read(ends[0], block, sizeof block)) > 0) text.append(block, static_cast<std::size_t>(size));
    ::close(ends[0]);
    int status = -1;
    if (failed == 0) ::waitpid(child, &status, 0);
    if (failed != 0 || status != 0) throw data_error("a measured process did not start, or failed: see above");
    return text;
}

}  // namespace

const std::vector<std::string>& coldstart_phase_names() {
    static const std::vector<std::string> names = {"load", "dispatch", "operands", "first call", "until steady", "steady call"};
    return names;
}

coldstart_phases measure_coldstart(const coldstart_options& options) {
    coldstart_phases phases;
    for (int i = 0; i < options.processes; ++i) {
        double before = now();
        std::istringstream text(output_of_child(options));
        const auto& names = coldstart_phase_names();
        for (std::size_t k = 0; k < names.size(); ++k) {
            double value = 0;
            if (!(text >> value)) throw data_error("a measured process did not say how long its phases took");
            const bool is_end = k + 1 < names.size();
            phases[names[k]].push_back(is_end ? value - before : value);
            if (is_end) before = value;
        }
    }
    return phases;
}

int coldstart_command(const coldstart_options& options, std::ostream& out) {
    if (options.child) return be_measured(options, out);
    const std::string name = one_case(options.filter, options.threads).name();
    const coldstart_phases phases = measure_coldstart(options);
    if (options.json) {
        nlohmann::ordered_json document = {{"class", "coldstart"}, {"case", name}, {"seconds", nlohmann::ordered_json::object()}};
        for (const std::string& phase : coldstart_phase_names()) document["seconds"][phase] = phases.at(phase);
        out << document.dump(1) << "\n";
        return 0;
    }
    out << "cold start of " << name << ", " << options.processes << " processes\n\n"
        << fmt::format("{:<14} {:>12} {:>12} {:>12}\n", "phase", "median ms", "least ms", "most ms");
    double total = 0;
    for (const std::string& phase : coldstart_phase_names()) {
        const std::vector<double>& seconds = phases.at(phase);
        const auto [least, most] = std::minmax_element(seconds.begin(), seconds.end());
        if (phase != "until steady" && phase != "steady call") total += median(seconds);
        out << fmt::format("{:<14} {:>12.3f} {:>12.3f} {:>12.3f}\n", phase, 1e3 * median(seconds), 1e3 * *least, 1e3 * *most);
    }
    out << fmt::format("\nfirst result after {:.1f} ms\n", 1e3 * total);
    return 0;
}

}  // namespace tenfold::bench
