// SPDX-License-Identifier: Apache-2.0
// The class scaling: the same case on more and more threads.
#pragma once

#include <iosfwd>  // std::ostream
#include <string>  // std::string

namespace tenfold::bench {

struct scaling_options {
    std::string filter = "^matmul:f32:m1024n1024k1024:nn/";
    double seconds = 1;  // for each number of threads
};

/// The part of the work that does not get faster with threads, from a measured speed-up on n.  [Karp and Flatt 1990]
double serial_fraction(double speedup, int threads);

/// Threads 1, 2, 4 ... and all.
int scaling_command(const scaling_options& options, std::ostream& out);

}  // namespace tenfold::bench
