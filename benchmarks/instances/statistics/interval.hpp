// SPDX-License-Identifier: Apache-2.0
// Confidence intervals of geometric means and of their ratios, and the verdict they allow.
#pragma once

#include <optional>     // std::optional
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

/// P(|T| <= t) of Student's t with `degrees` >= 1 degrees of freedom, t >= 0.
double t_central_probability(double t, double degrees);

/// The p-quantile (0 < p < 1) of Student's t with `degrees` >= 1 degrees of freedom, whole or not.
double t_quantile(double p, double degrees);

/// A positive quantity and its 95 % interval.
struct ratio_interval {
    double estimate = 0, low = 0, high = 0;
    double degrees = 0;  // of freedom of the t that made it, whole or not
};

/// Geometric mean of one value per machine with the t-interval on their logarithms; nothing below two machines, because
/// one machine says nothing about the others.
std::optional<ratio_interval> geometric_interval(const std::vector<double>& machines);

/// geometric mean of `a` / geometric mean of `b` with Welch's interval on the logarithms; nothing below two machines on
/// either side.
std::optional<ratio_interval> ratio_of(const std::vector<double>& a, const std::vector<double>& b);

enum class verdict { better, worse, equivalent, undecided };
std::string_view verdict_word(verdict v);

/// What the interval of a ratio (above 1 is better) says at the margin delta (0.03 is 3 %). No interval: undecided.
verdict decide(const std::optional<ratio_interval>& ratio, double delta);

/// More than anybody would rent to decide.
inline constexpr int most_machines_to_decide = 200;

/// How many machines per type would decide at this spread (standard deviation of the logarithms) and this ratio: the
/// smallest k above `more_than` whose half-width reaches the nearest boundary. Nothing above most_machines_to_decide.
std::optional<int> machines_to_decide(double ratio, double spread, double delta, int more_than = 1);

}  // namespace tenfold::bench
