// SPDX-License-Identifier: Apache-2.0
#include "instances/collect/collect.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::all_of, std::find_if, std::sort
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
    collection found_;
    std::map<std::string, std::string> file_of_;  // of a record, by its id
    std::map<std::string, std::string> program_of_;  // first file, by program and flags

    void problem(const fs::path& file, const std::string& what) { found_.problems.push_back(file.string() + ": " + what); }

    collected_type& type(const std::string& label) {
        const auto known = std::find_if(found_.types.begin(), found_.types.end(), [&](const auto& one) { return one.label == label; });
        if (known != found_.types.end()) return *known;
        return found_.types.emplace_back(collected_type{label, {}, 0, 0, {}, 0, std::nullopt});
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
        collected_type& of = type(fmt::format("{} {} {}", type_of(who), who.lifecycle, who.region.value_or("unknown region")));
        // The part of a machine that was taken away belongs to the record of the one that took over: a slot is one machine.
        const bool counts = !is_share_file(file);
        if (counts) ++(record.complete ? of.complete : of.incomplete);
        if (counts && record.complete) of.machines.insert(who.machine_hash.value_or(file.string()));
        ++of.verdicts[record.validity ? record.validity->verdict : "not judged"];
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
    collection run(const std::vector<fs::path>& paths, const std::map<std::string, std::size_t>& expected) {
        for (const fs::path& path : paths) take(path);
        for (const auto& [name, machines] : expected) {
            bool seen = false;
            for (collected_type& one : found_.types)
                if (one.label.starts_with(name + " ")) {
                    one.wanted = machines;
                    seen = true;
                }
            if (!seen) type(name + " - -").wanted = machines;
        }
        if (program_of_.size() > 1) {
            std::string text = "records of different programs or flags, which compare keeps apart: ";
            for (const auto& [program, file] : program_of_) text += (text.ends_with(": ") ? "" : "; ") + program + " (" + file + ")";
            found_.problems.push_back(text);
        }
        return std::move(found_);
    }
};

std::map<std::string, std::size_t> parse_expected(const std::vector<std::string>& texts) {
    std::map<std::string, std::size_t> expected;
    for (const std::string& text : texts) {
        const std::size_t equals = text.rfind('=');
        std::size_t machines = 0;
        const char* const end = text.data() + text.size();
        const bool right = equals != std::string::npos && text.find('/') < equals &&
                           std::from_chars(text.data() + equals + 1, end, machines).ptr == end && machines > 0;
        if (!right) throw usage_error("--expect \"" + text + "\" is not of the form provider/type=machines, for example aws/g6.xlarge=3");
        expected[text.substr(0, equals)] = machines;
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
            {one.label, one.wanted ? fmt::format("{} of {}", one.machines.size(), *one.wanted) : fmt::format("{}", one.machines.size()),
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
            << fmt::format("  {} more of {}\n", *one.wanted - one.machines.size(), one.label.substr(0, one.label.find(' ')));
        missing = true;
    }
    if (!found.problems.empty()) out << "\nproblems:\n";
    for (const std::string& problem : found.problems) out << "  " << wrapped(problem, terminal_width - 2, 6) << "\n";
}

}  // namespace

bool collection::needed(const unfinished_record& record) const {
    return std::none_of(types.begin(), types.end(),
                        [&](const collected_type& one) { return one.enough() && one.label.starts_with(record.type + " "); });
}

bool collection::whole() const {
    return std::none_of(unfinished.begin(), unfinished.end(), [this](const unfinished_record& one) { return needed(one); }) &&
           std::all_of(types.begin(), types.end(),
                       [](const collected_type& one) { return one.wanted ? one.enough() : one.incomplete == 0; });
}

collection collect(const std::vector<fs::path>& paths, const std::map<std::string, std::size_t>& expected) {
    return collector().run(paths, expected);
}

int collect_command(const collect_options& options, std::ostream& out, std::ostream& err) {
    constexpr int resumable = 75;
    const collection found = collect(options.paths, parse_expected(options.expect));
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
