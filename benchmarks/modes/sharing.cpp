// SPDX-License-Identifier: Apache-2.0
#include "modes/sharing.hpp"

#include <fmt/format.h>  // fmt::format
#include <sys/wait.h>    // waitpid
#include <unistd.h>      // fork, pipe

#include <algorithm>  // std::max
#include <cerrno>     // errno
#include <csignal>    // kill
#include <cstring>    // std::strerror
#include <iostream>   // std::cerr
#include <list>       // std::list
#include <ostream>    // std::ostream

#include "instances/errors.hpp"              // data_error
#include "instances/statistics/summary.hpp"  // median, quantile
#include "modes/gpu_task.hpp"                // gpu_task
#include "modes/one_case.hpp"                // one_case
#include "modes/repeated_calls.hpp"          // calls_for

namespace tenfold::bench {
namespace {

/// A pipe whose ends are closed when it goes.
struct pipe_ends {
    int read = -1, write = -1;
    pipe_ends() {
        int ends[2];
        if (::pipe(ends) != 0) throw data_error(std::string("cannot make a pipe: ") + std::strerror(errno));
        read = ends[0];
        write = ends[1];
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    ~pipe_ends() {
        close_write();
        ::close(read);
    }
    void close_write() {
        if (write >= 0) ::close(write);
        write = -1;
    }
};

/// Says that it is ready, waits for the start, and calls the task for so long.
template <class Task>
tenant run_with_others(Task& task, double seconds, pipe_ends& start, pipe_ends& answers) {
    calls_for(task, 0.1 * seconds);
    start.close_write();
    char byte = '!';
    if (::write(answers.write, &byte, 1) != 1) ::_exit(1);
    if (::read(start.read, &byte, 1) < 0) ::_exit(1);  // until the parent closes its end
    const std::vector<double> times = calls_for(task, seconds);
    double spent = 0;
    for (const double one : times) spent += one;
    return {static_cast<double>(times.size()) / spent, median(times), quantile(times, 0.99)};
}

/// Context and kernel are each tenant's own, as they are of processes that know nothing of each other.
void prepare(gpu_task& task) {
    task.initialise();
    task.make_context();
    task.load_kernel();
}

/// A child process: prepares, takes part, writes what it got.
[[noreturn]] void be_tenant(const sharing_options& options, pipe_ends& start, pipe_ends& answers) {
    tenant result;
    try {
        if (options.gpu) {
            gpu_task task;
            prepare(task);
            result = run_with_others(task, options.seconds, start, answers);
            task.verify();
        } else {
            one_case task(options.filter, options.threads);
            task.prepare();
            result = run_with_others(task, options.seconds, start, answers);
        }
    } catch (const std::exception& problem) {
        std::cerr << "tenfold-bench: a tenant: " << problem.what() << std::endl;
        ::_exit(1);
    }
    ::_exit(::write(answers.write, &result, sizeof result) == static_cast<ssize_t>(sizeof result) ? 0 : 1);
}

struct child_process {
    pipe_ends answers;  // its own: if it dies, the pipe ends, whatever the others do
    pid_t id = -1;
};

bool read_all(int descriptor, void* target, std::size_t count) {
    auto* bytes = static_cast<char*>(target);
    while (count > 0) {
        const ssize_t size = ::read(descriptor, bytes, count);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return false;
        bytes += size;
        count -= static_cast<std::size_t>(size);
    }
    return true;
}

}  // namespace

double fairness(const std::vector<tenant>& tenants) {
    double sum = 0, squares = 0;
    for (const tenant& one : tenants) {
        sum += one.calls_per_second;
        squares += one.calls_per_second * one.calls_per_second;
    }
    return squares > 0 ? sum * sum / (static_cast<double>(tenants.size()) * squares) : 0;
}

std::vector<tenant> measure_sharing(const sharing_options& options, int tenants) {
    pipe_ends start;
    std::list<child_process> children;
    for (int i = 0; i < tenants; ++i) {
        child_process& one = children.emplace_back();
        one.id = ::fork();
        if (one.id == 0) be_tenant(options, start, one.answers);
        one.answers.close_write();  // so that its end is the end of the pipe, and not held by those who follow
    }
    std::vector<tenant> result(children.size());
    char ready = 0;
    bool good = true;
    for (child_process& one : children) good = good && one.id > 0 && read_all(one.answers.read, &ready, 1);
    if (good) start.close_write();  // all of them read the end of the pipe, and begin
    auto answer = result.begin();
    for (child_process& one : children) good = good && read_all(one.answers.read, &*answer++, sizeof(tenant));
    // Who waits for a start that does not come, or computes for nothing, is ended.
    if (!good)
        for (const child_process& one : children)
            if (one.id > 0) ::kill(one.id, SIGKILL);
    for (const child_process& one : children) {
        int status = 0;
        good = one.id > 0 && ::waitpid(one.id, &status, 0) == one.id && status == 0 && good;
    }
    if (!good) throw data_error(fmt::format("{} processes at once: not all of them ran to the end; is there memory for all?", tenants));
    return result;
}

int sharing_command(const sharing_options& options, std::ostream& out) {
    // Here the driver is only looked for: a process that has initialised it must not fork.
    if (options.gpu && !gpu_task().has_driver())
        throw data_error(fmt::format("there is no {}: without a CUDA driver there is no GPU to share", gpu_task::driver_library));
    out << "sharing of " << (options.gpu ? fmt::format("the GPU, {}", gpu_task::name) : one_case(options.filter, options.threads).name())
        << "\n\n"
        << fmt::format("{:>8} {:>14} {:>10} {:>14} {:>12} {:>12} {:>9}\n", "tenants", "calls/s, all", "of one", "calls/s, each", "p50 us",
                       "worst p99 us", "fairness");
    std::vector<int> counts = options.tenants;
    if (counts.front() != 1) counts.insert(counts.begin(), 1);  // what the others are compared with
    double alone = 0;
    for (const int count : counts) {
        const std::vector<tenant> tenants = measure_sharing(options, count);
        double total = 0, worst = 0;
        std::vector<double> p50s;
        for (const tenant& one : tenants) {
            total += one.calls_per_second;
            worst = std::max(worst, one.p99_s);
            p50s.push_back(one.p50_s);
        }
        if (alone == 0) alone = total / count;
        out << fmt::format("{:>8} {:>14.1f} {:>10.2f} {:>14.1f} {:>12.1f} {:>12.1f} {:>9.3f}\n", count, total, total / alone, total / count,
                           1e6 * median(p50s), 1e6 * worst, fairness(tenants))
            << std::flush;
    }
    return 0;
}

}  // namespace tenfold::bench
