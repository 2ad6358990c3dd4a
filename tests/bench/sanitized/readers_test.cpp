// SPDX-License-Identifier: Apache-2.0
// Every reader of foreign bytes takes thousands of damaged ones: it understands them or refuses them with its own error, and
// neither sanitizer has anything to say.  [C20]
#include <doctest/doctest.h>

#include <exception>    // std::exception
#include <string>       // std::string
#include <type_traits>  // std::is_base_of_v
#include <vector>       // std::vector

#include "bench/identity/metadata_server.hpp"             // metadata_server
#include "bench/sanitized/mutated.hpp"                    // mutated
#include "bench/support/made_up_record.hpp"               // made_up_record
#include "bench/support/scratch_folder.hpp"               // scratch_folder
#include "instances/errors.hpp"                           // data_error
#include "instances/identity/http.hpp"                    // http_client
#include "instances/identity/metadata_document.hpp"       // metadata_document
#include "instances/identity/metadata_service.hpp"        // metadata_failure
#include "instances/price/csv_file.hpp"                   // csv_file, read_file
#include "instances/record/attempt.hpp"                   // attempt_writer, read_attempts
#include "instances/record/checksum.hpp"                  // short_checksum
#include "instances/record/record.hpp"                    // parse_record

namespace {

using namespace tenfold::bench;
using test::mutated;

/// Reads so many damaged texts; any other exception than Refusal ends the test, and both outcomes must have been seen.
template <class Refusal, class Read>
void read_damaged(const std::string& whole, int times, Read read) {
    read(whole);
    std::mt19937 random(20);
    int understood = 0, refused = 0;
    for (int i = 0; i < times; ++i) {
        const std::string bytes = mutated(whole, random);
        CAPTURE(i);
        try {
            read(bytes);
            ++understood;
        } catch (const Refusal& why) {
            if constexpr (std::is_base_of_v<std::exception, Refusal>) REQUIRE(std::string(why.what()) != "");
            ++refused;
        }
    }
    CHECK(understood > times / 100);
    CHECK(refused > times / 100);
}

}  // namespace

TEST_CASE("damaged records [C20]") {
    const auto read = [](const std::string& text) { static_cast<void>(parse_record("record.json", text)); };
    bench_record record = test::made_up_record("m");
    record.cases.resize(4);  // a short text: each mistake hits something
    const test::scratch_folder folder;
    write_record(folder.path() / "record.json", record);
    read_damaged<data_error>(read_file(folder.path() / "record.json"), 3000, read);
    read_damaged<data_error>(R"({"context": {"date": "2026-01-01", "num_cpus": 2}, "benchmarks": [{"name": "a", "run_type": "iteration",
        "iterations": 3, "real_time": 2.5, "cpu_time": 2.4, "time_unit": "us", "items_per_second": 1e6}]})",
                             3000, read);
}

TEST_CASE("damaged attempts, with checksums that fit the damage [C20]") {
    const test::scratch_folder seed, damaged;
    const bench_record record = test::made_up_record("m");
    attempt_head head;
    head.id = "1";
    head.context = record.context;
    head.context.roofs.clear();
    head.plan = {{record.cases[0].name, record.cases[0].kernel_class}};
    std::filesystem::path file;
    {
        attempt_writer journal(seed.path(), head);
        journal.add(record.context.roofs);
        journal.add({record.cases[0]}, {});
        journal.end("complete", std::chrono::milliseconds(100));
        file = journal.file();
    }
    const std::string whole = read_file(file);
    std::mt19937 random(21);
    int taken = 0, ignored = 0;
    for (int i = 0; i < 1500; ++i) {
        // Lines of a process that wrote nonsense: only their content can be refused.
        std::string text;
        for (std::size_t at = 0, end; at < whole.size(); at = end + 1) {
            end = whole.find('\n', at);
            std::string line = whole.substr(at, whole.find(",\"crc\":", at) - at);
            if (random() % 3 == 0) line = mutated(line, random);
            text += line + ",\"crc\":\"" + short_checksum(line) + "\"}\n";
        }
        if (i % 5 == 0) text = mutated(text, random);  // and torn ones
        damaged.write(file.filename(), text);
        std::vector<std::string> notes;
        CAPTURE(i);
        ++(read_attempts(damaged.path(), notes).empty() ? ignored : taken);
    }
    CHECK(taken > 100);
    CHECK(ignored > 100);
}

TEST_CASE("damaged tables [C20]") {
    const std::vector<std::string_view> columns{"provider", "instance_type", "usd_per_hour"};
    read_damaged<data_error>("provider,instance_type,usd_per_hour,note\naws,g6.xlarge,0.8048,\"a, \"\"b\"\"\nc\"\r\ngcp,a2,1,\n", 5000,
                             [&](const std::string& text) {
                                 const csv_file table("t.csv", text, columns);
                                 for (std::size_t row = 0; row < table.size(); ++row)
                                     for (const std::string_view column : columns) static_cast<void>(table.at(row, column));
                             });
}

TEST_CASE("damaged answers of a metadata service [C20]") {
    read_damaged<metadata_failure>(R"({"instanceType":"g6.xlarge","region":"us-east-1","compute":{"vmSize":["a",null,1.5e3,true]}})", 5000,
                                   [](const std::string& text) {
                                       const metadata_document document(text);
                                       for (const char* pointer : {"/instanceType", "/compute/vmSize/0", "/none"})
                                           static_cast<void>(document.field(pointer));
                                   });
}

TEST_CASE("damaged HTTP, through libcurl, is an answer or an error that has a name, and never more than was asked for [C20]") {
    const test::metadata_server server("damaged");
    http_client client;
    int understood = 0, refused = 0;
    for (int i = 0; i < 500; ++i) {
        const http_result result = client.fetch(server.where(), {}, std::chrono::steady_clock::time_point::max());
        CAPTURE(i);
        REQUIRE(result.response.body.size() <= body_limit);
        const bool ok = result.error == http_error::none;
        if (ok) REQUIRE((result.response.status >= 100 && result.response.status < 1000));
        static_cast<void>(result.response.header("x-a"));
        ++(ok ? understood : refused);
    }
    CHECK(understood > 100);
    CHECK(refused > 100);
}
