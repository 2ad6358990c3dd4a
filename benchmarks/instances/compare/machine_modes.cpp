// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/machine_modes.hpp"

#include <fmt/format.h>
#include <map>      // std::map
#include <set>      // std::set
#include <utility>  // std::move

#include "instances/statistics/modes.hpp"    // boundary_of_modes
#include "instances/statistics/summary.hpp"  // geometric_mean, median

namespace tenfold::bench {
namespace {

using machine_rates = std::map<std::string, double>;  // by machine

/// Per class the mean rate of each machine, over the cases that all of them have.
std::map<std::string, machine_rates> class_rates(const std::vector<const bench_record*>& records) {
    std::set<std::string> machines;
    std::map<std::string, std::map<std::string, std::map<std::string, std::vector<double>>>> found;  // class, case, machine
    for (const bench_record* record : records) {
        machines.insert(machine_of(*record));
        for (const record_case& one : record->cases)
            if (one.timed()) found[one.kernel_class + " " + one.dtype][one.name][machine_of(*record)].push_back(one.rate);
    }
    std::map<std::string, machine_rates> result;
    for (const auto& [name, cases] : found) {
        std::map<std::string, std::vector<double>> rates;
        for (const auto& [case_name, by_machine] : cases)
            if (by_machine.size() == machines.size())
                for (const auto& [machine, processes] : by_machine) rates[machine].push_back(median(processes));
        for (const auto& [machine, values] : rates) result[name][machine] = geometric_mean(values);
    }
    return result;
}

std::vector<double> values_of(const machine_rates& rates) {
    std::vector<double> values;
    for (const auto& [machine, rate] : rates) values.push_back(rate);
    return values;
}

std::vector<machine_mode> divided(const std::vector<const bench_record*>& records, const std::string& name, const machine_rates& rates,
                                  double boundary) {
    machine_mode slower{"slower mode", "", {}}, faster{"faster mode", "", {}};
    for (const bench_record* record : records) (rates.at(machine_of(*record)) < boundary ? slower : faster).records.push_back(record);
    std::vector<double> low, high;
    for (const auto& [machine, rate] : rates) (rate < boundary ? low : high).push_back(rate);
    slower.description = fmt::format("in {}, {} of its {} machines are {:.2f} x as fast as the others", name, high.size(), rates.size(),
                                     geometric_mean(high) / geometric_mean(low));
    return {std::move(slower), std::move(faster)};
}

}  // namespace

std::string machine_of(const bench_record& record) { return record.context.identity.machine_hash.value_or("unknown machine"); }

std::vector<machine_mode> modes_of(const std::vector<const bench_record*>& records, double margin) {
    std::set<std::string> machines;
    for (const bench_record* record : records) machines.insert(machine_of(*record));
    if (machines.size() >= fewest_of_two_modes)
        for (const auto& [name, rates] : class_rates(records))
            if (const auto boundary = boundary_of_modes(values_of(rates), margin)) return divided(records, name, rates, *boundary);
    return {{"", "", records}};
}

}  // namespace tenfold::bench
