// SPDX-License-Identifier: Apache-2.0
// The class sharing: the same case by several processes at once.
#pragma once

#include <iosfwd>  // std::ostream
#include <string>  // std::string
#include <vector>  // std::vector

namespace tenfold::bench {

struct sharing_options {
    std::string filter = "^matmul:f32:m128n128k128:nn/";
    int threads = 1;                      // of each tenant
    std::vector<int> tenants = {1, 2, 4};  // processes at once
    double seconds = 1;                   // for each number of tenants
    bool gpu = false;                      // the tenants share the first GPU, and call its task instead of the case
};

/// What a tenant got while all of them ran.
struct tenant {
    double calls_per_second = 0, p50_s = 0, p99_s = 0;
};

/// Jain's index of fairness: 1 if all get the same, 1/n if one gets all.  [Jain, Chiu and Hawe 1984]
double fairness(const std::vector<tenant>& tenants);

/// Runs so many processes at once, which start together.
std::vector<tenant> measure_sharing(const sharing_options& options, int tenants);
int sharing_command(const sharing_options& options, std::ostream& out);

}  // namespace tenfold::bench
