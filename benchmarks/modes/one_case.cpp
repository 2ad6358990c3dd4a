// SPDX-License-Identifier: Apache-2.0
#include "modes/one_case.hpp"

#include <chrono>  // std::chrono::steady_clock

#include "op/list.hpp"  // all_problems

namespace tenfold::bench {
namespace {

selection select_one(const std::string& filter, int threads, const machine_limits& limits) {
    run_options options;
    options.what = suite::full;  // the list is in the order of the suites within each op
    options.filter = filter;
    options.backends = {"cpu"};
    options.threads = {std::to_string(threads)};
    selection all = select_cases(all_problems(), options, limits);
    selection one;
    one.problems = {all.problems[all.cases.front().problem_index]};
    one.cases = {all.cases.front()};
    one.cases.front().problem_index = 0;
    return one;
}

}  // namespace

one_case::one_case(const std::string& filter, int threads)
    : limits_(limits_of_this_machine()), what_(select_one(filter, threads, limits_)), pool_(1, rotation_bytes(limits_)) {}

void one_case::prepare() {
    prepared_ = what().prepare(pool_);
    pool_.fill(what_.cases.front().how.threads);
}

double one_case::call(std::int64_t calls) {
    using clock = std::chrono::steady_clock;
    const auto begin = clock::now();
    prepared_->run(what_.cases.front().how, calls);
    return std::chrono::duration<double>(clock::now() - begin).count();
}

}  // namespace tenfold::bench
