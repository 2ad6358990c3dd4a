// SPDX-License-Identifier: Apache-2.0
// The threads around a measurement, under the thread sanitizer: a notice on one, the guard on another, the measuring one.  [C20]
#include <doctest/doctest.h>

#include <sys/wait.h>  // waitpid
#include <unistd.h>    // fork, _exit

#include <atomic>  // std::atomic
#include <cstdio>  // std::fflush
#include <thread>  // std::thread

#include "support/grace.hpp"      // grace_guard
#include "support/interrupt.hpp"  // interrupt_because, interrupted

namespace {

using namespace tenfold::bench;
using namespace std::chrono_literals;

/// The exit code of what runs in a process of its own: an interruption is for good, and the guard ends its process.
template <class Body>
int exit_code_of(Body body) {
    std::fflush(nullptr);  // what is buffered is printed by one of the two
    const pid_t child = ::fork();
    if (child == 0) {
        watch_for_interrupts();
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("a notice ends the measuring thread, which closes once [C20]") {
    for (int i = 0; i < 20; ++i)
        CHECK(exit_code_of([i] {
                  std::string closed;
                  int times = 0;
                  {
                      grace_guard guard(5s, [&](const grace_guard::deadline& until) {
                          ++times;
                          closed = interruption_reason();
                          static_cast<void>(until());
                      });
                      std::thread poller([i] {
                          std::this_thread::sleep_for(std::chrono::milliseconds(i % 5));
                          interrupt_because("notice of a test");
                      });
                      while (!interrupted()) std::this_thread::yield();
                      guard.close();
                      poller.join();
                  }
                  return times == 1 && closed == "notice of a test" ? 7 : 1;
              }) == 7);
}

TEST_CASE("a measuring thread that is stuck is closed by the guard, in time [C20]") {
    static std::atomic<bool> closed;
    CHECK(exit_code_of([] {
              const grace_guard guard(1s, [](const grace_guard::deadline& until) { closed = until() > grace_guard::clock::now(); });
              std::thread poller([] { interrupt_because("notice of a test"); });
              poller.detach();
              std::this_thread::sleep_for(10s);
              return 1;
          }) == interrupted_and_resumable);
}

TEST_CASE("a notice brings the end of the last upload nearer [C20]") {
    CHECK(exit_code_of([] {
              bool nearer = false;
              {
                  grace_guard guard(2s, [](const grace_guard::deadline&) {});
                  guard.close_without_notice(
                      [&](const grace_guard::deadline& until) {
                          const auto before = until();
                          std::thread poller([] { interrupt_because("notice of a test"); });
                          for (int i = 0; i < 1000 && !nearer; ++i) {
                              nearer = until() < before;
                              std::this_thread::sleep_for(1ms);
                          }
                          poller.join();
                      },
                      60s);
              }
              return nearer ? 7 : 1;
          }) == 7);
}
