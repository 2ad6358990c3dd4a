// SPDX-License-Identifier: Apache-2.0
// How samples are taken: nothing of a wrong result, in rounds over all cases, the same order for a seed.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <sstream>
#include <thread>

#include "support/sampler.hpp"

namespace {

using namespace tenfold::bench;

/// A problem that notes when it is called, and takes a millisecond.
class noted_problem final : public prepared_problem {
    std::string name_;
    std::vector<std::string>& calls_;
    bool right_;

public:
    noted_problem(std::string name, std::vector<std::string>& calls, bool right) : name_(std::move(name)), calls_(calls), right_(right) {}
    void run(const execution&, std::int64_t calls) override {
        calls_.push_back(name_);
        std::this_thread::sleep_for(std::chrono::milliseconds(calls));
        if (name_ == "throws" && calls_.size() > 12) throw std::runtime_error("out of something");
    }
    verification verify(const execution&) override { return {right_ ? 0.5 : 7.0, right_ ? "" : "element 3 is wrong"}; }
};

struct made_up_run {
    std::vector<std::string> calls;
    selection what;
    std::vector<std::unique_ptr<prepared_problem>> prepared;
    std::ostringstream log;

    void add(const std::string& name, bool right = true) {
        problem p;
        p.name = name;
        what.cases.push_back({what.problems.size(), {"cpu", "baseline", 1, nullptr}, name});
        what.problems.push_back(p);
        prepared.push_back(std::make_unique<noted_problem>(name, calls, right));
    }
    measurement run(std::uint64_t seed) {
        calls.clear();
        progress silent(log, progress::style::none);
        return measure(what, prepared, {.rounds = 6, .least_rounds = 3, .sample_seconds = 0.001, .case_seconds = 10, .total_seconds = 10},
                       seed, silent);
    }
};

}  // namespace

TEST_CASE("a wrong result has no time") {
    made_up_run run;
    run.add("right");
    run.add("wrong", false);
    const measurement measured = run.run(1);
    CHECK(measured.complete);
    CHECK(measured.results[0].error.empty());
    CHECK(measured.results[0].samples_ns.size() == 6);
    CHECK(measured.results[1].samples_ns.empty());
    CHECK(measured.results[1].error == "not as the reference backend says: element 3 is wrong");
    CHECK(std::count(run.calls.begin(), run.calls.end(), "wrong") == 0);
}

TEST_CASE("samples are times of one call and of all its threads") {
    made_up_run run;
    run.add("a");
    const measurement measured = run.run(1);
    for (const double ns : measured.results[0].samples_ns) CHECK(ns >= 1e6);
    CHECK(measured.results[0].cpu_ns.size() == measured.results[0].samples_ns.size());
}

TEST_CASE("rounds go over all cases, in an order that the seed fixes") {
    made_up_run run;
    for (const char* name : {"a", "b", "c", "d", "e"}) run.add(name);
    run.run(3);
    const std::vector<std::string> first = run.calls;
    // The last calls are rounds of 5 cases with a warm-up call and a sample each.
    REQUIRE(first.size() >= 60);
    const std::vector<std::string> rounds(first.end() - 60, first.end());
    for (std::size_t round = 0; round < 6; ++round) {
        std::vector<std::string> names(rounds.begin() + static_cast<std::ptrdiff_t>(10 * round),
                                       rounds.begin() + static_cast<std::ptrdiff_t>(10 * round + 10));
        std::sort(names.begin(), names.end());
        CHECK(names == std::vector<std::string>{"a", "a", "b", "b", "c", "c", "d", "d", "e", "e"});
    }
    const auto order_of = [&](std::uint64_t seed) {
        run.run(seed);
        return std::vector<std::string>(run.calls.end() - 60, run.calls.end());
    };
    CHECK(order_of(3) == rounds);
    CHECK(order_of(4) != rounds);
}

TEST_CASE("a steady drift of the machine reaches every case alike: each second round is the one before it backwards [C13]") {
    made_up_run run;
    const std::vector<std::string> names = {"a", "b", "c", "d", "e"};
    for (const std::string& name : names) run.add(name);
    run.run(7);
    REQUIRE(run.calls.size() >= 60);
    std::map<std::string, double> time;  // of its samples, had the machine slowed down by the same amount with each sample
    for (std::size_t sample = 0; sample < 30; ++sample)
        time[run.calls[run.calls.size() - 60 + 2 * sample]] += static_cast<double>(sample) / 6;
    for (const std::string& name : names) CHECK(time[name] == doctest::Approx(14.5));
}

TEST_CASE("a case that throws is an error of its own") {
    made_up_run run;
    run.add("throws");
    run.add("fine");
    const measurement measured = run.run(1);
    CHECK(measured.results[0].error == "out of something");
    CHECK(measured.results[1].error.empty());
    CHECK(measured.results[1].samples_ns.size() == 6);
}

TEST_CASE("progress on a terminal updates one line, elsewhere it adds lines, and quiet says nothing") {
    std::ostringstream terminal, plain, silent;
    {
        progress on_terminal(terminal, progress::style::terminal), in_lines(plain, progress::style::lines),
            quiet(silent, progress::style::none);
        for (progress* shown : {&on_terminal, &in_lines, &quiet}) {
            shown->phase("measuring");
            shown->update(0.25, "a case");
            shown->note("a note");
        }
    }
    CHECK(terminal.str().find("\r\033[Kmeasuring  25 %") == 0);
    CHECK(terminal.str().find("a case") != std::string::npos);
    CHECK(plain.str() == "measuring\na note\n");
    CHECK(silent.str().empty());
}

TEST_CASE("progress says how much time is left, once enough of the phase is done to tell") {
    using clock = std::chrono::steady_clock;
    std::ostringstream out;
    progress shown(out, progress::style::terminal);
    const auto line = [&](double done) {
        out.str("");
        shown.update(done, "a case");
        std::this_thread::sleep_for(std::chrono::milliseconds(110));  // it shows ten a second at most
        return out.str();
    };
    const auto before = clock::now();
    shown.phase("measuring");
    CHECK(line(0.01) == "\r\033[Kmeasuring   1 %  a case");
    std::this_thread::sleep_for(std::chrono::milliseconds(1300));
    const std::string early = line(0.021);  // what is left is 46.6 times what has gone: more than a minute
    const double at_most = std::chrono::duration<double>(clock::now() - before).count() * 0.979 / 0.021;
    int minutes = 0, seconds = 0;
    REQUIRE(std::sscanf(early.c_str(), "\r\033[Kmeasuring   2 %%, %dm %ds left  a case", &minutes, &seconds) == 2);
    CHECK(60 * minutes + seconds >= 65);
    CHECK(60 * minutes + seconds <= at_most);
    REQUIRE(std::sscanf(line(0.75).c_str(), "\r\033[Kmeasuring  75 %%, %ds left  a case", &seconds) == 1);
    CHECK(seconds <= at_most);
    CHECK(line(1) == "\r\033[Kmeasuring 100 %, 0s left  a case");
}
