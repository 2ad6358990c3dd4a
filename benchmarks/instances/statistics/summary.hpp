// SPDX-License-Identifier: Apache-2.0
// Summaries of samples that one outlier cannot move far, and means of what multiplies.
#pragma once

#include <vector>  // std::vector

namespace tenfold::bench {

/// The q-quantile (0..1) of at least one sample, linear between order statistics (Hyndman and Fan 1996, type 7).
double quantile(std::vector<double> samples, double q);

inline double median(std::vector<double> samples) { return quantile(std::move(samples), 0.5); }

/// exp of the mean of logarithms: never a product, which overflows. All values positive, at least one.
double geometric_mean(const std::vector<double>& values);

/// Mean, and standard deviation with n - 1 (0 for one value).
struct moments {
    double mean = 0, deviation = 0;
};
moments moments_of(const std::vector<double>& values);

}  // namespace tenfold::bench
