// SPDX-License-Identifier: Apache-2.0
#include "modes/scaling.hpp"

#include <fmt/format.h>  // fmt::format

#include <memory>   // std::unique_ptr
#include <ostream>  // std::ostream
#include <vector>   // std::vector

#include "instances/statistics/summary.hpp"  // median
#include "modes/one_case.hpp"                // one_case
#include "modes/repeated_calls.hpp"          // calls_for

namespace tenfold::bench {

double serial_fraction(double speedup, int threads) {
    const double n = threads;
    return (1 / speedup - 1 / n) / (1 - 1 / n);
}

int scaling_command(const scaling_options& options, std::ostream& out) {
    const int usable = limits_of_this_machine().usable_cpus;
    std::vector<int> counts;
    for (int n = 1; n < usable; n *= 2) counts.push_back(n);
    counts.push_back(usable);
    // Rounds over all numbers of threads, so that a slow change of the machine spreads over them.
    std::vector<std::unique_ptr<one_case>> tasks;
    std::vector<std::vector<double>> times(counts.size());
    for (const int n : counts) {
        tasks.push_back(std::make_unique<one_case>(options.filter, n));
        tasks.back()->prepare();
        tasks.back()->call();
    }
    constexpr int rounds = 5;
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < counts.size(); ++i)
            for (const double seconds : calls_for(*tasks[i], options.seconds / rounds)) times[i].push_back(seconds);
    out << "scaling of " << tasks.front()->what().name << "\n\n"
        << fmt::format("{:>8} {:>14} {:>9} {:>11} {:>16}\n", "threads", "median us", "speed-up", "efficiency", "serial fraction");
    const double one = median(times.front());
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double speedup = one / median(times[i]);
        out << fmt::format("{:>8} {:>14.1f} {:>9.2f} {:>11.2f} {:>16}\n", counts[i], 1e6 * median(times[i]), speedup, speedup / counts[i],
                           counts[i] > 1 ? fmt::format("{:.3f}", serial_fraction(speedup, counts[i])) : "");
    }
    return 0;
}

}  // namespace tenfold::bench
