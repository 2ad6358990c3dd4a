// SPDX-License-Identifier: Apache-2.0
// From text to checked values. Whatever does not mean one thing is refused with the flag's name and a remedy.
#include <fmt/format.h>
#include <algorithm>  // std::find_if, std::min
#include <charconv>   // std::from_chars
#include <cmath>      // std::isfinite
#include <optional>   // std::optional

#include "instances/decisions/amounts.hpp"   // scaled
#include "instances/decisions/decision.hpp"  // inputs
#include "instances/errors.hpp"              // usage_error, data_error
#include "instances/report/numbers.hpp"      // significant, duration

namespace tenfold::bench {
namespace {

std::optional<double> decimal(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::optional<double> share(std::string_view text) {
    if (!text.ends_with('%')) return decimal(text);
    text.remove_suffix(1);
    const auto percent = decimal(text);
    return percent ? std::optional(*percent / 100) : std::nullopt;
}

/// In hours. A bare number is refused, because nobody can see whether it counts seconds or hours.
std::optional<double> hours(std::string_view text) {
    struct unit {
        std::string_view name;
        double hours;
    };
    static constexpr unit units[] = {{"ms", 1 / 3.6e6}, {"min", 1 / 60.0}, {"s", 1 / 3600.0}, {"h", 1}, {"d", 24}};
    for (const unit& one : units)
        if (text.ends_with(one.name))
            if (const auto value = decimal(text.substr(0, text.size() - one.name.size()))) return *value * one.hours;
    return std::nullopt;
}

double checked(const parameter& what, const std::string& text) {
    const auto refuse = [&](const char* remedy) { throw usage_error(fmt::format("--{} is \"{}\"; give {}", what.name, text, remedy)); };
    std::optional<double> value;
    switch (what.kind) {
        case quantity::share:
        case quantity::rule:
            value = share(text);
            if (!value || *value < 0 || *value > 1) refuse("a share such as 63% or 0.63, from 0 to 1");
            break;
        case quantity::change:
            value = share(text);
            if (!value || *value <= -1 || *value > 10) refuse("a change such as -10% or 0.05");
            break;
        case quantity::time:
            value = hours(text);
            if (!value || *value < 0 || *value > 1e9) refuse("a time with its unit: 90s, 8min, 10h or 3d");
            break;
        case quantity::count:
            value = decimal(text);
            if (!value || *value < 0 || *value > 1e15 || *value != std::floor(*value)) refuse("a whole number from 0");
            break;
        default:
            value = decimal(text);
            if (!value || *value < 0) refuse("a number that is not negative");
    }
    return *value;
}

const std::string* cell(const csv_file& table, std::size_t row, std::string_view column) {
    if (!table.has(column) || table.at(row, column).empty()) return nullptr;
    return &table.at(row, column);
}

}  // namespace

void inputs::set(const parameter& what, const std::string& text) {
    const std::string name(what.name);
    if (what.kind == quantity::text) {
        texts_[name] = text;
    } else if (what.kind == quantity::money) {
        usd amount;
        try {
            amount = usd::parse(text);
        } catch (const data_error& problem) { throw usage_error(fmt::format("--{}: {}", what.name, problem.what())); }
        if (amount < usd()) throw usage_error(fmt::format("--{} is {}; an amount must not be negative", what.name, text));
        money_[name] = amount;
    } else {
        numbers_[name] = checked(what, text);
    }
}

void inputs::set_table(const parameter& what, csv_file table) {
    if (table.size() == 0) throw data_error(fmt::format("--{}: the table has no row", what.name));
    // Amounts of another currency would be added to dollars without anybody noticing.
    if (table.has("currency"))
        for (std::size_t row = 0; row < table.size(); ++row)
            if (table.at(row, "currency") != "USD")
                throw data_error(fmt::format("{}: currency is \"{}\"; convert it to USD first, at a rate and a date that you can name",
                                             table.where(row), table.at(row, "currency")));
    tables_.insert_or_assign(std::string(what.name), std::move(table));
}

bool inputs::has(std::string_view name) const {
    return money_.contains(name) || numbers_.contains(name) || texts_.contains(name) || tables_.contains(name);
}

namespace {

template <class Map>
const auto& found_in(const Map& map, std::string_view name) {
    const auto found = map.find(name);
    if (found == map.end()) throw std::logic_error(fmt::format("the decision asks for \"{}\", which has no value", name));
    return found->second;
}

}  // namespace

usd inputs::money(std::string_view name) const { return found_in(money_, name); }
double inputs::number(std::string_view name) const { return found_in(numbers_, name); }
const std::string& inputs::text(std::string_view name) const { return found_in(texts_, name); }
const csv_file& inputs::table(std::string_view name) const { return found_in(tables_, name); }

inputs inputs::scaled(const parameter& what, double factor) const {
    inputs other = *this;
    other.exploring_ = true;
    if (const auto amount = other.money_.find(what.name); amount != other.money_.end())
        amount->second = tenfold::bench::scaled(amount->second, factor);
    if (const auto value = other.numbers_.find(what.name); value != other.numbers_.end()) {
        value->second *= factor;
        if (what.kind == quantity::share) value->second = std::min(1.0, value->second);
    }
    return other;
}

std::string inputs::written(const parameter& what) const {
    switch (what.kind) {
        case quantity::money: return money(what.name).significant(5) + " USD";
        case quantity::share:
        case quantity::rule:
        case quantity::change: return significant(number(what.name) * 100, 3) + " %";
        case quantity::time: return number(what.name) == 0 ? "0 s" : duration(number(what.name) * 3600);
        case quantity::text: return text(what.name);
        case quantity::table: return fmt::format("{} rows", table(what.name).size());
        default: return significant(number(what.name), 5);
    }
}

const figure& answer::operator[](std::string_view name) const {
    const auto found = std::find_if(figures.begin(), figures.end(), [&](const auto& one) { return one.first == name; });
    if (found == figures.end()) throw std::logic_error(fmt::format("the answer has no figure \"{}\"", name));
    return found->second;
}

double number_in(const csv_file& table, std::size_t row, std::string_view column) {
    const std::string* text = cell(table, row, column);
    const auto value = text ? share(*text) : std::nullopt;
    if (!value || *value < 0)
        throw data_error(
            fmt::format("{}: {} is \"{}\"; it must be a number that is not negative", table.where(row), column, text ? *text : ""));
    return *value;
}

double number_in(const csv_file& table, std::size_t row, std::string_view column, double fallback) {
    return cell(table, row, column) ? number_in(table, row, column) : fallback;
}

usd money_in(const csv_file& table, std::size_t row, std::string_view column) {
    const std::string* text = cell(table, row, column);
    usd amount;
    try {
        amount = usd::parse(text ? *text : "");
    } catch (const data_error& problem) { throw data_error(fmt::format("{}: {}: {}", table.where(row), column, problem.what())); }
    if (amount < usd()) throw data_error(fmt::format("{}: {} is {}; an amount must not be negative", table.where(row), column, *text));
    return amount;
}

}  // namespace tenfold::bench
