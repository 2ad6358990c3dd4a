// SPDX-License-Identifier: Apache-2.0
// Loading, preparing and timing, in the process of a contender.
#include "peers/contest/serve.hpp"

#include <dlfcn.h>       // dlopen
#include <sched.h>       // sched_setaffinity
#include <sys/socket.h>  // recv, send
#include <time.h>        // clock_gettime

#include <algorithm>  // std::min
#include <chrono>     // std::chrono::steady_clock
#include <cstdio>     // std::snprintf
#include <stdexcept>  // std::runtime_error

#include "peers/contest/messages.hpp"  // request, reply

namespace tenfold::bench {
namespace {

/// Leaves the process the last `count` of its CPUs: each library then finds a machine of that size, and all the same one.
void keep_cpus(int count) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
    for (std::size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&allowed) > count; ++cpu) CPU_CLR(cpu, &allowed);
    sched_setaffinity(0, sizeof allowed, &allowed);
}

std::unique_ptr<module_peers> load(const served_module& served) {
    void* module = dlopen(served.path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (module == nullptr) throw std::runtime_error(dlerror());
    return served.subject->open(module, *served.pool, served.threads);
}

/// Of all threads of the process.
double cpu_seconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

void put(reply& answer, const std::string& text) { std::snprintf(answer.text, sizeof answer.text, "%s", text.c_str()); }

class server {
    const served_module& module_;
    std::unique_ptr<module_peers> peers_;
    std::string complaint_;                           // why there are none
    std::vector<std::unique_ptr<ready_call>> ready_;  // of each peer, for the shape that it was last asked to prepare

    reply introduce() {
        reply answer;
        if (ready_.empty()) {
            put(answer, complaint_.empty() ? "the module has no peer" : complaint_);
            return answer;
        }
        std::string text;
        for (const auto& [suffix, version] : peers_->introduce()) text += suffix + "\t" + version + "\n";
        answer.what = outcome::done;
        put(answer, text);
        return answer;
    }

    reply prepare(std::size_t peer, std::size_t shape) {
        reply answer;
        ready_[peer] = nullptr;
        ready_[peer] = peers_->prepare(peer, shape);
        if (!ready_[peer]) {
            answer.what = outcome::declined;
            return answer;
        }
        const verification found = peers_->verify(shape, *ready_[peer]);
        answer.what = found.passed() ? outcome::done : outcome::wrong;
        answer.error_ratio = found.max_error_ratio;
        put(answer, found.complaint);
        return answer;
    }

    reply time(std::size_t peer, std::int64_t warm_up, std::int64_t calls) {
        using clock = std::chrono::steady_clock;
        ready_call& ready = *ready_[peer];
        ready.run(warm_up);
        const double cpu_start = cpu_seconds();
        const auto start = clock::now();
        ready.run(calls);
        const std::chrono::duration<double> took = clock::now() - start;
        const double cpu = cpu_seconds() - cpu_start;
        reply answer;
        answer.what = outcome::done;
        answer.seconds = took.count() / static_cast<double>(calls);
        answer.idle = 1 - std::min(cpu / took.count() / module_.threads, 1.0);
        return answer;
    }

public:
    explicit server(const served_module& module) : module_(module) {
        try {
            peers_ = load(module);
            ready_.resize(peers_->introduce().size());
        } catch (const std::exception& e) { complaint_ = e.what(); }
    }

    reply obey(const request& asked) {
        try {
            const auto peer = static_cast<std::size_t>(asked.peer);
            switch (asked.what) {
                case order::introduce: return introduce();
                case order::prepare: return prepare(peer, static_cast<std::size_t>(asked.shape));
                case order::time: return time(peer, asked.warm_up, asked.calls);
            }
        } catch (const std::exception& e) {
            reply answer;
            put(answer, e.what());
            return answer;
        }
        return {};
    }
};

}  // namespace

void serve(const served_module& module, int socket) {
    keep_cpus(module.threads);
    server serving(module);
    request asked;
    while (recv(socket, &asked, sizeof asked, 0) == static_cast<ssize_t>(sizeof asked)) {
        const reply answer = serving.obey(asked);
        if (send(socket, &answer, sizeof answer, MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof answer)) return;
    }
}

}  // namespace tenfold::bench
