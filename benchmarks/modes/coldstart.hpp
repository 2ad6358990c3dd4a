// SPDX-License-Identifier: Apache-2.0
// The class cold start: from starting a process to its first result, and to its usual speed.
#pragma once

#include <iosfwd>  // std::ostream
#include <map>     // std::map
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

/// Seconds of each phase, of each process.
using coldstart_phases = std::map<std::string, std::vector<double>>;

/// The phases in their order: load (program and libraries), dispatch (which instruction sets there are), operands, first call,
/// until steady (further calls until two agree), steady call.
const std::vector<std::string>& coldstart_phase_names();

/// Starts this program so often and reads what the children write.
coldstart_phases measure_coldstart(const coldstart_options& options);

int coldstart_command(const coldstart_options& options, std::ostream& out);

}  // namespace tenfold::bench
