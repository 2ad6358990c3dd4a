// SPDX-License-Identifier: Apache-2.0
// The three phases of measuring: verify, calibrate, sample.
#include "support/sampler.hpp"

#include <benchmark/benchmark.h>  // benchmark::State, RegisterBenchmark, RunSpecifiedBenchmarks

#include <algorithm>  // std::clamp, std::max, std::min, std::shuffle
#include <chrono>     // std::chrono::steady_clock
#include <map>        // std::map
#include <numeric>    // std::iota
#include <random>     // std::mt19937_64

#include "support/interrupt.hpp"  // interrupted

namespace tenfold::bench {
namespace {

using clock = std::chrono::steady_clock;

double seconds_of(prepared_problem& problem, const execution& how, std::int64_t calls) {
    const auto start = clock::now();
    problem.run(how, calls);
    return std::chrono::duration<double>(clock::now() - start).count();
}

/// Takes the runs from Google Benchmark as they are finished. It is told the cases by their names.
class sample_collector final : public benchmark::BenchmarkReporter {
    const std::map<std::string, std::size_t>& index_;
    std::vector<case_result>& results_;

public:
    sample_collector(const std::map<std::string, std::size_t>& index, std::vector<case_result>& results)
        : index_(index), results_(results) {}

    bool ReportContext(const Context&) override { return true; }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.error_occurred) continue;  // the case itself noted why
            case_result& result = results_[index_.at(run.run_name.function_name)];
            const auto calls = static_cast<double>(run.iterations);
            result.samples_ns.push_back(run.real_accumulated_time / calls * 1e9);
            result.cpu_ns.push_back(run.cpu_accumulated_time / calls * 1e9);
        }
    }
};

class sampling {
    const selection& what_;
    const std::vector<std::unique_ptr<prepared_problem>>& prepared_;
    const sampling_plan& plan_;
    progress& progress_;
    measurement result_;

    prepared_problem& problem_of(const bench_case& one) { return *prepared_[one.problem_index]; }

    /// Calls `step` for each case that is still worth it; what it throws becomes the error of the case.
    template <class Step>
    void for_each_case(const char* phase, const Step& step) {
        progress_.phase(phase);
        for (std::size_t i = 0; i < what_.cases.size(); ++i) {
            if (interrupted()) return;
            progress_.update(static_cast<double>(i) / static_cast<double>(what_.cases.size()), what_.cases[i].name);
            case_result& result = result_.results[i];
            if (!result.error.empty()) continue;
            try {
                step(what_.cases[i], result);
            } catch (const std::exception& e) { result.error = e.what(); }
        }
    }

    void verify() {
        for_each_case("verifying", [&](const bench_case& one, case_result& result) {
            result.verified = problem_of(one).verify(one.how);
            if (!result.verified.passed()) result.error = "not as the reference backend says: " + result.verified.complaint;
        });
    }

    /// Warms up until two windows agree, or for long enough, and sizes the samples.
    void calibrate() {
        constexpr double agree = 0.02;
        for_each_case("warming up", [&](const bench_case& one, case_result& result) {
            prepared_problem& problem = problem_of(one);
            const double budget = 4 * plan_.sample_seconds;
            double spent = seconds_of(problem, one.how, 1);
            double per_call = spent;
            double before = 0;
            do {
                const double window = plan_.sample_seconds / 4;
                const auto calls = static_cast<std::int64_t>(std::clamp(window / std::max(per_call, 1e-10), 1.0, 1e9));
                const double seconds = seconds_of(problem, one.how, calls);
                spent += seconds;
                before = per_call;
                per_call = seconds / static_cast<double>(calls);
            } while (spent < budget && std::abs(per_call - before) > agree * per_call && !interrupted());
            result.calls = static_cast<std::int64_t>(std::clamp(plan_.sample_seconds / std::max(per_call, 1e-10), 1.0, 1e9));
            const double sample = per_call * static_cast<double>(result.calls + 1);
            const int affordable = static_cast<int>(std::min(plan_.case_seconds / sample, 1e6));
            result.rounds = std::clamp(affordable, plan_.least_rounds, plan_.rounds);
            result.expected_seconds = sample;
        });
    }

    /// If all samples together take too long, every case gets fewer.
    void fit_total() {
        double total = 0;
        for (const case_result& result : result_.results) total += result.expected_seconds * result.rounds;
        if (total <= plan_.total_seconds) return;
        const double share = plan_.total_seconds / total;
        for (case_result& result : result_.results) {
            if (result.rounds > 0) result.rounds = std::clamp(static_cast<int>(share * result.rounds), plan_.least_rounds, result.rounds);
        }
        progress_.note("samples per case reduced: all of them would have taken " + std::to_string(static_cast<int>(total)) + " s");
    }

    /// One sample of one case, called by Google Benchmark.
    void sample(benchmark::State& state, std::size_t index) {
        if (interrupted()) {
            state.SkipWithError("interrupted");
            return;
        }
        const bench_case& one = what_.cases[index];
        case_result& result = result_.results[index];
        prepared_problem& problem = problem_of(one);
        try {
            problem.run(one.how, 1);  // wakes the threads, loads the code
            while (state.KeepRunningBatch(result.calls)) state.SetIterationTime(seconds_of(problem, one.how, result.calls));
        } catch (const std::exception& e) {
            result.error = e.what();
            state.SkipWithError(e.what());
        }
    }

    void take_samples(std::uint64_t seed) {
        progress_.phase("measuring");
        std::map<std::string, std::size_t> index;
        int rounds = 0;
        double total = 0;
        for (std::size_t i = 0; i < what_.cases.size(); ++i) {
            index[what_.cases[i].name] = i;
            rounds = std::max(rounds, result_.results[i].rounds);
            total += result_.results[i].rounds;
        }
        std::vector<std::size_t> order(what_.cases.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::mt19937_64 random(seed);
        double done = 0;
        for (int round = 0; round < rounds && !interrupted(); ++round) {
            std::shuffle(order.begin(), order.end(), random);
            benchmark::ClearRegisteredBenchmarks();
            std::size_t registered = 0;
            for (const std::size_t i : order) {
                const case_result& result = result_.results[i];
                if (round >= result.rounds || !result.error.empty()) continue;
                const auto run = [this, i, &done, total](benchmark::State& state) {
                    progress_.update(done / total, what_.cases[i].name);
                    sample(state, i);
                    done += 1;
                };
                benchmark::RegisterBenchmark(what_.cases[i].name.c_str(), run)
                    ->Iterations(result.calls)
                    ->UseManualTime()
                    ->MeasureProcessCPUTime();  // of all threads: what the work costs
                ++registered;
            }
            if (registered == 0) break;
            sample_collector collector(index, result_.results);
            benchmark::RunSpecifiedBenchmarks(&collector, "all");
        }
        benchmark::ClearRegisteredBenchmarks();
    }

public:
    sampling(const selection& what, const std::vector<std::unique_ptr<prepared_problem>>& prepared, const sampling_plan& plan,
             progress& shown)
        : what_(what), prepared_(prepared), plan_(plan), progress_(shown) {
        result_.results.resize(what.cases.size());
    }

    measurement run(std::uint64_t seed) {
        verify();
        calibrate();
        fit_total();
        take_samples(seed);
        progress_.clear();
        result_.complete = !interrupted();
        return std::move(result_);
    }
};

}  // namespace

sampling_plan plan_of(suite what) {
    switch (what) {
        case suite::quick: return {7, 3, 0.01, 0.6, 75};
        case suite::standard: return {15, 5, 0.03, 6, 780};
        default: return {25, 10, 0.05, 15, 7200};
    }
}

measurement measure(const selection& what, const std::vector<std::unique_ptr<prepared_problem>>& prepared, const sampling_plan& plan,
                    std::uint64_t seed, progress& shown) {
    return sampling(what, prepared, plan, shown).run(seed);
}

}  // namespace tenfold::bench
