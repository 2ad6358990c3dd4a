// SPDX-License-Identifier: Apache-2.0
// Fills the context of a record from Google Benchmark, from the identification and from the price catalog.
#include "support/context.hpp"

#include <benchmark/benchmark.h>           // JSONReporter
#include <nlohmann/json.hpp>               // nlohmann::json
#include <tenfold/kernel/cpu/dispatch.hpp>  // available_isas
#include <tenfold/kernel/cpu/topology.hpp>  // usable_cpus

#include <sstream>  // std::ostringstream

#include "instances/identity/identify.hpp"  // identify
#include "instances/price/catalog.hpp"      // price_catalog
#include "support/build_info.hpp"           // this_build

namespace tenfold::bench {
namespace {

/// The "context" object that Google Benchmark itself would write: its own words about machine and library build.
nlohmann::json context_of_google() {
    std::ostringstream text;
    benchmark::JSONReporter reporter;
    reporter.SetOutputStream(&text);
    reporter.SetErrorStream(&text);
    reporter.ReportContext(benchmark::BenchmarkReporter::Context());
    reporter.Finalize();
    return nlohmann::json::parse(text.str()).at("context");
}

void take_google(record_context& context) {
    const nlohmann::json google = context_of_google();
    context.date = google.at("date").get<std::string>();
    context.num_cpus = google.at("num_cpus").get<int>();
    context.mhz_per_cpu = google.at("mhz_per_cpu").get<double>();
    context.cpu_scaling_enabled = google.value("cpu_scaling_enabled", false);
    for (const auto& cache : google.at("caches"))
        context.caches.push_back({cache.at("type").get<std::string>(), cache.at("level").get<int>(), cache.at("size").get<std::int64_t>(),
                                  cache.at("num_sharing").get<int>()});
    context.load_avg = google.at("load_avg").get<std::vector<double>>();
    context.library_build_type = google.at("library_build_type").get<std::string>();
}

record_identity identity_of(const identity& who) {
    record_identity result;
    result.provider = who.provider;
    result.instance_type = who.instance_type;
    result.region = who.region;
    result.zone = who.zone;
    result.lifecycle = to_string(who.lifecycle);
    result.detected_by = to_string(who.detected_by);
    if (!who.machine_hash.empty()) result.machine_hash = who.machine_hash;
    if (!who.boot_hash.empty()) result.boot_hash = who.boot_hash;
    result.contradicted = who.contradicted;
    result.simulated = who.simulated;
    for (const probe_step& step : who.steps) result.steps.push_back({step.step, step.outcome, step.ms});
    return result;
}

std::optional<int> narrow(const std::optional<std::int64_t>& value) {
    return value ? std::optional<int>(static_cast<int>(*value)) : std::nullopt;
}

record_machine machine_of(const identification& found) {
    const cpu_facts& cpu = found.machine.cpu;
    record_machine result;
    result.cpu_model = cpu.model_name;
    result.vendor = cpu.vendor;
    result.family = narrow(cpu.family);
    result.model = narrow(cpu.model);
    result.stepping = narrow(cpu.stepping);
    result.sockets = cpu.sockets;
    result.cores = cpu.cores;
    result.threads = cpu.threads;
    result.smt = cpu.smt;
    for (const cache_facts& cache : cpu.caches) result.caches.push_back({cache.type, cache.level, cache.size, cache.num_sharing});
    result.numa_nodes = cpu.numa_nodes;
    result.isa_available = found.isa_available;
    result.affinity_cpus = found.machine.affinity_cpus;
    result.cgroup_cpu_quota = found.machine.cgroup.cpu_quota;
    result.memory_bytes = found.machine.memory_bytes;
    result.hypervisor = found.machine.hypervisor;
    result.container = found.machine.container;
    result.kernel = found.machine.kernel;
    result.governor = found.machine.governor;
    for (const gpu_facts& gpu : found.gpu.gpus)
        result.gpus.push_back({gpu.name.value_or("unknown"), gpu.memory_bytes, gpu.compute_capability, found.gpu.driver});
    return result;
}

/// A price stated by the user wins over the catalog's; without either there is none.
std::optional<record_price> price_of(const run_options& options, const record_identity& who) {
    const std::string allocation = who.lifecycle == "spot" ? "spot" : "on_demand";
    if (options.usd_per_hour) return record_price{usd::parse(*options.usd_per_hour).text(), allocation, "user", std::nullopt, "user"};
    if (!options.catalog || !who.instance_type) return std::nullopt;
    const price_catalog catalog = price_catalog::load(*options.catalog);
    const price_row* row = catalog.find_price(who.provider, *who.instance_type, who.region.value_or(""), allocation);
    if (row == nullptr) return std::nullopt;
    return record_price{effective_per_hour(*row).text(), row->allocation, row->source_id,
                        row->observed_at.empty() ? std::nullopt : std::optional<std::string>(row->observed_at), "catalog"};
}

}  // namespace

gathered_context gather_context(const run_options& options, const sampling_plan& plan) {
    gathered_context gathered;
    record_context& context = gathered.record;
    take_google(context);

    const build_info& build = this_build();
    context.version = build.version;
    context.commit = build.commit;
    context.dirty = build.dirty;
    context.compiler = build.compiler;
    context.flags = build.flags;
    context.build_type = build.build_type;

    identify_options wanted;
    wanted.no_imds = options.no_imds;
    for (const char* isa : available_isas()) wanted.isa_available.emplace_back(isa);
    gathered.settings = read_probe_settings();
    gathered.settings.use_metadata = gathered.settings.use_metadata && !options.no_imds;
    const identification found = identify(wanted, gathered.settings);
    gathered.who = found.who;
    context.identity = identity_of(found.who);
    context.machine = machine_of(found);

    context.settings.suite = to_string(options.what);
    context.settings.seed = options.seed;
    context.settings.threads = usable_cpus();
    context.settings.min_time_s = plan.sample_seconds;
    context.settings.repetitions = plan.rounds;
    context.settings.order = "interleaved";
    context.settings.flags = options.measuring_flags();
    context.price = price_of(options, context.identity);
    return gathered;
}

}  // namespace tenfold::bench
