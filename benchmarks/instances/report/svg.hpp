// SPDX-License-Identifier: Apache-2.0
// Charts as inline SVG. Colours come from the page's style, so that light and dark differ there only.
#pragma once

#include <optional>  // std::optional
#include <string>    // std::string
#include <vector>    // std::vector

namespace tenfold::bench {

/// Text as HTML and SVG may hold it; control characters become '?'.
std::string escaped(const std::string& text);

struct chart_bar {
    std::string label, value;      // written above the bar, left and right
    double length = 0;             // 0..1 of the track
    std::size_t colour = 0;        // of the page's palette
    std::optional<double> low, high;  // ends of the interval, on the same scale
    double start = 0;                 // where the bar begins: a step of a waterfall
};

/// Bars one under the other, each with its label and value above it: readable at a phone's width.
std::string bar_chart(const std::string& description, const std::vector<chart_bar>& bars);

/// As above on a logarithmic scale with a line at every power of ten; `length` is the decimal logarithm.
std::string log_bar_chart(const std::string& description, const std::vector<chart_bar>& bars, const std::string& unit);

/// A row of dots on a common scale.
struct strip_row {
    std::string label, value;  // written above the row, left and right
    std::vector<double> dots;
    std::vector<std::string> names;  // of the dots, for their tooltips
    std::size_t colour = 0;
};

/// Rows of dots one under the other, over one axis from -most to +most percent.
std::string strip_chart(const std::string& description, const std::vector<strip_row>& rows, double most_percent);

struct heat_cell {
    std::string text;
    std::optional<double> share;  // 0..1, the cell's colour; nothing: no colour
};

/// A case per row, a configuration per column; `cell_width` in units of the letters' height of 12.
std::string heat_map(const std::string& description, const std::vector<std::string>& columns, const std::vector<std::string>& rows,
                     const std::vector<std::vector<heat_cell>>& cells, int cell_width = 142);

}  // namespace tenfold::bench
