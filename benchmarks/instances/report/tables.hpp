// SPDX-License-Identifier: Apache-2.0
// A comparison as titled tables of text, which the terminal, Markdown and HTML print alike.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/compare/comparison.hpp"  // comparison
#include "instances/report/text_table.hpp"   // text_table

namespace tenfold::bench {

/// The answer in sentences: what wins per class, how sure that is, and what is missing.
std::vector<std::string> answer_sentences(const comparison& result);

/// One row per class: who is fastest, who is cheapest, and each machine's verdict.
text_table winners_table(const comparison& result);

/// The rankings, one table per class; of a single machine all classes in one table. Brief: what a terminal's line holds.
std::vector<text_table> ranking_tables(const comparison& result, bool brief);
text_table ranking_table(const comparison& result, const class_ranking& ranking);
text_table price_table(const comparison& result);
/// Backend and ISA within each machine.
text_table configuration_table(const comparison& result);
/// Every case of one contender under every configuration.
std::vector<text_table> case_tables(const comparison& result, std::size_t contender);
/// Arithmetic on catalog prices; one table per contender that has offers.
std::vector<text_table> offer_tables(const comparison& result);
/// Machines, compilers, roofs, sources and what was left out.
std::vector<text_table> provenance_tables(const comparison& result);

/// "valid", or why not.
std::string validity(const contender& one);

/// Every table of the short form (terminal) or of the long one (with the cases and the provenance).
std::vector<text_table> all_tables(const comparison& result, bool with_cases);

}  // namespace tenfold::bench
