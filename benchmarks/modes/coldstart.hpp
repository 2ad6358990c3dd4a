// SPDX-License-Identifier: Apache-2.0
// The class cold start: from starting a process to its first result, and to its usual speed.
#pragma once

#include <iosfwd>  // std::ostream
#include <string>  // std::string
#include <vector>  // std::vector

namespace tenfold::bench {

struct coldstart_options {
    std::string filter = "^matmul:f32:m128n128k128:nn/";
    int threads = 1;
    int processes = 5;
    bool child = false;  // this process is measured: it writes when each phase ended
    bool json = false;
};

/// A phase and its seconds, of each process.
struct coldstart_phase {
    std::string name;
    std::vector<double> seconds;
};

struct coldstart_times {
    /// In their order: load (program and libraries), dispatch (which instruction sets there are), operands, first call, until
    /// steady (further calls until two agree), steady call. Where there is a CUDA driver, the same process goes on with GPU driver
    /// (its library), GPU init, GPU context, GPU kernel (compiled from PTX), GPU first call, GPU until steady, GPU steady call.
    std::vector<coldstart_phase> phases;
    std::string gpu;  // its name, or why there is none
};

/// Starts this program so often and reads what the children write.
coldstart_times measure_coldstart(const coldstart_options& options);

int coldstart_command(const coldstart_options& options, std::ostream& out);

}  // namespace tenfold::bench
