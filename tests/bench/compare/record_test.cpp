// SPDX-License-Identifier: Apache-2.0
// Record files: what is written is read back, and each kind of damage has its own clear error.  [C14]
#include <doctest/doctest.h>
#include <sys/stat.h>  // chmod
#include <unistd.h>    // geteuid

#include <nlohmann/json.hpp>  // nlohmann::json

#include "bench/support/golden.hpp"          // check_golden
#include "bench/support/made_up_record.hpp"  // made_up_record
#include "bench/support/scratch_folder.hpp"  // scratch_folder
#include "instances/errors.hpp"              // data_error
#include "instances/price/csv_file.hpp"      // read_file
#include "instances/record/record.hpp"       // read_record, write_record

namespace {

using namespace tenfold::bench;
using namespace tenfold::bench::test;
using nlohmann::json;

std::string complaint(const std::string& text) {
    try {
        (void)parse_record("r.json", text);
    } catch (const data_error& problem) { return problem.what(); }
    return "";
}

/// What the reader says after one change to a good record.
template <class Change>
std::string complaint_after(Change change) {
    json document = json::parse(record_text(made_up_record("aa")));
    change(document);
    return complaint(document.dump());
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_CASE("a record survives writing and reading [C14]") {
    const scratch_folder folder;
    bench_record written = made_up_instance("c7i.4xlarge", "aa");
    written.cases[1].error = "accuracy check failed";
    written.context.price = record_price{"0.7140", "on_demand", "aws-price-api", "2026-01-19", "catalog"};
    written.context.machine.gpus.push_back({"GPU", 1000, "8.9", std::nullopt});
    written.context.identity.steps.push_back({"dmi", "aws", 0.25});
    write_record(folder.path() / "r.json", written);
    const bench_record read = read_record(folder.path() / "r.json");
    CHECK(record_text(read) == record_text(written));
    CHECK_FALSE(read.cases[1].timed());
    CHECK(read.context.price->usd_per_hour == "0.7140");
}

TEST_CASE("the written record is Google Benchmark's JSON, without a host name [C14]") {
    const json document = json::parse(record_text(made_up_record("aa")));
    CHECK(document.at("context").at("host_name") == "");
    for (const char* key : {"name", "run_name", "run_type", "iterations", "real_time", "cpu_time", "time_unit"}) {
        CAPTURE(key);
        CHECK(document.at("benchmarks").at(0).contains(key));
    }
}

TEST_CASE("the written bytes are these, and schema_test.py holds them against the schema [C14]") {
    bench_record record = made_up_instance("c7i.4xlarge", "aa");
    record.cases.resize(2);
    record.cases[1].error = "accuracy check failed";
    record.cases[1].verified->passed = false;
    record.context.price = record_price{"0.7140", "on_demand", "aws-price-api", "2026-01-19", "catalog"};
    record.context.machine.gpus.push_back({"GPU", 1000, "8.9", std::nullopt});
    record.context.identity.steps.push_back({"dmi", "aws", 0.25});
    check_golden(TENFOLD_COMPARE_TEST_DIR "/golden/record.json", record_text(record));
}

TEST_CASE("damage is named with file and field [C14]") {
    const std::string good = record_text(made_up_record("aa"));
    CHECK(complaint(good).empty());
    CHECK(has(complaint(""), "r.json: is not JSON"));
    CHECK(has(complaint(good.substr(0, good.size() / 2)), "r.json: is not JSON"));
    CHECK(has(complaint("[]"), "r.json:  must be an object"));
    CHECK(has(complaint("{}"), "has no \"schema\" and is not JSON of Google Benchmark"));
    std::string nan = good;
    nan.replace(nan.find("\"median_ns\": ") + 13, 1, "NaN");
    CHECK(has(complaint(nan), "is not JSON"));
    std::string huge = good;
    huge.replace(huge.find("\"median_ns\": ") + 13, 1, "1e999");
    CHECK_FALSE(complaint(huge).empty());
    CHECK(has(complaint_after([](json& d) { d["schema"] = "tenfold.record/2"; }), "schema is \"tenfold.record/2\"; this program reads"));
    CHECK(has(complaint_after([](json& d) { d.erase("schema"); }), "has no \"schema\""));
    CHECK(has(complaint_after([](json& d) { d.erase("context"); }), "r.json: context is missing"));
    CHECK(has(complaint_after([](json& d) { d["context"]["tenfold"].erase("price"); }), "context.tenfold.price is missing"));
    CHECK(has(complaint_after([](json& d) { d["context"]["tenfold"]["settings"].erase("suite"); }),
              "context.tenfold.settings.suite is missing"));
    CHECK(has(complaint_after([](json& d) { d["context"]["date"] = 5; }), "context.date must be a string, it is 5"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"] = 1; }), "benchmarks must be an array"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"] = json::array(); }), "benchmarks is empty"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"].erase("rate"); }), "benchmarks[2].tenfold.rate is missing"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"]["median_ns"] = nullptr; }),
              "benchmarks[2].tenfold.median_ns must be a number"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"]["median_ns"] = 0; }), "median_ns is 0; it must be above zero"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"]["median_ns"] = "NaN"; }), "median_ns must be a number"));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"]["rate"]["unit"] = "m/s"; }), "rate.unit is \"m/s\""));
    CHECK(has(complaint_after([](json& d) { d["benchmarks"][2]["tenfold"].erase("verified"); }), "verified is missing"));
    CHECK(has(complaint_after([](json& d) { d["context"]["tenfold"]["price"] = {{"usd_per_hour", "cheap"}, {"stated_by", "user"}}; }),
              "price.usd_per_hour: \"cheap\" is not an amount"));
    CHECK(has(complaint_after([](json& d) { d["context"]["tenfold"]["price"] = {{"usd_per_hour", 0.68}, {"stated_by", "user"}}; }),
              "price.usd_per_hour must be a string"));
}

TEST_CASE("a record that contradicts itself is refused, and the field is named [C14]") {
    const auto after_case = [](auto change) { return complaint_after([&](json& d) { change(d["benchmarks"][2]["tenfold"]); }); };
    CHECK(has(complaint_after([](json& d) { d["benchmarks"].push_back(d["benchmarks"][1]); }),
              "benchmarks[32].name is that of benchmarks[1] too: matmul:f32"));
    CHECK(has(after_case([](json& c) { c.erase("samples_ns"); }), "benchmarks[2].tenfold.samples_ns is missing"));
    CHECK(has(after_case([](json& c) { c["samples_ns"] = json::array(); }), "benchmarks[2].tenfold.samples_ns is empty"));
    CHECK(has(after_case([](json& c) { c["samples_ns"] = {-1, 0, 1}; }), "samples_ns holds -1; a time is above zero"));
    CHECK(has(after_case([](json& c) { c["samples_ns"] = {1, 0}; }), "samples_ns holds 0; a time is above zero"));
    for (const char* name : {"median_ns", "p10_ns", "p90_ns"}) {
        CAPTURE(name);
        CHECK(has(after_case([&](json& c) { c[name] = 1.5; }),
                  std::string("[2].tenfold.") + name + " is 1.5, but that of its samples_ns is"));
    }
    CHECK(has(after_case([](json& c) { c["rate"]["value"] = 1000 * c["rate"]["value"].get<double>(); }),
              "tenfold.rate.value is 42000000000000, but flops over median_ns is 42000000000"));
    CHECK(has(after_case([](json& c) { c["verified"]["max_error_ratio"] = 1e9; }),
              "verified.passed is true, but max_error_ratio is 1000000000 and the bound 1"));
    CHECK(has(after_case([](json& c) { c["verified"]["max_error_ratio"] = -1; }), "max_error_ratio is -1; an error is not negative"));
    CHECK(has(after_case([](json& c) { c["verified"].erase("max_error_ratio"); }), "verified.max_error_ratio is missing"));
    for (const char* date : {"yesterday", "2026-11-01", "2026-13-01T12:00:00Z", ""}) {
        CAPTURE(date);
        CHECK(has(complaint_after([&](json& d) { d["context"]["date"] = date; }),
                  "context.date is \"" + std::string(date) + "\"; it must be"));
    }
}

TEST_CASE("a price of a record is in dollars, of a known way to buy, and of a day [C14]") {
    const auto after_price = [](const char* key, const char* value) {
        return complaint_after([&](json& d) {
            d["context"]["tenfold"]["price"] = {{"usd_per_hour", "5"}, {"allocation", "on_demand"}, {"stated_by", "user"}};
            d["context"]["tenfold"]["price"][key] = value;
        });
    };
    CHECK(after_price("currency", "USD").empty());
    CHECK(has(after_price("currency", "EUR"), "price.currency is \"EUR\"; prices are in USD"));
    CHECK(has(after_price("allocation", "free"), "price.allocation is \"free\"; it must be one of the catalog"));
    CHECK(has(after_price("observed_at", "yesterday"), "price.observed_at is \"yesterday\""));
    CHECK(has(after_price("usd_per_hour", "0"), "price.usd_per_hour: it must be above zero"));
}

TEST_CASE("a failed accuracy check leaves no time [C14]") {
    json document = json::parse(record_text(made_up_record("aa")));
    document["benchmarks"][0]["tenfold"]["verified"]["passed"] = false;
    CHECK(parse_record("r.json", document.dump()).cases[0].error == "accuracy check failed");
}

TEST_CASE("plain Google Benchmark JSON is foreign: times without accuracy check [C14]") {
    const bench_record foreign = parse_record("g.json", R"({"context": {"date": "2026-01-01", "num_cpus": 2}, "benchmarks": [
        {"name": "a", "run_name": "a", "run_type": "iteration", "iterations": 10, "real_time": 1.0, "cpu_time": 1, "time_unit": "us"},
        {"name": "a", "run_name": "a", "run_type": "iteration", "iterations": 10, "real_time": 3.0, "cpu_time": 1, "time_unit": "us"},
        {"name": "a_mean", "run_name": "a", "run_type": "aggregate", "real_time": 2.0, "time_unit": "us"},
        {"name": "b", "run_type": "iteration", "iterations": 1, "error_occurred": true, "error_message": "no"}]})");
    CHECK(foreign.foreign);
    REQUIRE(foreign.cases.size() == 2);
    CHECK(foreign.cases[0].kernel_class == "foreign");
    CHECK(foreign.cases[0].median_ns == doctest::Approx(2000));
    CHECK(foreign.cases[0].rate == doctest::Approx(5e5));
    CHECK_FALSE(foreign.cases[0].verified.has_value());
    CHECK(foreign.cases[1].error == "no");
    CHECK(has(complaint(R"({"context": {}, "benchmarks": []})"), "benchmarks holds no run"));
    CHECK(has(complaint(R"({"context": {}, "benchmarks": [{"name": "a", "real_time": 1, "time_unit": "h"}]})"), "time_unit is \"h\""));
}

TEST_CASE("a file that nests deeper than any stack is refused, not printed") {
    const std::size_t depth = 200'000;
    const std::string nested = std::string(depth, '[') + std::string(depth, ']');
    CHECK(has(complaint(R"({"schema": )" + nested + "}"), "schema must be a string, it is an array"));
    CHECK(has(complaint(R"({"context": {}, "benchmarks": [{"name": "a", "time_unit": "ns", "real_time": )" + nested + "}]}"),
              "it is an array"));
}

TEST_CASE("a record is written whole or not at all [C14]") {
    const scratch_folder folder;
    write_record(folder.path() / "r.json", made_up_record("aa"));
    const std::string before = read_file(folder.path() / "r.json");
    write_record(folder.path() / "r.json", made_up_record("aa"));
    CHECK(read_file(folder.path() / "r.json") == before);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);  // no temporary file stays

    CHECK_THROWS_AS(write_record(folder.path() / "no" / "such" / "r.json", made_up_record("aa")), data_error);
    std::filesystem::create_directory(folder.path() / "taken");
    CHECK_THROWS_AS(write_record(folder.path() / "taken", made_up_record("aa")), data_error);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 2);
    if (::geteuid() != 0) {
        ::chmod(folder.path().c_str(), 0500);
        CHECK_THROWS_AS(write_record(folder.path() / "s.json", made_up_record("aa")), data_error);
        ::chmod(folder.path().c_str(), 0700);
    }
}

TEST_CASE("folders are searched, missing files are named [C14]") {
    const scratch_folder folder;
    CHECK_THROWS_AS((void)find_records({folder.path()}), data_error);
    folder.write("b/2.json", "{}");
    folder.write("a/1.json", "{}");
    folder.write("a/report.html", "");
    const auto found = find_records({folder.path()});
    REQUIRE(found.size() == 2);
    CHECK(found[0].filename() == "1.json");
    CHECK_THROWS_AS((void)read_record(folder.path() / "none.json"), data_error);
    CHECK_THROWS_AS((void)read_record(folder.path()), data_error);
}

}  // namespace
