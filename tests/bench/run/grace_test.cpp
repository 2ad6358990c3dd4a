// SPDX-License-Identifier: Apache-2.0
// The time from a notice to the end, with everything that may hang hanging: a measuring call, the hook, the disk.  [C07]
#include <doctest/doctest.h>

#include <sys/wait.h>  // waitpid
#include <unistd.h>    // fork, _exit

#include <chrono>  // std::chrono::steady_clock
#include <cstdio>  // std::fflush
#include <thread>  // std::this_thread::sleep_for
#include <vector>  // std::vector

#include "support/grace.hpp"      // grace_guard, run_hook
#include "support/interrupt.hpp"  // interrupt_because, watch_for_interrupts

namespace {

using namespace tenfold::bench;
using clock = std::chrono::steady_clock;
using seconds = std::chrono::duration<double>;

constexpr auto for_ever = std::chrono::hours(1);

enum class stuck { call_and_hook, call_and_disk, hook };

/// In a process of its own, which the guard must end.
void hang(stuck where, int grace) {
    watch_for_interrupts();
    grace_guard guard(std::chrono::seconds(grace), [&](const grace_guard::deadline& until) {
        if (where == stuck::call_and_disk) std::this_thread::sleep_for(for_ever);
        run_hook("sleep 1000", {}, until);
    });
    interrupt_because("notice of a test");
    if (where == stuck::hook) guard.close();
    std::this_thread::sleep_for(for_ever);
}

struct ended {
    stuck where;
    int grace;
    pid_t process;
    int code = -1;
    double share = 0;  // of the grace, when it ended
};

}  // namespace

TEST_CASE("within 12, 25 and 100 s of grace the process is gone, whatever hangs [C07]") {
    std::fflush(nullptr);
    std::vector<ended> all;
    const auto begin = clock::now();
    for (const int grace : {12, 25, 100})
        for (const stuck where : {stuck::call_and_hook, stuck::call_and_disk, stuck::hook}) {
            const pid_t process = ::fork();
            if (process == 0) {
                hang(where, grace);
                ::_exit(0);
            }
            all.push_back({where, grace, process});
        }
    for (std::size_t left = all.size(); left > 0; --left) {
        int status = 0;
        const pid_t process = ::waitpid(-1, &status, 0);
        for (ended& one : all)
            if (one.process == process) {
                one.share = seconds(clock::now() - begin).count() / one.grace;
                one.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
            }
    }
    for (const ended& one : all) {
        CAPTURE(static_cast<int>(one.where));
        CAPTURE(one.grace);
        CHECK(one.code == interrupted_and_resumable);
        CHECK(one.share > 0.84);  // the hook has its time
        CHECK(one.share < 1);
    }
}
