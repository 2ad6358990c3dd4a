// SPDX-License-Identifier: Apache-2.0
// Puts a run together: select, take over what is finished, measure the rest between two measurements of the roofs, write.
#include "support/run_command.hpp"

#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join

#include <algorithm>  // std::max
#include <atomic>     // std::atomic
#include <cmath>      // std::abs
#include <csignal>    // std::signal
#include <mutex>      // std::mutex
#include <ostream>    // std::ostream

#include "instances/errors.hpp"            // usage_error, disk_failure
#include "instances/identity/notice.hpp"   // notice_poller, approve_notice
#include "instances/price/money.hpp"       // usd
#include "instances/record/attempt.hpp"    // attempt_writer
#include "instances/record/checksum.hpp"   // file_checksum, random_id
#include "instances/record/record.hpp"     // write_record, is_complete_record
#include "instances/record/resume.hpp"     // plan_resume
#include "instances/record/validity.hpp"   // judge
#include "machine/conditions.hpp"          // read_counters
#include "machine/energy.hpp"              // energy_meter
#include "op/list.hpp"                     // all_problems
#include "support/build_info.hpp"          // this_build
#include "support/context.hpp"             // gather_context
#include "support/grace.hpp"               // grace_guard
#include "support/interrupt.hpp"           // watch_for_interrupts, interrupted
#include "support/operand_pool.hpp"        // operand_pool
#include "support/orphans.hpp"             // orphan_reaper
#include "support/results.hpp"             // add_results, print_summary
#include "support/run_files.hpp"           // require_writable, look_at

namespace tenfold::bench {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

void list_cases(const selection& what, std::ostream& out) {
    constexpr std::size_t line_width = 100;
    std::size_t longest = 0;
    for (const bench_case& one : what.cases) longest = std::max(longest, one.name.size());
    for (const bench_case& one : what.cases) {
        std::string line = fmt::format("{:<{}}  {}", one.name, longest, what.problems[one.problem_index].workload);
        if (line.size() > line_width) line.resize(std::max(line_width, one.name.size()));
        out << line << "\n";
    }
}

/// The largest difference of two tables of roofs, as a part of the first.
double drift_of(const roof_table& before, const roof_table& after) {
    double largest = 0;
    for (const auto& [group, members] : before) {
        for (const auto& [name, roof] : members) largest = std::max(largest, std::abs(after.at(group).at(name).value / roof.value - 1));
    }
    return largest;
}

run_conditions of_this_build(run_conditions conditions) {
    conditions.unfit_build = this_build().unfit;
    return conditions;
}

attempt_head head_of(const record_context& context, const selection& what) {
    attempt_head head;
    head.id = random_id();
    head.program = file_checksum("/proc/self/exe");
    head.flags = context.settings.flags;
    head.context = context;
    for (const bench_case& one : what.cases) head.plan.push_back({one.name, what.problems[one.problem_index].kernel_class});
    return head;
}

/// Seconds of each part of the run.
class phase_clock {
    std::map<std::string, double>& phases_;
    steady_clock::time_point begin_ = steady_clock::now();

public:
    explicit phase_clock(std::map<std::string, double>& phases) : phases_(phases) {}
    void end(const std::string& phase) {
        const auto now = steady_clock::now();
        phases_[phase] += std::chrono::duration<double>(now - begin_).count();
        begin_ = now;
    }
};

/// The energy of each class, read whenever a block of its cases is finished.
class energy_log {
    std::map<std::string, record_energy>& classes_;
    energy_meter meter_;
    double joules_ = 0;
    steady_clock::time_point begin_ = steady_clock::now();

public:
    explicit energy_log(std::map<std::string, record_energy>& classes) : classes_(classes) {}
    void begin() {
        joules_ = meter_.read().value_or(0);
        begin_ = steady_clock::now();
    }
    void end(const std::string& kernel_class) {
        const auto joules = meter_.read();
        if (!joules) return;
        classes_[kernel_class].joules += *joules - joules_;
        classes_[kernel_class].seconds += std::chrono::duration<double>(steady_clock::now() - begin_).count();
        begin();
    }
};

constexpr auto upload_patience = std::chrono::minutes(10);  // where nothing waits for the machine

std::chrono::milliseconds grace_of(const run_options& options) {
    return std::chrono::milliseconds(static_cast<std::int64_t>(options.grace_seconds * 1000));
}

/// Runs the hook, if there is one, and tells what went wrong. Did it succeed?
bool checkpointed(const run_options& options, const fs::path& record, const fs::path& attempt, const grace_guard::deadline& until,
                  std::ostream& log) {
    if (options.on_checkpoint.empty()) return true;
    const std::string failed =
        run_hook(options.on_checkpoint, {{"TENFOLD_BENCH_ATTEMPT", attempt.string()}, {"TENFOLD_BENCH_RECORD", record.string()}}, until);
    if (!failed.empty()) log << "warning: --on-checkpoint: " << failed << "; it is run again with --resume" << std::endl;
    return failed.empty();
}

/// Hours of measuring must not end in a record that is of no use because of what was stated about the machine.
void require_agreement(const gathered_context& gathered) {
    if (!gathered.settings.warnings.empty()) throw usage_error(gathered.settings.warnings.front());
    if (gathered.who.contradicted) throw usage_error(fmt::format("{}", fmt::join(gathered.who.warnings, " ")));
}

/// The record is complete. Attempts that are still there mean that its last hook did not succeed: it is tried again.
int close_complete(const run_options& options, const fs::path& file, const std::vector<fs::path>& attempts, std::ostream& out,
                   std::ostream& log) {
    bool uploaded = true;
    if (!attempts.empty()) {
        watch_for_interrupts();
        const auto upload = [&](const grace_guard::deadline& until) {
            uploaded = checkpointed(options, file, attempts.back(), until, log);
        };
        grace_guard guard(grace_of(options), [](const grace_guard::deadline&) {});
        guard.close_without_notice(upload, upload_patience);
    }
    if (uploaded) remove_attempts(attempts_folder(file), attempts);
    if (!options.quiet) out << file.string() << ": complete; nothing is left to " << (uploaded ? "do" : "measure") << std::endl;
    return uploaded ? 0 : interrupted_and_resumable;
}

/// One process's work on a record, from the first file to the last.
class run_session {
    const run_options& options_;
    std::ostream& out_;
    std::ostream& log_;
    const machine_limits& limits_;
    fs::path file_;
    bench_record record_;
    resume_plan resumed_;
    std::optional<attempt_writer> journal_;
    selection mine_;  // what this machine measures, or has measured
    int finished_ = 0;
    gathered_context gathered_;
    std::atomic<attempt_writer*> open_ = nullptr;  // the journal, once it is there: the guard may ask before
    std::mutex noticing_;
    std::optional<cloud_notice> notice_;

    void tell(const std::string& line) {
        if (!options_.quiet) log_ << line << std::endl;
    }

    void open_journal(const selection& what) {
        const attempt_head head = head_of(record_.context, what);
        std::vector<std::string> notes;
        if (options_.resume) {
            const auto attempts = read_attempts(attempts_folder(file_), notes);
            resumed_ = plan_resume(attempts, head);
            notes.insert(notes.end(), resumed_.notes.begin(), resumed_.notes.end());
            if (!attempts.empty()) notes.push_back(resumed_text(what));
        }
        for (const std::string& note : notes) tell("resume: " + note);
        mine_ = without_classes(
            what, [this](const std::string& name) { return resumed_.done_elsewhere(name); },
            "measured on another machine, whose part of the record is beside this one");
        journal_.emplace(attempts_folder(file_), head);
        open_ = &*journal_;
        record_.attempts = resumed_.attempts;
    }

    [[nodiscard]] std::string resumed_text(const selection& what) const {
        std::size_t elsewhere = 0;
        for (const machine_share& share : resumed_.elsewhere) elsewhere += share.cases.size();
        std::string text = fmt::format("{} of {} cases are finished", resumed_.here.size() + elsewhere, what.cases.size());
        if (elsewhere > 0) text += fmt::format(", {} of them on another machine", elsewhere);
        return text;
    }

    /// What is left to do when the time is over; may be called by the guard's thread while this one is stuck. Did the hook
    /// succeed, if there is one?
    bool close(const std::string& reason, const grace_guard::deadline& until) {
        attempt_writer* const journal = open_;
        if (journal == nullptr) return true;  // nothing is measured yet
        journal->end(reason, std::chrono::milliseconds(200));
        const bool copied = checkpointed(options_, file_, journal->file(), until, log_);
        if (copied && options_.approve_notice) approve();
        return copied;
    }

    void take_notice(const cloud_notice& notice) {
        {
            const std::lock_guard<std::mutex> hold(noticing_);
            notice_ = notice;
        }
        interrupt_because("notice of " + notice.text);
    }

    /// Everything is where it should be: the cloud need not wait.
    void approve() {
        std::optional<cloud_notice> notice;
        {
            const std::lock_guard<std::mutex> hold(noticing_);
            notice = notice_;
        }
        if (notice && approve_notice(gathered_.who, gathered_.settings, *notice)) tell("the cloud may take the machine before its time");
    }

    /// What is known before anything is measured.
    [[nodiscard]] measurement taken_over() const {
        measurement known;
        for (const bench_case& one : mine_.cases) {
            const auto row = resumed_.here.find(one.name);
            known.results.push_back(row == resumed_.here.end() ? case_result() : result_of(row->second));
            known.complete = known.complete && known.results.back().finished;
        }
        return known;
    }

    measurement measure_cases(measurement known, const machine_counters& begin, progress& shown, phase_clock& phases, roof_table& before) {
        shown.phase("preparing operands");
        operand_pool pool(options_.seed, rotation_bytes(limits_));
        std::vector<std::unique_ptr<prepared_problem>> prepared;
        for (const problem& p : mine_.problems) prepared.push_back(p.prepare(pool));
        pool.fill(limits_.usable_cpus);
        phases.end("prepare");

        shown.phase("measuring roofs");
        measure_roofs(mine_, limits_, before);
        raise_roofs(record_.context.roofs, before);
        journal_->add(before);
        phases.end("roofs");

        energy_log energy(record_.energy);
        measuring_hooks hooks;
        hooks.before = std::move(known.results);
        hooks.sampling = [&] { energy.begin(); };
        hooks.block_finished = [&](const std::vector<std::size_t>& cases, const std::vector<case_result>& results) {
            energy.end(mine_.problems[mine_.cases[cases.front()].problem_index].kernel_class);
            std::vector<record_case> rows;
            for (const std::size_t i : cases)
                rows.push_back(
                    row_of(mine_.problems[mine_.cases[i].problem_index], mine_.cases[i], results[i], limits_, record_.context.roofs));
            journal_->add(rows, conditions_between(begin, read_counters()));
            finished_ += static_cast<int>(rows.size());
        };
        measurement measured = measure(mine_, prepared, plan_of(options_.what), options_.seed, shown, std::move(hooks));
        phases.end("measure");
        return measured;
    }

    /// Measures, and fills the record.
    void measure_all(progress& shown, phase_clock& phases) {
        record_.context.roofs = resumed_.roofs;
        measurement measured = taken_over();
        run_conditions conditions;
        if (!measured.complete) {
            const machine_counters counters = read_counters();
            roof_table before;
            measured = measure_cases(std::move(measured), counters, shown, phases, before);
            conditions = conditions_between(counters, read_counters());
            if (measured.complete) {
                shown.phase("measuring roofs again");
                roof_table after;
                measure_roofs(mine_, limits_, after);
                raise_roofs(record_.context.roofs, after);
                conditions.roof_drift = drift_of(before, after);
                phases.end("roofs");
            }
        }
        shown.clear();
        record_.complete = measured.complete;
        add_results(record_, mine_, measured, limits_);
        record_.validity = judge(record_, of_this_build(both(resumed_.conditions, conditions)));
    }

    /// Writes the parts of all machines; the newest that has a case gets the name that was asked for.
    void write_records() {
        std::vector<bench_record> others = records_elsewhere(resumed_, record_);
        for (std::size_t i = 0; i < others.size(); ++i)
            others[i].validity = judge(others[i], of_this_build(resumed_.elsewhere[i].conditions));
        if (record_.cases.empty() && !others.empty()) {
            record_ = std::move(others.back());
            others.pop_back();
        }
        for (const bench_record& other : others) {
            const fs::path file = share_file(file_, other);
            write_record(file, other);
            tell("measured on another machine: " + file.string());
        }
        write_record(file_, record_);
    }

    void print_end() {
        if (options_.quiet) return;
        print_summary(record_, out_);
        out_ << fmt::format("\n{} cases in {} record: {}\n", record_.cases.size(), record_.complete ? "the" : "the incomplete",
                            file_.string());
        out_ << std::flush;
    }

    int finish(grace_guard& guard) {
        write_records();
        bool uploaded = false;
        guard.close_without_notice([&](const grace_guard::deadline& until) { uploaded = close("complete", until); }, upload_patience);
        std::vector<fs::path> attempts = resumed_.used;
        attempts.push_back(journal_->file());
        journal_.reset();
        if (uploaded) remove_attempts(attempts_folder(file_), attempts);
        print_end();
        return uploaded ? 0 : interrupted_and_resumable;
    }

    int stop(grace_guard& guard) {
        // A record that an earlier run, or a process that was faster, has completed is worth more than a part of one.
        const bool stands = is_complete_record(file_);
        if (!stands && !record_.cases.empty()) write_record(file_, record_);
        guard.close();
        if (!stands && !record_.cases.empty()) print_end();
        log_ << "interrupted (" << interruption_reason() << "); "
             << (stands ? file_.string() + " is complete, from another run, and stays as it is"
                        : "finish with: tenfold-bench run ... --out " + file_.string() + " --resume")
             << std::endl;
        return interrupted_and_resumable;
    }

    int make_room(const disk_failure& full) {
        log_ << "tenfold-bench: " << full.what() << "; make room, and finish with --resume" << std::endl;
        return interrupted_and_resumable;
    }

    int measure_guarded(grace_guard& guard, progress& shown, phase_clock& phases) {
        const notice_poller poller(gathered_.who, gathered_.settings, [this](const cloud_notice& notice) { take_notice(notice); });
        const orphan_reaper reaper;
        try {
            measure_all(shown, phases);
            record_attempt& own = record_.attempts.back();
            own.cases = finished_;
            if (record_.complete) return finish(guard);
            own.ended = interruption_reason();
            return stop(guard);
        } catch (const disk_failure& full) {
            shown.clear();
            // The hook may copy away what is written: the disk that is full need not be the one that outlasts the machine.
            guard.close_without_notice([this](const grace_guard::deadline& until) { close("disk failure", until); }, upload_patience);
            return make_room(full);
        }
    }

public:
    run_session(const run_options& options, std::ostream& out, std::ostream& log, const machine_limits& limits, fs::path file)
        : options_(options), out_(out), log_(log), limits_(limits), file_(std::move(file)) {}

    int run(const selection& what) {
        phase_clock phases(record_.phases_s);
        progress shown(log_, options_.quiet ? progress::style::none : progress_style_of_stderr());
        // From here on the process exits in time, whatever hangs: a driver that is asked for its GPUs, a disk, a call, the hook.
        grace_guard guard(grace_of(options_), [this](const grace_guard::deadline& until) { close(interruption_reason(), until); });
        gathered_ = gather_context(options_, plan_of(options_.what));
        require_agreement(gathered_);
        for (const std::string& warning : gathered_.who.warnings) tell("warning: " + warning);
        record_.record_id = random_id();
        record_.context = gathered_.record;
        phases.end("identify");
        try {
            open_journal(what);
        } catch (const disk_failure& full) { return make_room(full); }
        record_.attempts.emplace_back(record_attempt{record_.context.date, "complete", 0});
        return measure_guarded(guard, shown, phases);
    }
};

}  // namespace

std::string run_options::measuring_flags() const {
    return fmt::format("--suite {} --seed {}{}{}{}{}{}", to_string(what), seed, filter.empty() ? "" : " --filter '" + filter + "'",
                       backends.empty() ? "" : fmt::format(" --backend {}", fmt::join(backends, ",")),
                       isas.empty() ? "" : fmt::format(" --isa {}", fmt::join(isas, ",")),
                       threads.empty() ? "" : fmt::format(" --threads {}", fmt::join(threads, ",")), peers ? " --peers" : "");
}

int run_command(const run_options& options, std::ostream& out, std::ostream& log) {
    const machine_limits limits = limits_of_this_machine();
    const selection what = select_cases(all_problems(), options, limits);
    if (options.list) {
        list_cases(what, out);
        return 0;
    }
    if (options.usd_per_hour && usd::parse(*options.usd_per_hour) <= usd())
        throw usage_error(fmt::format("--price {}: a machine costs more than nothing; leave the flag out if the price is unknown",
                                      *options.usd_per_hour));
    const fs::path file = options.out.value_or(default_record_name());
    require_writable(file);
    const finished_before before = look_at(options, file);
    if (before.complete) return close_complete(options, file, before.attempts, out, log);
    if (!this_build().unfit.empty()) log << "warning: figures of this program are not to be published: " << this_build().unfit << std::endl;
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of the write, not the end of the process
    watch_for_interrupts();
    return run_session(options, out, log, limits, file).run(what);
}

}  // namespace tenfold::bench
