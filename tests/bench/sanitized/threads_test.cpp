// SPDX-License-Identifier: Apache-2.0
// The threads around a measurement, under the thread sanitizer: the poller that asks the cloud for a notice, the guard, the
// reaper, and the sampler on the measuring one.  [C20]
#include <doctest/doctest.h>

#include <sys/wait.h>  // waitpid
#include <unistd.h>    // fork, _exit

#include <atomic>  // std::atomic
#include <cstdio>  // std::fflush
#include <sstream>  // std::ostringstream
#include <thread>  // std::thread

#include "bench/identity/metadata_server.hpp"  // metadata_server
#include "instances/identity/notice.hpp"       // notice_poller
#include "support/grace.hpp"      // grace_guard
#include "support/interrupt.hpp"  // interrupt_because, interrupted
#include "support/orphans.hpp"    // orphan_reaper
#include "support/sampler.hpp"    // measure

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

namespace {

/// A call takes a millisecond.
class made_up_problem final : public prepared_problem {
public:
    void run(const execution&, std::int64_t calls) override { std::this_thread::sleep_for(std::chrono::milliseconds(calls)); }
    verification verify(const execution&) override { return {0.5, ""}; }
};

/// Samples for a minute, unless it is interrupted. Was it, and is the rest what it should be?
bool sampler_is_interrupted() {
    selection what;
    std::vector<std::unique_ptr<prepared_problem>> prepared;
    for (const char* name : {"a", "b"}) {
        problem p;
        p.name = name;
        what.cases.push_back({what.problems.size(), {"cpu", "baseline", 1, nullptr}, name});
        what.problems.push_back(p);
        prepared.push_back(std::make_unique<made_up_problem>());
    }
    std::ostringstream log;
    progress shown(log, progress::style::lines);
    const sampling_plan minute{.rounds = 30000, .least_rounds = 30000, .sample_seconds = 0.001, .case_seconds = 60, .total_seconds = 120};
    const measurement measured = measure(what, prepared, minute, 1, shown);
    return !measured.complete && measured.results.at(0).samples_ns.empty();
}

}  // namespace

TEST_CASE("the cloud's notice, found by the poller, ends the sampler, and the guard lets it close [C20]") {
    for (const auto& [mode, cloud] : {std::pair("gcp-preempted-later", "gcp"), std::pair("aws-notice-later", "aws")}) {
        const std::string name = cloud;
        CAPTURE(name);
        const test::metadata_server server(mode);
        CHECK(exit_code_of([&] {
                  identity who;
                  who.provider = name;
                  who.lifecycle = lifecycle::spot;
                  probe_settings settings;
                  settings.metadata_base = server.where();
                  std::string closed;
                  bool stopped = false;
                  {
                      grace_guard guard(20s, [&](const grace_guard::deadline&) { closed = interruption_reason(); });
                      const notice_poller poller(who, settings,
                                                 [](const cloud_notice& notice) { interrupt_because("notice of " + notice.text); });
                      const orphan_reaper reaper;
                      stopped = sampler_is_interrupted();
                      guard.close();
                  }
                  return stopped && closed.starts_with("notice of " + name + ": ") ? 7 : 1;
              }) == 7);
    }
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
