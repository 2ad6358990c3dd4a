// SPDX-License-Identifier: Apache-2.0
// Multiplies problems with executions, and says why some products are left out.
#include "support/cases.hpp"

#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join

#include <algorithm>  // std::find
#include <charconv>   // std::from_chars
#include <regex>      // std::regex

#include "instances/errors.hpp"    // usage_error
#include "peers/list.hpp"          // available_peers
#include "support/dot_instructions.hpp"  // repeats_its_base
#include "support/executions.hpp"  // cpu, reference

namespace tenfold::bench {
namespace {

void require_known(const char* flag, const std::vector<std::string>& given, const std::vector<std::string>& known) {
    for (const std::string& one : given) {
        if (std::find(known.begin(), known.end(), one) == known.end())
            throw usage_error(fmt::format("{} {}: there is no such one here; use {}", flag, one, fmt::join(known, ", ")));
    }
}

bool selected(const std::vector<std::string>& wanted, const std::string& one) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), one) != wanted.end();
}

std::vector<int> thread_counts(const std::vector<std::string>& given, int usable) {
    std::vector<int> counts;
    const auto add = [&](int n) {
        if (std::find(counts.begin(), counts.end(), n) == counts.end()) counts.push_back(n);
    };
    for (const std::string& text : given.empty() ? std::vector<std::string>{"1", "all"} : given) {
        if (text == "all") {
            add(usable);
            continue;
        }
        int n = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
        if (error != std::errc() || end != text.data() + text.size() || n < 1 || n > usable)
            throw usage_error(
                fmt::format("--threads {}: give numbers from 1 to {}, which is what this process may use, or all", text, usable));
        add(n);
    }
    return counts;
}

std::vector<execution> selected_executions(const run_options& options, const machine_limits& limits) {
    std::vector<std::string> backends{reference::name, cpu::name};
    if (options.peers) {
        if (available_peers().empty())
            throw usage_error("--peers: this program was built without any; install libeigen3-dev and build again");
        for (const peer* other : available_peers()) backends.emplace_back(other->name);
    }
    require_known("--backend", options.backends, backends);
    require_known("--isa", options.isas, limits.isas);
    const std::vector<int> threads = thread_counts(options.threads, limits.usable_cpus);

    std::vector<execution> executions;
    if (selected(options.backends, reference::name) && options.isas.empty()) executions.push_back({reference::name, "", 1, nullptr});
    for (const int n : threads) {
        if (selected(options.backends, cpu::name)) {
            for (const std::string& isa : limits.isas) {
                if (selected(options.isas, isa)) executions.push_back({cpu::name, isa, n, nullptr});
            }
        }
        if (!options.peers) continue;
        for (const peer* other : available_peers()) {
            if (selected(options.backends, other->name)) executions.push_back({other->name, other->isa, n, other});
        }
    }
    return executions;
}

std::string case_name(const problem& p, const execution& how) {
    return fmt::format("{}/{}{}{}/threads:{}", p.name, how.backend, how.isa.empty() ? "" : ":", how.isa, how.threads);
}

std::regex filter_of(const std::string& text) {
    try {
        return std::regex(text, std::regex::ECMAScript | std::regex::icase);
    } catch (const std::regex_error& e) {
        throw usage_error(fmt::format("--filter {}: not a regular expression ({}); try --filter 'matmul:f32'", text, e.what()));
    }
}

}  // namespace

const char* to_string(suite value) {
    switch (value) {
        case suite::quick: return "quick";
        case suite::standard: return "standard";
        default: return "full";
    }
}

selection select_cases(const problem_list& known, const run_options& options, const machine_limits& limits) {
    const std::vector<execution> executions = selected_executions(options, limits);
    const std::regex filter = filter_of(options.filter);
    selection result;
    for (const problem& p : known) {
        if (p.first_suite > options.what) continue;
        std::vector<bench_case> cases;
        for (const execution& how : executions) {
            if (options.isas.empty() && repeats_its_base(p, how.isa)) continue;
            std::string name = case_name(p, how);
            if (!options.filter.empty() && !std::regex_search(name, filter) && !std::regex_search(p.workload, filter)) continue;
            if (auto reason = p.declines(how)) {
                result.skipped.push_back({std::move(name), std::move(*reason)});
            } else {
                cases.push_back({result.problems.size(), how, std::move(name)});
            }
        }
        const std::int64_t needed = std::max(p.bytes, p.cold ? rotation_bytes(limits) : 0);
        if (needed > limits.memory_bytes / 4) {
            for (bench_case& one : cases)
                result.skipped.push_back({std::move(one.name), fmt::format("its operands need {} MiB of this machine's {} MiB",
                                                                           needed >> 20, limits.memory_bytes >> 20)});
            continue;
        }
        if (cases.empty()) continue;
        result.problems.push_back(p);
        for (bench_case& one : cases) result.cases.push_back(std::move(one));
    }
    if (result.cases.empty()) {
        throw usage_error(fmt::format("no case of the suite {} is left{}; `tenfold-bench run --list` names them", to_string(options.what),
                                      options.filter.empty() ? "" : fmt::format(" by --filter '{}'", options.filter)));
    }
    return result;
}

selection without_classes(const selection& what, const std::function<bool(const std::string&)>& unwanted, const std::string& reason) {
    selection left;
    left.skipped = what.skipped;
    std::vector<std::size_t> moved(what.problems.size());
    for (std::size_t i = 0; i < what.problems.size(); ++i) {
        moved[i] = left.problems.size();
        if (!unwanted(what.problems[i].kernel_class)) left.problems.push_back(what.problems[i]);
    }
    for (const bench_case& one : what.cases) {
        if (unwanted(what.problems[one.problem_index].kernel_class))
            left.skipped.push_back({one.name, reason});
        else
            left.cases.push_back({moved[one.problem_index], one.how, one.name});
    }
    return left;
}

}  // namespace tenfold::bench
