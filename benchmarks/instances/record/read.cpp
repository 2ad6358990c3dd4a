// SPDX-License-Identifier: Apache-2.0
// Reads record files. Fields that a comparison needs are required; facts about the machine may be unknown.
#include <algorithm>          // std::sort
#include <nlohmann/json.hpp>  // nlohmann::json

#include "instances/errors.hpp"              // data_error
#include "instances/price/catalog.hpp"       // is_known_allocation
#include "instances/price/csv_file.hpp"      // read_file
#include "instances/price/date.hpp"          // day_number
#include "instances/price/money.hpp"         // usd
#include "instances/record/consistency.hpp"  // require_consistent
#include "instances/record/foreign.hpp"      // read_foreign
#include "instances/record/json_fields.hpp"  // json_fields
#include "instances/record/json_form.hpp"    // read_context, read_case
#include "instances/record/record.hpp"       // bench_record

namespace tenfold::bench {
namespace {

using nlohmann::json;

/// Calls read(element) for each object of an array that may be absent.
template <class Read>
void for_each(const json_fields& fields, const char* key, Read read) {
    if (!fields.has(key)) return;
    for (std::size_t i = 0; i < fields.array(key).size(); ++i) read(fields.element(key, i));
}

std::vector<record_cache> read_caches(const json_fields& fields) {
    std::vector<record_cache> caches;
    for_each(fields, "caches", [&](const json_fields& cache) {
        caches.push_back({.type = cache.optional_text("type").value_or(""),
                          .level = cache.small_integer("level"),
                          .size = cache.integer("size"),
                          .num_sharing = cache.optional_small("num_sharing").value_or(0)});
    });
    return caches;
}

record_identity read_identity(const json_fields& fields) {
    record_identity identity{.provider = fields.text("provider"),
                             .instance_type = fields.optional_text("instance_type"),
                             .region = fields.optional_text("region"),
                             .zone = fields.optional_text("zone"),
                             .lifecycle = fields.optional_text("lifecycle").value_or("unknown"),
                             .detected_by = fields.optional_text("detected_by").value_or("none"),
                             .machine_hash = fields.optional_text("machine_hash"),
                             .boot_hash = fields.optional_text("boot_hash"),
                             .contradicted = fields.optional_boolean("contradicted").value_or(false),
                             .simulated = fields.optional_boolean("simulated").value_or(false),
                             .steps = {}};
    for_each(fields, "steps", [&](const json_fields& step) {
        identity.steps.push_back({step.text("step"), step.text("outcome"), step.optional_number("ms").value_or(0)});
    });
    return identity;
}

record_machine read_machine(const json_fields& fields) {
    record_machine machine;
    machine.cpu_model = fields.optional_text("cpu_model");
    machine.vendor = fields.optional_text("vendor");
    machine.family = fields.optional_small("family");
    machine.model = fields.optional_small("model");
    machine.stepping = fields.optional_small("stepping");
    machine.sockets = fields.optional_small("sockets");
    machine.cores = fields.optional_small("cores");
    machine.threads = fields.optional_small("threads");
    machine.smt = fields.optional_boolean("smt");
    machine.caches = read_caches(fields);
    machine.numa_nodes = fields.optional_small("numa_nodes");
    if (fields.has("isa_available")) machine.isa_available = fields.texts("isa_available");
    machine.affinity_cpus = fields.optional_small("affinity_cpus");
    machine.cgroup_cpu_quota = fields.optional_number("cgroup_cpu_quota");
    machine.memory_bytes = fields.optional_integer("memory_bytes");
    machine.hypervisor = fields.optional_text("hypervisor");
    machine.container = fields.optional_boolean("container").value_or(false);
    machine.kernel = fields.optional_text("kernel");
    machine.governor = fields.optional_text("governor");
    for_each(fields, "gpus", [&](const json_fields& gpu) {
        machine.gpus.push_back({.name = gpu.text("name"),
                                .memory_bytes = gpu.optional_integer("memory_bytes"),
                                .compute_capability = gpu.optional_text("compute_capability"),
                                .driver = gpu.optional_text("driver")});
    });
    return machine;
}

record_price read_price(const json_fields& fields) {
    record_price price{.usd_per_hour = fields.text("usd_per_hour"),
                       .allocation = fields.optional_text("allocation").value_or("unknown"),
                       .source_id = fields.optional_text("source_id").value_or(""),
                       .observed_at = fields.optional_text("observed_at"),
                       .stated_by = fields.text("stated_by")};
    try {
        if (usd::parse(price.usd_per_hour) <= usd()) throw data_error("it must be above zero");
    } catch (const data_error& problem) { throw data_error(fields.path("usd_per_hour") + ": " + problem.what()); }
    if (const std::string currency = fields.optional_text("currency").value_or("USD"); currency != "USD")
        throw data_error(fields.path("currency") + " is \"" + currency + "\"; prices are in USD, and nothing is converted");
    if (price.allocation != "unknown" && !is_known_allocation(price.allocation))
        throw data_error(fields.path("allocation") + " is \"" + price.allocation +
                         "\"; it must be one of the catalog, such as on_demand or spot");
    if (price.observed_at && !day_number(*price.observed_at))
        throw data_error(fields.path("observed_at") + " is \"" + *price.observed_at + "\"; it must be a day such as 2026-01-19");
    return price;
}

record_validity read_validity(const json_fields& fields) {
    record_validity validity{fields.text("verdict"), fields.texts("reasons")};
    if (validity.verdict != "VALID" && validity.verdict != "DEGRADED" && validity.verdict != "INVALID")
        throw data_error(fields.path("verdict") + " is \"" + validity.verdict + "\"; it must be VALID, DEGRADED or INVALID");
    if (validity.verdict != "VALID" && validity.reasons.empty())
        throw data_error(fields.path("reasons") + " is empty; " + validity.verdict + " has a reason");
    return validity;
}

}  // namespace

record_roofs read_roofs(const json_fields& fields) {
    record_roofs roofs;
    for (const std::string& group : fields.keys()) {
        const json_fields members = fields.object(group.c_str());
        for (const std::string& name : members.keys()) {
            const json_fields roof = members.object(name.c_str());
            roofs[group][name] = {roof.positive("value"), roof.text("unit")};
        }
    }
    return roofs;
}

record_context read_context(const json_fields& context) {
    const json_fields ours = context.object("tenfold");
    const json_fields settings = ours.object("settings");
    record_context result;
    result.date = context.text("date");
    require_moment(result.date, context, "date");
    result.num_cpus = context.optional_small("num_cpus").value_or(0);
    result.mhz_per_cpu = context.optional_number("mhz_per_cpu").value_or(0);
    result.cpu_scaling_enabled = context.optional_boolean("cpu_scaling_enabled").value_or(false);
    result.caches = read_caches(context);
    if (context.has("load_avg")) result.load_avg = context.numbers("load_avg");
    result.library_build_type = context.text("library_build_type");
    result.version = ours.text("version");
    result.commit = ours.optional_text("commit").value_or("");
    result.dirty = ours.optional_boolean("dirty").value_or(false);
    result.compiler = ours.text("compiler");
    result.flags = ours.optional_text("flags").value_or("");
    result.build_type = ours.optional_text("build_type").value_or("");
    result.identity = read_identity(ours.object("identity"));
    result.machine = read_machine(ours.object("machine"));
    result.settings = {.suite = settings.text("suite"),
                       .seed = static_cast<std::uint64_t>(settings.optional_integer("seed").value_or(0)),
                       .threads = settings.optional_small("threads").value_or(0),
                       .min_time_s = settings.optional_number("min_time_s").value_or(0),
                       .repetitions = settings.optional_small("repetitions").value_or(0),
                       .order = settings.optional_text("order").value_or(""),
                       .flags = settings.optional_text("flags").value_or("")};
    result.roofs = read_roofs(ours.object("roofs"));
    if (!ours.required("price").is_null()) result.price = read_price(ours.object("price"));
    return result;
}

record_case read_case(const json_fields& fields) {
    const json_fields ours = fields.object("tenfold");
    record_case result;
    result.name = fields.text("name");
    result.iterations = fields.optional_integer("iterations").value_or(0);
    result.workload = ours.optional_text("workload").value_or("");
    result.kernel_class = ours.text("class");
    result.problem = ours.text("problem");
    result.dtype = ours.text("dtype");
    result.backend = ours.text("backend");
    result.isa = ours.optional_text("isa").value_or("");
    result.threads = ours.small_integer("threads");
    result.kernel = ours.optional_text("kernel").value_or("");
    result.flops = ours.integer("flops");
    result.bytes = ours.integer("bytes");
    if (ours.has("verified")) {
        const json_fields verified = ours.object("verified");
        result.verified = record_verified{.against = verified.text("against"),
                                          .max_error_ratio = verified.optional_number("max_error_ratio").value_or(0),
                                          .bound = verified.optional_number("bound").value_or(1),
                                          .passed = verified.boolean("passed")};
        require_consistent(*result.verified, verified);
    }
    if (fields.optional_boolean("error_occurred").value_or(false)) {
        result.error = fields.optional_text("error_message").value_or("the record does not say why");
        return result;
    }
    // A wrong result has no time, and neither has one that nobody checked.
    if (!result.verified) throw data_error(ours.path("verified") + " is missing; a time without an accuracy check is not compared");
    if (!result.verified->passed) {
        result.error = "accuracy check failed";
        return result;
    }
    result.samples_ns = ours.numbers("samples_ns");
    result.median_ns = ours.positive("median_ns");
    result.p10_ns = ours.positive("p10_ns");
    result.p90_ns = ours.positive("p90_ns");
    result.cpu_time_ns = fields.optional_number("cpu_time").value_or(0);
    const json_fields rate = ours.object("rate");
    result.rate = rate.positive("value");
    result.rate_unit = rate.text("unit");
    if (result.rate_unit != "FLOP/s" && result.rate_unit != "B/s")
        throw data_error(rate.path("unit") + " is \"" + result.rate_unit + "\"; it must be FLOP/s or B/s");
    require_consistent_times(result, ours);
    result.roof = ours.optional_text("roof");
    result.percent_of_roof = ours.optional_number("percent_of_roof");
    return result;
}

bench_record parse_record(const std::string& name, const std::string& text) {
    json document;
    try {
        document = json::parse(text);
    } catch (const json::exception& problem) {
        throw data_error(name + ": is not JSON (" + problem.what() + "); is the file damaged or cut off?");
    }
    const json_fields root(document, name + ": ");
    if (!root.has("schema")) {
        const bool looks_like_google = root.has("context") && root.has("benchmarks") && !root.object("context").has("tenfold");
        if (!looks_like_google)
            throw data_error(name + ": has no \"schema\" and is not JSON of Google Benchmark; give a record written by tenfold-bench run");
        return read_foreign(name, root);
    }
    const std::string schema = root.text("schema");
    if (schema != record_schema)
        throw data_error(name + ": schema is \"" + schema + "\"; this program reads \"" + std::string(record_schema) + "\"");

    bench_record record;
    record.file = name;
    record.complete = !root.has("complete") || root.boolean("complete");
    record.record_id = root.optional_text("record_id").value_or("");
    if (root.has("validity")) record.validity = read_validity(root.object("validity"));
    for_each(root, "attempts", [&](const json_fields& one) {
        record.attempts.push_back({one.text("started"), one.text("ended"), one.small_integer("cases")});
    });
    if (root.has("phases_s")) {
        const json_fields phases = root.object("phases_s");
        for (const std::string& phase : phases.keys()) record.phases_s[phase] = phases.number(phase.c_str());
    }
    if (root.has("energy")) {
        const json_fields energy = root.object("energy");
        for (const std::string& of : energy.keys()) {
            const json_fields used = energy.object(of.c_str());
            record.energy[of] = {used.number("joules"), used.number("seconds")};
        }
    }
    record.context = read_context(root.object("context"));
    for (std::size_t i = 0; i < root.array("benchmarks").size(); ++i) record.cases.push_back(read_case(root.element("benchmarks", i)));
    require_distinct(record.cases, root);
    for_each(root, "skipped",
             [&](const json_fields& skipped) { record.skipped.push_back({skipped.text("problem"), skipped.text("reason")}); });
    if (record.cases.empty()) throw data_error(name + ": benchmarks is empty; there is nothing to compare");
    return record;
}

bench_record read_record(const std::filesystem::path& file) { return parse_record(file.string(), read_file(file)); }

bool is_complete_record(const std::filesystem::path& file) {
    std::error_code failed;
    if (!std::filesystem::exists(file, failed)) return false;
    try {
        return read_record(file).complete;
    } catch (const data_error&) { return false; }
}

std::vector<std::filesystem::path> find_records(const std::vector<std::filesystem::path>& paths) {
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const fs::path& path : paths) {
        std::error_code failed;
        if (!fs::is_directory(path, failed)) {
            files.push_back(path);
            continue;
        }
        std::vector<fs::path> inside;
        for (fs::recursive_directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed))
            if (entry->path().extension() == ".json" && entry->is_regular_file(failed)) inside.push_back(entry->path());
        if (failed) throw data_error(path.string() + ": cannot be searched: " + failed.message());
        if (inside.empty()) throw data_error(path.string() + ": holds no .json record");
        std::sort(inside.begin(), inside.end());
        files.insert(files.end(), inside.begin(), inside.end());
    }
    return files;
}

}  // namespace tenfold::bench
