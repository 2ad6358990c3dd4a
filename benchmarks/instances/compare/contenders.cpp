// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/contenders.hpp"

#include <fmt/format.h>
#include <algorithm>   // std::find
#include <filesystem>  // std::filesystem::path
#include <set>      // std::set
#include <tuple>    // std::tuple
#include <utility>  // std::move

#include "instances/compare/machine_modes.hpp"  // modes_of, machine_of
#include "instances/errors.hpp"                 // data_error
#include "instances/record/validity.hpp"     // identity_flaws
#include "instances/statistics/summary.hpp"  // median, geometric_mean

namespace tenfold::bench {
namespace {

using group_key = std::tuple<std::string, std::string, std::string, std::string, std::string, std::string>;

/// What the figures are of: program and settings. Records that differ in it are never averaged.
std::string method_of(const record_context& context) {
    const record_settings& how = context.settings;
    return fmt::format("tenfold {} {}{}, {} {}, seed {}, samples of {} s, {} threads", context.version, context.commit.substr(0, 12),
                       context.dirty ? "+changes" : "", context.compiler, context.flags, how.seed, how.min_time_s, how.threads);
}

/// Processor, GPUs and their driver: one type name may hide several.
std::string hardware_of(const record_machine& machine) {
    std::string text = machine.cpu_model.value_or("");
    for (const record_gpu& gpu : machine.gpus) text += ", " + gpu.name + (gpu.driver ? " with driver " + *gpu.driver : "");
    return text;
}

group_key group_of(const bench_record& record) {
    const record_identity& identity = record.context.identity;
    const std::string hardware = hardware_of(record.context.machine);
    if (record.foreign) return {"foreign", record.file, "", "", "", ""};
    // A machine that does not know its type is no sample of one.
    if (!identity.instance_type) return {identity.provider, "", "", machine_of(record), hardware, method_of(record.context)};
    return {identity.provider, *identity.instance_type,  identity.region.value_or(""), identity.lifecycle,
            hardware,          method_of(record.context)};
}

/// What a reader calls the machine: its type, or, where that is unknown, its CPU.
std::string short_label(const bench_record& record) {
    const record_context& context = record.context;
    if (record.foreign) return std::filesystem::path(record.file).filename().string();
    if (context.identity.instance_type) {
        std::string label = context.identity.provider + "/" + *context.identity.instance_type;
        if (context.identity.lifecycle == "spot") label += " spot";
        return label;
    }
    const int cpus = context.machine.affinity_cpus.value_or(context.num_cpus);
    return fmt::format("{}, {} CPUs", context.machine.cpu_model.value_or("unknown CPU"), cpus);
}

/// Equal labels are told apart by region, CPU model, program and settings, and at last a number.
void make_labels_unique(std::vector<contender>& contenders) {
    const auto count = [&](const std::string& label) {
        return std::count_if(contenders.begin(), contenders.end(), [&](const contender& one) { return one.label == label; });
    };
    for (const auto& extra :
         {+[](const contender& one) { return one.context.identity.region.value_or(""); },
          +[](const contender& one) { return one.context.identity.instance_type ? hardware_of(one.context.machine) : ""; },
          +[](const contender& one) { return one.foreign ? "" : method_of(one.context); }}) {
        std::vector<std::string> longer;
        for (const contender& one : contenders) {
            const std::string more = extra(one);
            longer.push_back(count(one.label) > 1 && !more.empty() ? one.label + ", " + more : one.label);
        }
        for (std::size_t i = 0; i < contenders.size(); ++i) contenders[i].label = longer[i];
    }
    std::map<std::string, int> seen;
    for (contender& one : contenders)
        if (const int number = ++seen[one.label]; number > 1) one.label += fmt::format(" #{}", number);
}

/// What makes figures of this record weaker than they look.
std::vector<std::string> flaws_of(const bench_record& record) {
    const record_context& context = record.context;
    std::vector<std::string> flaws = identity_flaws(context.identity);
    if (!record.complete) flaws.push_back(incomplete_flaw);
    if (record.validity) {  // its own program saw more than the record can show
        flaws.insert(flaws.end(), record.validity->reasons.begin(), record.validity->reasons.end());
        return flaws;
    }
    if (record.foreign) flaws.push_back("no accuracy check");
    // Our own times are taken around the calls (manual time), so how Google's library was built, which Debian's package calls
    // debug, does not enter them. A foreign record's times are that library's.
    const bool debug = record.foreign ? context.library_build_type == "debug" : context.build_type != "Release";
    if (debug) flaws.push_back(record.foreign ? "debug build of the benchmark library" : "not a Release build");
    if (context.dirty) flaws.push_back("built from uncommitted changes");
    const record_machine& machine = context.machine;
    if (machine.cgroup_cpu_quota && machine.affinity_cpus && *machine.cgroup_cpu_quota < *machine.affinity_cpus)
        flaws.push_back("CPU quota below the CPUs it may run on");
    // Half of the cases spread by more than a tenth: figures of another minute would differ.
    std::vector<double> spreads;
    for (const record_case& one : record.cases)
        if (one.timed()) spreads.push_back(one.p90_ns / one.p10_ns - 1);
    if (!spreads.empty() && median(spreads) > 0.1) flaws.push_back("noisy: p90/p10 above 1.1 in half of the cases");
    return flaws;
}

/// The price of machines of one type, which is one price: what one record states is not the cost of another's work.
std::optional<stated_price> common_price(const std::vector<const bench_record*>& members, const price_catalog& catalog,
                                         const comparison_settings& settings) {
    std::optional<stated_price> common;
    std::string file;
    for (const bench_record* record : members) {
        std::optional<stated_price> price = price_of(record->context, catalog, settings.price, settings.today);
        if (!price) continue;
        if (common && common->per_hour != price->per_hour)
            throw data_error(
                fmt::format("{}: its price is {} USD/h, that of {} is {} USD/h, and both are machines of {}; machines of one type "
                            "are summarised at one price: compare them apart, or alone with --price USD_PER_HOUR",
                            record->file, price->per_hour.text(), file, common->per_hour.text(), short_label(*record)));
        if (!common) {
            common = std::move(price);
            file = record->file;
        }
    }
    return common;
}

void add_flaw(contender& one, const std::string& flaw) {
    if (std::find(one.flaws.begin(), one.flaws.end(), flaw) == one.flaws.end()) one.flaws.push_back(flaw);
}

/// One measured case of one process.
struct observation {
    double rate, p50_ns, p90_ns;
    std::optional<double> percent_of_roof;
    double flops_per_byte;
};

double median_of(const std::vector<observation>& processes, double observation::* member) {
    std::vector<double> values;
    for (const observation& one : processes) values.push_back(one.*member);
    return median(values);
}

/// Process -> machine by the median, machine -> contender by the geometric mean.
case_summary summarise(const std::map<std::string, std::vector<observation>>& by_machine) {
    std::vector<double> rates, p50s, p90s, percents;
    case_summary summary;
    for (const auto& [machine, processes] : by_machine) {
        rates.push_back(median_of(processes, &observation::rate));
        p50s.push_back(median_of(processes, &observation::p50_ns));
        p90s.push_back(median_of(processes, &observation::p90_ns));
        for (const observation& one : processes) summary.p90_ns_by_machine[machine].push_back(one.p90_ns);
        std::vector<double> shares;
        for (const observation& one : processes)
            if (one.percent_of_roof && *one.percent_of_roof > 0) shares.push_back(*one.percent_of_roof);
        if (!shares.empty()) percents.push_back(median(shares));
        summary.rate_by_machine[machine] = rates.back();
        summary.flops_per_byte = processes.front().flops_per_byte;
    }
    summary.rate = geometric_mean(rates);
    summary.p50_ns = geometric_mean(p50s);
    summary.p90_ns = geometric_mean(p90s);
    if (percents.size() == rates.size()) summary.percent_of_roof = geometric_mean(percents);
    return summary;
}

void add_cases(contender& one, const std::vector<const bench_record*>& records) {
    std::map<class_key, std::map<std::string, std::map<configuration, std::map<std::string, std::vector<observation>>>>> found;
    for (const bench_record* record : records) {
        for (const record_case& known : record->cases) {
            if (!known.timed()) {
                one.exclusions.push_back(known.name + ": " + *known.error);
                continue;
            }
            const class_key key{known.kernel_class, known.dtype, known.rate_unit};
            found[key][known.problem][{known.backend, known.isa, known.threads}][machine_of(*record)].push_back(
                {known.rate, known.median_ns, known.p90_ns, known.percent_of_roof,
                 known.bytes > 0 ? static_cast<double>(known.flops) / static_cast<double>(known.bytes) : 0});
        }
        for (const record_skipped& skipped : record->skipped) one.exclusions.push_back(skipped.problem + ": " + skipped.reason);
    }
    for (const auto& [key, problems] : found)
        for (const auto& [problem, configurations] : problems)
            for (const auto& [how, by_machine] : configurations) one.classes[key].by_problem[problem][how] = summarise(by_machine);
}

/// Machines that are averaged, summarised.
contender contender_of(const machine_mode& mode, const price_catalog& catalog, const comparison_settings& settings) {
    const std::vector<const bench_record*>& members = mode.records;
    contender one;
    one.label = short_label(*members.front()) + (mode.name.empty() ? "" : ", " + mode.name);
    if (!mode.description.empty()) one.mode = short_label(*members.front()) + ": " + mode.description;
    one.context = members.front()->context;
    one.foreign = members.front()->foreign;
    std::set<std::string> machines;
    for (const bench_record* record : members) {
        one.files.push_back(record->file);
        machines.insert(machine_of(*record));
        for (const std::string& flaw : flaws_of(*record)) add_flaw(one, flaw);
        for (const auto& [phase, seconds] : record->phases_s) one.phases_s[phase] += seconds / static_cast<double>(members.size());
    }
    one.machines.assign(machines.begin(), machines.end());
    add_cases(one, members);
    one.price = common_price(members, catalog, settings);
    if (one.price)
        for (const std::string& flaw : one.price->flaws) add_flaw(one, flaw);
    one.other_prices = prices_by_allocation(one.context.identity, catalog, settings.today);
    const int vcpus = one.context.machine.threads.value_or(one.context.num_cpus);
    constexpr std::size_t most_offers = 12;
    if (!one.foreign) one.offers = offers_of_size(catalog, vcpus, one.price, settings.today, most_offers);
    return one;
}

}  // namespace

std::vector<contender> group_records(const std::vector<bench_record>& records, const price_catalog& catalog,
                                     const comparison_settings& settings) {
    std::vector<group_key> order;
    std::map<group_key, std::vector<const bench_record*>> groups;
    for (const bench_record& record : records) {
        const group_key key = group_of(record);
        if (!groups.contains(key)) order.push_back(key);
        groups[key].push_back(&record);
    }
    std::vector<contender> contenders;
    for (const group_key& key : order)
        for (const machine_mode& mode : modes_of(groups.at(key), settings.delta))
            contenders.push_back(contender_of(mode, catalog, settings));
    make_labels_unique(contenders);
    return contenders;
}

}  // namespace tenfold::bench
