// SPDX-License-Identifier: Apache-2.0
// A comparison in each of the formats that the program writes. The same comparison gives the same bytes.
#pragma once

#include <string>  // std::string

#include "instances/compare/comparison.hpp"  // comparison
#include "instances/report/text_table.hpp"   // terminal_table, csv_cell

namespace tenfold::bench {

/// Aligned columns for a terminal.
std::string terminal_report(const comparison& result);
/// With every case and the provenance.
std::string markdown_report(const comparison& result);
/// One row per contender and class (schema tenfold.comparison/1).
std::string csv_report(const comparison& result);
std::string json_report(const comparison& result);
/// One self-contained page: no script, nothing loaded. `command` is printed in its provenance.
std::string html_report(const comparison& result, const std::string& command);

}  // namespace tenfold::bench
