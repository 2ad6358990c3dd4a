// SPDX-License-Identifier: Apache-2.0
// An identification as text for the terminal.
#pragma once

#include <iosfwd>  // std::ostream
#include <vector>  // std::vector

#include "instances/facts/noise.hpp"        // noise_finding
#include "instances/identity/identify.hpp"  // identification

namespace tenfold::bench {

void write_text(const identification& found, bool explain, std::ostream& out);
void write_noise(const std::vector<noise_finding>& findings, std::ostream& out);

}  // namespace tenfold::bench
