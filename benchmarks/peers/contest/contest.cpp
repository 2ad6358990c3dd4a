// SPDX-License-Identifier: Apache-2.0
// The three phases of a shape: verify, size the samples, sample in turn.
#include "peers/contest/contest.hpp"

#include <algorithm>  // std::clamp, std::max
#include <cmath>      // std::ceil

namespace tenfold::bench {
namespace {

constexpr int patience_seconds = 120;
constexpr double long_call_seconds = 0.01;  // after that, what a call before would warm up does not matter

class shape_contest {
    std::int64_t shape_;
    const std::vector<contender>& contenders_;
    const contest_plan& plan_;
    std::vector<contender_result> results_;
    bool one_thread_;  // with more, a process is idle by its own doing too
    std::vector<double> expected_seconds_;  // of one call

    bool in(std::size_t i) const { return results_[i].what == outcome::done; }

    reply ask(std::size_t i, request asked) {
        asked.peer = contenders_[i].peer;
        asked.shape = shape_;
        const reply answer = contenders_[i].process->ask(asked, patience_seconds);
        results_[i].what = answer.what;
        if (answer.what != outcome::done) {
            results_[i].note = answer.text;
            results_[i].seconds.clear();
        }
        return answer;
    }

    reply time(std::size_t i, std::int64_t calls) {
        request asked;
        asked.what = order::time;
        asked.calls = calls;
        asked.warm_up = expected_seconds_[i] > long_call_seconds ? 0 : (calls + 7) / 8;
        return ask(i, asked);
    }

    /// A sample, taken again a few times while other programs take the CPU away; the one that was left alone the most.
    double undisturbed_time(std::size_t i) {
        constexpr int most_tries = 4;
        constexpr double disturbed = 0.03;
        reply best = time(i, results_[i].calls);
        for (int tries = 1; tries < most_tries && in(i) && one_thread_ && best.idle > disturbed; ++tries) {
            const reply again = time(i, results_[i].calls);
            if (again.idle < best.idle) best = again;
        }
        return best.seconds;
    }

    void verify() {
        for (std::size_t i = 0; i < contenders_.size(); ++i) {
            request asked;
            asked.what = order::prepare;
            results_[i].error_ratio = ask(i, asked).error_ratio;
        }
    }

    /// Doubles the calls until they take half a sample.
    void size_samples() {
        for (std::size_t i = 0; i < contenders_.size(); ++i) {
            std::int64_t calls = 1;
            while (in(i)) {
                expected_seconds_[i] = std::max(time(i, calls).seconds, 1e-10);
                if (expected_seconds_[i] * static_cast<double>(calls) > plan_.sample_seconds / 2) break;
                calls *= 2;
            }
            results_[i].calls =
                std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(plan_.sample_seconds / expected_seconds_[i])));
        }
    }

    [[nodiscard]] int affordable_rounds() const {
        double round = 0;
        for (std::size_t i = 0; i < contenders_.size(); ++i) {
            if (in(i)) round += expected_seconds_[i] * static_cast<double>(results_[i].calls);
        }
        const double most = plan_.shape_seconds / std::max(round, 1e-9);
        return most < plan_.rounds ? std::max(static_cast<int>(most), std::min(plan_.least_rounds, plan_.rounds)) : plan_.rounds;
    }

    /// Each round begins with the next contender: nobody always runs after the same one.
    void sample() {
        const int rounds = affordable_rounds();
        for (int round = 0; round < rounds; ++round) {
            for (std::size_t turn = 0; turn < contenders_.size(); ++turn) {
                const std::size_t i = (turn + static_cast<std::size_t>(round)) % contenders_.size();
                if (!in(i)) continue;
                const double seconds = undisturbed_time(i);
                if (in(i)) results_[i].seconds.push_back(seconds);
            }
        }
    }

public:
    shape_contest(std::size_t shape, int threads, const std::vector<contender>& contenders, const contest_plan& plan)
        : shape_(static_cast<std::int64_t>(shape)),
          contenders_(contenders),
          plan_(plan),
          results_(contenders.size()),
          one_thread_(threads == 1),
          expected_seconds_(contenders.size(), 0.0) {}

    std::vector<contender_result> run() {
        verify();
        size_samples();
        sample();
        return std::move(results_);
    }
};

}  // namespace

std::vector<contender_result> contest_shape(std::size_t shape, int threads, const std::vector<contender>& contenders,
                                            const contest_plan& plan) {
    return shape_contest(shape, threads, contenders, plan).run();
}

}  // namespace tenfold::bench
