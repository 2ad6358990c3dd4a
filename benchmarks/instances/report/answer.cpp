// SPDX-License-Identifier: Apache-2.0
// The head of the report: the answer, and the questions that led to it.
#include <fmt/format.h>
#include <algorithm>  // std::count_if, std::max
#include <map>        // std::map

#include "instances/report/numbers.hpp"   // with_prefix, percent, times
#include "instances/report/phrases.hpp"   // marked, fastest_of, lead_text
#include "instances/report/sections.hpp"  // html_card
#include "instances/report/svg.hpp"       // escaped
#include "instances/report/tables.hpp"    // answer_sentences, winners_table

namespace tenfold::bench {
namespace {

bool is_single(const comparison& result) { return result.contenders.size() == 1; }

/// The figures of one machine, one per class.
std::string figures(const comparison& result) {
    std::string html = "<div class=\"figures\">";
    for (const class_ranking& ranking : result.classes) {
        if (ranking.results.empty()) continue;
        const class_result& row = ranking.results.front();
        std::string below = ranking.key.text();
        if (row.percent_of_roof) below += ", " + percent(*row.percent_of_roof) + " of roof";
        if (row.cost) below += ", " + row.cost->significant(3) + " USD per " + work_name(ranking.key.unit);
        html += "<div class=\"figure\"><b>" + escaped(with_prefix(row.rate, ranking.key.unit)) + "</b><span>" + escaped(below) +
                "</span></div>";
    }
    return html + "</div>";
}

std::string swatch(std::size_t contender) { return fmt::format("<i class=\"c{}\"></i>", contender % 7); }

/// "speed 2.00 x" with the colour of its verdict.
std::string chip(const std::string& what, double ratio, verdict found, bool stands) {
    return fmt::format("<span class=\"chip {}\">{} {}, {}</span>", verdict_word(found), what, escaped(times(ratio)), marked(found, stands));
}

/// A class: who wins it, and how every other machine stands against the baseline.
std::string class_answer(const comparison& result, const class_ranking& ranking) {
    const class_result &first = ranking.results.front(), &fastest = fastest_of(ranking);
    const auto label = [&](const class_result& one) {
        return "<span>" + swatch(one.contender) + escaped(result.contenders[one.contender].label) + "</span>";
    };
    std::string html = "<div class=\"class\"><h4>" + escaped(ranking.key.text()) + "</h4><dl>";
    const auto led = [&](const std::optional<lead>& one) {
        return one ? "<dd class=\"lead\">" + escaped(lead_text(result, *one)) + "</dd>" : std::string();
    };
    if (first.cost)
        html += "<dt>" + std::string(ranking.cheapest ? "cheapest" : "only price") + "</dt><dd>" + label(first) + "<b>" +
                escaped(first.cost->significant(3) + " USD/" + work_name(ranking.key.unit)) + "</b></dd>" + led(ranking.cheapest);
    html += "<dt>fastest</dt><dd>" + label(fastest) + "<b>" + escaped(with_prefix(fastest.rate, ranking.key.unit)) + "</b></dd>" +
            led(ranking.fastest) + "</dl>";
    for (const class_result& row : ranking.results) {
        if (row.is_baseline) continue;
        html += "<p>" + label(row) + chip("speed", row.speed_ratio, row.speed, row.speed_stands) +
                (row.cost_ratio ? chip("cost", *row.cost_ratio, row.cost_verdict, row.cost_stands) : "") + "</p>";
    }
    return html + "</div>";
}

std::string baseline_name(const comparison& result) {
    for (const class_ranking& ranking : result.classes)
        for (const class_result& row : ranking.results)
            if (row.is_baseline) return result.contenders[row.contender].label;
    return "";
}

/// "aws/cheap in 5 of 7 classes, aws/dear in 2".
template <class Winner>
std::string wins(const comparison& result, Winner winner) {
    std::map<std::size_t, std::size_t> count;
    std::size_t ranked = 0;
    for (const class_ranking& ranking : result.classes) {
        if (ranking.results.empty()) continue;
        ++ranked;
        ++count[winner(ranking).contender];
    }
    std::string text;
    for (const auto& [contender, won] : count)
        text += (text.empty() ? "" : ", ") + fmt::format("{} in {} of {} classes", result.contenders[contender].label, won, ranked);
    return text;
}

/// In how many classes the first is better than every other, and what would decide the runners-up in the rest.
std::string certainty(const comparison& result, std::optional<lead> class_ranking::* which) {
    std::size_t led = 0, over_all = 0, open = 0;
    int machines = 0;
    for (const class_ranking& ranking : result.classes) {
        const std::optional<lead>& one = ranking.*which;
        if (!one) continue;
        ++led;
        over_all += one->over_all();
        if (one->found.found != verdict::undecided) continue;
        ++open;
        if (one->found.levels) machines = std::max(machines, one->found.machines_to_decide.value_or(most_machines_to_decide + 1));
    }
    std::string text = fmt::format("in {} of {} classes", over_all, led);
    if (open > 0) text += fmt::format("; in {} the runner-up is undecided", open);
    if (machines > most_machines_to_decide)
        return text + fmt::format(", more than {} machines of each would decide", most_machines_to_decide);
    return machines == 0 ? text : text + fmt::format(", up to {} machines of each would decide", machines);
}

std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

}  // namespace

std::string answer_section(const comparison& result) {
    std::string html;
    if (is_single(result)) {
        html = figures(result);
    } else {
        html = "<p class=\"note\">The first of a class is judged against the runner-up, the machines below it against " +
               escaped(baseline_name(result)) + ".</p><div class=\"classes\">";
        for (const class_ranking& ranking : result.classes)
            if (!ranking.results.empty()) html += class_answer(result, ranking);
        html += "</div>" + html_folded(winners_table(result));
    }
    html += "<ul>";
    const std::vector<std::string> sentences = answer_sentences(result);
    // What is said of the classes stands above.
    const std::size_t said = is_single(result)
                                 ? static_cast<std::size_t>(std::count_if(result.classes.begin(), result.classes.end(),
                                                                          [](const auto& one) { return !one.results.empty(); }))
                                 : result.classes.size();
    for (std::size_t i = said; i < sentences.size(); ++i) html += "<li>" + escaped(sentences[i]) + "</li>";
    return "<section class=\"card answer\"><h3>" + std::string(is_single(result) ? "What this machine does" : "The answer") + "</h3>" +
           html + "</ul></section>\n";
}

std::string path_section(const comparison& result) {
    std::size_t ranked = 0, priced = 0, verdicts = 0, open = 0, cost_verdicts = 0, cost_open = 0;
    std::vector<std::string> without_price, alone;
    for (const class_ranking& ranking : result.classes) {
        ranked += !ranking.results.empty();
        for (const class_result& row : ranking.results) {
            verdicts += !row.is_baseline;
            open += !row.is_baseline && row.speed == verdict::undecided;
            cost_verdicts += row.cost_ratio.has_value();
            cost_open += row.cost_ratio && row.cost_verdict == verdict::undecided;
        }
    }
    for (const contender& one : result.contenders) {
        priced += one.price.has_value();
        if (!one.price) without_price.push_back(one.label);
        if (one.machines.size() < 2) alone.push_back(one.label);
    }
    const std::size_t machines = result.contenders.size();
    std::string steps;
    const auto step = [&](const std::string& question, const std::string& found) {
        steps += "<li><div><b>" + escaped(question) + "</b><span>" + escaped(found) + "</span></div></li>";
    };
    step("What is compared?",
         machines == 1 ? "One machine with itself." : fmt::format("{} machine types, each class for itself.", machines));
    std::size_t left_out = 0;
    for (const contender& one : result.contenders) left_out += one.exclusions.size();
    step("Were results right?",
         left_out == 0 ? "Yes, every case has a time." : fmt::format("{} cases have no time, and are listed below as left out.", left_out));
    step("Do the machines have cases in common?",
         fmt::format("In {} of {} classes; only common cases count.", ranked, result.classes.size()));
    step("Is a price known?", priced == machines ? "Of all, so classes are ranked by cost."
                              : priced == 0      ? "Of none, so classes are ranked by speed."
                                                 : "Not of " + list_of(without_price) + ": behind the others, by speed.");
    step("Are there several machines of each type?",
         alone.empty() ? "Yes: intervals are between machines." : "Not of " + list_of(alone) + ": no verdict on one machine.");
    if (machines > 1) {
        step("Is the difference beyond the margin?",
             fmt::format("Of {} verdicts on speed against the baseline, {} are undecided at a margin of {}{}.", verdicts, open,
                         percent(result.delta * 100),
                         cost_verdicts == 0 ? "" : fmt::format("; of {} on cost, {}", cost_verdicts, cost_open)));
        if (priced > 1) step("Which is cheapest?", wins(result, [](const auto& ranking) { return ranking.results.front(); }) + ".");
        step("Which is fastest?", wins(result, fastest_of) + ".");
        step("Is the first better than every other?",
             "The fastest " + certainty(result, &class_ranking::fastest) + "." +
                 (priced > 1 ? " The cheapest " + certainty(result, &class_ranking::cheapest) + "." : ""));
    }
    return html_heading("How the answer was found", "The questions in their order, and what these records answer.") +
           html_card("", "<ol class=\"path\">" + steps + "</ol>");
}

}  // namespace tenfold::bench
