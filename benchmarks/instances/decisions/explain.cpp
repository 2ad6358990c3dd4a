// SPDX-License-Identifier: Apache-2.0
#include "instances/decisions/explain.hpp"

#include <fmt/format.h>
#include <cmath>              // std::exp2, std::abs, std::sqrt
#include <nlohmann/json.hpp>  // nlohmann::ordered_json
#include <optional>           // std::optional

#include "instances/errors.hpp"          // data_error, usage_error
#include "instances/report/numbers.hpp"  // significant

namespace tenfold::bench {
namespace {

bool is_varied(const parameter& what, const inputs& given) {
    if (what.kind == quantity::money) return given.has(what.name) && given.money(what.name) > usd();
    const bool is_quantity = what.kind == quantity::number || what.kind == quantity::share || what.kind == quantity::time;
    return is_quantity && given.has(what.name) && given.number(what.name) > 0;
}

/// Nothing where the scaled question has no answer: a value out of range, an amount that overflows.
std::optional<answer> with(const decision& what, const inputs& given, const parameter& input, double factor) {
    if (input.kind == quantity::share && given.number(input.name) * factor > 1 + 1e-12) return std::nullopt;
    try {
        return what.ask(given.scaled(input, factor));
    } catch (const data_error&) { return std::nullopt; } catch (const usage_error&) {
        return std::nullopt;
    }
}

std::optional<tipping_point> tipping_point_of(const decision& what, const inputs& given, const answer& found, const parameter& input,
                                              bool up) {
    constexpr int furthest = 10;  // 2^10
    double same = 1, other = 1;
    std::string choice;
    for (int step = 1; step <= furthest && choice.empty(); ++step) {
        double factor = std::exp2(up ? step : -step);
        // A share ends at 1, which is worth a look of its own.
        if (input.kind == quantity::share && up && given.number(input.name) * factor > 1) {
            factor = 1 / given.number(input.name);
            step = furthest;
        }
        const auto there = with(what, given, input, factor);
        if (!there) break;
        if (there->choice != found.choice) {
            other = factor;
            choice = there->choice;
        } else {
            same = factor;
        }
    }
    if (choice.empty()) return std::nullopt;
    while (std::abs(other - same) > 1e-7 * same) {
        const double middle = std::sqrt(same * other);
        const auto there = with(what, given, input, middle);
        if (!there) break;
        if (there->choice == found.choice) {
            same = middle;
        } else {
            other = middle;
            choice = there->choice;
        }
    }
    return tipping_point{&input, other, given.scaled(input, other).written(input), choice};
}

std::string sentence(const tipping_point& point, const inputs& given) {
    return fmt::format("--{} {} {} instead of {}: {}.", point.input->name, point.factor > 1 ? "above" : "below", point.value,
                       given.written(*point.input), point.choice);
}

}  // namespace

std::vector<tipping_point> tipping_points(const decision& what, const inputs& given, const answer& found) {
    std::vector<tipping_point> points;
    for (const parameter& input : what.parameters)
        if (is_varied(input, given))
            for (bool up : {false, true})
                if (auto point = tipping_point_of(what, given, found, input, up)) points.push_back(*point);
    return points;
}

text_table sensitivity(const decision& what, const inputs& given, const answer& found) {
    text_table table{"If an input is 20 % off",
                     found.objective_name + " is " + significant(found.objective, 4) + " as given.",
                     {{"input"}, {"given", true}, {"-20 %", true}, {"+20 %", true}},
                     {}};
    for (const parameter& input : what.parameters) {
        if (!is_varied(input, given)) continue;
        bool matters = false;
        const auto cell = [&](double factor) {
            const auto there = with(what, given, input, factor);
            if (!there) return no_figure;
            matters =
                matters || there->choice != found.choice || std::abs(there->objective - found.objective) > 1e-9 * std::abs(found.objective);
            return significant(there->objective, 4) + (there->choice != found.choice ? " *" : "");
        };
        const std::string low = cell(0.8), high = cell(1.2);
        if (!matters) continue;
        table.rows.push_back({"--" + std::string(input.name), given.written(input), low, high});
        if ((low + high).find('*') != std::string::npos && table.note.find('*') == std::string::npos) table.note += " *: another choice.";
    }
    return table;
}

std::string answer_text(const decision& what, const inputs& given, const answer& found, const provenance& sources) {
    std::string text = wrapped(what.question) + "\n\n" + wrapped("-> " + printable(found.recommendation), terminal_width, 3) + "\n";
    const auto list = [&](const char* title, const std::vector<std::string>& lines) {
        if (lines.empty()) return;
        text += std::string("\n") + title + "\n";
        for (const std::string& line : lines) text += wrapped("* " + printable(line), terminal_width, 2) + "\n";
    };
    list("How it was decided", found.path);
    list("Why", found.reasons);
    std::vector<std::string> changes = found.changes;
    for (const tipping_point& point : tipping_points(what, given, found)) changes.push_back(sentence(point, given));
    list("What would change it", changes);
    list("Not counted", found.not_counted);
    list("Prices", sources);
    text += "\n";
    for (const text_table& table : found.tables) text += terminal_table(table);
    const text_table spread = sensitivity(what, given, found);
    if (!spread.rows.empty()) text += terminal_table(spread);
    text.pop_back();
    return text;
}

std::string answer_json(const decision& what, const inputs& given, const answer& found, const provenance& sources) {
    nlohmann::ordered_json document{
        {"schema", "tenfold.decision/1"}, {"decision", what.name}, {"choice", found.choice}, {"recommendation", found.recommendation}};
    document["objective"] = {{"name", found.objective_name}, {"value", found.objective}};
    for (const parameter& input : what.parameters) {
        if (!given.has(input.name)) continue;
        auto& value = document["inputs"][std::string(input.name)];
        if (input.kind == quantity::money)
            value = given.money(input.name).text();
        else if (input.kind == quantity::table)
            value = given.written(input);
        else if (input.kind == quantity::text)
            value = given.text(input.name);
        else if (input.kind == quantity::time)
            value = fmt::format("{}h", given.number(input.name));
        else
            value = given.number(input.name);
    }
    for (const auto& [name, value] : found.figures) {
        auto& place = document["figures"][name];
        if (const usd* amount = std::get_if<usd>(&value))
            place = amount->text();
        else
            place = std::get<double>(value);
    }
    document["path"] = found.path;
    document["reasons"] = found.reasons;
    document["changes"] = found.changes;
    auto& points = document["tipping_points"] = nlohmann::ordered_json::array();
    for (const tipping_point& point : tipping_points(what, given, found))
        points.push_back({{"input", point.input->name}, {"factor", point.factor}, {"value", point.value}, {"choice", point.choice}});
    document["not_counted"] = found.not_counted;
    document["prices"] = sources;
    return document.dump(2) + "\n";
}

}  // namespace tenfold::bench
