// SPDX-License-Identifier: Apache-2.0
// What an interrupted run leaves to do, and to whom belongs what is done.
//
// On the same machine and boot, a finished case stays finished. Of another machine (or boot: after a stop and start it may be
// another one) only whole classes stay, so that no class mixes machines; what else it measured is measured again here.
// Another build of the program, or other flags, measure something else: nothing of theirs is used.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <map>         // std::map
#include <set>         // std::set
#include <string>      // std::string
#include <vector>      // std::vector

#include "instances/record/attempt.hpp"  // attempt

namespace tenfold::bench {

/// The classes that one other machine has finished.
struct machine_share {
    record_context context;  // of its last attempt, with its roofs
    std::set<std::string> classes;
    std::vector<record_case> cases;
    std::vector<record_attempt> attempts;
    run_conditions conditions;
};

struct resume_plan {
    std::map<std::string, record_case> here;  // finished on this machine in this boot, by name
    record_roofs roofs;                       // measured then
    std::vector<record_attempt> attempts;     // of this machine and boot, in order
    run_conditions conditions;                // while they measured what is taken over
    std::vector<machine_share> elsewhere;
    std::vector<std::filesystem::path> used;  // files that may go when the record is complete
    std::vector<std::string> notes;           // sentences for the user

    /// Is this class finished on another machine?
    [[nodiscard]] bool done_elsewhere(const std::string& kernel_class) const;
};

/// `now` is the process that resumes.
resume_plan plan_resume(const std::vector<attempt>& attempts, const attempt_head& now);

/// One record per machine. `mine` has the cases of this machine; the others follow from the plan, in its order.
std::vector<bench_record> records_elsewhere(const resume_plan& plan, const bench_record& mine);

/// Where the part of a record that was measured on another machine goes: record.json -> record.<machine>-<boot>.json, and
/// record.unknown-<record id>.json if nothing tells the machine from others.
std::filesystem::path share_file(const std::filesystem::path& record_file, const bench_record& share);
/// Is this a part of a record that stands beside it?
bool is_share_file(const std::filesystem::path& file);

}  // namespace tenfold::bench
