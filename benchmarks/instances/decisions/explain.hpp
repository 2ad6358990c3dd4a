// SPDX-License-Identifier: Apache-2.0
// What holds for every decision: how far its inputs can move before the choice does, and how it is printed.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/decisions/decision.hpp"  // decision, answer

namespace tenfold::bench {

/// The value of one input at which another choice becomes right, all others unchanged.
struct tipping_point {
    const parameter* input = nullptr;
    double factor = 1;   // of the given value
    std::string value;   // as a user writes it
    std::string choice;  // beyond it
};

/// The nearest one below and above the given value, of every input that is a quantity; from 1/1024 to 1024 times.
std::vector<tipping_point> tipping_points(const decision& what, const inputs& given, const answer& found);

/// What the objective becomes when an input is 20 % lower or higher; inputs that do not matter are left out.
text_table sensitivity(const decision& what, const inputs& given, const answer& found);

/// Where a value that was not typed comes from: "--spot: 0.3973 USD, gcp-pricing-calculator, 2026-07-30 (114 d)".
using provenance = std::vector<std::string>;

std::string answer_text(const decision& what, const inputs& given, const answer& found, const provenance& sources);
/// Schema tenfold.decision/1: money is text.
std::string answer_json(const decision& what, const inputs& given, const answer& found, const provenance& sources);

}  // namespace tenfold::bench
