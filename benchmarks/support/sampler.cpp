// SPDX-License-Identifier: Apache-2.0
// The three phases of measuring: verify, calibrate, sample.
#include "support/sampler.hpp"

#include <benchmark/benchmark.h>  // benchmark::State, RegisterBenchmark, RunSpecifiedBenchmarks

#include <algorithm>  // std::all_of, std::clamp, std::max, std::min, std::reverse, std::shuffle
#include <chrono>     // std::chrono::steady_clock
#include <map>        // std::map
#include <random>     // std::mt19937_64
#include <utility>    // std::move

#include "support/interrupt.hpp"  // interrupted

namespace tenfold::bench {
namespace {

using clock = std::chrono::steady_clock;

double seconds_of(prepared_problem& problem, const execution& how, std::int64_t calls) {
    const auto start = clock::now();
    problem.run(how, calls);
    return std::chrono::duration<double>(clock::now() - start).count();
}

/// Google Benchmark takes the defaults of its flags from BENCHMARK_* variables before main(): repetitions would double samples,
/// a listing or a filter would leave them out, an output file would be overwritten. What is stated here stands above them.
void ignore_environment_of_google() {
    std::string arguments[] = {"tenfold-bench",
                               "--benchmark_list_tests=false",
                               "--benchmark_filter=.",
                               "--benchmark_repetitions=1",
                               "--benchmark_enable_random_interleaving=false",
                               "--benchmark_report_aggregates_only=false",
                               "--benchmark_display_aggregates_only=false",
                               "--benchmark_out=",
                               "--benchmark_perf_counters="};
    std::vector<char*> pointers;
    for (std::string& one : arguments) pointers.push_back(one.data());
    int count = static_cast<int>(pointers.size());
    pointers.push_back(nullptr);
    benchmark::Initialize(&count, pointers.data());
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
            if (run.error_occurred || run.run_type == Run::RT_Aggregate) continue;  // the case itself noted why
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
    measuring_hooks hooks_;
    measurement result_;
    std::map<std::string, std::size_t> index_;  // of a case, by its name
    double samples_ = 0, taken_ = 0;            // of this process

    prepared_problem& problem_of(const bench_case& one) { return *prepared_[one.problem_index]; }

    /// Calls `step` for each case that is still worth it; what it throws becomes the error of the case.
    template <class Step>
    void for_each_case(const char* phase, const Step& step) {
        progress_.phase(phase);
        for (std::size_t i = 0; i < what_.cases.size(); ++i) {
            if (interrupted()) return;
            progress_.update(static_cast<double>(i) / static_cast<double>(what_.cases.size()), what_.cases[i].name);
            case_result& result = result_.results[i];
            if (result.finished || !result.error.empty()) continue;
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

    /// If all samples together take too long, every case gets fewer. What earlier processes did has had its part of the time.
    void fit_total() {
        double total = 0, left = 0;
        for (const case_result& result : result_.results) {
            if (result.finished) continue;
            total += result.expected_seconds * result.rounds;
            left += 1 / static_cast<double>(result_.results.size());
        }
        const double affordable = plan_.total_seconds * left;
        if (total <= affordable) return;
        const double share = affordable / total;
        for (case_result& result : result_.results) {
            if (!result.finished && result.rounds > 0)
                result.rounds = std::clamp(static_cast<int>(share * result.rounds), plan_.least_rounds, result.rounds);
        }
        progress_.note("samples per case reduced: all of them would have taken " + std::to_string(static_cast<int>(total)) + " s");
    }

    /// The cases that are left, class by class, problems whole: what is compared is measured together.
    [[nodiscard]] std::vector<std::vector<std::size_t>> blocks() const {
        std::vector<std::string> classes;  // in the order of the cases
        std::map<std::string, std::vector<std::size_t>> members;
        for (std::size_t i = 0; i < what_.cases.size(); ++i) {
            if (result_.results[i].finished) continue;
            const std::string& name = what_.problems[what_.cases[i].problem_index].kernel_class;
            if (members[name].empty()) classes.push_back(name);
            members[name].push_back(i);
        }
        const double longest = plan_.total_seconds / 20;
        std::vector<std::vector<std::size_t>> result;
        for (const std::string& name : classes) {
            double seconds = longest;  // each class begins a block
            const auto& cases = members.at(name);
            for (std::size_t k = 0; k < cases.size(); ++k) {
                const bool new_problem = k == 0 || what_.cases[cases[k]].problem_index != what_.cases[cases[k - 1]].problem_index;
                if (new_problem && seconds >= longest) {
                    result.emplace_back();
                    seconds = 0;
                }
                result.back().push_back(cases[k]);
                seconds += result_.results[cases[k]].expected_seconds * result_.results[cases[k]].rounds;
            }
        }
        return result;
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
        if (hooks_.sampling) hooks_.sampling();
        for (std::size_t i = 0; i < what_.cases.size(); ++i) {
            index_[what_.cases[i].name] = i;
            if (!result_.results[i].finished) samples_ += result_.results[i].rounds;
        }
        for (const std::vector<std::size_t>& block : blocks()) {
            take_block(block, seed++);
            if (interrupted()) break;
            for (const std::size_t i : block) {
                case_result& result = result_.results[i];
                if (result.samples_ns.empty() && result.error.empty()) result.error = "no sample was taken";
                result.finished = true;
            }
            if (hooks_.block_finished) hooks_.block_finished(block, result_.results);
        }
        benchmark::ClearRegisteredBenchmarks();
        // Samples of a case that was cut off are not a fair selection: the rounds that are missing are the last ones.
        for (case_result& result : result_.results)
            if (!result.finished) result.samples_ns.clear();
    }

    void take_block(std::vector<std::size_t> order, std::uint64_t seed) {
        int rounds = 0;
        for (const std::size_t i : order) rounds = std::max(rounds, result_.results[i].rounds);
        std::mt19937_64 random(seed);
        for (int round = 0; round < rounds && !interrupted(); ++round) {
            // Backwards after forwards: over such a pair, a machine that slows down steadily slows every case alike.
            if (round % 2 == 0)
                std::shuffle(order.begin(), order.end(), random);
            else
                std::reverse(order.begin(), order.end());
            benchmark::ClearRegisteredBenchmarks();
            std::size_t registered = 0;
            for (const std::size_t i : order) {
                const case_result& result = result_.results[i];
                if (round >= result.rounds || !result.error.empty()) continue;
                const auto run = [this, i](benchmark::State& state) {
                    progress_.update(taken_ / samples_, what_.cases[i].name);
                    sample(state, i);
                    taken_ += 1;
                };
                benchmark::RegisterBenchmark(what_.cases[i].name.c_str(), run)
                    ->Iterations(result.calls)
                    ->Repetitions(1)
                    ->UseManualTime()
                    ->MeasureProcessCPUTime();  // of all threads: what the work costs
                ++registered;
            }
            if (registered == 0) break;
            sample_collector collector(index_, result_.results);
            benchmark::RunSpecifiedBenchmarks(&collector, "all");
        }
    }

public:
    sampling(const selection& what, const std::vector<std::unique_ptr<prepared_problem>>& prepared, const sampling_plan& plan,
             progress& shown, measuring_hooks hooks)
        : what_(what), prepared_(prepared), plan_(plan), progress_(shown), hooks_(std::move(hooks)) {
        result_.results = hooks_.before;
        result_.results.resize(what.cases.size());
    }

    measurement run(std::uint64_t seed) {
        ignore_environment_of_google();
        verify();
        calibrate();
        fit_total();
        take_samples(seed);
        progress_.clear();
        result_.complete = std::all_of(result_.results.begin(), result_.results.end(), [](const auto& one) { return one.finished; });
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
                    std::uint64_t seed, progress& shown, measuring_hooks hooks) {
    return sampling(what, prepared, plan, shown, std::move(hooks)).run(seed);
}

}  // namespace tenfold::bench
