// SPDX-License-Identifier: Apache-2.0
// The report for programs: one row per contender and class, as CSV and as JSON.
#include <fmt/format.h>
#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include "instances/report/phrases.hpp"  // open_labels
#include "instances/report/report.hpp"  // csv_report, json_report
#include "instances/report/tables.hpp"  // validity, answer_sentences

namespace tenfold::bench {
namespace {

using json = nlohmann::ordered_json;

template <class T>
json or_null(const std::optional<T>& value) {
    return value ? json(*value) : json(nullptr);
}

json money(const std::optional<usd>& value) { return value ? json(value->text()) : json(nullptr); }

/// Of the first of a class: who the runner-up is, and what the machines say of the lead. Null in the rows of the others.
void add_lead(json& fields, const comparison& result, const std::string& what, const std::optional<lead>& first, std::size_t contender) {
    const bool is_first = first && first->winner == contender;
    const auto field = [&](const std::string& name, const auto& value) { fields[what + name] = is_first ? json(value()) : json(nullptr); };
    field("_runner_up", [&] { return result.contenders[first->runner_up].label; });
    field("_lead_ratio", [&] { return first->found.ratio; });
    field("_lead_verdict", [&] { return verdict_word(first->found.found); });
    // Null: undecided, or not one of the verdicts that were asked at once.
    field("_lead_stands", [&] { return or_null(first->stands); });
    field("_lead_machines_to_decide", [&] { return or_null(first->found.machines_to_decide); });
    field("_lead_open", [&] { return open_labels(result, *first); });
}

/// The fields of one row, in the order of the CSV's columns. Money is text.
json row_json(const comparison& result, const class_ranking& ranking, const class_result& row, std::size_t rank) {
    const contender& one = result.contenders[row.contender];
    const record_identity& identity = one.context.identity;
    json fields;
    fields["class"] = ranking.key.kernel_class;
    fields["dtype"] = ranking.key.dtype;
    fields["rank"] = rank;
    fields["ranked_by"] = ranking.by_cost ? "cost" : "rate";
    fields["machine"] = one.label;
    fields["provider"] = identity.provider;
    fields["instance_type"] = or_null(identity.instance_type);
    fields["region"] = or_null(identity.region);
    fields["cpu_model"] = or_null(one.context.machine.cpu_model);
    fields["machines"] = row.machines;
    fields["common_cases"] = ranking.common_cases;
    fields["all_cases"] = ranking.all_cases;
    fields["backend"] = row.best.backend;
    fields["isa"] = row.best.isa;
    fields["threads"] = row.best.threads;
    fields["rate"] = row.rate;
    fields["rate_unit"] = ranking.key.unit;
    fields["rate_low"] = row.rate_interval ? json(row.rate_interval->low) : json(nullptr);
    fields["rate_high"] = row.rate_interval ? json(row.rate_interval->high) : json(nullptr);
    fields["percent_of_roof"] = or_null(row.percent_of_roof);
    fields["call_p50_ns"] = row.p50_ns;
    fields["call_p90_ns"] = row.p90_ns;
    fields["call_p90_low_ns"] = row.p90_ns_interval ? json(row.p90_ns_interval->low) : json(nullptr);
    fields["call_p90_high_ns"] = row.p90_ns_interval ? json(row.p90_ns_interval->high) : json(nullptr);
    fields["usd_per_hour"] = one.price ? json(one.price->per_hour.text()) : json(nullptr);
    fields["allocation"] = one.price ? json(one.price->allocation) : json(nullptr);
    fields["price_source"] = one.price ? json(one.price->source) : json(nullptr);
    fields["price_observed_at"] = one.price && !one.price->observed_at.empty() ? json(one.price->observed_at) : json(nullptr);
    fields["price_age_days"] = one.price ? or_null(one.price->age_days) : json(nullptr);
    fields["work_unit"] = work_name(ranking.key.unit);
    fields["seconds_per_work"] = row.seconds_per_work;
    fields["usd_per_work"] = money(row.cost);
    fields["usd_per_work_low"] = money(row.cost_low);
    fields["usd_per_work_high"] = money(row.cost_high);
    fields["speed_ratio"] = row.speed_ratio;
    fields["speed_verdict"] = row.is_baseline ? "baseline" : verdict_word(row.speed);
    fields["cost_ratio"] = or_null(row.cost_ratio);
    fields["cost_verdict"] = row.is_baseline && row.cost ? json("baseline")
                             : row.cost_ratio            ? json(verdict_word(row.cost_verdict))
                                                         : json(nullptr);
    // Null: there is nothing that could fall. False: true for itself at 5 % error, not for all verdicts at once.
    fields["speed_verdict_stands"] = row.speed_levels && row.speed != verdict::undecided ? json(row.speed_stands) : json(nullptr);
    fields["cost_verdict_stands"] = row.cost_levels && row.cost_verdict != verdict::undecided ? json(row.cost_stands) : json(nullptr);
    fields["speed_machines_to_decide"] = or_null(row.speed_machines_to_decide);
    fields["cost_machines_to_decide"] = or_null(row.cost_machines_to_decide);
    fields["validity"] = validity(one);
    add_lead(fields, result, "speed", ranking.fastest, row.contender);
    add_lead(fields, result, "cost", ranking.cheapest, row.contender);
    return fields;
}

std::vector<json> rows_of(const comparison& result) {
    std::vector<json> rows;
    for (const class_ranking& ranking : result.classes)
        for (std::size_t i = 0; i < ranking.results.size(); ++i) rows.push_back(row_json(result, ranking, ranking.results[i], i + 1));
    return rows;
}

/// Six significant digits: more than any measurement holds, and the same text on every platform.
std::string cell_text(const json& value) {
    if (value.is_null()) return "";
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number_float()) return fmt::format("{:.6g}", value.get<double>());
    return value.dump();
}

json rounded(json value) {
    if (value.is_number_float()) return json::parse(fmt::format("{:.6g}", value.get<double>()));
    for (json& member : value) {
        if (member.is_structured() || member.is_number_float()) member = rounded(member);
    }
    return value;
}

}  // namespace

std::string csv_report(const comparison& result) {
    std::string text;
    const std::vector<json> rows = rows_of(result);
    for (const json& row : rows) {
        std::string header, line;
        for (const auto& field : row.items()) {
            header += field.key() + ",";
            line += csv_cell(cell_text(field.value())) + ",";
        }
        header.back() = line.back() = '\n';
        if (text.empty()) text = header;
        text += line;
    }
    return text;
}

std::string json_report(const comparison& result) {
    json document;
    document["schema"] = "tenfold.comparison/1";
    document["suite"] = result.suite;
    document["today"] = result.today;
    document["delta"] = result.delta;
    document["answer"] = answer_sentences(result);
    document["rows"] = rows_of(result);
    document["configurations"] = json::array();
    for (const configuration_result& row : result.configurations)
        document["configurations"].push_back({{"machine", result.contenders[row.contender].label},
                                              {"class", row.key.kernel_class},
                                              {"dtype", row.key.dtype},
                                              {"backend", row.how.backend},
                                              {"isa", row.how.isa},
                                              {"threads", row.how.threads},
                                              {"cases", row.cases},
                                              {"rate", row.rate},
                                              {"rate_unit", row.key.unit},
                                              {"percent_of_roof", or_null(row.percent_of_roof)},
                                              {"over_reference", or_null(row.over_reference)}});
    document["catalog_offers"] = json::array();
    for (const contender& one : result.contenders)
        for (const catalog_offer& offer : one.offers)
            document["catalog_offers"].push_back(
                {{"for", one.label},
                 {"measured", false},
                 {"provider", offer.provider},
                 {"instance_type", offer.type},
                 {"region", offer.price.region},
                 {"usd_per_hour", offer.price.per_hour.text()},
                 {"price_source", offer.price.source},
                 {"price_observed_at", offer.price.observed_at.empty() ? json(nullptr) : json(offer.price.observed_at)},
                 {"break_even_speed", or_null(offer.break_even_speed)}});
    document["excluded"] = json::array();
    for (const contender& one : result.contenders)
        for (const std::string& exclusion : one.exclusions) document["excluded"].push_back({{"machine", one.label}, {"reason", exclusion}});
    return rounded(document).dump(1, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace tenfold::bench
