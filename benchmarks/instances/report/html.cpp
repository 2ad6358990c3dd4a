// SPDX-License-Identifier: Apache-2.0
#include "instances/report/report.hpp"
namespace tenfold::bench { std::string html_report(const comparison&, const std::string& c) { return c; } }
