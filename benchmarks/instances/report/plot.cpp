// SPDX-License-Identifier: Apache-2.0
#include "instances/report/plot.hpp"

#include <fmt/format.h>
#include <algorithm>  // std::min, std::max
#include <cmath>      // std::log10, std::pow, std::floor
#include <iterator>   // std::size

#include "instances/report/svg.hpp"      // escaped

namespace tenfold::bench {
namespace {

constexpr double width = 350, height = 250, left = 56, right = 8, top = 8, bottom = 36;

/// Maps values to the drawing's units and chooses round ticks.
class scale {
    bool logarithmic_;
    double low_, high_, from_, to_;

    [[nodiscard]] double measure(double value) const { return logarithmic_ ? std::log10(value) : value; }

public:
    scale(const plot_axis& axis, double low, double high, double from, double to) : logarithmic_(axis.logarithmic), from_(from), to_(to) {
        low_ = logarithmic_ ? std::log10(low) - 0.08 : std::min(0.0, low);
        high_ = logarithmic_ ? std::log10(high) + 0.08 : high * 1.05;
        if (!(high_ > low_)) high_ = low_ + 1;
    }

    [[nodiscard]] double operator()(double value) const { return from_ + (measure(value) - low_) / (high_ - low_) * (to_ - from_); }

    [[nodiscard]] std::vector<double> ticks() const {
        std::vector<double> values;
        if (logarithmic_) {
            // Less than two powers of ten need something between them.
            const std::vector<double> steps = high_ - low_ < 0.8   ? std::vector<double>{1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}
                                              : high_ - low_ < 1.6 ? std::vector<double>{1, 2, 5}
                                                                   : std::vector<double>{1};
            for (double power = std::floor(low_); power <= high_; ++power)
                for (double step : steps) {
                    const double tick = std::log10(step) + power;
                    if (tick >= low_ && tick <= high_) values.push_back(std::pow(10, tick));
                }
            // Wide ranges: not more labels than fit.
            for (std::size_t keep = 2; values.size() > 7; ++keep) {
                std::vector<double> fewer;
                for (std::size_t i = 0; i < values.size(); i += keep) fewer.push_back(values[i]);
                values = fewer;
            }
            return values;
        }
        const double rough = (high_ - low_) / 5, unit = std::pow(10, std::floor(std::log10(rough)));
        const double step = rough / unit < 1.5 ? unit : rough / unit < 3.5 ? 2 * unit : rough / unit < 7.5 ? 5 * unit : 10 * unit;
        for (double tick = std::ceil(low_ / step) * step; tick <= high_; tick += step) values.push_back(tick);
        return values;
    }
};

std::string tick_text(double value) {
    static constexpr const char* prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
    std::size_t prefix = 0;
    for (; value >= 1000 && prefix + 1 < std::size(prefixes); ++prefix) value /= 1000;
    return fmt::format("{:.3g}{}", value, prefixes[prefix]);
}

struct bounds {
    double low = HUGE_VAL, high = -HUGE_VAL;
    void add(double value, const plot_axis& axis) {
        if (!std::isfinite(value) || (axis.logarithmic && value <= 0)) return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    [[nodiscard]] bool empty() const { return low > high; }
};

/// The ticks whose labels do not run into the one before.
std::vector<double> apart(const std::vector<double>& ticks, const scale& to, double distance) {
    std::vector<double> kept;
    for (double tick : ticks)
        if (kept.empty() || std::abs(to(tick) - to(kept.back())) >= distance) kept.push_back(tick);
    return kept;
}

/// Beside the mark, on the side where there is room; cut to a length that a card holds.
std::string mark_text(const plot_mark& mark, double x, double y) {
    if (mark.text.empty()) return "";
    const bool to_the_left = x > width * 0.6;
    return fmt::format("<text class=\"b\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>", to_the_left ? x - 8 : x + 8, y - 6,
                       to_the_left ? "end" : "start", escaped(mark.text.size() > 20 ? mark.text.substr(0, 17) + "..." : mark.text));
}

bool drawable(double value, const plot_axis& axis) { return std::isfinite(value) && (!axis.logarithmic || value > 0); }

}  // namespace

std::string plot_svg(const plot& what) {
    bounds x_range, y_range;
    for (const plot_line& line : what.lines)
        for (const auto& [x, y] : line.points) {
            x_range.add(x, what.x);
            y_range.add(y, what.y);
        }
    for (const plot_mark& mark : what.marks) {
        x_range.add(mark.x, what.x);
        for (double y : {mark.y, mark.low > 0 ? mark.low : mark.y, mark.high > 0 ? mark.high : mark.y}) y_range.add(y, what.y);
    }
    if (x_range.empty() || y_range.empty()) return "";
    const scale to_x(what.x, x_range.low, x_range.high, left, width - right), to_y(what.y, y_range.low, y_range.high, height - bottom, top);
    std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", width, height, escaped(what.description));
    for (double tick : apart(to_x.ticks(), to_x, 30))
        svg += fmt::format("<path class=\"q\" d=\"M{0:.1f} {1}V{2}\"/><text class=\"h t\" x=\"{0:.1f}\" y=\"{3}\">{4}</text>", to_x(tick),
                           top, height - bottom, height - bottom + 13, tick_text(tick));
    for (double tick : apart(to_y.ticks(), to_y, 15))
        svg += fmt::format("<path class=\"q\" d=\"M{1} {0:.1f}H{2}\"/><text class=\"t e\" x=\"{3}\" y=\"{4:.1f}\">{5}</text>", to_y(tick),
                           left, width - right, left - 4, to_y(tick) + 4, tick_text(tick));
    svg += fmt::format("<text class=\"h t\" x=\"{}\" y=\"{}\">{}</text>", (left + width - right) / 2, height - 4, escaped(what.x.title));
    svg += fmt::format("<text class=\"h t\" transform=\"translate(9 {}) rotate(-90)\">{}</text>", (top + height - bottom) / 2,
                       escaped(what.y.title));
    for (const plot_line& line : what.lines) {
        std::string path;
        for (const auto& [x, y] : line.points)
            if (drawable(x, what.x) && drawable(y, what.y))
                path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? "M" : "L", to_x(x), to_y(y));
        svg += fmt::format("<path class=\"p p{}{}\" d=\"{}\"><title>{}</title></path>", line.colour % 7, line.dashed ? " d" : "", path,
                           escaped(line.label));
    }
    for (const plot_mark& mark : what.marks) {
        if (!drawable(mark.x, what.x) || !drawable(mark.y, what.y)) continue;
        if (mark.low > 0 && mark.high > 0)
            svg += fmt::format("<path class=\"w\" d=\"M{0:.1f} {1:.1f}V{2:.1f}\"/>", to_x(mark.x), to_y(mark.low), to_y(mark.high));
        svg += fmt::format("<circle class=\"c{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"><title>{}</title></circle>", mark.colour % 7,
                           to_x(mark.x), to_y(mark.y), escaped(mark.label));
        svg += mark_text(mark, to_x(mark.x), std::max(top + 14, to_y(mark.y)));
    }
    return svg + "</svg>";
}

}  // namespace tenfold::bench
