// SPDX-License-Identifier: Apache-2.0
// The verb `run`: measures this machine and writes a record.
#pragma once

#include <iosfwd>  // std::ostream

#include "support/run_options.hpp"  // run_options

namespace tenfold::bench {

/// The exit code: 0, or 75 after SIGINT or SIGTERM. Throws usage_error and data_error, both before anything is measured,
/// and data_error if the record can no longer be written at the end. Results go to `out`, progress to `log`.
int run_command(const run_options& options, std::ostream& out, std::ostream& log);

}  // namespace tenfold::bench
