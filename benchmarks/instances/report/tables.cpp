// SPDX-License-Identifier: Apache-2.0
#include "instances/report/tables.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::any_of, std::find_if
#include <map>        // std::map
#include <utility>    // std::exchange

#include "instances/report/numbers.hpp"  // with_prefix, duration, percent, times
#include "instances/report/phrases.hpp"  // speed_verdict_text, lead_text, one_machine_only, joined

namespace tenfold::bench {
namespace {

/// What is said of the winner of a class.
std::string class_sentence(const comparison& result, const class_ranking& ranking) {
    if (ranking.results.empty()) return ranking.key.text() + ": the machines have no case in common.";
    const class_result &fastest = fastest_of(ranking), &first = ranking.results.front();
    const auto label = [&](const class_result& one) { return result.contenders[one.contender].label; };
    std::string text = ranking.key.text() + ": fastest is " + label(fastest) + " at " + with_prefix(fastest.rate, ranking.key.unit);
    if (ranking.fastest) text += ", " + lead_text(result, *ranking.fastest);
    if (first.cost)
        text += fmt::format("; {} {} at {} USD per {}{}", ranking.cheapest ? "cheapest is" : "a price is known of one only,", label(first),
                            first.cost->significant(4), work_name(ranking.key.unit),
                            ranking.cheapest ? ", " + lead_text(result, *ranking.cheapest) : "");
    else
        text += "; no price is known, so no cost";
    const auto base = std::find_if(ranking.results.begin(), ranking.results.end(), [](const class_result& one) { return one.is_baseline; });
    std::string opening = base == ranking.results.end() ? "; " : "; against " + label(*base) + ", ";
    for (const class_result& one : ranking.results)
        if (!one.is_baseline)
            text += fmt::format("{}{} is {} in speed ({}){}", std::exchange(opening, "; "), label(one), speed_verdict_text(one),
                                times(one.speed_ratio),
                                one.cost_ratio ? fmt::format(" and {} in cost ({})", cost_verdict_text(one), times(*one.cost_ratio)) : "");
    return text + ".";
}

/// Each verdict alone is wrong once in twenty times; what is left when all are asked at once.
std::string family_sentence(const comparison& result) {
    if (result.possible_verdicts < 2 || result.decided_verdicts == 0) return "";
    const std::size_t falling = result.decided_verdicts - result.standing_verdicts;
    const auto outside = [](const std::optional<lead>& one) { return one && one->found.found != verdict::undecided && !one->stands; };
    const bool some_outside = std::any_of(result.classes.begin(), result.classes.end(), [&](const class_ranking& ranking) {
        return outside(ranking.fastest) || outside(ranking.cheapest);
    });
    return fmt::format(
        "Each verdict is at 5 % error for itself. Asked at once (Holm, 5 % over all {}{}), {} of the {} decided ones stand{}.",
        result.possible_verdicts, some_outside ? " against the baseline; a lead over another is not among them" : "",
        result.standing_verdicts, result.decided_verdicts, falling == 0 ? "" : fmt::format("; the other {} are marked *", falling));
}

std::string or_unknown(const std::optional<std::string>& text) { return text.value_or("unknown"); }

}  // namespace

std::string validity(const contender& one) { return one.flaws.empty() ? "valid" : "degraded: " + joined(one.flaws, ", "); }

std::vector<std::string> answer_sentences(const comparison& result) {
    std::vector<std::string> sentences;
    if (result.contenders.size() == 1) {
        const contender& one = result.contenders.front();
        for (const class_ranking& ranking : result.classes) {
            if (ranking.results.empty()) continue;
            const class_result& row = ranking.results.front();
            std::string text = fmt::format("{}: {}", ranking.key.text(), with_prefix(row.rate, ranking.key.unit));
            if (row.percent_of_roof) text += fmt::format(", {} of the measured roof", percent(*row.percent_of_roof));
            if (row.cost) text += fmt::format(", {} USD per {}", row.cost->significant(4), work_name(ranking.key.unit));
            sentences.push_back(text + fmt::format(" ({}).", row.best.text()));
        }
        if (!one.price)
            sentences.push_back("No price is known for this machine, so no cost is given; state one with --price USD_PER_HOUR.");
    } else {
        for (const class_ranking& ranking : result.classes) sentences.push_back(class_sentence(result, ranking));
    }
    for (const contender& one : result.contenders)
        if (!one.mode.empty()) sentences.push_back(one.mode + "; the two kinds are compared apart.");
    if (const std::string family = family_sentence(result); !family.empty()) sentences.push_back(family);
    for (const contender& one : result.contenders)
        if (!one.flaws.empty()) sentences.push_back(one.label + " is " + validity(one) + ".");
    if (std::any_of(result.classes.begin(), result.classes.end(), one_machine_only))
        sentences.push_back(
            "No between-machine information where a type has one machine: such figures are of these machines, not of "
            "their types, and no verdict is better than undecided. Measure three or more machines of each type.");
    return sentences;
}

text_table winners_table(const comparison& result) {
    text_table table{"", "", {{"class"}, {"fastest"}, {"rate", true}, {"lead"}, {"cheapest"}, {"cost", true}, {"lead"}}, {}};
    std::size_t base = result.contenders.size();
    for (const class_ranking& ranking : result.classes)
        for (const class_result& row : ranking.results)
            if (row.is_baseline) base = row.contender;
    for (std::size_t i = 0; i < result.contenders.size(); ++i)
        if (i != base && base < result.contenders.size())
            table.columns.push_back({result.contenders[i].label + " against " + result.contenders[base].label});
    for (const class_ranking& ranking : result.classes) {
        if (ranking.results.empty()) continue;
        const class_result &fastest = fastest_of(ranking), &first = ranking.results.front();
        const auto led = [&](const std::optional<lead>& one) { return one ? lead_text(result, *one) : no_figure; };
        std::vector<std::string> cells = {ranking.key.text(),
                                          result.contenders[fastest.contender].label,
                                          with_prefix(fastest.rate, ranking.key.unit),
                                          led(ranking.fastest),
                                          first.cost ? result.contenders[first.contender].label : "no price",
                                          first.cost ? first.cost->significant(3) + " USD per " + work_name(ranking.key.unit) : "",
                                          first.cost && !ranking.cheapest ? "the only price" : led(ranking.cheapest)};
        for (std::size_t i = 0; i < result.contenders.size() && base < result.contenders.size(); ++i) {
            if (i == base) continue;
            const auto row =
                std::find_if(ranking.results.begin(), ranking.results.end(), [&](const class_result& one) { return one.contender == i; });
            if (row == ranking.results.end())
                cells.push_back(no_figure);
            else
                cells.push_back(fmt::format("speed {} {}", times(row->speed_ratio), marked(row->speed, row->speed_stands)) +
                                (row->cost_ratio
                                     ? fmt::format(", cost {} {}", times(*row->cost_ratio), marked(row->cost_verdict, row->cost_stands))
                                     : ""));
        }
        table.rows.push_back(cells);
    }
    return table;
}

text_table price_table(const comparison& result) {
    text_table table;
    table.title = "Prices";
    table.note = "A price is looked up or stated, never guessed. Age is in days on " + result.today + ".";
    table.columns = {{"machine"}, {"USD/h", true}, {"allocation"}, {"region"}, {"source"}, {"date"}, {"age", true}, {"validity"}};
    for (const contender& one : result.contenders) {
        if (!one.price) {
            table.rows.push_back({one.label, "no price", "", "", "", "", "", validity(one)});
            continue;
        }
        const stated_price& price = *one.price;
        table.rows.push_back({one.label, price.per_hour.text(4), price.allocation, price.region.empty() ? "not stated" : price.region,
                              price.source, price.observed_at.empty() ? "undated" : price.observed_at,
                              price.age_days ? fmt::format("{} d", *price.age_days) : no_figure, validity(one)});
    }
    return table;
}

text_table configuration_table(const comparison& result) {
    text_table table;
    table.title = "Backends, instruction sets and other libraries";
    table.note =
        "Within one machine: ratios, not verdicts. Rates are over the cases that all configurations of a class have; the ratio to the "
        "reference "
        "is over those that it ran too.";
    table.columns = {{"machine"},    {"class"},         {"configuration"},       {"cases", true},
                     {"rate", true}, {"of roof", true}, {"over reference", true}};
    for (const configuration_result& row : result.configurations)
        table.rows.push_back({result.contenders[row.contender].label, row.key.text(), row.how.text(), std::to_string(row.cases),
                              with_prefix(row.rate, row.key.unit), optional_percent(row.percent_of_roof),
                              row.over_reference ? times(*row.over_reference) : no_figure});
    return table;
}

std::vector<text_table> case_tables(const comparison& result, std::size_t contender) {
    std::vector<text_table> tables;
    for (const auto& [key, cases] : result.contenders[contender].classes) {
        std::map<configuration, std::size_t> columns;
        for (const auto& [problem, by_configuration] : cases.by_problem)
            for (const auto& [how, summary] : by_configuration) columns.emplace(how, 0);
        text_table table;
        table.title = fmt::format("{}: {}", result.contenders[contender].label, key.text());
        table.columns = {{"case"}};
        for (auto& [how, index] : columns) {
            index = table.columns.size();
            table.columns.push_back({how.text(), true});
        }
        for (const auto& [problem, by_configuration] : cases.by_problem) {
            std::vector<std::string> row(table.columns.size(), no_figure);
            row[0] = problem;
            for (const auto& [how, summary] : by_configuration) {
                row[columns.at(how)] = with_prefix(summary.rate, key.unit);
                if (summary.percent_of_roof) row[columns.at(how)] += " (" + percent(*summary.percent_of_roof) + ")";
            }
            table.rows.push_back(row);
        }
        tables.push_back(table);
    }
    return tables;
}

std::vector<text_table> offer_tables(const comparison& result) {
    std::vector<text_table> tables;
    for (const contender& one : result.contenders) {
        if (one.offers.empty()) continue;
        text_table table;
        table.title = fmt::format("Catalog types as wide as {}: arithmetic on prices, not a measurement", one.label);
        table.note = one.price
                         ? fmt::format(
                               "Break-even speed: how many times as fast as this machine ({} USD/h) a type must be to cost the same per "
                               "unit of work. None of these types was measured here.",
                               one.price->per_hour.text(4))
                         : "USD/h is also the price below which this machine costs less per unit of work than a type that is just as fast. "
                           "None of these types was measured here. Break-even speeds need this machine's price: --price USD_PER_HOUR.";
        table.columns = {
            {"type"}, {"GiB", true}, {"arch"}, {"region"}, {"USD/h", true}, {"source, date (age)"}, {"break-even speed", true}, {"remark"}};
        for (const catalog_offer& offer : one.offers) {
            std::vector<std::string> remarks = offer.price.flaws;
            if (offer.burstable) remarks.insert(remarks.begin(), "shared core");
            table.rows.push_back({offer.provider + "/" + offer.type, offer.memory_gib, offer.arch, offer.price.region,
                                  offer.price.per_hour.text(4), source_and_age(offer.price),
                                  offer.break_even_speed ? times(*offer.break_even_speed) : no_figure, joined(remarks, ", ")});
        }
        tables.push_back(table);
    }
    return tables;
}

std::vector<text_table> provenance_tables(const comparison& result) {
    text_table machines{"Machines and builds", "", {{"machine"}, {"what"}, {"value"}}, {}};
    text_table roofs{"Measured roofs", "Percentages of roof divide by these.", {{"machine"}, {"threads"}, {"roof"}, {"value", true}}, {}};
    text_table left_out{"Left out", "", {{"machine"}, {"case and reason"}}, {}};
    for (const contender& one : result.contenders) {
        const record_context& context = one.context;
        const auto fact = [&](const std::string& what, const std::string& value) {
            if (!value.empty()) machines.rows.push_back({one.label, what, value});
        };
        fact("records", joined(one.files, ", "));
        fact("date", context.date);
        if (!one.foreign) {
            const record_machine& machine = context.machine;
            fact("identity", fmt::format("{}, detected by {}", context.identity.provider, context.identity.detected_by));
            fact("processor", or_unknown(machine.cpu_model));
            if (machine.cores && machine.threads) fact("cores and threads", fmt::format("{} and {}", *machine.cores, *machine.threads));
            fact("instruction sets", joined(machine.isa_available, ", "));
            fact("hypervisor", machine.hypervisor.value_or(machine.container ? "container" : ""));
            if (machine.memory_bytes) fact("memory", significant(static_cast<double>(*machine.memory_bytes) / 1073741824.0, 3) + " GiB");
            for (const record_gpu& gpu : machine.gpus) fact("GPU", gpu.name);
            fact("tenfold", fmt::format("{}, commit {}{}", context.version, context.commit.empty() ? "unknown" : context.commit,
                                        context.dirty ? " with uncommitted changes" : ""));
            fact("compiler", context.compiler + (context.flags.empty() ? "" : " " + context.flags));
            fact("suite", fmt::format("{}, seed {}, {} repetitions, order {}", context.settings.suite, context.settings.seed,
                                      context.settings.repetitions, context.settings.order));
        }
        fact("validity", validity(one));
        for (const auto& [group, members] : context.roofs)
            for (const auto& [name, roof] : members) roofs.rows.push_back({one.label, group, name, with_prefix(roof.value, roof.unit)});
        for (const std::string& exclusion : one.exclusions) left_out.rows.push_back({one.label, exclusion});
    }
    text_table sources{"Price sources", "", {{"id"}, {"origin"}, {"read on"}, {"standing"}, {"licence"}}, {}};
    for (const auto& [id, source] : result.sources)
        sources.rows.push_back({id, source.origin, source.read_on.empty() ? "undated" : source.read_on, source.standing, source.licence});
    std::vector<text_table> tables = {machines};
    for (const text_table& table : {roofs, sources, left_out})
        if (!table.rows.empty()) tables.push_back(table);
    return tables;
}

std::vector<text_table> all_tables(const comparison& result, bool with_cases) {
    std::vector<text_table> tables = ranking_tables(result, !with_cases);
    const auto append = [&](const std::vector<text_table>& more) { tables.insert(tables.end(), more.begin(), more.end()); };
    if (const text_table configurations = configuration_table(result); !configurations.rows.empty()) tables.push_back(configurations);
    tables.push_back(price_table(result));
    append(offer_tables(result));
    if (with_cases)
        for (std::size_t i = 0; i < result.contenders.size(); ++i) append(case_tables(result, i));
    if (with_cases) append(provenance_tables(result));
    return tables;
}

}  // namespace tenfold::bench
