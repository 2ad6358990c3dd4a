// SPDX-License-Identifier: Apache-2.0
#include "instances/record/resume.hpp"

#include <algorithm>  // std::any_of
#include <regex>      // std::regex
#include <utility>    // std::pair

#include "instances/record/checksum.hpp"  // short_checksum

namespace tenfold::bench {
namespace {

/// A machine since it was started. What has no hash cannot be told from another, so each such process stands alone.
using place = std::pair<std::string, std::string>;

place place_of(const attempt_head& head) {
    const record_identity& who = head.context.identity;
    if (!who.machine_hash || !who.boot_hash) return {"process", head.id};
    return {*who.machine_hash, *who.boot_hash};
}

/// All attempts of one place together.
struct work {
    place where;
    std::vector<const attempt*> attempts;
    std::map<std::string, const record_case*> finished;
    std::map<std::string, const attempt*> by;  // who finished it
};

std::vector<work> works_of(const std::vector<const attempt*>& attempts) {
    std::vector<work> works;
    for (const attempt* one : attempts) {
        const place where = place_of(one->head);
        auto found = std::find_if(works.begin(), works.end(), [&](const work& w) { return w.where == where; });
        if (found == works.end()) found = works.insert(works.end(), work{where, {}, {}, {}});
        found->attempts.push_back(one);
        for (const record_case& known : one->cases)
            if (found->finished.emplace(known.name, &known).second) found->by.emplace(known.name, one);
    }
    return works;
}

/// The classes of which this place has finished every case that it planned.
std::set<std::string> whole_classes(const work& of) {
    std::set<std::string> whole, unfinished;
    for (const attempt* one : of.attempts)
        for (const planned_case& planned : one->head.plan)
            (of.finished.contains(planned.name) ? whole : unfinished).insert(planned.kernel_class);
    for (const std::string& name : unfinished) whole.erase(name);
    return whole;
}

/// The percentage refers to the roof that its own attempt knew; a later one may have found a higher roof.
void refer_to(record_case& row, const record_roofs& roofs, const record_roofs& before, int all_threads) {
    if (!row.roof || !row.percent_of_roof) return;
    const std::string group = row.threads == all_threads ? "threads_all" : "threads_" + std::to_string(row.threads);
    const auto find = [&](const record_roofs& table) -> double {
        const auto members = table.find(group);
        if (members == table.end()) return 0;
        const auto roof = members->second.find(*row.roof);
        return roof == members->second.end() ? 0 : roof->second.value;
    };
    if (const double old = find(before), now = find(roofs); old > 0 && now > 0) *row.percent_of_roof *= old / now;
}

record_attempt summary_of(const attempt& one, const std::set<std::string>& kept) {
    int cases = 0;
    for (const record_case& known : one.cases) cases += kept.contains(known.name) ? 1 : 0;
    return {one.head.context.date, one.ended, cases};
}

/// Adds what happened to an attempt of which these cases stay.
void add_conditions(run_conditions& conditions, const attempt& one, const record_attempt& summary) {
    if (summary.cases == 0) return;
    if (one.conditions)
        conditions = both(conditions, *one.conditions);
    else
        conditions.of_all_processes = false;
}

machine_share share_of(const work& of, const std::set<std::string>& classes) {
    machine_share share;
    share.context = of.attempts.back()->head.context;
    share.classes = classes;
    record_roofs roofs;
    for (const attempt* one : of.attempts) raise_roofs(roofs, one->roofs);
    std::set<std::string> kept;
    for (const planned_case& planned : of.attempts.back()->head.plan) {
        if (!classes.contains(planned.kernel_class)) continue;
        record_case row = *of.finished.at(planned.name);
        refer_to(row, roofs, of.by.at(planned.name)->roofs, share.context.settings.threads);
        kept.insert(row.name);
        share.cases.push_back(std::move(row));
    }
    for (const attempt* one : of.attempts) {
        share.attempts.push_back(summary_of(*one, kept));
        add_conditions(share.conditions, *one, share.attempts.back());
    }
    share.context.roofs = std::move(roofs);
    return share;
}

}  // namespace

bool resume_plan::done_elsewhere(const std::string& kernel_class) const {
    return std::any_of(elsewhere.begin(), elsewhere.end(), [&](const auto& share) { return share.classes.contains(kernel_class); });
}

resume_plan plan_resume(const std::vector<attempt>& attempts, const attempt_head& now) {
    resume_plan plan;
    std::vector<const attempt*> usable;
    std::size_t other_program = 0, other_flags = 0;
    for (const attempt& one : attempts) {
        if (one.head.program != now.program) {
            ++other_program;
        } else if (one.head.flags != now.flags) {
            ++other_flags;
        } else {
            usable.push_back(&one);
            plan.used.push_back(one.file);
        }
    }
    if (other_program > 0) plan.notes.push_back(std::to_string(other_program) + " attempts of another build of this program are not used");
    if (other_flags > 0) plan.notes.push_back(std::to_string(other_flags) + " attempts with other flags are not used");

    const place here = place_of(now);
    std::set<std::string> taken;  // classes: the first machine that finished one has it
    std::size_t superseded = 0;
    const std::vector<work> works = works_of(usable);
    for (const work& of : works) {
        if (of.where == here) continue;
        std::set<std::string> classes;
        for (const std::string& name : whole_classes(of))
            if (taken.insert(name).second) classes.insert(name);
        if (classes.empty()) {
            superseded += of.finished.size();
            continue;
        }
        plan.elsewhere.push_back(share_of(of, classes));
        superseded += of.finished.size() - plan.elsewhere.back().cases.size();
    }
    for (const work& of : works) {
        if (of.where != here) continue;
        std::map<std::string, std::string> class_of;
        for (const planned_case& planned : now.plan) class_of.emplace(planned.name, planned.kernel_class);
        std::set<std::string> kept;
        for (const auto& [name, row] : of.finished) {
            const auto planned = class_of.find(name);
            if (planned == class_of.end() || taken.contains(planned->second)) {
                ++superseded;
            } else {
                plan.here.emplace(name, *row);
                kept.insert(name);
            }
        }
        for (const attempt* one : of.attempts) {
            raise_roofs(plan.roofs, one->roofs);
            plan.attempts.push_back(summary_of(*one, kept));
            add_conditions(plan.conditions, *one, plan.attempts.back());
        }
    }
    if (superseded > 0)
        plan.notes.push_back(
            std::to_string(superseded) +
            " finished cases are measured again: their classes were begun on another machine, and no class mixes machines");
    return plan;
}

std::vector<bench_record> records_elsewhere(const resume_plan& plan, const bench_record& mine) {
    std::vector<bench_record> records;
    for (const machine_share& share : plan.elsewhere) {
        bench_record record;
        const record_identity& who = share.context.identity;
        // The same whenever it is made, so that copies are known as such. Machines without hashes may have begun together.
        const std::string place =
            who.machine_hash && who.boot_hash ? *who.machine_hash + *who.boot_hash : "unknown " + std::to_string(records.size());
        record.record_id = short_checksum(mine.record_id + place + share.context.date);
        record.complete = mine.complete;
        record.context = share.context;
        record.attempts = share.attempts;
        record.cases = share.cases;
        records.push_back(std::move(record));
    }
    return records;
}

std::filesystem::path share_file(const std::filesystem::path& record_file, const bench_record& share) {
    const record_identity& who = share.context.identity;
    const std::string place = who.machine_hash && who.boot_hash ? *who.machine_hash + "-" + *who.boot_hash : "unknown-" + share.record_id;
    std::filesystem::path file = record_file;
    return file.replace_extension(place + record_file.extension().string());
}

bool is_share_file(const std::filesystem::path& file) {
    static const std::regex share_of(R"((.+)\.(?:unknown|[0-9a-f]{16})-[0-9a-f]{16})");
    std::smatch parts;
    const std::string stem = file.stem().string();
    if (!std::regex_match(stem, parts, share_of)) return false;
    std::error_code failed;
    return std::filesystem::exists(file.parent_path() / (parts[1].str() + file.extension().string()), failed);
}

}  // namespace tenfold::bench
