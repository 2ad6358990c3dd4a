// SPDX-License-Identifier: Apache-2.0
// The catalog: reading, precedence, errors, detectors, and the shipped tables.  [C11]
#include <doctest/doctest.h>

#include <algorithm>  // std::count_if
#include <map>        // std::map
#include <set>        // std::set

#include "bench/support/scratch_folder.hpp"  // scratch_folder
#include "instances/errors.hpp"              // data_error
#include "instances/price/catalog.hpp"       // price_catalog
#include "instances/price/check.hpp"         // check_prices
#include "instances/price/csv_file.hpp"      // csv_file
#include "instances/price/date.hpp"          // day_number
#include "instances/price/fresh.hpp"         // require_fresh
#include "instances/price/peaks.hpp"           // check_peaks
#include "instances/report/figures.hpp"        // price_matrix, family_timeline

namespace {

using namespace tenfold::bench;
using tenfold::bench::test::scratch_folder;

const std::string types_header =
    "provider,instance_type,vcpus,physical_cores,memory_gib,arch,cpu_model,accelerator,accelerator_count,accelerator_memory_gib,"
    "compute_capability,burstable,runnable,source_id,note\n";
const std::string prices_header =
    "provider,instance_type,region,zone_id,allocation,upfront_usd,usd_per_hour,currency,granularity_s,minimum_s,includes,basis,estimate,"
    "observed_at,effective_from,source_id,note\n";

std::string type_row(const std::string& name, const std::string& accelerator = "") {
    return "aws," + name + ",2,1,8,x86_64,," + accelerator + ",,,,false,cpu,s,\n";
}

std::string price_line(const std::string& type, const std::string& allocation, const std::string& price, const std::string& date,
                       const std::string& estimate = "false", const std::string& currency = "USD") {
    return "aws," + type + ",r1,," + allocation + ",," + price + "," + currency + ",,,,instance," + estimate + "," + date + ",,s,\n";
}

void write_catalog(const scratch_folder& folder, const std::string& types, const std::string& prices) {
    folder.write("types.csv", types_header + types);
    folder.write("prices/s.csv", prices_header + prices);
    folder.write("sources.json", R"({"sources": [{"id": "s", "origin": "o", "read_on": "2026-01-01", "licence": "l", "standing": "t"}]})");
}

std::string message_of_loading(const std::filesystem::path& folder) {
    try {
        (void)price_catalog::load(folder);
    } catch (const data_error& problem) { return problem.what(); }
    return "";
}

std::multiset<std::string> detectors(const std::string& types, const std::string& prices, const std::string& today = "2026-01-02") {
    const scratch_folder folder;
    write_catalog(folder, types, prices);
    std::multiset<std::string> names;
    for (const price_finding& finding : check_prices(price_catalog::load(folder.path()), today)) names.insert(finding.detector);
    return names;
}

TEST_CASE("a newer date wins, an undated row never overrides a dated one [C11]") {
    const scratch_folder folder;
    write_catalog(folder, type_row("t"),
                  price_line("t", "on_demand", "32.77", "") + price_line("t", "on_demand", "21.957642", "2026-01-19") +
                      price_line("t", "on_demand", "25", "2025-01-19") + price_line("t", "spot", "9", "", "true") +
                      price_line("t", "spot", "10", "", "false"));
    price_catalog catalog = price_catalog::load(folder.path());
    REQUIRE(catalog.find_price("aws", "t", "r1", "on_demand"));
    CHECK(catalog.find_price("aws", "t", "r1", "on_demand")->per_hour.text() == "21.957642");
    CHECK(catalog.find_price("aws", "t", "r1", "spot")->per_hour.text() == "10");  // quoted before estimated
    CHECK_FALSE(catalog.find_price("aws", "t", "r2", "on_demand"));
    CHECK_FALSE(catalog.find_price("aws", "t", "", "on_demand"));
    CHECK_FALSE(catalog.find_price("aws", "t", "r1", "reserved_1y"));

    catalog.add_user_prices(
        folder.write("own.csv", "provider,instance_type,region,allocation,usd_per_hour,observed_at\naws,t,r1,on_demand,20,\n"));
    CHECK(catalog.find_price("aws", "t", "r1", "on_demand")->per_hour.text() == "20");

    // What a user's table says beyond that is not thrown away.
    const auto refusal = [&](const std::string& columns, const std::string& values, const std::string& allocation = "on_demand") {
        const auto file = folder.write("own.csv", "provider,instance_type,region,allocation,usd_per_hour,observed_at" + columns +
                                                      "\naws,t,r1," + allocation + ",0,2026-01-01" + values + "\n");
        try {
            catalog.add_user_prices(file);
        } catch (const data_error& problem) { return std::string(problem.what()); }
        return std::string("accepted");
    };
    CHECK(refusal("", "").find("must be above zero") != std::string::npos);
    CHECK(refusal(",currency", ",EUR").find("currency is \"EUR\"") != std::string::npos);
    CHECK(refusal(",basis", ",gpu").find("basis is \"gpu\"") != std::string::npos);
    CHECK(refusal("", "", "on-demand").find("allocation \"on-demand\" is unknown") != std::string::npos);
    CHECK(refusal(",upfront_usd", ",8760", "reserved_1y") == "accepted");
    CHECK(effective_per_hour(*catalog.find_price("aws", "t", "r1", "reserved_1y")).text() == "1");
}

TEST_CASE("bands of interruptions: read, and refused where they mean nothing [C11]") {
    const auto loading = [](const std::string& row) {
        const scratch_folder folder;
        write_catalog(folder, type_row("t"), price_line("t", "on_demand", "1", "2026-01-01"));
        folder.write("interruptions.csv", "provider,instance_type,region,percent_low,percent_high,observed_at,source_id\n" + row);
        return message_of_loading(folder.path());
    };
    CHECK(loading("aws,t,r1,5,10,2026-01-01,s\n") == "");
    CHECK(loading("aws,t,r1,20,,2026-01-01,s\n") == "");
    for (const char* row : {"aws,t,r1,10,5,2026-01-01,s\n", "aws,t,r1,-1,5,2026-01-01,s\n", "aws,t,r1,about 5,,2026-01-01,s\n",
                            "aws,t,r1,5,10,,s\n", "aws,t,r1,5,10,2026-01-01,other\n"}) {
        CAPTURE(row);
        CHECK(loading(row).find("interruptions.csv") != std::string::npos);
    }
    const price_catalog shipped = price_catalog::load(TENFOLD_CATALOG_DIR);
    REQUIRE(shipped.find_interruptions("aws", "p4de.24xlarge", "us-east-1"));
    CHECK(shipped.find_interruptions("aws", "p4de.24xlarge", "us-east-1")->percent_high == "5");
    CHECK_FALSE(shipped.find_interruptions("aws", "p4de.24xlarge", "eu-west-1"));
}

TEST_CASE("what is free or less is never handed out as a price; all upfront is no error [C11]") {
    const scratch_folder folder;
    write_catalog(folder, type_row("t"),
                  price_line("t", "on_demand", "0", "2026-01-02") + price_line("t", "spot", "-1", "2026-01-02") +
                      "aws,t,r1,,reserved_1y,8760,0,USD,,,,instance,false,2026-01-02,,s,\n");
    const price_catalog catalog = price_catalog::load(folder.path());
    CHECK_FALSE(catalog.find_price("aws", "t", "r1", "on_demand"));
    CHECK_FALSE(catalog.find_price("aws", "t", "r1", "spot"));
    CHECK(catalog.find_price("aws", "t", "r1", "reserved_1y"));
    int errors = 0;
    for (const price_finding& finding : check_prices(catalog, "2026-01-02")) errors += finding.detector == "non_positive";
    CHECK(errors == 2);
}

TEST_CASE("a price from the future is not fresh [C11]") {
    price_row row;
    row.allocation = "on_demand";
    row.per_hour = usd::parse("1");
    row.from_user = true;
    row.observed_at = "2027-01-01";
    CHECK_THROWS_AS(require_fresh(row, "2026-01-01", false), data_error);
    CHECK(require_fresh(row, "2027-01-01", false) == "2027-01-01 (0 d)");
}

TEST_CASE("prices of a GPU or a chip never stand for an instance [C11]") {
    const scratch_folder folder;
    write_catalog(folder, type_row("t"), "aws,t,r1,,on_demand,,4,USD,,,,gpu,false,2026-01-01,,s,\n");
    CHECK_FALSE(price_catalog::load(folder.path()).find_price("aws", "t", "r1", "on_demand"));
}

TEST_CASE("an upfront payment is spread over its term [C11]") {
    price_row row;
    row.allocation = "reserved_1y";
    row.per_hour = usd::parse("0.5");
    row.upfront = usd::parse("8760");
    CHECK(effective_per_hour(row).text() == "1.5");
    row.allocation = "reserved_3y";
    CHECK(effective_per_hour(row).text() == "0.833333333");
}

TEST_CASE("a broken catalog is named with file, row and column [C11]") {
    CHECK(message_of_loading("/nonexistent/catalog").find("/nonexistent/catalog: is no catalog folder") == 0);
    const auto broken = [](const std::string& types, const std::string& prices) {
        const scratch_folder folder;
        write_catalog(folder, types, prices);
        return message_of_loading(folder.path());
    };
    const auto has = [](const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; };
    CHECK(has(broken(type_row("t"), price_line("t", "on_demand", "1.x", "2026-01-01")), "prices/s.csv row 2: usd_per_hour: \"1.x\""));
    CHECK(has(broken(type_row("t"), price_line("t", "on_demand", "1", "2026-13-01")), "row 2: observed_at is \"2026-13-01\""));
    CHECK(has(broken(type_row("t"), price_line("t", "on_demand", "1", "", "maybe")), "estimate is \"maybe\""));
    CHECK(has(broken(type_row("t"), "aws,t\n"), "row 2: has 2 cells, the header has 17"));
    CHECK(has(broken("aws,t,2,1,8,x86_64,,,,,,no,cpu,s,\n", ""), "types.csv row 2: burstable is \"no\""));
    CHECK(has(broken(type_row("t"), "aws,t,r1,,on_demand,,1,USD,,,,instance,false,,,other,\n"),
              "source_id \"other\" is not in sources.json"));

    const scratch_folder empty;
    CHECK(has(message_of_loading(empty.path()), "types.csv: cannot be read"));
    write_catalog(empty, type_row("t"), price_line("t", "on_demand", "1", ""));
    empty.write("sources.json", "{");
    CHECK(has(message_of_loading(empty.path()), "sources.json: "));
    std::filesystem::remove_all(empty.path() / "prices");
    empty.write("sources.json", R"({"sources": []})");
    CHECK(has(message_of_loading(empty.path()), "prices: cannot be read"));
}

TEST_CASE("quoted cells, carriage returns and a missing last line end [C11]") {
    const csv_file table("t", "a,b\r\n\"x,\"\"y\"\"\n\",2\r\n\r\n3,4", {"a", "b"});
    REQUIRE(table.size() == 2);
    CHECK(table.at(0, "a") == "x,\"y\"\n");
    CHECK(table.at(0, "b") == "2");
    CHECK(table.at(1, "b") == "4");
    CHECK_THROWS_AS(csv_file("t", "a\n\"x", {"a"}), data_error);
    CHECK_THROWS_AS(csv_file("t", "a\nx", {"b"}), data_error);
    CHECK_THROWS_AS(csv_file("t", "", {}), data_error);
}

TEST_CASE("dates [C11]") {
    CHECK(day_number("1970-01-02") == 1);
    CHECK(day_number("2026-03-01").value() - day_number("2026-02-28").value() == 1);
    CHECK(day_number("2026-09") == day_number("2026-09-01"));
    CHECK(day_number("2026-01-19T12:00:00Z") == day_number("2026-01-19"));
    for (const char* text : {"", "undated", "2026", "2026-02-29", "2026-1-1", "-026-01-01", "2026-01-0x", "2026/01/01"}) {
        CAPTURE(text);
        CHECK_FALSE(day_number(text).has_value());
    }
    CHECK(day_number(today_utc()).has_value());
}

TEST_CASE("each detector fires on its fault, and a clean table is clean [C11]") {
    const std::string day = "2026-01-01";
    const std::string type = type_row("t");
    const std::string clean =
        price_line("t", "on_demand", "1", day) + price_line("t", "spot", "0.4", day) + price_line("t", "reserved_1y", "0.6", day);
    using names = std::multiset<std::string>;
    CHECK(detectors(type, clean) == names{});
    CHECK(detectors(type, price_line("t", "on_demand", "0", day)) == names{"non_positive"});
    CHECK(detectors(type, price_line("t", "on_demand", "-1", day)) == names{"non_positive"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day, "false", "EUR")) == names{"currency"});
    CHECK(detectors(type, price_line("t", "rented", "1", day)) == names{"allocation"});
    CHECK(detectors(type, price_line("u", "on_demand", "1", day)) == names{"unknown_type"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day) + price_line("t", "reserved_1y", "1.1", day)) ==
          names{"commitment_above_on_demand"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day) + price_line("t", "spot", "1", day)) == names{"spot_not_below_on_demand"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day) + price_line("t", "on_demand", "2", day)) == names{"duplicate"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", "")) == names{"undated"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day), "2026-01-31") == names{});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day), "2026-02-01") == names{"stale"});
    CHECK(detectors(type, price_line("t", "on_demand", "1", day), "2025-12-31") == names{});  // a day ahead of UTC
    CHECK(detectors(type, price_line("t", "on_demand", "1", day), "2025-12-30") == names{"future"});
    CHECK(detectors(type, price_line("t", "spot", "1", day), "2026-01-03") == names{"stale"});
    CHECK(detectors(type, price_line("t", "on_demand", "32", "2026-01-01") + price_line("t", "on_demand", "22", "2026-01-02")) ==
          names{"jump"});
    CHECK(detectors(type, price_line("t", "on_demand", "30", "2026-01-01") + price_line("t", "on_demand", "25", "2026-01-02")) == names{});
}

TEST_CASE("a price has a date: its own, or the day on which its source was read [C11]") {
    const scratch_folder folder;
    write_catalog(folder, type_row("t"), price_line("t", "on_demand", "1", "") + price_line("t", "spot", "0.5", "2026-01-01"));
    const price_catalog catalog = price_catalog::load(folder.path());
    CHECK(date_text(catalog.rows()[0]) == "undated, read 2026-01-01");
    CHECK(date_text(catalog.rows()[1]) == "2026-01-01");
    folder.write("sources.json", R"({"sources": [{"id": "s", "origin": "o", "read_on": "", "licence": "l", "standing": "t"}]})");
    const auto findings = check_prices(price_catalog::load(folder.path()), "2026-01-02");
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].detector == "no_date");
    CHECK(findings[0].error);
}

TEST_CASE("an accelerator's name is a whole word: L4 is not L40S [C11]") {
    CHECK(detectors(type_row("x-L40S-1", "L40S"), "").empty());
    CHECK(detectors(type_row("x-L4-1", "L4"), "").empty());
    CHECK(detectors(type_row("x-L4-1", "T4"), "") == std::multiset<std::string>{"accelerator_in_name"});
}

TEST_CASE("a name that counts its accelerators agrees with the table [C11]") {
    const auto with_count = [](const std::string& name, const std::string& count) {
        return detectors("aws," + name + ",2,1,8,x86_64,,H100," + count + ",,,false,cuda,s,\n", "");
    };
    for (const char* name : {"gpu_8x_h100", "BM.GPU.H100.8", "h100-sxm.8x"}) {
        CAPTURE(name);
        CHECK(with_count(name, "8").empty());
        CHECK(with_count(name, "12") == std::multiset<std::string>{"accelerator_count"});
    }
    CHECK(with_count("Standard_ND96isr_H100_v5", "8").empty());
}

TEST_CASE("peaks: sparse figures, a neighbour's figures and a card's wrong memory are noticed [C11]") {
    const std::string h100 = "H100-SXM5,9.0,80,494.7,989.4,989.4,1978.9,1978.9,\n", a10 = "A10,8.6,24,62.5,125,125,,,\n";
    const auto check = [&](const std::string& peaks, const std::string& accelerator = "L4", const std::string& memory = "22.35") {
        const scratch_folder folder;
        write_catalog(folder, type_row("t"), price_line("t", "on_demand", "1", "2026-01-01"));
        folder.write("types.csv",
                     "provider,instance_type,vcpus,physical_cores,memory_gib,arch,accelerator,accelerator_count,accelerator_memory_gib,"
                     "burstable,runnable\naws,t,2,1,8,x86_64," +
                         accelerator + ",1," + memory + ",false,cuda\n");
        folder.write("peaks.csv",
                     "accelerator,compute_capability,memory_gb,tf32_dense_tflops,bf16_dense_tflops,fp16_dense_tflops,fp8_dense_tflops,"
                     "int8_dense_tops,fp4_dense_tflops\n" +
                         peaks);
        std::multiset<std::string> names;
        for (const price_finding& finding : check_peaks(price_catalog::load(folder.path()), folder.path() / "peaks.csv"))
            names.insert(finding.detector);
        return names;
    };
    using names = std::multiset<std::string>;
    CHECK(check(h100 + a10 + "A10G,8.6,24,,70,70,,140,\n") == names{});
    CHECK(check("H100-SXM5,9.0,80,494.7,1978.9,1978.9,1978.9,,\n") == names{"sparse_or_wrong", "sparse_or_wrong"});
    CHECK(check("H100-SXM5,9.0,80,494.7,989.4,989.4,3957.8,,\n") == names{"sparse_or_wrong"});
    CHECK(check(a10 + "A10G,8.6,24,,125,125,,,\n") == names{"wrong_card"});
    CHECK(check("Trainium1 (chip),,,47.5,190,190,,,\n") == names{});                      // another maker's unit
    CHECK(check("L4,8.9,24,60,121,121,,,\n") == names{});                                 // 22.35 GiB are 24 GB
    CHECK(check("B200,10.0,180,,2250,2250,4500,,9000\n", "B200", "192") == names{"memory"});  // early material
    CHECK(check("H100-NVL,9.0,94,,835.5,835.5,,,\n", "H100 NVL", "188") == names{"memory"});  // of two cards
    CHECK_THROWS_WITH_AS(check("L4,8.9,24,sixty,121,121,,,\n"), doctest::Contains("must be a decimal number or empty"), data_error);
    CHECK(check_peaks(price_catalog::load(TENFOLD_CATALOG_DIR), TENFOLD_CATALOG_DIR "/peaks.csv").empty());
}

TEST_CASE("one spot ratio for five types of a family is an estimate [C11]") {
    std::string types, prices, marked;
    for (int i = 1; i <= 5; ++i) {
        const std::string name = "q" + std::to_string(i) + ".large";
        types += type_row(name);
        prices += price_line(name, "on_demand", std::to_string(i), "2026-01-01");
        marked += price_line(name, "on_demand", std::to_string(i), "2026-01-01");
        prices += price_line(name, "spot", usd::parse(std::to_string(i)).times(3, 10).text(), "2026-01-01");
        marked += price_line(name, "spot", usd::parse(std::to_string(i)).times(3, 10).text(), "2026-01-01", "true");
    }
    CHECK(detectors(types, prices) == std::multiset<std::string>{"flat_spot_ratio"});
    CHECK(detectors(types, marked).empty());
}

TEST_CASE("damaged tables are refused as data or read, and never anything else [C20]") {
    const std::string whole =
        "provider,instance_type,region,allocation,usd_per_hour,observed_at,note\n"
        "aws,t,r1,on_demand,0.68,2026-01-01,\"a, \"\"b\"\"\"\naws,u,r1,spot,12.000000001,,\n";
    const scratch_folder folder;
    write_catalog(folder, type_row("t") + type_row("u"), price_line("t", "on_demand", "1", "2026-01-01"));
    price_catalog catalog = price_catalog::load(folder.path());
    std::uint64_t state = 20;
    const auto random = [&](std::uint64_t below) {  // a linear congruential generator: the same draws everywhere
        state = state * 6364136223846793005 + 1442695040888963407;
        return (state >> 33) % below;
    };
    static constexpr char alphabet[] = "\",\n\r\0-.0189eE+x\x80\xff tn";
    int refused = 0, read = 0;
    for (int round = 0; round < 2000; ++round) {
        std::string damaged = whole;
        for (std::uint64_t edits = 1 + random(4); edits > 0; --edits) {
            const std::size_t at = random(damaged.size());
            switch (random(4)) {
                case 0: damaged[at] = alphabet[random(sizeof alphabet - 1)]; break;
                case 1: damaged.erase(at, 1 + random(9)); break;
                case 2: damaged.insert(at, 1, alphabet[random(sizeof alphabet - 1)]); break;
                default: damaged.resize(at + 1); break;
            }
        }
        try {
            catalog.add_user_prices(folder.write("damaged.csv", damaged));
            ++read;
        } catch (const data_error& problem) {
            CHECK(std::string(problem.what()).find("damaged.csv") != std::string::npos);
            ++refused;
        }
    }
    CHECK(refused > 1000);
    CHECK(read > 50);
    // Whatever was read is a price.
    for (const price_row& row : catalog.rows()) CHECK(effective_per_hour(row) > usd());
}

TEST_CASE("what the catalog shows at a glance: prices of accelerators, and families by date [C11]") {
    const price_catalog catalog = price_catalog::load(TENFOLD_CATALOG_DIR);
    const text_table matrix = price_matrix(catalog);
    const auto cell = [&](const std::string& accelerator, const std::string& provider) {
        for (const auto& row : matrix.rows)
            if (row[0] == accelerator && row[1] == provider) return row[2];
        return std::string();
    };
    CHECK(cell("H100", "aws") == "6.880");     // p5.48xlarge: 55.04 / 8
    CHECK(cell("H100", "nebius") == "3.850");  // a price per GPU
    CHECK(cell("H100", "oci") == "10.000");
    CHECK(cell("RTX PRO 6000", "gcp") != "");  // parts of a card
    CHECK(cell("H100", "huggingface") == "");  // a managed service
    const text_table families = family_timeline(TENFOLD_CATALOG_DIR);
    REQUIRE(families.rows.size() > 20);
    CHECK(families.rows.front()[0] == "aws P2");
    CHECK(families.rows.back()[2] == "-");
    for (const auto& row : families.rows) CHECK((row[2] == "-") == row[4].empty());
    const scratch_folder folder;
    for (const char* row : {"aws,P2,K80,2016,documented,s\n", "aws,P2,K80,2016-09-29,documented,\n"}) {
        folder.write("families.csv", std::string("provider,family,accelerator,known_from,event,source\n") + row);
        CHECK_THROWS_WITH_AS(family_timeline(folder.path()), doctest::Contains("YYYY-MM-DD with its source, or empty"), data_error);
    }
}

TEST_CASE("the shipped catalog is whole, and its findings are the known ones [C11]") {
    const price_catalog catalog = price_catalog::load(TENFOLD_CATALOG_DIR);
    CHECK(catalog.types().size() >= 400);
    std::map<std::string, int> found;
    for (const price_finding& finding : check_prices(catalog, "2026-09-27")) {
        CAPTURE(finding.detector);
        CAPTURE(finding.where);
        CAPTURE(finding.reason);
        CHECK_FALSE(finding.error);
        ++found[finding.detector];
    }
    for (const price_row& row : catalog.rows()) {  // every price has its source, and a date: of the price, or of reading it
        CAPTURE(row.where);
        CHECK(catalog.sources().contains(row.source_id));
        CHECK(day_number(row.observed_at.empty() ? row.read_on : row.observed_at).has_value());
    }
    // Tables grow old, and some carry no date: of the other detectors, none finds anything.
    CHECK(found == std::map<std::string, int>{{"stale", 3}, {"undated", 15}});
    const price_row* p4d = catalog.find_price("aws", "p4d.24xlarge", "us-east-1", "on_demand");
    REQUIRE(p4d);
    CHECK(p4d->per_hour.text() == "21.957642");
    const price_row* a100 = catalog.find_price("lambda", "gpu_8x_a100_80gb_sxm4", "us", "on_demand");
    REQUIRE(a100);
    CHECK(a100->per_hour.text() == "22.32");
    CHECK(catalog.find_price("aws", "p5.48xlarge", "us-east-1", "on_demand")->per_hour.text() == "55.04");
    CHECK_FALSE(catalog.find_price("nebius", "HGX H100", "", "on_demand"));  // a price per GPU
    CHECK_FALSE(catalog.find_price("scaleway", "H100-1-80G", "fr-par-2", "on_demand"));  // no currency stated
    CHECK(catalog.sources().at("gcp-pricing-calculator").licence.find("Apache-2.0") == 0);
    CHECK(catalog.find_type("oci", "VM.Standard.E5.Flex 8 OCPU")->vcpus == "16");
    CHECK(catalog.find_type("aws", "p3.2xlarge")->runnable == "cpu");
    CHECK(catalog.find_type("aws", "f2.6xlarge")->runnable == "none");
    CHECK(catalog.find_type("aws", "c7a.4xlarge")->physical_cores == "16");
    CHECK(catalog.find_type("gcp", "t2d-standard-8")->physical_cores == "8");
    CHECK(catalog.find_type("gcp", "c3-standard-8")->physical_cores == "4");
}

TEST_CASE("every provider and system that the course material names is in the catalog [C11]") {
    const price_catalog catalog = price_catalog::load(TENFOLD_CATALOG_DIR);
    std::set<std::string> providers;
    for (const instance_type& type : catalog.types()) providers.insert(type.provider);
    for (const char* provider : {"aws", "gcp", "azure", "oci", "lambda", "runpod", "coreweave", "crusoe", "digitalocean", "ovhcloud",
                                 "scaleway", "paperspace", "nebius", "huggingface"}) {
        CAPTURE(provider);
        CHECK(providers.contains(provider));
    }
    struct system {
        const char *provider, *start, *accelerator;
    };
    for (const system& one : {system{"aws", "p3.", "V100"},
                              {"aws", "p4d.", "A100-40GB"},
                              {"aws", "p5.", "H100"},
                              {"aws", "g4dn.", "T4"},
                              {"aws", "g5.", "A10G"},
                              {"aws", "g6.", "L4"},
                              {"aws", "f1.", "FPGA"},
                              {"aws", "inf2.", "Inferentia2"},
                              {"aws", "trn1.", "Trainium"},
                              {"gcp", "a2-", "A100-40GB"},
                              {"gcp", "a3-", "H100"},
                              {"gcp", "g2-", "L4"},
                              {"gcp", "g4-", "RTX PRO 6000"},
                              {"gcp", "TPU ", "TPU v5e"},
                              {"gcp", "n1-", "T4"},
                              {"gcp", "n1-", "V100"},
                              {"azure", "Standard_NC4as_T4", "T4"},
                              {"azure", "Standard_NC6s_v3", "V100"},
                              {"azure", "Standard_ND96", "H100"},
                              {"azure", "Standard_NV", "M60"},
                              {"azure", "Standard_NP10s", "FPGA"},
                              {"oci", "BM.GPU.", "H100"}}) {
        CAPTURE(one.start);
        const auto& types = catalog.types();
        CHECK(std::any_of(types.begin(), types.end(), [&](const instance_type& type) {
            return type.provider == one.provider && type.name.starts_with(one.start) && type.accelerator == one.accelerator;
        }));
        const auto& rows = catalog.rows();
        CHECK(std::any_of(rows.begin(), rows.end(),
                          [&](const price_row& row) { return row.provider == one.provider && row.type.starts_with(one.start); }));
    }
    // Every price says where it is from, and what is not known stays empty instead of zero.
    for (const price_row& row : catalog.rows()) {
        CHECK(catalog.sources().contains(row.source_id));
        CHECK(row.per_hour > usd());
    }
}

}  // namespace
