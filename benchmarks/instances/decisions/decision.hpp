// SPDX-License-Identifier: Apache-2.0
// What a decision is: named inputs, one function, an answer with its reasons. Everything else (flags, JSON, +-20 %, what
// would change the choice) is derived from that, once for all decisions.
#pragma once

#include <functional>   // std::less
#include <map>          // std::map
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <variant>      // std::variant
#include <vector>       // std::vector

#include "instances/decisions/catalog_offers.hpp"  // offers_query
#include "instances/price/csv_file.hpp"            // csv_file
#include "instances/price/money.hpp"               // usd
#include "instances/report/text_table.hpp"         // text_table

namespace tenfold::bench {

enum class quantity {
    money,   // "55.04": US dollars, not negative
    number,  // "3.5": not negative
    share,   // "63%" or "0.63": 0 to 1
    rule,    // "10%": a share that the user sets; like a count not varied by the search
    change,  // "-10%": a share that may be negative
    time,    // "90s", "8min", "10h", "3d"; held in hours
    count,   // "3": a whole number, not varied by the search for what would change the choice
    text,
    table,  // a file of comma-separated values
};

struct parameter {
    std::string_view name;  // of the flag, without its dashes
    quantity kind;
    std::string_view fallback;         // "" none; "required": must be given
    std::string_view help;
    std::string_view allocation = "";  // the price in the catalog that stands in for it; "interruptions": the band
    std::string_view columns = "";     // of a table, separated by commas: those that must be there
};

/// The values of one question, checked. Asking for what is neither given nor has a fallback is an error of the program.
class inputs {
    std::map<std::string, usd, std::less<>> money_;
    std::map<std::string, double, std::less<>> numbers_;
    std::map<std::string, std::string, std::less<>> texts_;
    std::map<std::string, csv_file, std::less<>> tables_;
    bool exploring_ = false, allow_stale_ = false;

public:
    /// Parses and checks; wrong text or a value out of range: usage_error that names the flag.
    void set(const parameter& what, const std::string& text);
    void set_table(const parameter& what, csv_file table);

    /// Lets prices in tables count that `compare` found stale, undated or dated in the future.
    void allow_stale() { allow_stale_ = true; }
    [[nodiscard]] bool stale_allowed() const { return allow_stale_; }

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] usd money(std::string_view name) const;
    /// A number, share or count as it is; a time in hours.
    [[nodiscard]] double number(std::string_view name) const;
    [[nodiscard]] const std::string& text(std::string_view name) const;
    [[nodiscard]] const csv_file& table(std::string_view name) const;

    /// The same question with one input multiplied; only its choice and its objective will be looked at.
    [[nodiscard]] inputs scaled(const parameter& what, double factor) const;
    [[nodiscard]] bool exploring() const { return exploring_; }
    /// How a value is written: "55.04 USD/h", "8 min".
    [[nodiscard]] std::string written(const parameter& what) const;
};

using figure = std::variant<double, usd>;

struct answer {
    std::string choice;          // one of a few words; what would change it is searched for
    std::string recommendation;  // a sentence
    std::string objective_name;  // what the choice minimises
    double objective = 0;
    std::vector<std::string> path;         // questions and their answers, in the order they were asked
    std::vector<std::string> reasons;
    std::vector<std::string> changes;      // break-evens in closed form
    std::vector<std::string> not_counted;  // what the figures leave out
    std::vector<text_table> tables;
    std::vector<std::pair<std::string, figure>> figures;  // by name, for programs

    /// A figure by its name; the name must be there.
    [[nodiscard]] const figure& operator[](std::string_view name) const;
};

struct decision {
    std::string_view name, question;
    std::vector<parameter> parameters;
    answer (*ask)(const inputs&);
    std::string_view example;  // flags of a whole question, for the help and for the tests
    /// Makes the first parameter, a table, from the catalog where it is not given.
    std::string (*offers_from_catalog)(const offers_query&, std::vector<std::string>& sources) = nullptr;
};

/// A cell as a number that is not negative, as dollars that are not negative, as a share; "" gives `fallback` where the
/// column or the cell is empty. Anything else: data_error with file and row.
double number_in(const csv_file& table, std::size_t row, std::string_view column);
double number_in(const csv_file& table, std::size_t row, std::string_view column, double fallback);
usd money_in(const csv_file& table, std::size_t row, std::string_view column);

}  // namespace tenfold::bench
