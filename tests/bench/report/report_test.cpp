// SPDX-License-Identifier: Apache-2.0
// The report in every format against golden files, and what an HTML page must not hold.  [C14]
#include <doctest/doctest.h>

#include <sstream>  // std::ostringstream

#include "bench/support/golden.hpp"           // check_golden
#include "bench/support/made_up_catalog.hpp"  // write_made_up_catalog
#include "bench/support/made_up_record.hpp"   // made_up_record
#include "instances/compare/commands.hpp"     // compare_command
#include "instances/price/csv_file.hpp"       // csv_file
#include "instances/report/numbers.hpp"       // with_prefix, duration
#include "instances/report/svg.hpp"           // escaped, bar_chart

namespace {

using namespace tenfold::bench;
using namespace tenfold::bench::test;

/// Three machines each of two types that differ, one of a stale price, one without type or price and with failed cases.
std::vector<bench_record> fixture(bool several) {
    bench_record lone = made_up_record("lone", 0.9);
    lone.cases[0].error = "accuracy check failed";
    std::vector<bench_record> records = {lone};
    if (!several) return records;
    for (int i = 0; i < 3; ++i) {
        records.push_back(made_up_instance("dear", "d" + std::to_string(i), 2 + 0.01 * i));
        records.push_back(made_up_instance("cheap", "c" + std::to_string(i), 1 + 0.005 * i));
    }
    records.push_back(made_up_instance("old", "o", 1.01));
    return records;
}

std::string printed(const std::vector<bench_record>& records, const std::string& format, const std::string& baseline,
                    const std::string& price = "") {
    // A folder of fixed names, because the report prints them.
    const scratch_folder folder;
    write_made_up_catalog(folder);
    compare_options options;
    for (bench_record record : records) {
        record.phases_s = {{"identify", 0.4}, {"prepare", 2.5}, {"roofs", 31}, {"measure", 140}};
        const std::filesystem::path file = folder.path() / *record.context.identity.machine_hash;
        write_record(file, record);
        options.records.push_back(file);
    }
    options.catalog = folder.path();
    options.format = format;
    options.price = price;
    options.today = "2026-11-20";
    options.baseline = baseline;
    options.command = "tenfold-bench compare <records> --format " + format;
    std::ostringstream out, err;
    const int code = compare_command(options, out, err);
    CAPTURE(err.str());
    REQUIRE(code == 0);
    std::string text = out.str();
    for (std::size_t at; (at = text.find(folder.path().string())) != std::string::npos;)
        text.replace(at, folder.path().string().size(), "FOLDER");
    return text;
}

std::string report(const std::string& format, bool several, const std::string& price = "") {
    return printed(fixture(several), format, several ? "cheap" : "", price);
}

void check_golden(const std::string& name, const std::string& text) { test::check_golden(TENFOLD_REPORT_TEST_DIR "/golden/" + name, text); }

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

TEST_CASE("several machines, in each format [C14]") {
    check_golden("several.txt", report("table", true));
    check_golden("several.md", report("md", true));
    check_golden("several.csv", report("csv", true));
    check_golden("several.json", report("json", true));
    check_golden("several.html", report("html", true));
}

TEST_CASE("one machine, without and with a price [C14]") {
    check_golden("one.txt", report("table", false));
    check_golden("one.md", report("md", false));
    check_golden("one.csv", report("csv", false));
    check_golden("one.json", report("json", false));
    check_golden("one_priced.txt", report("table", false, "0.15"));
    check_golden("one_priced.html", report("html", false, "0.15"));
}

TEST_CASE("a first that is level with the runner-up says so in every format, whatever the baseline is [C14]") {
    std::vector<bench_record> records;
    const double spreads[] = {0.93, 1, 1.07};
    for (int i = 0; i < 3; ++i) {
        records.push_back(made_up_instance("cheap", "c" + std::to_string(i), spreads[i]));
        records.push_back(made_up_instance("dear", "d" + std::to_string(i), 8.08 * spreads[i]));  // at four times the price
        records.push_back(made_up_instance("old", "o" + std::to_string(i), 4 * spreads[i]));      // at twice the price
    }
    for (bench_record& record : records) std::erase_if(record.cases, [](const record_case& one) { return one.kernel_class != "memory"; });
    const std::string cost = "undecided (100 machines would decide) against aws/old (0.990 x)";
    for (const char* format : {"table", "md", "html"}) {
        CAPTURE(format);
        std::string text = printed(records, format, "cheap");
        for (std::size_t at; (at = text.find("\n  ")) != std::string::npos;) text.replace(at, 3, " ");  // lines of a terminal
        CHECK(count(text, cost) > 0);
        CHECK(count(text, "better than aws/old (2.02 x)") > 0);
    }
    const std::string html = printed(records, "html", "cheap");
    CHECK(count(html, "<dd class=\"lead\">" + cost + "</dd>") == 1);
    CHECK(count(html,
                "The fastest in 1 of 1 classes. The cheapest in 0 of 1 classes; in 1 the runner-up is undecided, up to 100 machines "
                "of each would decide.") == 1);
    const std::string file = printed(records, "csv", "cheap");
    const csv_file rows("csv", file,
                        {"machine", "cost_runner_up", "cost_lead_verdict", "cost_lead_machines_to_decide", "speed_lead_verdict"});
    CHECK(rows.at(0, "machine") == "aws/dear");
    CHECK(rows.at(0, "cost_runner_up") == "aws/old");
    CHECK(rows.at(0, "cost_lead_verdict") == "undecided");
    CHECK(rows.at(0, "cost_lead_machines_to_decide") == "100");
    CHECK(rows.at(0, "speed_lead_verdict") == "better");
    CHECK(rows.at(1, "cost_lead_verdict").empty());
    CHECK(count(printed(records, "json", "cheap"), "\"cost_lead_verdict\": \"undecided\"") == 1);
}

TEST_CASE("the page needs nothing but itself, and each chart has its table [C14]") {
    for (bool several : {false, true}) {
        const std::string html = report("html", several);
        CHECK(html.size() < 2'000'000);
        for (const char* part :
             {"<script", "src=", "<link", "@import", "url(", "http:", "https:", "javascript:", "<img", "<iframe", "onload"}) {
            CAPTURE(part);
            CHECK(count(html, part) == 0);
        }
        CHECK(count(html, "<svg") == count(html, "</svg>"));
        CHECK(count(html, "<svg") > 5);
        // After each chart, its table comes before another section begins.
        for (std::size_t at = html.find("</svg>"); at != std::string::npos; at = html.find("</svg>", at + 1))
            CHECK(html.find("<details>", at) < html.find("<h2>", at));
        CHECK(count(html, "prefers-color-scheme") == 1);
    }
}

TEST_CASE("every price on the page has its source, date and licence there [C14]") {
    const std::string html = report("html", true);
    const std::string sources = html.substr(html.find("Where this comes from"));
    for (const char* part : {"made-up", "example.org/prices", "2026-11-10", "made up for tests"}) {
        CAPTURE(part);
        CHECK(count(sources, part) > 0);
    }
    // Each dated price with the age that it has on the report's day; the one that is too old says so.
    for (const char* part : {"made-up, 2026-11-10 (10 d)", "made-up, 2026-01-10 (314 d)", "price stale"}) {
        CAPTURE(part);
        CHECK(count(html, part) > 0);
    }
}

TEST_CASE("text of a record is never markup [C14]") {
    bench_record record = made_up_record("a");
    record.context.machine.cpu_model = "<script>alert(1)</script>\"'&|\x1b[31m";
    record.cases[0].problem = "matmul:f32:<b>:nt";
    const scratch_folder folder;
    write_record(folder.path() / "r.json", record);
    const auto printed = [&](const std::string& format) {
        compare_options options;
        options.records = {folder.path() / "r.json"};
        options.format = format;
        options.command = "compare '<i>'";
        std::ostringstream out, err;
        REQUIRE(compare_command(options, out, err) == 0);
        return out.str();
    };
    const std::string html = printed("html");
    for (const char* part : {"<script", "<b>:", "<i>", "\x1b"}) CHECK(count(html, part) == 0);
    CHECK(count(html, "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;|") > 0);
    CHECK(count(printed("md"), "<script") == 0);
    CHECK(count(printed("md"), "\\|") > 0);
    CHECK(count(printed("table"), "\x1b") == 0);
    const csv_file table("csv", printed("csv"), {"machine", "cpu_model"});  // quoted so that it reads back
    CHECK(table.at(0, "cpu_model") == *record.context.machine.cpu_model);
}

TEST_CASE("figures as people read them [C14]") {
    CHECK(with_prefix(5.117e11, "FLOP/s") == "512 GFLOP/s");
    CHECK(with_prefix(999.6e9, "B/s") == "1.00 TB/s");
    CHECK(with_prefix(0.5, "call/s") == "0.500 call/s");
    CHECK(with_prefix(ratio_interval{5e9, 4.9e9, 5.1e9}, "B/s") == "5.00 [4.90, 5.10] GB/s");
    CHECK(duration(1.5e-9) == "1.50 ns");
    CHECK(duration(0.0123) == "12.3 ms");
    CHECK(duration(300) == "5.00 min");
    CHECK(duration(36000) == "10.0 h");
    CHECK(percent(61.4) == "61 %");
    CHECK(percent(0.29) == "0.29 %");
    CHECK(significant(9.996, 3) == "10.0");
    CHECK(significant(1234567, 3) == "1230000");
    CHECK(significant(0, 3) == "0");
}

}  // namespace
