// SPDX-License-Identifier: Apache-2.0
// The parts of the HTML report that draw money and machines: each is a heading, plots, and the table of every plot. A part
// that has nothing to show is "".
#pragma once

#include <string>  // std::string

#include "instances/compare/comparison.hpp"  // comparison
#include "instances/report/text_table.hpp"   // text_table

namespace tenfold::bench {

// The page's building blocks.
std::string html_table(const text_table& table);
std::string html_folded(const text_table& table, const std::string& summary = "the figures as a table");
std::string html_heading(const std::string& title, const std::string& note);
std::string html_card(const std::string& title, const std::string& content);
/// Which colour is which machine; "" for a single one.
std::string html_colour_key(const comparison& result);

/// What wins in each class, and every verdict.
std::string answer_section(const comparison& result);
/// How the answer was found, step by step.
std::string path_section(const comparison& result);
/// Time against money per class, with the probability of lying on the Pareto front.
std::string pareto_section(const comparison& result);
/// Measured roofs with the measured cases under them, and the same per US dollar.
std::string roofline_section(const comparison& result);
/// Monthly cost against utilisation for every way to buy that the catalog knows.
std::string break_even_section(const comparison& result);
/// The phases of the runs as waterfalls, in time and in money.
std::string time_section(const comparison& result);
/// One mark per machine: how far machines of a type lie apart.
std::string spread_section(const comparison& result);

}  // namespace tenfold::bench
