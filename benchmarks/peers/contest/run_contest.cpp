// SPDX-License-Identifier: Apache-2.0
// Finds modules and shapes, starts the contenders and goes through the shapes.
#include "peers/contest/run_contest.hpp"

#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join

#include <algorithm>   // std::find, std::sort, std::max
#include <cstdlib>     // getloadavg
#include <filesystem>  // std::filesystem

#include "instances/errors.hpp"              // usage_error, data_error
#include "instances/facts/machine.hpp"       // read_machine
#include "instances/facts/system_files.hpp"  // system_files
#include "peers/contest/ratios.hpp"          // worst_first
#include "support/build_info.hpp"            // this_build
#include "support/interrupt.hpp"             // interrupted
#include "support/machine_limits.hpp"        // limits_of_this_machine

namespace tenfold::bench {
namespace {

namespace files = std::filesystem;

constexpr double busy_load = 0.3;
const std::string own_name = "tenfold";  // of the module that the others are compared with

/// Paths of the modules by name, tenfold first.
std::vector<std::pair<std::string, std::string>> modules_in(const files::path& folder) {
    std::vector<std::pair<std::string, std::string>> modules;
    std::error_code none;
    for (const files::directory_entry& entry : files::directory_iterator(folder, none)) {
        if (entry.path().extension() == ".so") modules.emplace_back(entry.path().stem(), entry.path());
    }
    std::sort(modules.begin(), modules.end());
    const auto own = std::find_if(modules.begin(), modules.end(), [](const auto& one) { return one.first == own_name; });
    if (own == modules.end())
        throw data_error(fmt::format("{} has no module {}.so; build the target tenfold-peers-modules, or say where they are with --modules",
                                     folder.string(), own_name));
    std::rotate(modules.begin(), own, own + 1);
    return modules;
}

/// Does `only` name this contender, or may it name one that the module has?
bool wanted_name(const std::vector<std::string>& only, const std::string& name) {
    return only.empty() || name == own_name ||
           std::any_of(only.begin(), only.end(), [&](const std::string& one) { return name.starts_with(one) || one.starts_with(name); });
}

std::vector<contender> start_contenders(const contest_options& options, served_module common, std::ostream& log) {
    std::vector<contender> contenders;
    for (const auto& [name, path] : modules_in(files::path(options.modules) / common.subject->module_folder())) {
        if (!wanted_name(options.only, name)) continue;
        common.path = path;
        const introduction found = introduce(name, common);
        if (!found.complaint.empty()) log << fmt::format("{} takes no part: {}\n", name, found.complaint);
        for (const contender& one : found.contenders) {
            const auto named = [&](const std::string& text) { return one.name.starts_with(text); };
            if (options.only.empty() || name == own_name || std::any_of(options.only.begin(), options.only.end(), named))
                contenders.push_back(one);
        }
    }
    if (contenders.empty() || contenders[0].name != own_name) throw data_error("the module of tenfold itself cannot be loaded");
    if (contenders.size() < 2)
        throw usage_error(fmt::format("--only {}: no module in {} begins like that", fmt::join(options.only, ","), options.modules));
    return contenders;
}

std::vector<std::string> facts_of(const machine_limits& limits, const machine_facts& machine) {
    const build_info& build = this_build();
    double load = 0;
    getloadavg(&load, 1);
    return {fmt::format("{}, {} CPUs usable, {} MiB of last-level cache, {} GiB of memory",
                        machine.cpu.model_name.value_or("unknown processor"), limits.usable_cpus, limits.cache_bytes >> 20,
                        limits.memory_bytes >> 30),
            fmt::format("tenfold {}{}{}, {}, {}", build.version, build.commit.empty() ? "" : " ",
                        build.commit.substr(0, 12) + (build.dirty ? "+changes" : ""), build.compiler, build.build_type),
            fmt::format("load average before: {:.2f}{}", load,
                        load > busy_load ? "; other programs were running, so do not rely on figures with several threads" : "")};
}

std::string progress_line(const contest_report& report, std::size_t done, std::size_t all) {
    const ranked_shape row = worst_first({report.results.back()}, report.names)[0];
    const std::string head =
        fmt::format("[{}/{}] {} threads {}", done, all, report.results.back().shape.text, report.results.back().threads);
    if (!row.ratio) return head + ": nothing to compare";
    return fmt::format("{}: {:.3f} of {}", head, row.ratio->median, report.names[row.best_peer]);
}

}  // namespace

std::unique_ptr<contest_subject> subject_of(const contest_options& options) {
    for (const listed_subject& one : subjects()) {
        if (one.name == options.subject) return one.make(options.wishes);
    }
    std::vector<std::string> names;
    for (const listed_subject& one : subjects()) names.push_back(one.name);
    throw usage_error(fmt::format("{}: no contest is about that; use {}", options.subject, fmt::join(names, ", ")));
}

contest_report run_contest(const contest_options& options, std::ostream& log) {
    const std::unique_ptr<contest_subject> subject = subject_of(options);
    const machine_limits limits = limits_of_this_machine();
    for (const int threads : options.threads) {
        if (threads < 1 || threads > limits.usable_cpus)
            throw usage_error(
                fmt::format("--threads {}: give numbers from 1 to {}, which is what this process may use", threads, limits.usable_cpus));
    }
    operand_pool pool(options.seed, rotation_bytes(limits));
    subject->reserve(pool);
    // Inputs are shared, an output is each contender's own.
    if (pool.bytes() > limits.memory_bytes / 2)
        throw usage_error(fmt::format("the shapes need {} MiB, more than half of the memory; leave out the largest", pool.bytes() >> 20));
    pool.fill(limits.usable_cpus);

    contest_report report;
    report.title = subject->title();
    report.rate_unit = subject->rate_unit();
    report.roof_meaning = subject->roof_meaning();
    report.value_names = subject->value_names();
    report.facts = facts_of(limits, read_machine(system_files(), real_machine_probes()));
    const std::vector<contest_case> cases = subject->cases();
    const std::size_t all = cases.size() * options.threads.size();
    for (const int threads : options.threads) {
        const std::vector<contender> contenders = start_contenders(options, {"", subject.get(), &pool, threads}, log);
        if (report.names.empty()) {
            for (const contender& one : contenders) {
                report.names.push_back(one.name);
                report.versions.push_back(one.version);
            }
        }
        subject->measure_roofs(threads, limits);
        const std::size_t first = report.results.size();
        for (std::size_t i = 0; i < cases.size() && !interrupted(); ++i) {
            report.results.push_back({cases[i], threads, contest_shape(i, threads, contenders, options.plan), {}});
            log << progress_line(report, report.results.size(), all) << std::endl;
        }
        subject->measure_roofs(threads, limits);
        for (std::size_t i = first; i < report.results.size(); ++i)
            report.results[i].roof_seconds = subject->seconds_at_roof(i - first, threads);
    }
    report.roof_lines = subject->roof_lines();
    return report;
}

}  // namespace tenfold::bench
