// SPDX-License-Identifier: Apache-2.0
// Writes record files, whole or not at all.
#include <nlohmann/json.hpp>    // nlohmann::ordered_json
#include <tenfold/io/file.hpp>  // replacement_file

#include "instances/errors.hpp"            // disk_failure
#include "instances/record/json_form.hpp"  // context_json, case_json
#include "instances/record/record.hpp"     // bench_record

namespace tenfold::bench {
namespace {

using json = nlohmann::ordered_json;

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json caches_json(const std::vector<record_cache>& caches) {
    json result = json::array();
    for (const record_cache& cache : caches)
        result.push_back({{"type", cache.type}, {"level", cache.level}, {"size", cache.size}, {"num_sharing", cache.num_sharing}});
    return result;
}

json identity_json(const record_identity& identity) {
    json steps = json::array();
    for (const record_step& step : identity.steps) steps.push_back({{"step", step.step}, {"outcome", step.outcome}, {"ms", step.ms}});
    return {{"provider", identity.provider},
            {"instance_type", or_null(identity.instance_type)},
            {"region", or_null(identity.region)},
            {"zone", or_null(identity.zone)},
            {"lifecycle", identity.lifecycle},
            {"detected_by", identity.detected_by},
            {"machine_hash", or_null(identity.machine_hash)},
            {"boot_hash", or_null(identity.boot_hash)},
            {"contradicted", identity.contradicted},
            {"simulated", identity.simulated},
            {"steps", steps}};
}

json machine_json(const record_machine& machine) {
    json gpus = json::array();
    for (const record_gpu& gpu : machine.gpus)
        gpus.push_back({{"name", gpu.name},
                        {"memory_bytes", or_null(gpu.memory_bytes)},
                        {"compute_capability", or_null(gpu.compute_capability)},
                        {"driver", or_null(gpu.driver)}});
    return {{"cpu_model", or_null(machine.cpu_model)},
            {"vendor", or_null(machine.vendor)},
            {"family", or_null(machine.family)},
            {"model", or_null(machine.model)},
            {"stepping", or_null(machine.stepping)},
            {"sockets", or_null(machine.sockets)},
            {"cores", or_null(machine.cores)},
            {"threads", or_null(machine.threads)},
            {"smt", or_null(machine.smt)},
            {"caches", caches_json(machine.caches)},
            {"numa_nodes", or_null(machine.numa_nodes)},
            {"isa_available", machine.isa_available},
            {"affinity_cpus", or_null(machine.affinity_cpus)},
            {"cgroup_cpu_quota", or_null(machine.cgroup_cpu_quota)},
            {"memory_bytes", or_null(machine.memory_bytes)},
            {"hypervisor", or_null(machine.hypervisor)},
            {"container", machine.container},
            {"kernel", or_null(machine.kernel)},
            {"governor", or_null(machine.governor)},
            {"gpus", gpus}};
}

json validity_json(const std::optional<record_validity>& validity) {
    if (!validity) return nullptr;
    return {{"verdict", validity->verdict}, {"reasons", validity->reasons}};
}

}  // namespace

json roofs_json(const record_roofs& roofs) {
    json result = json::object();
    for (const auto& [group, members] : roofs) {
        result[group] = json::object();
        for (const auto& [name, roof] : members) result[group][name] = {{"value", roof.value}, {"unit", roof.unit}};
    }
    return result;
}

json context_json(const record_context& context) {
    json price = nullptr;
    if (context.price)
        price = {{"usd_per_hour", context.price->usd_per_hour},
                 {"allocation", context.price->allocation},
                 {"source_id", context.price->source_id},
                 {"observed_at", or_null(context.price->observed_at)},
                 {"stated_by", context.price->stated_by}};
    const record_settings& settings = context.settings;
    return {{"date", context.date},
            {"host_name", ""},  // never the real one
            {"executable", "tenfold-bench"},
            {"num_cpus", context.num_cpus},
            {"mhz_per_cpu", context.mhz_per_cpu},
            {"cpu_scaling_enabled", context.cpu_scaling_enabled},
            {"caches", caches_json(context.caches)},
            {"load_avg", context.load_avg},
            {"library_build_type", context.library_build_type},
            {"tenfold",
             {{"version", context.version},
              {"commit", context.commit},
              {"dirty", context.dirty},
              {"compiler", context.compiler},
              {"flags", context.flags},
              {"build_type", context.build_type},
              {"identity", identity_json(context.identity)},
              {"machine", machine_json(context.machine)},
              {"settings",
               {{"suite", settings.suite},
                {"seed", settings.seed},
                {"threads", settings.threads},
                {"min_time_s", settings.min_time_s},
                {"repetitions", settings.repetitions},
                {"order", settings.order},
                {"flags", settings.flags}}},
              {"roofs", roofs_json(context.roofs)},
              {"price", price}}}};
}

json case_json(const record_case& known) {
    json ours = {{"workload", known.workload}, {"class", known.kernel_class}, {"problem", known.problem},
                 {"dtype", known.dtype},       {"backend", known.backend},    {"isa", known.isa},
                 {"threads", known.threads},   {"kernel", known.kernel},      {"flops", known.flops},
                 {"bytes", known.bytes}};
    if (known.verified)
        ours["verified"] = {{"against", known.verified->against},
                            {"max_error_ratio", known.verified->max_error_ratio},
                            {"bound", known.verified->bound},
                            {"passed", known.verified->passed}};
    json run = {{"name", known.name},    {"run_name", known.name}, {"run_type", "iteration"},        {"repetitions", 1},
                {"repetition_index", 0}, {"threads", 1},           {"iterations", known.iterations}, {"time_unit", "ns"}};
    if (known.timed()) {
        run["real_time"] = known.median_ns;
        run["cpu_time"] = known.cpu_time_ns;
        ours["samples_ns"] = known.samples_ns;
        ours["median_ns"] = known.median_ns;
        ours["p10_ns"] = known.p10_ns;
        ours["p90_ns"] = known.p90_ns;
        ours["rate"] = {{"value", known.rate}, {"unit", known.rate_unit}};
        ours["roof"] = or_null(known.roof);
        ours["percent_of_roof"] = or_null(known.percent_of_roof);
    } else {
        run["real_time"] = run["cpu_time"] = nullptr;
        run["error_occurred"] = true;
        run["error_message"] = *known.error;
    }
    run["tenfold"] = ours;
    return run;
}

std::string record_text(const bench_record& record) {
    json cases = json::array(), skipped = json::array(), attempts = json::array();
    for (const record_case& known : record.cases) cases.push_back(case_json(known));
    for (const record_skipped& one : record.skipped) skipped.push_back({{"problem", one.problem}, {"reason", one.reason}});
    for (const record_attempt& one : record.attempts)
        attempts.push_back({{"started", one.started}, {"ended", one.ended}, {"cases", one.cases}});
    json energy = json::object();
    for (const auto& [name, used] : record.energy) energy[name] = {{"joules", used.joules}, {"seconds", used.seconds}};
    const json document = {{"schema", record_schema},
                           {"record_id", record.record_id.empty() ? json(nullptr) : json(record.record_id)},
                           {"complete", record.complete},
                           {"validity", validity_json(record.validity)},
                           {"attempts", attempts},
                           {"phases_s", record.phases_s},
                           {"energy", energy},
                           {"context", context_json(record.context)},
                           {"benchmarks", cases},
                           {"skipped", skipped}};
    // Foreign bytes in a CPU's name must not make a record unwritable.
    return document.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

void write_whole_file(const std::filesystem::path& file, std::string_view text) {
    try {
        replacement_file out(file.string());
        out.write(text.data(), text.size());
        out.commit();
    } catch (const file_error& problem) { throw disk_failure(std::string("cannot be written: ") + problem.what()); }
}

}  // namespace tenfold::bench
