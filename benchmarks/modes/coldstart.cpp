// SPDX-License-Identifier: Apache-2.0
#include "modes/coldstart.hpp"

#include <fmt/format.h>  // fmt::format
#include <spawn.h>       // posix_spawn
#include <sys/wait.h>    // waitpid
#include <unistd.h>      // pipe, read

#include <nlohmann/json.hpp>                // nlohmann::ordered_json
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas

#include <algorithm>  // std::minmax_element
#include <cstring>    // std::strerror
#include <ctime>      // clock_gettime
#include <ostream>    // std::ostream
#include <sstream>    // std::istringstream
#include <string>     // std::getline, std::stod

#include "instances/errors.hpp"              // data_error
#include "instances/report/text_table.hpp"   // wrapped
#include "instances/statistics/summary.hpp"  // median
#include "modes/gpu_task.hpp"                // gpu_task
#include "modes/one_case.hpp"                // one_case
#include "modes/repeated_calls.hpp"          // call_until_steady

extern char** environ;

namespace tenfold::bench {
namespace {

/// One clock for all processes of the machine.
double now() {
    timespec time{};
    ::clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Writes what ended, and when; steady calls: how long one took.
class phase_writer {
    std::ostream& out_;

public:
    explicit phase_writer(std::ostream& out) : out_(out) {}
    void ended(const char* phase) { took(phase, now()); }
    void took(const char* phase, double seconds) { out_ << fmt::format("{:.9f} {}\n", seconds, phase); }
};

/// The task on the GPU where there is a driver; else, or where a step fails, why it ends there.
std::string start_gpu(phase_writer& phases) {
    try {
        gpu_task task;
        if (!task.has_driver()) return fmt::format("absent: there is no {}", gpu_task::driver_library);
        phases.ended("GPU driver");
        task.initialise();
        phases.ended("GPU init");
        task.make_context();
        phases.ended("GPU context");
        task.load_kernel();
        phases.ended("GPU kernel");
        task.call();
        phases.ended("GPU first call");
        const double steady = call_until_steady(task);
        phases.ended("GPU until steady");
        task.verify();
        phases.took("GPU steady call", steady);
        return task.device_name();
    } catch (const data_error& failure) { return std::string("failed: ") + failure.what(); }
}

/// What a child does.
int be_measured(const coldstart_options& options, std::ostream& out) {
    phase_writer phases(out);
    phases.ended("load");
    static_cast<void>(available_isas());
    phases.ended("dispatch");
    one_case task(options.filter, options.threads);
    task.prepare();
    phases.ended("operands");
    task.call();
    phases.ended("first call");
    const double steady = call_until_steady(task);
    phases.ended("until steady");
    phases.took("steady call", steady);
    const std::string gpu = start_gpu(phases);
    out << "gpu " << gpu << "\n" << std::flush;
    return 0;
}

bool is_steady_call(const std::string& phase) { return phase.ends_with("steady call"); }

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

coldstart_times measure_coldstart(const coldstart_options& options) {
    coldstart_times times;
    for (int i = 0; i < options.processes; ++i) {
        double before = now();
        std::istringstream text(output_of_child(options));
        std::size_t place = 0;
        for (std::string line; std::getline(text, line);) {
            const std::size_t space = line.find(' ');
            if (line.starts_with("gpu ")) {
                times.gpu = line.substr(space + 1);
                continue;
            }
            const std::string name = line.substr(space + 1);
            const double value = std::stod(line.substr(0, space));
            if (i == 0) times.phases.push_back({name, {}});
            if (place == times.phases.size() || times.phases[place].name != name)
                throw data_error("the measured processes did not all come to the same phases: one ended before \"" + name + "\"");
            times.phases[place++].seconds.push_back(is_steady_call(name) ? value : value - before);
            if (!is_steady_call(name)) before = value;
        }
        if (place != times.phases.size()) throw data_error("a measured process ended before \"" + times.phases[place].name + "\"");
    }
    return times;
}

int coldstart_command(const coldstart_options& options, std::ostream& out) {
    if (options.child) return be_measured(options, out);
    const std::string name = one_case(options.filter, options.threads).name();
    const coldstart_times times = measure_coldstart(options);
    if (options.json) {
        nlohmann::ordered_json document = {
            {"class", "coldstart"}, {"case", name}, {"gpu", times.gpu}, {"seconds", nlohmann::ordered_json::object()}};
        for (const coldstart_phase& phase : times.phases) document["seconds"][phase.name] = phase.seconds;
        out << document.dump(1) << "\n";
        return 0;
    }
    out << "cold start of " << name << ", " << options.processes << " processes\n\n"
        << fmt::format("{:<16} {:>12} {:>12} {:>12}\n", "phase", "median ms", "least ms", "most ms");
    double on_cpu = 0, on_gpu = 0;
    bool has_gpu = false;
    for (const coldstart_phase& phase : times.phases) {
        const auto [least, most] = std::minmax_element(phase.seconds.begin(), phase.seconds.end());
        const double middle = median(phase.seconds);
        const bool of_gpu = phase.name.starts_with("GPU");
        has_gpu = has_gpu || phase.name == "GPU first call";
        if (!phase.name.ends_with("steady") && !is_steady_call(phase.name)) {
            if (!of_gpu) on_cpu += middle;
            if (of_gpu || phase.name == "load") on_gpu += middle;
        }
        out << fmt::format("{:<16} {:>12.3f} {:>12.3f} {:>12.3f}\n", phase.name, 1e3 * middle, 1e3 * *least, 1e3 * *most);
    }
    out << fmt::format("\nfirst result after {:.1f} ms\n", 1e3 * on_cpu);
    const std::string of_gpu = has_gpu ? fmt::format("first result of the GPU after {:.1f} ms: load and the GPU's phases ({}, {})",
                                                     1e3 * on_gpu, times.gpu, gpu_task::name)
                                       : "GPU " + times.gpu;
    out << wrapped(of_gpu, terminal_width, 0) << "\n";
    return 0;
}

}  // namespace tenfold::bench
