// SPDX-License-Identifier: Apache-2.0
// Attempts on disk: torn, damaged and doubled lines; and what a later process may take over from whom.  [C05][C06]
#include <doctest/doctest.h>

#include <fstream>  // std::ofstream, std::ifstream
#include <sstream>  // std::ostringstream

#include "bench/support/made_up_record.hpp"   // made_up_record
#include "bench/support/scratch_folder.hpp"   // scratch_folder
#include "instances/record/resume.hpp"        // plan_resume

namespace {

using namespace tenfold::bench;
using test::made_up_record;
using test::scratch_folder;

/// A process on a machine since a boot that plans to measure the made-up record.
attempt_head head_on(const std::string& machine, const std::string& boot, const std::string& id) {
    attempt_head head;
    head.id = id;
    head.program = "this build";
    head.flags = "--suite quick --seed 1";
    const bench_record record = made_up_record(machine);
    head.context = record.context;
    head.context.roofs.clear();
    head.context.identity.boot_hash = boot;
    for (const record_case& one : record.cases) head.plan.push_back({one.name, one.kernel_class});
    return head;
}

std::vector<record_case> cases_of(const std::string& machine, const std::string& kernel_class, double speed = 1) {
    std::vector<record_case> found;
    for (const record_case& one : made_up_record(machine, speed).cases)
        if (one.kernel_class == kernel_class) found.push_back(one);
    return found;
}

attempt attempt_on(const std::string& machine, const std::string& boot, const std::string& id, std::vector<record_case> cases) {
    attempt one;
    one.file = id + ".jsonl";
    one.head = head_on(machine, boot, id);
    one.roofs = made_up_record(machine).context.roofs;
    one.cases = std::move(cases);
    return one;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

void write(const std::filesystem::path& file, const std::string& text) { std::ofstream(file, std::ios::binary) << text; }

std::vector<attempt> read_quietly(const std::filesystem::path& folder) {
    std::vector<std::string> notes;
    return read_attempts(folder, notes);
}

}  // namespace

TEST_CASE("an attempt reads back as it was written [C05]") {
    const scratch_folder folder;
    const auto cases = cases_of("m", "matmul");
    {
        attempt_writer journal(folder.path(), head_on("m", "b", "1"));
        journal.add(made_up_record("m").context.roofs);
        run_conditions conditions;
        conditions.steal_share = 0.25;
        conditions.throttled_periods = 3;
        journal.add(cases, {});
        journal.add(cases, conditions);
        journal.end("signal SIGTERM", std::chrono::milliseconds(100));
        journal.add(cases, {});  // after the end: nothing
    }
    std::vector<std::string> notes;
    const auto found = read_attempts(folder.path(), notes);
    CHECK(notes.empty());
    REQUIRE(found.size() == 1);
    CHECK(found[0].ended == "signal SIGTERM");
    CHECK(found[0].head.flags == "--suite quick --seed 1");
    CHECK(found[0].head.plan.size() == made_up_record("m").cases.size());
    CHECK(found[0].roofs.at("threads_2").at("read_bandwidth").value == 2e10);
    REQUIRE(found[0].cases.size() == cases.size());
    REQUIRE(found[0].conditions.has_value());
    CHECK(found[0].conditions->steal_share == 0.25);
    CHECK(found[0].conditions->throttled_periods == 3);
    CHECK_FALSE(found[0].conditions->others_share.has_value());
    CHECK(found[0].cases[0].name == cases[0].name);
    CHECK(found[0].cases[0].samples_ns == cases[0].samples_ns);
}

TEST_CASE("a file cut anywhere gives whole cases or none [C05]") {
    const scratch_folder folder;
    const auto cases = cases_of("m", "matmul");
    std::filesystem::path file;
    {
        attempt_writer journal(folder.path(), head_on("m", "b", "1"));
        file = journal.file();
        journal.add({cases[0]}, {});
        journal.add({cases[1]}, {});
    }
    const std::string whole = text_of(file);
    std::size_t most = 0;
    for (std::size_t size = 0; size <= whole.size(); size += size % 97 == 0 ? 1 : 13) {
        write(file, whole.substr(0, size));
        for (const attempt& one : read_quietly(folder.path())) {
            REQUIRE(one.cases.size() <= 2);
            for (std::size_t i = 0; i < one.cases.size(); ++i) REQUIRE(one.cases[i].samples_ns == cases[i].samples_ns);
            most = std::max(most, one.cases.size());
        }
    }
    write(file, whole);
    CHECK(read_quietly(folder.path()).at(0).cases.size() == 2);
    CHECK(read_quietly(folder.path()).at(0).ended == "killed");
    CHECK(most >= 1);
}

TEST_CASE("a flipped bit ends an attempt before its line, and the user is told [C05]") {
    const scratch_folder folder;
    const auto cases = cases_of("m", "matmul");
    std::filesystem::path file;
    {
        attempt_writer journal(folder.path(), head_on("m", "b", "1"));
        file = journal.file();
        journal.add({cases[0]}, {});
        journal.add({cases[1]}, {});
    }
    std::string text = text_of(file);
    const std::size_t last_line = text.rfind('\n', text.size() - 2) + 1;
    text[last_line + (text.size() - last_line) / 2] ^= 0x10;
    write(file, text);
    std::vector<std::string> notes;
    const auto found = read_attempts(folder.path(), notes);
    REQUIRE(found.size() == 1);
    CHECK(found[0].cases.size() == 1);
    REQUIRE(notes.size() == 1);
    CHECK(notes[0].find("line 5 is damaged") != std::string::npos);
}

TEST_CASE("a doubled line counts once; a file without a head is no attempt [C05]") {
    const scratch_folder folder;
    const auto cases = cases_of("m", "matmul");
    {
        attempt_writer journal(folder.path(), head_on("m", "b", "1"));
        journal.add({cases[0]}, {});
        journal.add({cases[0]}, {});
    }
    write(folder.path() / "stranger.jsonl", "{\"t\":\"case\"}\n");
    write(folder.path() / "empty.jsonl", "");
    std::vector<std::string> notes;
    const auto found = read_attempts(folder.path(), notes);
    REQUIRE(found.size() == 1);
    CHECK(found[0].cases.size() == 1);
    CHECK(notes.size() == 2);
    CHECK(read_quietly(folder.path() / "missing").empty());
}

TEST_CASE("the same machine and boot keeps finished cases [C06]") {
    const auto plan = plan_resume({attempt_on("m", "b", "1", cases_of("m", "matmul"))}, head_on("m", "b", "2"));
    CHECK(plan.here.size() == 8);
    CHECK(plan.elsewhere.empty());
    CHECK(plan.used.size() == 1);
    REQUIRE(plan.attempts.size() == 1);
    CHECK(plan.attempts[0].ended == "killed");
    CHECK(plan.attempts[0].cases == 8);
    CHECK(plan.roofs.at("threads_2").at("read_bandwidth").value == 2e10);
}

TEST_CASE("a clock that jumps between processes costs no case and doubles none [C05]") {
    const scratch_folder folder;
    std::set<std::string> wanted;
    for (const auto& [id, kernel_class, date] :
         {std::tuple("1", "matmul", "2031-02-28T12:00:00Z"), std::tuple("2", "conv", "1970-01-01T00:00:01Z")}) {
        attempt_head head = head_on("m", "b", id);
        head.context.date = date;
        attempt_writer journal(folder.path(), head);
        journal.add(cases_of("m", kernel_class), {});
        for (const record_case& one : cases_of("m", kernel_class)) wanted.insert(one.name);
    }
    const auto plan = plan_resume(read_quietly(folder.path()), head_on("m", "b", "4"));
    std::set<std::string> kept;
    for (const auto& [name, row] : plan.here) CHECK(kept.insert(name).second);
    CHECK(kept == wanted);
    CHECK(plan.elsewhere.empty());
    int counted = 0;
    for (const record_attempt& one : plan.attempts) counted += one.cases;
    CHECK(counted == static_cast<int>(wanted.size()));
}

TEST_CASE("of another machine or boot only whole classes stay [C06]") {
    auto matmul_and_half_of_conv = cases_of("m", "matmul");
    matmul_and_half_of_conv.push_back(cases_of("m", "conv")[0]);
    for (const auto& now : {head_on("other", "b", "2"), head_on("m", "rebooted", "2")}) {
        const auto plan = plan_resume({attempt_on("m", "b", "1", matmul_and_half_of_conv)}, now);
        CHECK(plan.here.empty());
        REQUIRE(plan.elsewhere.size() == 1);
        CHECK(plan.elsewhere[0].classes == std::set<std::string>{"matmul"});
        CHECK(plan.elsewhere[0].cases.size() == 8);
        CHECK(plan.done_elsewhere("matmul"));
        CHECK_FALSE(plan.done_elsewhere("conv"));
        REQUIRE(plan.notes.size() == 1);
        CHECK(plan.notes[0].find("1 finished cases are measured again") == 0);
    }
}

TEST_CASE("a class that two machines finished belongs to the first; back on a machine, its leftovers do not mix in [C06]") {
    const std::vector<attempt> attempts = {attempt_on("a", "1", "1", {cases_of("a", "conv")[0]}),
                                           attempt_on("b", "1", "2", cases_of("b", "conv", 2)),
                                           attempt_on("c", "1", "3", cases_of("c", "conv", 3))};
    const auto plan = plan_resume(attempts, head_on("a", "1", "4"));
    CHECK(plan.here.empty());
    REQUIRE(plan.elsewhere.size() == 1);
    CHECK(plan.elsewhere[0].context.identity.machine_hash == "b");
    std::set<std::string> names;
    for (const record_case& one : plan.elsewhere[0].cases) CHECK(names.insert(one.name).second);
}

TEST_CASE("two processes on one machine at once: each case once [C06]") {
    const auto cases = cases_of("m", "matmul");
    const auto plan = plan_resume({attempt_on("m", "b", "1", {cases[0], cases[1]}), attempt_on("m", "b", "2", {cases[1], cases[2]})},
                                  head_on("m", "b", "3"));
    CHECK(plan.here.size() == 3);
    CHECK(plan.attempts.size() == 2);
}

TEST_CASE("another build or other flags: nothing is used, and the user is told [C06]") {
    auto other_build = attempt_on("m", "b", "1", cases_of("m", "matmul")), other_flags = other_build;
    other_build.head.program = "another build";
    other_flags.head.flags = "--suite full --seed 1";
    const auto plan = plan_resume({other_build, other_flags}, head_on("m", "b", "2"));
    CHECK(plan.here.empty());
    CHECK(plan.elsewhere.empty());
    CHECK(plan.used.empty());
    CHECK(plan.notes.size() == 2);
}

TEST_CASE("machines that nothing tells apart are never taken for one [C06]") {
    auto anonymous = attempt_on("m", "b", "1", cases_of("m", "matmul"));
    auto now = head_on("m", "b", "2");
    for (auto* head : {&anonymous.head, &now}) head->context.identity.machine_hash.reset();
    const auto plan = plan_resume({anonymous}, now);
    CHECK(plan.here.empty());
    CHECK(plan.elsewhere.size() == 1);
}

TEST_CASE("what happened to earlier processes is known to who resumes, or it is known that it is not") {
    auto first = attempt_on("m", "b", "1", cases_of("m", "matmul")), idle = attempt_on("m", "b", "2", {});
    CHECK_FALSE(plan_resume({first, idle}, head_on("m", "b", "3")).conditions.of_all_processes);
    first.conditions.emplace().steal_share = 0.5;
    const auto here = plan_resume({first, idle}, head_on("m", "b", "3")).conditions;
    CHECK(here.of_all_processes);  // of the second one, no case stays
    CHECK(here.steal_share == 0.5);
    const auto elsewhere = plan_resume({first, idle}, head_on("n", "b", "3")).elsewhere;
    REQUIRE(elsewhere.size() == 1);
    CHECK(elsewhere[0].conditions.steal_share == 0.5);
}

TEST_CASE("parts of machines without hashes stand in files of their own") {
    auto first = attempt_on("m", "b", "1", cases_of("m", "matmul")), second = first;
    std::vector<std::string> classes;
    for (const record_case& one : made_up_record("m").cases)
        if (one.kernel_class != "matmul") classes.push_back(one.kernel_class);
    REQUIRE_FALSE(classes.empty());
    second.head.id = "2";
    second.cases = cases_of("m", classes.front());
    auto now = head_on("m", "b", "3");
    for (auto* head : {&first.head, &second.head, &now}) head->context.identity.machine_hash.reset();
    const auto others = records_elsewhere(plan_resume({first, second}, now), made_up_record("n"));
    REQUIRE(others.size() == 2);
    CHECK(others[0].record_id != others[1].record_id);
    CHECK(share_file("r.json", others[0]) != share_file("r.json", others[1]));
    const scratch_folder folder;
    const auto share = share_file(folder.path() / "r.json", others[0]);
    CHECK_FALSE(is_share_file(share));  // of nothing
    write(folder.path() / "r.json", "");
    CHECK(is_share_file(share));
    CHECK(is_share_file(folder.path() / "r.0123456789abcdef-0123456789abcdef.json"));
    CHECK_FALSE(is_share_file(folder.path() / "r.second.json"));
}

TEST_CASE("an attempt is locked while its process lives, and then it may go") {
    const scratch_folder folder;
    const auto attempts = folder.path() / "r.json.attempts";
    std::filesystem::path file;
    {
        const attempt_writer living(attempts, head_on("m", "b", "1"));
        file = living.file();
        write(attempts / "headless.jsonl", "{");
        remove_attempts(attempts, {file});
        CHECK(std::filesystem::exists(file));
        CHECK_FALSE(std::filesystem::exists(attempts / "headless.jsonl"));
    }
    remove_attempts(attempts, {file});
    CHECK_FALSE(std::filesystem::exists(attempts));
}

TEST_CASE("the parts of other machines become records of their own, with percentages of their own roofs [C06]") {
    auto first = attempt_on("m", "b", "1", cases_of("m", "matmul"));
    auto second = attempt_on("m", "b", "2", {});
    second.roofs["threads_all"]["fma_f32_avx512"] = {5e11, "FLOP/s"};
    first.roofs["threads_all"]["fma_f32_avx512"] = {2.5e11, "FLOP/s"};
    const auto plan = plan_resume({first, second}, head_on("n", "b", "3"));
    bench_record mine = made_up_record("n");
    mine.record_id = "id";
    const auto others = records_elsewhere(plan, mine);
    REQUIRE(others.size() == 1);
    CHECK(others[0].cases.size() == 8);
    CHECK(others[0].attempts.size() == 2);
    CHECK(others[0].record_id != mine.record_id);
    CHECK(others[0].record_id == records_elsewhere(plan, mine)[0].record_id);
    CHECK(*others[0].cases[0].percent_of_roof == doctest::Approx(*cases_of("m", "matmul")[0].percent_of_roof / 2));
    const auto read = parse_record("part.json", record_text(others[0]));
    CHECK(read.context.identity.boot_hash == "b");
}
