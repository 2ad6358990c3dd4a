// SPDX-License-Identifier: Apache-2.0
#include "instances/report/svg.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::clamp, std::max
#include <cmath>      // std::floor, std::ceil
#include <utility>    // std::pair

namespace tenfold::bench {
namespace {

constexpr int chart_width = 330;  // one card of three side by side, and a phone's width
constexpr int row_height = 38;
constexpr std::size_t palette_size = 7;

std::string opened(const std::string& description, int width, int height) {
    return fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, height, escaped(description));
}

/// Cut so that it ends before the value on the same line; whole in the tooltip. 7 units a letter is an upper bound.
std::string shortened(const std::string& label, std::size_t letters) {
    if (label.size() <= letters) return label;
    std::size_t end = letters > 3 ? letters - 3 : 0;
    while (end > 0 && (label[end] & 0xC0) == 0x80) --end;  // not inside a character
    return label.substr(0, end) + "...";
}

/// The label and the value over a row.
std::string caption(const std::string& label, const std::string& value, int y) {
    const std::size_t taken = (value.size() + 1) * 15 / 2;
    const std::string short_label = shortened(label, taken < chart_width ? (chart_width - taken) / 7 : 0);
    return fmt::format("<text class=\"l\" x=\"0\" y=\"{0}\">{1}<title>{4}</title></text><text class=\"v\" x=\"{2}\" y=\"{0}\">{3}</text>",
                       y + 14, escaped(short_label), chart_width, escaped(value), escaped(label));
}

/// `to_x` maps a bar's length to the chart's width.
template <class ToX>
std::string bars_of(const std::vector<chart_bar>& bars, ToX to_x) {
    std::string svg;
    int y = 0;
    for (const chart_bar& bar : bars) {
        svg += caption(bar.label, bar.value, y);
        const int top = y + 20;
        svg += fmt::format("<rect class=\"track\" x=\"0\" y=\"{}\" width=\"{}\" height=\"11\" rx=\"3\"/>", top, chart_width);
        svg += fmt::format("<rect class=\"c{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"11\" rx=\"3\"/>", bar.colour % palette_size,
                           std::min(bar.start > 0 ? to_x(bar.start) : 0.0, chart_width - 2.0), top, std::max(2.0, to_x(bar.length)));
        if (bar.low && bar.high)
            svg += fmt::format("<path class=\"w\" d=\"M{0:.1f} {2}H{1:.1f}M{0:.1f} {3}v7M{1:.1f} {3}v7\"/>", to_x(*bar.low),
                               to_x(*bar.high), top + 5.5, top + 2);
        y += row_height;
    }
    return svg;
}

/// From nearly white to the palette's blue, and a text colour that stands out from it.
/// From this share on, white has more contrast with a cell than black; at it, both have 4.58.
constexpr double white_stands_out = 0.81;

std::string cell_style(double share) {
    const double s = std::clamp(share, 0.0, 1.0);
    const auto mix = [&](int from, int to) { return static_cast<int>(std::lround(from + s * (to - from))); };
    return fmt::format("fill=\"#{:02x}{:02x}{:02x}\"", mix(0xee, 0x00), mix(0xf4, 0x5f), mix(0xf9, 0x9e));
}

}  // namespace

std::string escaped(const std::string& text) {
    std::string result;
    for (char c : text) {
        switch (c) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default: result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
        }
    }
    return result;
}

std::string bar_chart(const std::string& description, const std::vector<chart_bar>& bars) {
    const int height = static_cast<int>(bars.size()) * row_height;
    const auto to_x = [](double length) { return std::clamp(length, 0.0, 1.0) * chart_width; };
    return opened(description, chart_width, height) + bars_of(bars, to_x) + "</svg>";
}

std::string log_bar_chart(const std::string& description, const std::vector<chart_bar>& bars, const std::string& unit) {
    double low = 0, high = 1;
    for (const chart_bar& bar : bars) {
        low = std::min(low, std::floor(bar.length));
        high = std::max(high, std::ceil(bar.length));
    }
    const auto to_x = [&](double length) { return (length - low) / (high - low) * chart_width; };
    const int height = static_cast<int>(bars.size()) * row_height;
    std::string svg = opened(description, chart_width, height + 18) + bars_of(bars, to_x);
    for (double power = low; power <= high; power += 1) {
        const double x = to_x(power);
        const char* anchor = power == low ? "start" : power == high ? "end" : "middle";
        svg += fmt::format("<text class=\"t\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{:g}{}</text>", x, height + 13, anchor,
                           std::pow(10.0, power), escaped(unit));
        if (power != low && power != high)
            for (std::size_t i = 0; i < bars.size(); ++i)
                svg += fmt::format("<path class=\"g\" d=\"M{:.1f} {}v11\"/>", x, static_cast<int>(i) * row_height + 20);
    }
    return svg + "</svg>";
}

std::string strip_chart(const std::string& description, const std::vector<strip_row>& rows, double most_percent) {
    constexpr double margin = 7;  // of a dot at the end
    const auto to_x = [&](double value) {
        return margin + (std::clamp(value / most_percent, -1.0, 1.0) + 1) / 2 * (chart_width - 2 * margin);
    };
    const int height = static_cast<int>(rows.size()) * row_height;
    std::string svg = opened(description, chart_width, height + 18);
    int y = 0;
    for (const strip_row& row : rows) {
        svg += caption(row.label, row.value, y);
        const int middle = y + 26;
        svg += fmt::format("<path class=\"q\" d=\"M0 {0}H{1}M{2:.1f} {3}v12\"/>", middle, chart_width, to_x(0), middle - 6);
        for (std::size_t i = 0; i < row.dots.size(); ++i)
            svg += fmt::format("<circle class=\"c{}\" cx=\"{:.1f}\" cy=\"{}\" r=\"5\" fill-opacity=\"0.75\"><title>{}</title></circle>",
                               row.colour % palette_size, to_x(row.dots[i]), middle, escaped(i < row.names.size() ? row.names[i] : ""));
        y += row_height;
    }
    for (const auto& [value, anchor] : {std::pair(-most_percent, "start"), std::pair(0.0, "middle"), std::pair(most_percent, "end")})
        svg += fmt::format("<text class=\"t\" x=\"{:.1f}\" y=\"{}\" text-anchor=\"{}\">{}{:g} %</text>",
                           value < 0   ? 0.0
                           : value > 0 ? chart_width
                                       : to_x(0),
                           height + 13, anchor, value > 0 ? "+" : "", value);
    return svg + "</svg>";
}

std::string heat_map(const std::string& description, const std::vector<std::string>& columns, const std::vector<std::string>& rows,
                     const std::vector<std::vector<heat_cell>>& cells, int cell_width) {
    constexpr int cell_height = 26, header = 24;
    std::size_t longest = 8;
    for (const std::string& row : rows) longest = std::max(longest, row.size());
    const int labels = 14 + static_cast<int>(longest) * 7;
    const int width = labels + cell_width * static_cast<int>(columns.size());
    std::string svg = fmt::format("<svg viewBox=\"0 0 {0} {1}\" style=\"width:{0}px\" role=\"img\" aria-label=\"{2}\">", width,
                                  header + cell_height * static_cast<int>(rows.size()), escaped(description));
    for (std::size_t i = 0; i < columns.size(); ++i)
        svg += fmt::format("<text class=\"t\" x=\"{}\" y=\"15\" text-anchor=\"middle\">{}</text>",
                           labels + cell_width * static_cast<int>(i) + cell_width / 2, escaped(columns[i]));
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const int y = header + cell_height * static_cast<int>(r);
        svg += fmt::format("<text class=\"m\" x=\"0\" y=\"{}\">{}</text>", y + 17, escaped(rows[r]));
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const heat_cell& cell = cells[r][i];
            const int x = labels + cell_width * static_cast<int>(i);
            if (cell.share)
                svg += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"3\" {}/>", x + 1, y + 1, cell_width - 2,
                                   cell_height - 2, cell_style(*cell.share));
            const char* kind = !cell.share ? "h" : *cell.share > white_stands_out ? "h on-dark" : "h on-light";
            svg += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>", kind, x + cell_width / 2, y + 17, escaped(cell.text));
        }
    }
    return svg + "</svg>";
}

}  // namespace tenfold::bench
