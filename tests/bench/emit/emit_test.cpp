// SPDX-License-Identifier: Apache-2.0
// Plans within and above their budget; what is emitted for them, byte for byte.  [C17]
#include <doctest/doctest.h>

#include <algorithm>  // std::sort

#include "bench/support/golden.hpp"          // check_golden
#include "bench/support/message.hpp"         // message
#include "bench/support/scratch_folder.hpp"  // scratch_folder
#include "instances/emit/list.hpp"           // targets::all
#include "instances/errors.hpp"              // usage_error, data_error

namespace {

using namespace tenfold::bench;
using namespace tenfold::bench::test;

const std::string digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

plan_options example() {
    plan_options options;
    options.types = {"aws/g6.xlarge", "aws/c7g.4xlarge"};
    options.region = "us-east-1";
    options.machines = 2;
    options.budget = "10";
    options.catalog = TENFOLD_CATALOG_DIR;
    options.today = "2026-02-01";
    options.allow_idle_gpus = true;
    return options;
}

TEST_CASE("a plan counts launches, minutes and dollars [C17]") {
    const plan_options options = example();
    const bench_plan plan = make_plan(options);
    REQUIRE(plan.slots.size() == 4);
    CHECK(plan.slots[0].id == "g6-xlarge-0");
    CHECK(plan.slots[0].accelerators == 1);
    CHECK(plan.slots[2].accelerators == 0);
    CHECK(plan.slots[2].arch == "arm64");
    // Two machines of each for 4 + 16 minutes at 0.8048 and 0.58 USD an hour.
    CHECK(plan.expected.text(6) == usd::parse("2.7696").times(1, 3).text(6));
    CHECK(plan.slots[0].minutes == 30);
    CHECK(plan.at_most.text(4) == "1.3848");
    const std::string text = plan_text(plan, options);
    CHECK(text.find("Nothing has been launched") != std::string::npos);
    // Welch's half width for two machines of 3 % spread: exp(t(2) 0.03) - 1 with t(2) = 4.303.
    CHECK(text.find("14 %") != std::string::npos);
    CHECK(text.find("measures CPU kernels only") != std::string::npos);
    CHECK(plan_text(plan, options) == text);
    std::size_t longest = 0;
    for (std::size_t at = 0, end; at < text.size(); at = end + 1) {
        end = text.find('\n', at);
        longest = std::max(longest, end - at);
    }
    CHECK(longest <= 100);
}

TEST_CASE("a plan above its budget, of unknown types or at stale prices is refused [C17]") {
    const auto refused_data = [](auto change) {
        plan_options options = example();
        change(options);
        return message<data_error>([&] { make_plan(options); });
    };
    const auto refused_usage = [](auto change) {
        plan_options options = example();
        change(options);
        return message<usage_error>([&] { make_plan(options); });
    };
    CHECK(refused_data([](plan_options& o) { o.budget = "0.70"; }).find("1 of its 4 launches fit") != std::string::npos);
    CHECK(refused_data([](plan_options& o) { o.today = "2026-11-20"; }).find("days old") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.budget = "-1"; }).find("must not be negative") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.budget.clear(); }).find("--budget-usd is missing") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.types = {"aws/none"}; }).find("not in the catalog") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.types = {"aws/inf2.xlarge"}; }).find("cannot be measured") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.types = {"aws/g6.xlarge", "aws/g6.xlarge"}; }).find("named twice") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.region = "mars-1"; }).find("in region \"mars-1\"") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.machines = 1000; }).find("200 launches") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.machines = 1'000'000'000; }).find("200 launches") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.overhead = "900000000h"; }).find("longer than a day") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.allow_idle_gpus = false; }).find("measures CPU kernels only") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.suite = "long"; }).find("quick, standard or full") != std::string::npos);
    CHECK(refused_usage([](plan_options& o) { o.campaign = "A b"; }).find("--campaign") != std::string::npos);
}

TEST_CASE("a part of a GPU is one device, not none [C17]") {
    plan_options options = example();
    options.types = {"gcp/g4-standard-6"};
    options.region = "us-central1";
    options.today = "2026-08-01";
    CHECK(make_plan(options).slots.front().accelerators == 1);
}

/// The files of the two folders are the same, byte for byte.
void check_against(const std::filesystem::path& golden, const std::filesystem::path& made_in) {
    std::vector<std::filesystem::path> made;
    for (const auto& entry : std::filesystem::directory_iterator(made_in)) made.push_back(entry.path());
    std::sort(made.begin(), made.end());
    if (std::getenv("TENFOLD_UPDATE_GOLDEN")) std::filesystem::create_directories(golden);
    for (const auto& file : made) check_golden(golden / file.filename(), read_file(file));
    CHECK(made.size() == static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(golden), {})));
}

TEST_CASE("every target gives the same files as before [C17]") {
    const scratch_folder folder;
    emit_options options;
    options.plan = folder.write("plan.json", plan_json(make_plan(example())));
    options.image = "registry.example/tenfold-bench" + digest;
    options.store = "s3://records-bucket/tenfold";
    for (const emit_target& target : targets::all()) {
        CAPTURE(target.name);
        options.target = target.name;
        options.out = folder.path() / std::string(target.name);
        emit_command(options);
        check_against(std::filesystem::path(TENFOLD_EMIT_TEST_DIR) / "golden" / std::string(target.name), options.out);
        emit_command(options);  // again, into what it made itself
        // A smaller plan leaves no file of the larger one; what emit did not write is not touched.
        emit_options smaller = options;
        plan_options one_type = example();
        one_type.types = {"aws/c7g.4xlarge"};
        smaller.plan = folder.write("smaller.json", plan_json(make_plan(one_type)));
        emit_command(smaller);
        for (const auto& entry : std::filesystem::directory_iterator(options.out))
            CHECK(entry.path().string().find("g6-xlarge") == std::string::npos);
        folder.write(std::string(target.name) + "/terraform.tfstate", "{}");
        CHECK(message<usage_error>([&] { emit_command(smaller); }).find("terraform.tfstate") != std::string::npos);
    }
}

TEST_CASE("every target gives the same files for a spot plan as before [C17]") {
    const scratch_folder folder;
    plan_options spot = example();
    spot.types = {"aws/m8i.xlarge"};
    spot.machines = 1;
    spot.allocation = "spot";
    spot.allow_stale = true;  // the price of one day, long ago
    emit_options options;
    options.plan = folder.write("plan.json", plan_json(make_plan(spot)));
    options.image = "registry.example/tenfold-bench" + digest;
    options.store = "s3://records-bucket/tenfold";
    for (const emit_target& target : targets::all()) {
        CAPTURE(target.name);
        options.target = target.name;
        options.out = folder.path() / std::string(target.name);
        emit_command(options);
        check_against(std::filesystem::path(TENFOLD_EMIT_TEST_DIR) / "golden/spot" / std::string(target.name), options.out);
    }
}

TEST_CASE("what cannot be deployed safely is refused [C17]") {
    const scratch_folder folder;
    emit_options good;
    good.target = "terraform";
    good.plan = folder.write("plan.json", plan_json(make_plan(example())));
    good.image = "registry.example/tenfold-bench" + digest;
    good.store = "s3://records-bucket/tenfold";
    good.out = folder.path() / "out";
    const auto usage = [&](auto change) {
        emit_options options = good;
        change(options);
        return message<usage_error>([&] { emit_command(options); });
    };
    CHECK(usage([](emit_options& o) { o.target = "heroku"; }).find("give one of docker, k8s") != std::string::npos);
    CHECK(usage([](emit_options& o) { o.image = "tenfold-bench:latest"; }).find("with its digest") != std::string::npos);
    CHECK(usage([](emit_options& o) { o.image = "a;rm -rf /" + digest; }).find("with its digest") != std::string::npos);
    CHECK(usage([](emit_options& o) { o.store = "s3://bucket"; }).find("s3://BUCKET/PREFIX") != std::string::npos);
    CHECK(usage([](emit_options& o) { o.store = "s3://bucket/$(id)"; }).find("s3://BUCKET/PREFIX") != std::string::npos);
    CHECK(usage([&](emit_options& o) { o.out = folder.path(); }).find("is not empty") != std::string::npos);
    const auto data = [&](const std::string& plan) {
        emit_options options = good;
        options.plan = folder.write("bad.json", plan);
        return message<data_error>([&] { emit_command(options); });
    };
    std::string text = read_file(good.plan);
    CHECK(data("{").find("is no plan") != std::string::npos);
    CHECK(data(R"({"schema": "tenfold.record/1"})").find("schema is not tenfold.plan/1") != std::string::npos);
    const auto changed = [&](const std::string& from, const std::string& to) {
        std::string other = text;
        other.replace(other.find(from), from.size(), to);
        return data(other);
    };
    CHECK(changed("g6-xlarge-0", "x'; reboot").find("is no plain name") != std::string::npos);
    CHECK(changed("\"g6.xlarge\"", "\"$(reboot)\"").find("is no instance type") != std::string::npos);
    CHECK(changed("\"aws\"", "\"gcp\"").find("for AWS alone") != std::string::npos);
    CHECK(changed("\"us-east-1\"", "\"us-west-2\"").find("one region") != std::string::npos);
    CHECK(changed("\"on_demand\"", "\"on_demand'; reboot; '\"").find("must be on_demand or spot") != std::string::npos);
    CHECK(changed("\"x86_64\"", "\"x86_64\\\" }, evil = {\"").find("must be x86_64, arm64 or empty") != std::string::npos);
    CHECK(changed("g6-xlarge-1", "g6-xlarge-0").find("two slots have the id") != std::string::npos);
    CHECK(changed("\"c1\"", "\"a-campaign-of-too-many-letters\"").find("1 to 20") != std::string::npos);
    CHECK(changed("\"us-east-1\"", "\"us-east-1\\nname: x\"").find("region") != std::string::npos);
    CHECK(changed("\"minutes\": 30", "\"minutes\": 100000").find("4 to 1440") != std::string::npos);
}

TEST_CASE("Kubernetes: nothing is guessed, and spot means spot [C17]") {
    const scratch_folder folder;
    emit_options options;
    options.target = "k8s";
    options.image = "registry.example/tenfold-bench" + digest;
    const std::string plan = plan_json(make_plan(example()));
    const auto emitted = [&](std::string text, const std::string& from, const std::string& to) {
        for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) text.replace(at, from.size(), to);
        options.plan = folder.write("plan.json", text);
        options.out = folder.path() / ("out" + to.substr(0, 1) + std::to_string(to.size()));
        const std::string refusal = message<data_error>([&] { emit_command(options); });
        return refusal == "no error" ? read_file(options.out / "job-c7g-4xlarge.yaml") : refusal;
    };
    CHECK(emitted(plan, "\"vcpus\": 16", "\"vcpus\": 0").find("the catalog does not know") != std::string::npos);
    CHECK(emitted(plan, "\"on_demand\"", "\"spot\"").find("karpenter.sh/capacity-type: spot") != std::string::npos);
    std::string on_spot = plan;
    for (std::size_t at = 0; (at = on_spot.find("\"on_demand\"", at)) != std::string::npos;) on_spot.replace(at, 11, "\"spot\"");
    CHECK(emitted(on_spot, "\"aws\"", "\"gcp\"").find("cloud.google.com/gke-spot: \"true\"") != std::string::npos);
    CHECK(emitted(on_spot, "\"aws\"", "\"azure\"").find("no label that selects spot nodes") != std::string::npos);
    CHECK(emitted(plan, "\"provider\": \"aws\",\n      \"type\": \"g6", "\"provider\": \"gcp\",\n      \"type\": \"g6")
              .find("at one provider") != std::string::npos);
}

}  // namespace
