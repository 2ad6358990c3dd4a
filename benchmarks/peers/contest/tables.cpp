// SPDX-License-Identifier: Apache-2.0
// Writing the table and the comma-separated values of a contest.
#include "peers/contest/tables.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::max, std::sort, std::min_element

#include "instances/statistics/summary.hpp"  // median, geometric_mean
#include "peers/contest/ratios.hpp"          // worst_first, ratio_to, spread_of

namespace tenfold::bench {
namespace {

double rate_of(const shape_result& shape, const contender_result& one) { return shape.shape.work / median(one.seconds) * 1e-9; }

std::string rate_text(double rate) { return rate < 9.95 ? fmt::format("{:.2f}", rate) : fmt::format("{:.1f}", rate); }

std::string_view word_of(const contender_result& one) {
    if (!one.seconds.empty()) return "timed";
    switch (one.what) {
        case outcome::declined: return "declined";
        case outcome::wrong: return "wrong";
        default: return "failed";
    }
}

std::string own_cell(const shape_result& shape) {
    const contender_result& own = shape.contenders[0];
    return own.seconds.empty() ? std::string(word_of(own)) : rate_text(rate_of(shape, own));
}

std::string percent_of_roof(const shape_result& shape) {
    if (!shape.roof_seconds || shape.contenders[0].seconds.empty()) return "-";
    return fmt::format("{:.0f}", 100 * *shape.roof_seconds / median(shape.contenders[0].seconds));
}

/// Commas and quotes inside a field are quoted.
std::string quoted(const std::string& text) {
    if (text.find_first_of(",\"\n") == std::string::npos) return text;
    std::string result = "\"";
    for (const char c : text) result += c == '"' ? "\"\"" : std::string(1, c);
    return result + "\"";
}

/// The peers that were timed, the fastest first.
std::string peers_text(const contest_report& report, const shape_result& shape) {
    std::vector<std::size_t> order;
    for (std::size_t i = 1; i < shape.contenders.size(); ++i) {
        if (!shape.contenders[i].seconds.empty()) order.push_back(i);
    }
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return median(shape.contenders[a].seconds) < median(shape.contenders[b].seconds); });
    std::string text;
    for (const std::size_t i : order)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", report.names[i], rate_text(rate_of(shape, shape.contenders[i])));
    return text;
}

void write_rows(const contest_report& report, std::ostream& out) {
    std::size_t width = 5, name_width = 9;
    for (const shape_result& one : report.results) width = std::max(width, one.shape.text.size());
    for (const std::string& name : report.names) name_width = std::max(name_width, name.size());
    out << fmt::format("{:<{}} {:>3} {:>8} {:>5} | {:>6} {:>6} {:>6}  {:<{}} | all peers\n", "shape", width, "thr", report.names[0],
                       "roof%", "ratio", "p10", "p90", "best peer", name_width);
    for (const ranked_shape& row : worst_first(report.results, report.names)) {
        const shape_result& shape = *row.result;
        out << fmt::format("{:<{}} {:>3} {:>8} {:>5} |", shape.shape.text, width, shape.threads, own_cell(shape), percent_of_roof(shape));
        if (row.ratio)
            out << fmt::format(" {:>6.3f} {:>6.3f} {:>6.3f}  {:<{}} |", row.ratio->median, row.ratio->p10, row.ratio->p90,
                               report.names[row.best_peer], name_width);
        else
            out << fmt::format(" {:>6} {:>6} {:>6}  {:<{}} |", "-", "-", "-", "-", name_width);
        out << " " << peers_text(report, shape) << "\n";
    }
}

void write_means(const contest_report& report, std::ostream& out) {
    std::vector<double> best;
    std::size_t behind = 0;
    for (const ranked_shape& row : worst_first(report.results, report.names)) {
        if (!row.ratio) continue;
        best.push_back(row.ratio->median);
        if (row.ratio->median < 1) ++behind;
    }
    if (best.empty()) return;
    out << fmt::format("\nagainst the best peer of each shape: {} of {} below 1, geometric mean {:.3f}\n", behind, best.size(),
                       geometric_mean(best));
    for (std::size_t i = 1; i < report.names.size(); ++i) {
        std::vector<double> ratios;
        for (const shape_result& one : report.results) {
            if (const auto ratio = ratio_to(one.contenders[0], one.contenders[i])) ratios.push_back(ratio->median);
        }
        if (!ratios.empty())
            out << fmt::format("  {:<18} {:>4} shapes, geometric mean {:.3f}, worst {:.3f}\n", report.names[i], ratios.size(),
                               geometric_mean(ratios), *std::min_element(ratios.begin(), ratios.end()));
    }
}

}  // namespace

void write_table(const contest_report& report, std::ostream& out) {
    for (const std::string& fact : report.facts) out << fact << "\n";
    for (std::size_t i = 0; i < report.names.size(); ++i) out << fmt::format("  {:<18} {}\n", report.names[i], report.versions[i]);
    out << fmt::format(
        "rates are {}, medians; ratio is the peer's time over that of {}, round by round: median,\n"
        "10th and 90th percentile; roof% is of {}; worst first\n\n",
        report.rate_unit, report.names[0], report.roof_meaning);
    for (const std::string& line : report.roof_lines) out << line << "\n";
    out << "\n";
    write_rows(report, out);
    write_means(report, out);
    for (const shape_result& shape : report.results) {
        for (std::size_t i = 0; i < shape.contenders.size(); ++i) {
            const contender_result& one = shape.contenders[i];
            if (one.what == outcome::wrong || one.what == outcome::failed)
                out << fmt::format("{} {} on {}: {}\n", report.names[i], word_of(one), shape.shape.text, one.note);
        }
    }
}

void write_csv(const contest_report& report, std::ostream& out) {
    out << "shape,workload," << report.value_names
        << ",threads,contender,version,outcome,seconds,seconds_p10,seconds_p90,rate,ratio,ratio_p10,ratio_p90,samples,calls,error_ratio\n";
    for (const ranked_shape& row : worst_first(report.results, report.names)) {
        const shape_result& shape = *row.result;
        for (std::size_t i = 0; i < shape.contenders.size(); ++i) {
            const contender_result& one = shape.contenders[i];
            if (one.what == outcome::declined) continue;
            out << fmt::format("{},{},{},{},{},{},{}", quoted(shape.shape.text), quoted(shape.shape.workload), shape.shape.values,
                               shape.threads, quoted(report.names[i]), quoted(report.versions[i]), word_of(one));
            if (one.seconds.empty()) {
                out << ",,,,,,,,0,,\n";
                continue;
            }
            const spread seconds = spread_of(one.seconds);
            out << fmt::format(",{:.6g},{:.6g},{:.6g},{:.6g}", seconds.median, seconds.p10, seconds.p90, rate_of(shape, one));
            if (const auto ratio = ratio_to(shape.contenders[0], one))
                out << fmt::format(",{:.4f},{:.4f},{:.4f}", ratio->median, ratio->p10, ratio->p90);
            else
                out << ",,,";
            out << fmt::format(",{},{},{:.3g}\n", one.seconds.size(), one.calls, one.error_ratio);
        }
    }
}

}  // namespace tenfold::bench
