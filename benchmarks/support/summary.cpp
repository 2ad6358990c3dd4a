// SPDX-License-Identifier: Apache-2.0
// The table at the end of a run.
#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::max_element
#include <map>        // std::map
#include <ostream>    // std::ostream

#include "instances/statistics/summary.hpp"  // geometric_mean, median
#include "support/results.hpp"               // print_summary

namespace tenfold::bench {
namespace {

using rows = std::vector<const record_case*>;

std::string rate_text(double rate, const std::string& unit) {
    if (unit == "FLOP/s") return fmt::format("{:.1f} GFLOP/s", rate * 1e-9);
    return fmt::format("{:.1f} GB/s", rate * 1e-9);
}

std::string percent_text(const std::optional<double>& percent) { return percent ? fmt::format("{:.0f} %", *percent) : "-"; }

double percent_or_zero(const record_case* row) { return row->percent_of_roof.value_or(0); }

/// One class, type and number of threads on one backend; of tenfold's instruction sets the fastest for each problem.
struct summary_line {
    std::string kernel_class, dtype, backend;
    int threads = 1;
    rows members;
};

/// The reference backend is there to be read and to verify others: its speed is in the record only.
std::vector<summary_line> lines_of(const bench_record& record) {
    std::vector<summary_line> lines;
    std::map<std::string, std::size_t> line_of, member_of;  // by key: index into lines, into members
    for (const record_case& row : record.cases) {
        if (!row.timed() || row.backend == "reference") continue;
        const std::string key = fmt::format("{}/{}/{}/{}", row.kernel_class, row.dtype, row.threads, row.backend);
        const auto [line, new_line] = line_of.emplace(key, lines.size());
        if (new_line) lines.push_back({row.kernel_class, row.dtype, row.backend, row.threads, {}});
        rows& members = lines[line->second].members;
        const auto [member, new_member] = member_of.emplace(key + "/" + row.problem, members.size());
        if (new_member)
            members.push_back(&row);
        else if (row.median_ns < members[member->second]->median_ns)
            members[member->second] = &row;
    }
    return lines;
}

void print_lines(const std::vector<summary_line>& lines, std::ostream& out) {
    constexpr const char* columns = "{:<14} {:<5} {:>7}  {:<9} {:>5}  {:>15} {:<10} {:>6}  {:>8}\n";
    out << fmt::format(columns, "class", "type", "threads", "backend", "cases", "best rate", "with", "% roof", "median %");
    std::string furthest_cases;
    for (const summary_line& line : lines) {
        const record_case* best = *std::max_element(line.members.begin(), line.members.end(),
                                                    [](const record_case* a, const record_case* b) { return a->rate < b->rate; });
        std::vector<double> percents;
        const record_case* furthest = nullptr;
        for (const record_case* row : line.members) {
            if (!row->percent_of_roof) continue;
            percents.push_back(*row->percent_of_roof);
            if (furthest == nullptr || percent_or_zero(row) < percent_or_zero(furthest)) furthest = row;
        }
        out << fmt::format(columns, line.kernel_class, line.dtype, line.threads, line.backend, line.members.size(),
                           rate_text(best->rate, best->rate_unit), best->isa, percent_text(best->percent_of_roof),
                           percents.empty() ? "-" : fmt::format("{:.0f} %", median(percents)));
        if (furthest != nullptr) furthest_cases += fmt::format("  {:>4.0f} %  {}\n", percent_or_zero(furthest), furthest->name);
    }
    if (!furthest_cases.empty()) out << "\nfurthest from their roofs, one per line above:\n" << furthest_cases;
}

/// The fastest row of tenfold and the rows of all peers, for one problem and number of threads.
struct rivals {
    const record_case* ours = nullptr;
    rows theirs;
};

/// The peer's time over tenfold's best time; above 1 tenfold is faster.
void print_peers(const bench_record& record, std::ostream& out) {
    std::map<std::string, rivals> problems;
    bool any_peer = false;
    for (const record_case& row : record.cases) {
        if (!row.timed() || row.backend == "reference") continue;
        rivals& both = problems[fmt::format("{}/threads:{}", row.problem, row.threads)];
        if (row.backend != "cpu") {
            both.theirs.push_back(&row);
            any_peer = true;
        } else if (both.ours == nullptr || row.median_ns < both.ours->median_ns) {
            both.ours = &row;
        }
    }
    if (!any_peer) return;
    constexpr const char* columns = "{:<46} {:>15} {:>15}  {}\n";
    out << "\n" << fmt::format(columns, "problem", "tenfold", "peer", "times as fast");
    std::map<std::string, std::vector<double>> ratios;  // of each peer and class
    for (const auto& [name, both] : problems) {
        for (const record_case* theirs : both.theirs) {
            if (both.ours == nullptr) continue;
            const double ratio = theirs->median_ns / both.ours->median_ns;
            ratios[theirs->backend + " " + theirs->kernel_class].push_back(ratio);
            out << fmt::format(columns, name, rate_text(both.ours->rate, both.ours->rate_unit), rate_text(theirs->rate, theirs->rate_unit),
                               fmt::format("{:.2f} x {}", ratio, theirs->backend));
        }
    }
    for (const auto& [name, of_class] : ratios)
        out << fmt::format("geometric mean over {} cases of {}: {:.2f} x\n", of_class.size(), name, geometric_mean(of_class));
}

void print_failures(const bench_record& record, std::ostream& out) {
    for (const record_case& row : record.cases) {
        if (!row.timed()) out << "FAILED " << row.name << ": " << *row.error << "\n";
    }
    std::map<std::string, int> reasons;
    for (const record_skipped& one : record.skipped) ++reasons[one.reason];
    for (const auto& [reason, count] : reasons) out << fmt::format("skipped {} cases: {}\n", count, reason);
}

}  // namespace

void print_summary(const bench_record& record, std::ostream& out) {
    print_lines(lines_of(record), out);
    print_peers(record, out);
    out << "\nmeasured roofs:\n";
    for (const auto& [group, members] : record.context.roofs) {
        int column = 0;
        for (const auto& [name, roof] : members) {
            out << (column == 0 ? "  " + group + ":" : "") << fmt::format("  {:<18} {:>15}", name, rate_text(roof.value, roof.unit));
            column = (column + 1) % 2;
            if (column == 0) out << "\n";
        }
        if (column != 0) out << "\n";
    }
    for (const auto& [name, used] : record.energy)
        out << fmt::format("energy of {}: {:.1f} W over {:.1f} s\n", name, used.joules / used.seconds, used.seconds);
    print_failures(record, out);
    if (!record.validity) return;
    out << "\nverdict on these figures: " << record.validity->verdict << "\n";
    for (const std::string& reason : record.validity->reasons) out << "  " << reason << "\n";
}

}  // namespace tenfold::bench
