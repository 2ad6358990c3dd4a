// SPDX-License-Identifier: Apache-2.0
// Puts a run together: select, prepare, measure roofs, measure cases, measure roofs again, write.
#include "support/run_command.hpp"

#include <fmt/format.h>  // fmt::format
#include <unistd.h>      // access, close, unlink

#include <cerrno>   // errno
#include <cmath>    // std::abs
#include <cstdlib>  // mkstemp
#include <cstring>  // std::strerror
#include <ctime>    // std::time, gmtime_r
#include <ostream>  // std::ostream

#include "instances/errors.hpp"          // data_error
#include "instances/price/money.hpp"     // usd
#include "instances/record/record.hpp"   // write_record
#include "op/list.hpp"                   // all_problems
#include "support/build_info.hpp"        // this_build
#include "support/context.hpp"           // gather_context
#include "support/interrupt.hpp"         // watch_for_interrupts, interrupted
#include "support/operand_pool.hpp"      // operand_pool
#include "support/results.hpp"           // add_results, print_summary

namespace tenfold::bench {
namespace {

constexpr int interrupted_and_resumable = 75;

std::filesystem::path default_record_name() {
    const std::time_t now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    return fmt::format("tenfold-record-{:04}{:02}{:02}T{:02}{:02}{:02}Z.json", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour,
                       utc.tm_min, utc.tm_sec);
}

/// The measurement takes minutes: whether its record can be kept is found out before.
void require_writable(const std::filesystem::path& file) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    if (!fs::is_directory(folder, ignored))
        throw data_error(fmt::format("--out {}: there is no folder {}; make it first", file.string(), folder.string()));
    if (fs::is_directory(file, ignored))
        throw data_error(fmt::format("--out {}: this is a folder; give the name of a file", file.string()));
    // The record is written beside its final name and renamed, so that is what is tried. Permissions alone do not tell: root
    // has all of them, also where no file can be made.
    std::string probe = file.string() + ".XXXXXX";
    const int descriptor = fs::exists(file, ignored) && ::access(file.c_str(), W_OK) != 0 ? -1 : ::mkstemp(probe.data());
    if (descriptor < 0)
        throw data_error(
            fmt::format("--out {}: cannot be written: {}; give a file that you may write", file.string(), std::strerror(errno)));
    ::close(descriptor);
    ::unlink(probe.c_str());
}

void list_cases(const selection& what, std::ostream& out) {
    for (const bench_case& one : what.cases) out << fmt::format("{:<64} {}\n", one.name, what.problems[one.problem_index].workload);
}

/// The largest difference of two tables of roofs, as a part of the first.
double drift_of(const roof_table& before, const roof_table& after) {
    double largest = 0;
    for (const auto& [group, members] : before) {
        for (const auto& [name, roof] : members) largest = std::max(largest, std::abs(after.at(group).at(name).value / roof.value - 1));
    }
    return largest;
}

}  // namespace

int run_command(const run_options& options, std::ostream& out, std::ostream& log) {
    const machine_limits limits = limits_of_this_machine();
    const selection what = select_cases(all_problems(), options, limits);
    if (options.list) {
        list_cases(what, out);
        return 0;
    }
    if (options.usd_per_hour) static_cast<void>(usd::parse(*options.usd_per_hour));
    const std::filesystem::path file = options.out.value_or(default_record_name());
    require_writable(file);
    if (!this_build().unfit.empty()) log << "warning: figures of this program are not to be published: " << this_build().unfit << std::endl;
    watch_for_interrupts();

    progress shown(log, options.quiet ? progress::style::none : progress_style_of_stderr());
    const sampling_plan plan = plan_of(options.what);
    bench_record record;
    record.context = gather_context(options, plan);

    shown.phase("preparing operands");
    operand_pool pool(options.seed, rotation_bytes(limits));
    std::vector<std::unique_ptr<prepared_problem>> prepared;
    for (const problem& p : what.problems) prepared.push_back(p.prepare(pool));
    pool.fill(limits.usable_cpus);

    shown.phase("measuring roofs");
    roof_table before, after;
    measure_roofs(what, limits, before);
    const measurement measured = measure(what, prepared, plan, options.seed, shown);
    after = before;
    if (measured.complete) {
        shown.phase("measuring roofs again");
        after.clear();
        measure_roofs(what, limits, after);
    }
    shown.clear();
    constexpr double steady = 0.05;
    if (const double drift = drift_of(before, after); drift > steady && !options.quiet)
        log << fmt::format("warning: a roof changed by {:.0f} % between the beginning and the end; other work on this machine?\n",
                           100 * drift);
    // The roof is what the machine can do: the better of the two measurements.
    for (auto& [group, members] : after) {
        for (auto& [name, roof] : members) roof.value = std::max(roof.value, before.at(group).at(name).value);
    }
    record.context.roofs = after;
    record.complete = measured.complete;
    add_results(record, what, measured, limits);

    if (record.cases.empty()) {
        log << "interrupted before anything was measured; no record was written" << std::endl;
        return interrupted_and_resumable;
    }
    write_record(file, record);
    if (!options.quiet) {
        print_summary(record, out);
        out << fmt::format("\n{} cases in {} record: {}\n", record.cases.size(), record.complete ? "the" : "the incomplete", file.string());
        out << std::flush;
    }
    return record.complete ? 0 : interrupted_and_resumable;
}

}  // namespace tenfold::bench
