// SPDX-License-Identifier: Apache-2.0
// The results of a contest as a page: a chart of all ratios, worst first, and the table below it.
#pragma once

#include <ostream>  // std::ostream

#include "peers/contest/tables.hpp"  // contest_report

namespace tenfold::bench {

/// One file without references to others.
void write_page(const contest_report& report, std::ostream& out);

}  // namespace tenfold::bench
