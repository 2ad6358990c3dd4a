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
#include "op/matmul_catalog.hpp"             // matmul_catalog
#include "peers/contest/ratios.hpp"          // worst_first
#include "peers/contest/roofs.hpp"           // measure_roofs
#include "support/build_info.hpp"            // this_build
#include "support/interrupt.hpp"             // interrupted
#include "support/machine_limits.hpp"        // limits_of_this_machine
#include "support/matmul_operands.hpp"       // reserve_matmul

namespace tenfold::bench {
namespace {

namespace files = std::filesystem;

constexpr double busy_load = 0.3;
const std::string own_name = "tenfold";  // of the module that the others are compared with

template <class T>
bool contains(const std::vector<T>& list, const T& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

void require_known(const char* flag, const std::vector<std::string>& given, const std::vector<std::string>& known) {
    for (const std::string& one : given) {
        if (!contains(known, one)) throw usage_error(fmt::format("{} {}: there is none; use {}", flag, one, fmt::join(known, ", ")));
    }
}

/// Paths of the modules by name, tenfold first.
std::vector<std::pair<std::string, std::string>> modules_in(const std::string& folder) {
    std::vector<std::pair<std::string, std::string>> modules;
    std::error_code none;
    for (const files::directory_entry& entry : files::directory_iterator(folder, none)) {
        if (entry.path().extension() == ".so") modules.emplace_back(entry.path().stem(), entry.path());
    }
    std::sort(modules.begin(), modules.end());
    const auto own = std::find_if(modules.begin(), modules.end(), [](const auto& one) { return one.first == own_name; });
    if (own == modules.end())
        throw data_error(fmt::format("{} has no module {}.so; build the target tenfold-peers-modules, or say where they are with --modules",
                                     folder, own_name));
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
    for (const auto& [name, path] : modules_in(options.modules)) {
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
        fmt::format("[{}/{}] {} threads {}", done, all, text_of(report.results.back().shape), report.results.back().threads);
    if (!row.ratio) return head + ": nothing to compare";
    return fmt::format("{}: {:.3f} of {}", head, row.ratio->median, report.names[row.best_peer]);
}

}  // namespace

std::vector<wanted_shape> wanted_shapes(const contest_options& options) {
    require_known("--set", options.sets, matmul_set_names());
    std::vector<std::string> type_names;
    for (const matmul_types types : {matmul_types::f32, matmul_types::f64, matmul_types::bf16, matmul_types::u8s8, matmul_types::s8})
        type_names.emplace_back(name_of(types));
    require_known("--types", options.types, type_names);

    std::vector<wanted_shape> shapes;
    const auto add = [&](const matmul_shape& s, const std::string& workload) {
        if (!options.types.empty() && !contains(options.types, std::string(name_of(s.types)))) return;
        if (std::none_of(shapes.begin(), shapes.end(), [&](const wanted_shape& one) { return one.shape == s; }))
            shapes.push_back({s, workload});
    };
    for (const std::string& text : options.shapes) add(parse_matmul_shape(text), "given");
    for (const listed_matmul& one : matmul_catalog()) {
        if (std::any_of(one.sets.begin(), one.sets.end(), [&](const std::string& set) { return contains(options.sets, set); }))
            add(one.shape, one.workload);
    }
    if (shapes.empty()) throw usage_error("no shape is left; give --set or --shape, and --types that they have");
    return shapes;
}

contest_report run_contest(const contest_options& options, std::ostream& log) {
    const std::vector<wanted_shape> wanted = wanted_shapes(options);
    const machine_limits limits = limits_of_this_machine();
    for (const int threads : options.threads) {
        if (threads < 1 || threads > limits.usable_cpus)
            throw usage_error(
                fmt::format("--threads {}: give numbers from 1 to {}, which is what this process may use", threads, limits.usable_cpus));
    }
    operand_pool pool(options.seed, rotation_bytes(limits));
    std::vector<matmul_shape> shapes;
    for (const wanted_shape& one : wanted) {
        reserve_matmul(pool, one.shape);
        shapes.push_back(one.shape);
    }
    // Inputs are shared, an output is each contender's own.
    if (pool.bytes() > limits.memory_bytes / 2)
        throw usage_error(fmt::format("the shapes need {} MiB, more than half of the memory; leave out the largest", pool.bytes() >> 20));
    pool.fill(limits.usable_cpus);

    contest_report report;
    report.facts = facts_of(limits, read_machine(system_files(), real_machine_probes()));
    const std::size_t all = wanted.size() * options.threads.size();
    for (const int threads : options.threads) {
        const std::vector<contender> contenders = start_contenders(options, {"", &shapes, &pool, threads}, log);
        if (report.names.empty()) {
            for (const contender& one : contenders) {
                report.names.push_back(one.name);
                report.versions.push_back(one.version);
            }
        }
        measure_roofs(shapes, threads, limits, report.roofs);  // before and after: the better stays
        for (std::size_t i = 0; i < wanted.size() && !interrupted(); ++i) {
            report.results.push_back({wanted[i].shape, wanted[i].workload, threads, contest_shape(i, threads, contenders, options.plan)});
            log << progress_line(report, report.results.size(), all) << std::endl;
        }
        measure_roofs(shapes, threads, limits, report.roofs);
    }
    return report;
}

}  // namespace tenfold::bench
