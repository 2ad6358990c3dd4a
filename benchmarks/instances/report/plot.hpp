// SPDX-License-Identifier: Apache-2.0
// Lines and points over two axes as inline SVG, as wide as a phone.
#pragma once

#include <cstddef>  // std::size_t
#include <string>   // std::string
#include <utility>  // std::pair
#include <vector>   // std::vector

namespace tenfold::bench {

struct plot_line {
    std::string label;                              // of the tooltip
    std::size_t colour = 0;                         // of the page's palette
    std::vector<std::pair<double, double>> points;  // in rising order of x
    bool dashed = false;
};

struct plot_mark {
    std::string label;
    std::size_t colour = 0;
    double x = 0, y = 0;
    double low = 0, high = 0;  // whisker along y; both 0: none
    std::string text{};        // written beside the mark
};

struct plot_axis {
    std::string title;
    bool logarithmic = false;
};

struct plot {
    std::string description;
    plot_axis x, y;
    std::vector<plot_line> lines;
    std::vector<plot_mark> marks;
};

/// Values that a logarithmic axis cannot show (zero and below) are left out. A plot without any value is "".
std::string plot_svg(const plot& what);

}  // namespace tenfold::bench
