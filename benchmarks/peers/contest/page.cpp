// SPDX-License-Identifier: Apache-2.0
// A row for each shape, a dot for each peer at the ratio of its time to tenfold's, on a logarithmic scale with a line at 1.
#include "peers/contest/page.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::clamp, std::find, std::max, std::min
#include <cmath>      // std::log2, std::exp2
#include <sstream>    // std::ostringstream, std::istringstream

#include "instances/report/style.hpp"  // report_style
#include "instances/report/svg.hpp"    // escaped
#include "peers/contest/ratios.hpp"    // worst_first, ratio_to

namespace tenfold::bench {
namespace {

constexpr int row_height = 18;
constexpr int plot_width = 640;
constexpr int letter_width = 7;  // of the monospaced labels, rounded up

/// "mkl" of "mkl-lifted-jit": the peers of a family share a colour.
std::string family_of(const std::string& name) { return name.substr(0, name.find('-')); }

std::vector<std::string> families_of(const contest_report& report) {
    std::vector<std::string> families;
    for (std::size_t i = 1; i < report.names.size(); ++i) {
        const std::string family = family_of(report.names[i]);
        if (std::find(families.begin(), families.end(), family) == families.end()) families.push_back(family);
    }
    return families;
}

/// From ratios to the plot: whole powers of two at both ends, and 1 always inside.
class ratio_scale {
    static constexpr double furthest = 6;  // 64 times: what lies beyond is drawn at the edge
    double low_ = -1, high_ = 1;

public:
    explicit ratio_scale(const std::vector<ranked_shape>& rows) {
        for (const ranked_shape& row : rows) {
            for (const contender_result& one : row.result->contenders) {
                const auto ratio = ratio_to(row.result->contenders[0], one);
                if (!ratio) continue;
                low_ = std::max(std::min(low_, std::floor(std::log2(ratio->p10))), -furthest);
                high_ = std::min(std::max(high_, std::ceil(std::log2(ratio->p90))), furthest);
            }
        }
    }
    [[nodiscard]] double x(double ratio) const { return (std::clamp(std::log2(ratio), low_, high_) - low_) / (high_ - low_) * plot_width; }
    [[nodiscard]] std::vector<double> ticks() const {
        std::vector<double> at;
        for (double power = low_; power <= high_; ++power) at.push_back(std::exp2(power));
        return at;
    }
};

std::string tick_text(double ratio) { return ratio < 1 ? fmt::format("1/{:g}", 1 / ratio) : fmt::format("{:g}", ratio); }

std::string dot(const contest_report& report, const ranked_shape& row, std::size_t peer, const ratio_scale& scale, int left, int y) {
    const shape_result& shape = *row.result;
    const auto ratio = ratio_to(shape.contenders[0], shape.contenders[peer]);
    if (!ratio) return "";
    const std::vector<std::string> families = families_of(report);
    const auto colour = std::find(families.begin(), families.end(), family_of(report.names[peer])) - families.begin();
    std::string svg;
    if (row.ratio && peer == row.best_peer)
        svg = fmt::format("<path class=\"w\" d=\"M{:.1f} {}H{:.1f}\"/>", left + scale.x(ratio->p10), y, left + scale.x(ratio->p90));
    return svg + fmt::format("<circle class=\"c{}\" cx=\"{:.1f}\" cy=\"{}\" r=\"{}\"><title>{}: {:.3f} ({:.3f} to {:.3f})</title></circle>",
                             colour % 7, left + scale.x(ratio->median), y, row.ratio && peer == row.best_peer ? 5 : 3,
                             escaped(report.names[peer]), ratio->median, ratio->p10, ratio->p90);
}

std::string chart(const contest_report& report) {
    const std::vector<ranked_shape> rows = worst_first(report.results, report.names);
    const ratio_scale scale(rows);
    std::size_t longest = 0;
    const auto label = [](const ranked_shape& row) {
        return row.result->shape.text + (row.result->threads > 1 ? fmt::format(" x{}", row.result->threads) : "");
    };
    for (const ranked_shape& row : rows) longest = std::max(longest, label(row).size());
    const int left = static_cast<int>(longest) * letter_width + 12;
    const int bottom = static_cast<int>(rows.size()) * row_height + 24;
    std::string svg =
        fmt::format("<svg viewBox=\"0 0 {0} {1}\" style=\"width:{0}px\" role=\"img\" aria-label=\"ratio to each peer by shape\">",
                    left + plot_width + 20, bottom + 8);
    for (const double tick : scale.ticks()) {
        const double x = left + scale.x(tick);
        svg += fmt::format(
            "<path d=\"M{0:.1f} 18V{1}\" stroke=\"var(--{2})\" stroke-width=\"{3}\"/><text class=\"t\" x=\"{0:.1f}\" y=\"12\" "
            "text-anchor=\"middle\">{4}</text>",
            x, bottom, tick == 1.0 ? "soft" : "line", tick == 1.0 ? 2 : 1, tick_text(tick));
    }
    int y = 24 + row_height / 2;
    for (const ranked_shape& row : rows) {
        svg += fmt::format("<text class=\"m\" x=\"0\" y=\"{}\">{}<title>{}</title></text>", y + 4, escaped(label(row)),
                           escaped(row.result->shape.workload));
        for (std::size_t peer = 1; peer < report.names.size(); ++peer) svg += dot(report, row, peer, scale, left, y);
        y += row_height;
    }
    return svg + "</svg>";
}

}  // namespace

void write_page(const contest_report& report, std::ostream& out) {
    std::ostringstream written;
    write_table(report, written);
    std::istringstream lines(written.str());
    std::string table;
    for (std::string line; std::getline(lines, line);) table += escaped(line) + "\n";
    out << "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
           "<title>tenfold beside its peers: "
        << report.title << "</title><style>" << report_style
        << ".card>svg{max-width:none}circle{stroke:var(--card);stroke-width:1}</style></head><body><main><h1>tenfold beside its peers: "
        << report.title << "</h1>"
        << "<p class=\"soft\">Each dot is a peer: its time over tenfold's, right of the line tenfold is faster. The large dot is the best "
           "peer "
           "of the shape, with the 10th and 90th percentile over the rounds. Worst first.</p><div class=\"key\">";
    const std::vector<std::string> families = families_of(report);
    for (std::size_t i = 0; i < families.size(); ++i)
        out << fmt::format("<span><i class=\"c{}\"></i>{}</span>", i % 7, escaped(families[i]));
    out << "</div><div class=\"card wide\">" << chart(report) << "</div><h2>Table</h2><div class=\"card wide\"><pre><code>" << table
        << "</code></pre></div></main></body></html>\n";
}

}  // namespace tenfold::bench
