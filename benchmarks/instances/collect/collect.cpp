// SPDX-License-Identifier: Apache-2.0
#include "instances/collect/collect.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::all_of, std::any_of, std::find_if, std::none_of, std::sort
#include <charconv>   // std::from_chars
#include <ostream>    // std::ostream

#include "instances/errors.hpp"             // data_error, usage_error
#include "instances/record/attempt.hpp"     // read_attempts
#include "instances/record/record.hpp"      // read_record, is_complete_record
#include "instances/record/resume.hpp"      // is_share_file
#include "instances/report/text_table.hpp"  // terminal_table

namespace tenfold::bench {
namespace {

namespace fs = std::filesystem;

std::string type_of(const record_identity& who) { return who.provider + "/" + who.instance_type.value_or("unknown type"); }

class collector {
    const bool allow_invalid_;
    collection found_;
    std::map<std::string, std::string> file_of_;  // of a record, by its id
    std::map<std::string, std::string> program_of_;  // first file, by program and flags

    void problem(const fs::path& file, const std::string& what) { found_.problems.push_back(file.string() + ": " + what); }

    collected_type& type(const std::string& name, const std::string& allocation, const std::string& region) {
        for (collected_type& one : found_.types)
            if (one.type == name && one.allocation == allocation && one.region == region) return one;
        collected_type fresh;
        fresh.type = name;
        fresh.allocation = allocation;
        fresh.region = region;
        return found_.types.emplace_back(std::move(fresh));
    }

    /// Those of a type that are to be compared are of one allocation and region: where several would do, the most numerous.
    void expect(const expected_machines& wanted) {
        collected_type* best = nullptr;
        for (collected_type& one : found_.types) {
            const bool fits = one.type == wanted.type && (wanted.allocation.empty() || one.allocation == wanted.allocation) &&
                              (wanted.region.empty() || one.region == wanted.region);
            if (fits && (best == nullptr || one.machines.size() > best->machines.size())) best = &one;
        }
        const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
        if (best == nullptr) best = &type(wanted.type, or_dash(wanted.allocation), or_dash(wanted.region));
        best->wanted = wanted;
    }

    void take_record(const fs::path& file) {
        bench_record record;
        try {
            record = read_record(file);
        } catch (const data_error& damaged) {
            found_.problems.emplace_back(damaged.what());
            return;
        }
        if (record.foreign) return problem(file, "is no record of tenfold-bench");
        const auto [first, is_new] = file_of_.emplace(record.record_id, file.string());
        if (!record.record_id.empty() && !is_new) return problem(file, "is a copy of " + first->second);
        const record_context& context = record.context;
        program_of_.emplace(fmt::format("tenfold {} {}{}, {}", context.version, context.commit.substr(0, 12),
                                        context.dirty ? "+changes" : "", context.settings.flags),
                            file.string());
        const record_identity& who = context.identity;
        collected_type& of = type(type_of(who), who.lifecycle, who.region.value_or("unknown region"));
        const std::string verdict = record.validity ? record.validity->verdict : "not judged";
        // The part of a machine that was taken away belongs to the record of the one that took over: a slot is one machine.
        const bool counts = !is_share_file(file);
        if (counts) ++(record.complete ? of.complete : of.incomplete);
        // An INVALID one is refused by compare: its machine has measured nothing yet.
        const bool useless = verdict == "INVALID" && !allow_invalid_;
        if (counts && record.complete && useless) ++of.invalid;
        if (counts && record.complete && !useless) of.machines.insert(who.machine_hash.value_or(file.string()));
        ++of.verdicts[verdict];
        if (record.attempts.size() > 1) of.interruptions += record.attempts.size() - 1;
    }

    void take_attempts(const fs::path& folder) {
        std::vector<std::string> notes;
        unfinished_record record;
        record.file = folder.parent_path() / folder.stem();
        if (is_complete_record(record.file)) return;  // copies in a bucket outlast the folder
        std::set<std::string> planned, finished;
        for (const attempt& one : read_attempts(folder, notes)) {
            ++record.attempts;
            record.type = type_of(one.head.context.identity);
            for (const planned_case& name : one.head.plan) planned.insert(name.name);
            for (const record_case& known : one.cases) finished.insert(known.name);
        }
        record.planned = planned.size();
        record.finished = finished.size();
        for (const std::string& note : notes) problem(folder, note);
        if (record.attempts > 0) found_.unfinished.push_back(record);
    }

    void take(const fs::path& path) {
        std::error_code failed;
        if (!fs::is_directory(path, failed)) return take_record(path);
        std::vector<fs::path> inside;
        for (fs::directory_iterator entry(path, failed), end; !failed && entry != end; entry.increment(failed))
            inside.push_back(entry->path());
        if (failed) throw data_error(path.string() + ": cannot be searched: " + failed.message());
        std::sort(inside.begin(), inside.end());
        if (path.extension() == ".attempts") return take_attempts(path);
        for (const fs::path& one : inside)
            if (one.extension() == ".json" || fs::is_directory(one, failed)) take(one);
    }

public:
    explicit collector(bool allow_invalid) : allow_invalid_(allow_invalid) {}

    collection run(const std::vector<fs::path>& paths, const std::vector<expected_machines>& expected) {
        for (const fs::path& path : paths) take(path);
        for (const expected_machines& wanted : expected) expect(wanted);
        if (program_of_.size() > 1) {
            std::string text = "records of different programs or flags, which compare keeps apart: ";
            for (const auto& [program, file] : program_of_) text += (text.ends_with(": ") ? "" : "; ") + program + " (" + file + ")";
            found_.problems.push_back(text);
        }
        return std::move(found_);
    }
};

std::vector<expected_machines> parse_expected(const std::vector<std::string>& texts) {
    std::vector<expected_machines> expected;
    for (const std::string& text : texts) {
        const std::size_t equals = text.rfind('=');
        std::size_t machines = 0;
        const char* const end = text.data() + text.size();
        const bool right = equals != std::string::npos && text.find('/') < equals &&
                           std::from_chars(text.data() + equals + 1, end, machines).ptr == end && machines > 0;
        if (!right) throw usage_error("--expect \"" + text + "\" is not of the form provider/type=machines, for example aws/g6.xlarge=3");
        expected.push_back({text.substr(0, equals), "", "", machines});
    }
    return expected;
}

std::string verdicts_text(const collected_type& one) {
    std::string text;
    for (const auto& [verdict, count] : one.verdicts) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, verdict);
    return text;
}

void print(const collection& found, std::ostream& out) {
    text_table table;
    table.columns = {{"machines of"}, {"complete", true}, {"incomplete", true}, {"interrupted", true}, {"verdicts"}};
    for (const collected_type& one : found.types)
        table.rows.push_back(
            {one.label(),
             one.wanted ? fmt::format("{} of {}", one.machines.size(), one.wanted->machines) : fmt::format("{}", one.machines.size()),
             fmt::format("{}", one.incomplete), fmt::format("{}", one.interruptions), verdicts_text(one)});
    out << terminal_table(table);
    const auto list_unfinished = [&](bool needed, const char* title) {
        bool titled = false;
        for (const unfinished_record& one : found.unfinished) {
            if (found.needed(one) != needed) continue;
            if (!titled) out << "\n" << title << ":\n";
            titled = true;
            out << fmt::format("  {}: {} of {} cases after {} processes\n", one.file.string(), one.finished, one.planned, one.attempts);
        }
    };
    list_unfinished(true, "to be finished, each by its own command with --resume, on any machine of its type");
    list_unfinished(false, "not needed any more, because enough machines of the type are complete");
    bool missing = false;
    for (const collected_type& one : found.types) {
        if (!one.wanted || one.enough()) continue;
        out << (missing ? "" : "\nto be started again:\n")
            << fmt::format("  {} more of {}", one.wanted->machines - one.machines.size(), one.wanted->name())
            << (one.invalid > 0 ? fmt::format("; {} INVALID do not count without --allow-invalid", one.invalid) : "") << "\n";
        missing = true;
    }
    if (!found.problems.empty()) out << "\nproblems:\n";
    for (const std::string& problem : found.problems) out << "  " << wrapped(problem, terminal_width - 2, 6) << "\n";
}

}  // namespace

std::string expected_machines::name() const {
    return type + (allocation.empty() ? "" : " " + allocation) + (region.empty() ? "" : " " + region);
}

bool collection::satisfied(const std::string& type) const {
    const auto wanted = [&](const collected_type& one) { return one.type == type && one.wanted; };
    return std::any_of(types.begin(), types.end(), wanted) &&
           std::none_of(types.begin(), types.end(), [&](const collected_type& one) { return wanted(one) && !one.enough(); });
}

bool collection::needed(const unfinished_record& record) const { return !satisfied(record.type); }

bool collection::whole() const {
    return std::none_of(unfinished.begin(), unfinished.end(), [this](const unfinished_record& one) { return needed(one); }) &&
           std::all_of(types.begin(), types.end(),
                       [this](const collected_type& one) { return satisfied(one.type) || (!one.wanted && one.incomplete == 0); });
}

collection collect(const collect_options& options) {
    std::vector<expected_machines> expected = parse_expected(options.expect);
    for (const expected_machines& planned : options.planned) {
        const auto same = std::find_if(expected.begin(), expected.end(), [&](const auto& one) { return one.name() == planned.name(); });
        if (same == expected.end())
            expected.push_back(planned);
        else
            same->machines += planned.machines;
    }
    return collector(options.allow_invalid).run(options.paths, expected);
}

int collect_command(const collect_options& options, std::ostream& out, std::ostream& err) {
    constexpr int resumable = 75;
    const collection found = collect(options);
    if (found.types.empty() && found.unfinished.empty() && found.problems.empty())
        throw data_error(options.paths.front().string() + ": holds no record and no attempt at one");
    print(found, out);
    if (!found.problems.empty()) {
        err << "tenfold-bench: some files are not what they should be" << std::endl;
        return static_cast<int>(exit_code::bad_data);
    }
    return found.whole() ? static_cast<int>(exit_code::complete) : resumable;
}

}  // namespace tenfold::bench
