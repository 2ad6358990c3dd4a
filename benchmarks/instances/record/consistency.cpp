// SPDX-License-Identifier: Apache-2.0
#include "instances/record/consistency.hpp"

#include <fmt/format.h>  // fmt::format

#include <cmath>  // std::abs
#include <map>    // std::map

#include "instances/errors.hpp"              // data_error
#include "instances/price/date.hpp"          // day_number
#include "instances/statistics/summary.hpp"  // quantile

namespace tenfold::bench {
namespace {

/// Other writers may round to six digits.
bool about(double a, double b) { return std::abs(a - b) <= 1e-5 * std::abs(b); }

}  // namespace

void require_consistent(const record_verified& verified, const json_fields& fields) {
    if (!verified.passed) return;
    const double ratio = fields.number("max_error_ratio");
    if (ratio < 0) throw data_error(fmt::format("{} is {}; an error is not negative", fields.path("max_error_ratio"), ratio));
    if (ratio > verified.bound)
        throw data_error(
            fmt::format("{} is true, but max_error_ratio is {} and the bound {}", fields.path("passed"), ratio, verified.bound));
}

void require_consistent_times(const record_case& known, const json_fields& fields) {
    if (known.samples_ns.empty()) throw data_error(fields.path("samples_ns") + " is empty; a median without samples is not compared");
    for (const double sample : known.samples_ns)
        if (!(sample > 0)) throw data_error(fmt::format("{} holds {}; a time is above zero", fields.path("samples_ns"), sample));
    struct stated {
        const char* name;
        double part, value;
    };
    for (const stated& one : {stated{"median_ns", 0.5, known.median_ns}, {"p10_ns", 0.1, known.p10_ns}, {"p90_ns", 0.9, known.p90_ns}}) {
        const double found = quantile(known.samples_ns, one.part);
        if (!about(one.value, found))
            throw data_error(fmt::format("{} is {}, but that of its samples_ns is {}", fields.path(one.name), one.value, found));
    }
    const bool counts_bytes = known.rate_unit == "B/s";
    const double work = static_cast<double>(counts_bytes ? known.bytes : known.flops), rate = work / known.median_ns * 1e9;
    if (!about(known.rate, rate))
        throw data_error(fmt::format("{} is {}, but {} over median_ns is {}", fields.path("rate.value"), known.rate,
                                     counts_bytes ? "bytes" : "flops", rate));
}

void require_distinct(const std::vector<record_case>& cases, const json_fields& root) {
    std::map<std::string, std::size_t> index_of;
    for (std::size_t i = 0; i < cases.size(); ++i)
        if (const auto [first, is_new] = index_of.emplace(cases[i].name, i); !is_new)
            throw data_error(
                fmt::format("{}[{}].name is that of benchmarks[{}] too: {}", root.path("benchmarks"), i, first->second, cases[i].name));
}

void require_moment(const std::string& text, const json_fields& fields, const char* key) {
    constexpr std::size_t to_the_second = 19;
    if (text.size() >= to_the_second && text[10] == 'T' && day_number(text)) return;
    throw data_error(fields.path(key) + " is \"" + text + "\"; it must be a time such as 2026-01-19T12:00:00Z");
}

}  // namespace tenfold::bench
