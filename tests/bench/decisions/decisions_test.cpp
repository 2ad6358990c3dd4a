// SPDX-License-Identifier: Apache-2.0
// Every decision against a worked example; what holds for all of them: examples run, tipping points tip, bad input is
// refused.  [C09] [C16]
#include <doctest/doctest.h>

#include <algorithm>  // std::find
#include <cmath>    // std::exp
#include <iomanip>  // std::setprecision
#include <map>      // std::map
#include <numeric>  // std::accumulate
#include <sstream>  // std::istringstream

#include "bench/support/message.hpp"            // message
#include "bench/support/scratch_folder.hpp"     // scratch_folder
#include "instances/decisions/amounts.hpp"      // dollars
#include "instances/decisions/checkpoint.hpp"   // simulated_times
#include "instances/decisions/command.hpp"      // cost_command
#include "instances/decisions/explain.hpp"      // tipping_points
#include "instances/decisions/list.hpp"         // decisions::all
#include "instances/errors.hpp"                 // usage_error, data_error
#include "instances/price/catalog.hpp"          // price_catalog

namespace {

using namespace tenfold::bench;
using tenfold::bench::test::message;
using tenfold::bench::test::scratch_folder;

const std::string root = TENFOLD_ROOT_DIR;

/// "--work 24h --noticed 0.5" as the command line splits it; files are taken from the root of the tree.
std::map<std::string, std::string> flags_of(const decision& what, const std::string& text) {
    std::map<std::string, std::string> flags;
    std::istringstream words(text);
    for (std::string flag, value; words >> flag >> value;) {
        const std::string name = flag.substr(2);
        for (const parameter& one : what.parameters)
            if (one.name == name && one.kind == quantity::table) value = root + "/" + value;
        flags[name] = value;
    }
    return flags;
}

inputs inputs_of(const decision& what, const std::string& text) {
    inputs given;
    const auto flags = flags_of(what, text);
    for (const parameter& one : what.parameters) {
        const auto typed = flags.find(std::string(one.name));
        if (one.kind == quantity::table) {
            if (typed != flags.end()) given.set_table(one, csv_file(std::filesystem::path(typed->second), {}));
        } else if (typed != flags.end()) {
            given.set(one, typed->second);
        } else if (!one.fallback.empty() && one.fallback != "required") {
            given.set(one, std::string(one.fallback));
        }
    }
    return given;
}

answer ask(const decision& what, const std::string& text) { return what.ask(inputs_of(what, text)); }

double number(const answer& found, const std::string& name) { return std::get<double>(found[name]); }
std::string money(const answer& found, const std::string& name, int decimals) { return std::get<usd>(found[name]).text(decimals); }

/// A figure with as many decimals as the printed one has, to be equal to it to the last digit.
std::string printed_like(const std::string& printed, double value) {
    const std::size_t point = printed.find('.');
    const std::size_t decimals = point == std::string::npos ? 0 : printed.size() - point - 1;
    std::ostringstream text;
    text << std::fixed << std::setprecision(static_cast<int>(decimals)) << value;
    return text.str();
}

double mean_of(const std::vector<double>& times) {
    return std::accumulate(times.begin(), times.end(), 0.0) / static_cast<double>(times.size());
}

const std::string table_folder = " tests/bench/decisions/inputs/";

TEST_CASE("spot: 437 against 1321 dollars, until it is interrupted every 11 minutes [C16]") {
    const decision what = decisions::spot();
    const std::string flags = "--on-demand 55.04 --spot 16.95 --work 24h --write 60s --restart 8min --mtbf 10h";
    const answer found = ask(what, flags);
    CHECK(found.choice == "spot");
    CHECK(money(found, "usd_spot", 0) == "437");
    CHECK(money(found, "usd_on_demand", 0) == "1321");
    CHECK(printed_like("34", number(found, "interval_min")) == "34");
    CHECK(printed_like("25.8", 24 * number(found, "slowdown")) == "25.8");  // hours
    for (const tipping_point& point : tipping_points(what, inputs_of(what, flags), found))
        if (point.input->name == "mtbf") CHECK(printed_like("11", point.factor * 600) == "11");
    CHECK(ask(what, flags + " --spot 55.04").choice == "on_demand");
    // A deadline that spot meets in half of the runs only.
    CHECK(ask(what, flags + " --deadline 25h").choice == "on_demand");
    CHECK(ask(what, flags + " --deadline 30h").choice == "spot");
    CHECK(ask(what, flags + " --deadline 20h").choice == "none");
    CHECK(ask(what, flags + " --reserved 15 --utilisation 1").choice == "reserved");
    CHECK(ask(what, flags + " --reserved 15 --utilisation 50%").choice == "spot");
    CHECK(ask(what, "--on-demand 55.04 --spot 16.95 --mtbf 1s --restart 1min").choice == "on_demand");
}

TEST_CASE("spot: a reserved machine is weighed against both others, in words too [C16]") {
    const auto says = [](const std::vector<std::string>& sentences, const std::string& wanted) {
        return std::find(sentences.begin(), sentences.end(), wanted) != sentences.end();
    };
    const std::string flags = "--on-demand 10 --spot 4 --reserved 3 --mtbf 10h --work 48h";
    const answer always_used = ask(decisions::spot(), flags + " --utilisation 1");
    CHECK(always_used.choice == "reserved");
    // Spot takes 1.075 times as long: 4.299 USD an hour of work, and 3 / 4.299 is 70 %.
    CHECK(says(
        always_used.reasons,
        "Reserved costs 3.000 USD per used hour, at a utilisation of 100 %: 30 % of on demand and 70 % of spot with its interruptions."));
    CHECK(says(always_used.changes, "Reserved wins over on demand above a utilisation of 30 %, over spot above a utilisation of 70 %."));
    const answer half_used = ask(decisions::spot(), flags + " --utilisation 50%");
    CHECK(half_used.choice == "spot");
    CHECK(says(
        half_used.reasons,
        "Reserved costs 6.000 USD per used hour, at a utilisation of 50 %: 60 % of on demand and 140 % of spot with its interruptions."));
    // Spot that never finishes is not weighed; a price that no utilisation makes good says so.
    const answer dear = ask(decisions::spot(), "--on-demand 10 --spot 4 --reserved 12 --mtbf 1s --restart 1min");
    CHECK(says(dear.reasons, "Reserved costs 12.00 USD per used hour, at a utilisation of 100 %: 120 % of on demand."));
    CHECK(says(dear.changes, "Reserved wins over on demand at no utilisation."));
}

TEST_CASE("spot with notice: frequent interruptions are simulated, hopeless ones end at once [C16]") {
    const std::string flags = "--on-demand 10 --spot 4 --work 24h --write 5min --restart 20min ";
    // To the first order it would be 1.75 times the work; simulated it is 2.05 times, and the money follows.
    const answer often = ask(decisions::spot(), flags + "--mtbf 1h --noticed 20%");
    interruptions rate{5 / 60.0, 20 / 60.0, 1, 0.2};
    CHECK(number(often, "slowdown") == doctest::Approx(mean_of(simulated_times(rate, 24, interval_of(rate), 4000, 9)) / 24).epsilon(0.02));
    CHECK(dollars(std::get<usd>(often["usd_spot"])) == doctest::Approx(4 * 24 * number(often, "slowdown")).epsilon(1e-6));
    // Restarts of 8 min on machines that live 20 s never end: e^24.
    const answer never = ask(decisions::spot(), "--on-demand 10 --spot 4 --restart 8min --mtbf 20s --noticed 50%");
    CHECK(never.choice == "on_demand");
    // A year on machines that live an hour: thousands of interruptions, a part of the year is simulated.
    CHECK(number(ask(decisions::spot(), "--on-demand 10 --spot 4 --work 8760h --restart 10min --mtbf 1h"), "spot_hours_median") ==
          doctest::Approx(8760 * daly_slowdown({1 / 60.0, 1 / 6.0, 1, 0}, best_interval({1 / 60.0, 1 / 6.0, 1, 0}))).epsilon(0.02));
    for (const char* draws : {"0", "1000001", "1000000000000"})
        CHECK_THROWS_WITH_AS(ask(decisions::spot(), flags + "--mtbf 10h --draws " + draws), "--draws must be 1 to 1000000 simulated runs",
                             usage_error);
    CHECK(ask(decisions::spot(), flags + "--mtbf 10h --draws 1").choice == "spot");
}

TEST_CASE("commit: the break-even is the ratio of the prices, and re-inserted gives equality [C16]") {
    const decision what = decisions::commit();
    const answer found = ask(what, "--on-demand 0.7068 --reserved-1y 0.4453 --reserved-3y 0.3181 --utilisation 40%");
    CHECK(found.choice == "on_demand");
    CHECK(number(found, "break_even_reserved_1y") == doctest::Approx(0.63).epsilon(0.001));
    CHECK(number(found, "break_even_reserved_3y") == doctest::Approx(0.45).epsilon(0.001));
    CHECK(ask(what, "--on-demand 0.7068 --reserved-3y 0.3181 --utilisation 0.4502").choice == "reserved_3y");
    CHECK(ask(what, "--on-demand 0.7068 --reserved-3y 0.3181 --utilisation 0.4500").choice == "on_demand");
    // Falling list prices make a long commitment dearer: mean of 1, 0.9, 0.81.
    CHECK(number(ask(what, "--on-demand 1 --reserved-3y 0.5 --utilisation 1 --trend -10%"), "break_even_reserved_3y") ==
          doctest::Approx(0.5 * 3 / 2.71));
}

TEST_CASE("fleet: commit the base, buy the peak [C16]") {
    const answer found =
        ask(decisions::fleet(),
            "--on-demand 0.706832255 --reserved 0.318074515 --spot 0.397336 --interruptible 1 --demand" + table_folder + "demand.csv");
    CHECK(number(found, "committed") == 4);
    CHECK(money(found, "usd_all_on_demand", 0) == "36529");
    CHECK(money(found, "usd_committed_to_peak", 0) == "33436");
    CHECK(money(found, "usd_without_spot", 0) == "22907");
    CHECK(money(found, "usd_per_year", 0) == "17955");
    // Above the base stands spot at 0.397336 x 1.03, so the base pays from 0.318074515 of that, not from 45 % of on demand.
    CHECK(found.path.front() == "Is a machine used more than 78 % of the year? The first 4 are.");
}

TEST_CASE("tco: break-even utilisation of an owned machine against four prices [C16]") {
    const std::string own = " --capital 300000 --staff 15000 --space 10000 --idle-kw 3 --busy-kw 8 --energy 0.12 --utilisation ";
    const auto even = [&](const std::string& cloud) {
        return number(ask(decisions::tco(), "--cloud " + cloud + own + "50%"), "break_even_utilisation");
    };
    const std::pair<const char*, std::string> rows[] = {{"55.04", "0.28"}, {"37.76", "0.40"}, {"31.92", "0.48"}, {"16.95", "0.93"}};
    for (const auto& [cloud, share] : rows) CHECK(printed_like(share, even(cloud)) == share);
    CHECK(number(ask(decisions::tco(), "--cloud 55.04" + own + "50%"), "pay_back_months") > 0);
    CHECK(ask(decisions::tco(), "--cloud 55.04" + own + "27%").choice == "cloud");
    CHECK(ask(decisions::tco(), "--cloud 55.04" + own + "28%").choice == "own");
    // Re-inserted, both cost the same.
    const answer level = ask(decisions::tco(), "--cloud 55.04" + own + std::to_string(even("55.04")));
    CHECK(dollars(std::get<usd>(level["usd_own_hour"])) == doctest::Approx(55.04).epsilon(1e-4));
}

TEST_CASE("serverless: always on pays above 2571 requests an hour [C16]") {
    const std::string flags = "--always-on 0.8048 --serverless 1.6096 --run 500ms --cold 20s --cold-share 1% --requests-per-hour ";
    const answer found = ask(decisions::serverless(), flags + "1000");
    CHECK(found.choice == "serverless");
    CHECK(printed_like("2571", number(found, "break_even_requests")) == "2571");
    CHECK(printed_like("0.36", number(found, "break_even_busy")) == "0.36");
    CHECK(ask(decisions::serverless(), flags + "2600").choice == "always_on");
    // One request in fifty starts cold: the 99th percentile is a cold start.
    CHECK(ask(decisions::serverless(), flags + "1000 --cold-share 2% --p99-limit 1s").choice == "always_on");
    // A request of 100 ns costs less than 10^-9 dollars; ten billion of them do not cost nothing.
    CHECK(money(ask(decisions::serverless(),
                    "--always-on 100 --serverless 0.01 --run 0.0001ms --cold-share 0 --requests-per-hour 10000000000"),
                "usd_per_hour_serverless", 6) == "0.002778");
    // Half the price of the machine per hour: it would have to be twice as busy as it can be.
    const answer cheap =
        ask(decisions::serverless(), "--always-on 1.6 --serverless 0.8 --run 500ms --cold-share 0 --requests-per-hour 1000");
    CHECK(cheap.changes.front().find("would have to be 200 % busy") != std::string::npos);
    CHECK_THROWS_AS(static_cast<void>(cheap["break_even_requests"]), std::logic_error);
    // Random arrivals: e^(-rate x window).
    CHECK(number(ask(decisions::serverless(), "--always-on 1 --serverless 2 --run 1s --requests-per-hour 12 --keep-warm 5min"),
                 "cold_share") == doctest::Approx(std::exp(-1.0)));
}

TEST_CASE("bill: the parts add up, and the largest is named [C12] [C16]") {
    const decision what = decisions::bill();
    const std::string flags = "--price 0.8048 --work 16min --launches 6 ";
    const answer found = ask(what, flags + "--idle 10min --disk-gb 50 --disk-price 0.08 --egress-gb 0.1 --egress-price 0.09");
    CHECK(found.choice == "work");
    // 6 x 0.5 h x 0.8048 + 6 x 50 GB x 0.5 h / 730 h x 0.08 + 6 x 0.1 GB x 0.09
    CHECK(money(found, "usd", 4) == "2.4848");
    usd sum;
    for (const char* part : {"work", "start", "idle", "rounding", "disk", "traffic out", "address"})
        sum = sum + std::get<usd>(found["usd " + std::string(part)]);
    CHECK(sum == std::get<usd>(found["usd"]));
    CHECK(money(found, "usd rounding", 9) == "0.000000000");
    CHECK(ask(what, flags + "--idle 17min").choice == "idle");
    // Launches that failed cost nothing; a second of work costs the minimum.
    CHECK(money(ask(what, flags + "--failed 9"), "usd", 4) == money(ask(what, flags), "usd", 4));
    const answer brief = ask(what, "--price 3.6 --start 0s --work 1s");
    CHECK(brief.choice == "rounding");
    CHECK(number(brief, "billed_s") == 60);
    CHECK(money(brief, "usd", 3) == "0.060");
    // A quantity without a price is named, not free.
    CHECK(ask(what, flags + "--egress-gb 5").not_counted.front().find("Not priced: traffic out of the cloud; give --egress-price") == 0);
    CHECK_THROWS_AS(ask(what, flags + "--granularity 1ms"), usage_error);
    CHECK_THROWS_AS(ask(what, "--price 1 --work 1h --launches 0"), usage_error);
}

TEST_CASE("gravity: ten tebibytes are worth moving after 40 hours [C16]") {
    const answer found = ask(decisions::gravity(), "--near 55.04 --far 31.92 --gigabytes 10240 --work 39h");
    CHECK(money(found, "usd_transfer", 2) == "921.60");
    CHECK(printed_like("40", number(found, "break_even_hours")) == "40");
    CHECK(found.choice == "stay");
    CHECK(ask(decisions::gravity(), "--near 55.04 --far 31.92 --gigabytes 10240 --work 40h").choice == "move");
    CHECK(ask(decisions::gravity(), "--near 55.04 --far 31.92 --gigabytes 10240 --work 40h --deadline 41h").choice == "stay");
    // The deadline binds both ways: where the far machines are faster only the move is in time, else nothing may be.
    CHECK(ask(decisions::gravity(), "--near 1 --far 9 --gigabytes 10 --work 40h --far-slowdown 0.5 --deadline 30h").choice == "move");
    CHECK(ask(decisions::gravity(), "--near 1 --far 9 --gigabytes 10 --work 40h --deadline 30h").choice == "none");
}

TEST_CASE("accelerator: L40S and T4 cost the same at 266 FLOP per byte [C16]") {
    const std::string offers = "--offers" + table_folder + "cards.csv --intensity ";
    const answer found = ask(decisions::accelerator(), offers + "300");
    CHECK(found.choice == "L40S (g6e.xlarge)");
    CHECK(number(found, "crossing T4 (g4dn.xlarge)") == doctest::Approx(266).epsilon(0.002));
    CHECK(ask(decisions::accelerator(), offers + "267").choice == "L40S (g6e.xlarge)");
    CHECK(ask(decisions::accelerator(), offers + "265").choice == "T4 (g4dn.xlarge)");
    CHECK(ask(decisions::accelerator(), offers + "265 --memory 40").choice == "L40S (g6e.xlarge)");
    // USD per PFLOP/s-hour at the peak, and per TB/s-hour of bandwidth.
    const answer peak = ask(decisions::accelerator(), offers + "100000");
    CHECK(dollars(std::get<usd>(peak["usd L40S (g6e.xlarge)"])) * 3600 == doctest::Approx(5.14).epsilon(0.001));
    CHECK(dollars(std::get<usd>(peak["usd A10G (g5.xlarge)"])) * 3600 == doctest::Approx(14.37).epsilon(0.001));
}

TEST_CASE("accelerator: what arithmetic and what memory traffic cost least on are not the same cards [C16]") {
    struct row {
        std::string name, usd_per_hour, tflops, gb_per_s, per_pflop, per_tb;  // the last two per hour of a PFLOP/s and of a TB/s
    };
    const row rows[] = {{"g6e.xlarge", "1.861", "362.05", "864", "5.14", "2.15"},
                        {"p6-b200", "14.2416", "2250", "8000", "6.33", "1.78"},
                        {"g6.xlarge", "0.8048", "121", "300", "6.65", "2.68"},
                        {"p5", "6.88", "989.4", "3350", "6.95", "2.05"},
                        {"p4d", "2.74470525", "312", "1555", "8.80", "1.77"},
                        {"g5.xlarge", "1.006", "70", "600", "14.37", "1.68"},
                        {"p3", "3.06", "125", "900", "24.48", "3.40"},
                        {"g4dn.xlarge", "0.526", "65", "320", "8.09", "1.64"},
                        {"p5en", "7.912", "989.5", "4800", "8.00", "1.65"}};
    const decision what = decisions::accelerator();
    const auto asked = [&](const std::vector<std::string>& names, const char* intensity) {
        std::string table = "name,usd_per_hour,tflops,gb_per_s\n";
        for (const row& one : rows)
            if (names.empty() || std::find(names.begin(), names.end(), one.name) != names.end())
                table += one.name + "," + one.usd_per_hour + "," + one.tflops + "," + one.gb_per_s + "\n";
        inputs given;
        for (const parameter& one : what.parameters)
            if (one.kind == quantity::table)
                given.set_table(one, csv_file("offers", table, {}));
            else
                given.set(one, one.name == "intensity" ? intensity : std::string(one.fallback));
        return what.ask(given);
    };
    const answer arithmetic = asked({}, "100000"), memory = asked({}, "1");  // FLOP per byte: a PFLOP is 1000 TB
    for (const row& one : rows) {
        CAPTURE(one.name);
        CHECK(printed_like(one.per_pflop, dollars(std::get<usd>(arithmetic["usd " + one.name])) * 3600) == one.per_pflop);
        CHECK(printed_like(one.per_tb, dollars(std::get<usd>(memory["usd " + one.name])) * 3600 / 1000) == one.per_tb);
    }
    CHECK(arithmetic.choice == "g6e.xlarge");
    CHECK(memory.choice == "g4dn.xlarge");
    CHECK(printed_like("257", number(asked({"p5", "p5en"}, "300"), "crossing p5en")) == "257");
}

TEST_CASE("scale: efficiency and serial share of a measured job [C16]") {
    const answer found = ask(decisions::scale(), "--price 2 --rates" + table_folder + "scaling.csv --work 1000h");
    CHECK(found.choice == "8 machines");
    const std::pair<const char*, std::string> efficiencies[] = {{"8", "1.000"},  {"16", "0.991"},  {"32", "0.947"},
                                                                {"64", "0.889"}, {"128", "0.789"}, {"256", "0.631"}};
    for (const auto& [machines, share] : efficiencies)
        CHECK(printed_like(share, number(found, "efficiency_" + std::string(machines))) == share);
    CHECK(printed_like("0.019", number(found, "serial_256")) == "0.019");
    CHECK(printed_like("1.6", dollars(std::get<usd>(found["usd_256"])) / dollars(std::get<usd>(found["usd_8"]))) == "1.6");
    CHECK(ask(decisions::scale(), "--price 2 --rates" + table_folder + "scaling.csv --work 1000h --deadline 100h").choice ==
          "128 machines");
}

TEST_CASE("share: the cheapest packing that answers in time [C16]") {
    const std::string flags = "--price 0.8048 --tenants" + table_folder + "tenants.csv";
    CHECK(ask(decisions::share(), flags).choice == "8 tenants");
    CHECK(ask(decisions::share(), flags + " --p99-limit 30ms").choice == "4 tenants");
    CHECK(ask(decisions::share(), flags + " --p99-limit 10ms").choice == "none");
    // 0.8048 / 3600 / 280 x 10^6
    CHECK(money(ask(decisions::share(), flags), "usd_4", 6) == "0.798413");
}

TEST_CASE("place: preprocessing moves to the edge when its output is small and waiting costs [C16]") {
    const std::string flags = "--stages" + table_folder + "stages.csv --links" + table_folder + "links.csv --input-gb 0.002";
    const answer split = ask(decisions::place(), flags + " --usd-per-second 0.0001");
    CHECK(split.choice == "preprocess at edge, infer at cloud");
    // 10 ms + (30 + 8) ms + 10 ms + (30 + 0.08) ms
    CHECK(number(split, "seconds_per_request") == doctest::Approx(0.08808 + 0).epsilon(1e-6));
    // Without a price on waiting, the cheapest machine time wins.
    CHECK(ask(decisions::place(), flags).choice == "preprocess at cloud, infer at cloud");
    // What roll-outs to the devices cost counts in the choice: 500 x 0.2 GB x 4 at 0.09 USD are 36 USD a month.
    const std::string updates = " --usd-per-second 0.0001 --update-gb 0.2 --updates 4 --devices ";
    CHECK(ask(decisions::place(), flags + updates + "1").choice == "preprocess at edge, infer at cloud");
    CHECK(ask(decisions::place(), flags + updates + "500").choice == "preprocess at cloud, infer at cloud");
    CHECK(ask(decisions::place(), flags + " --usd-per-second 10 --input-gb 1").choice != "preprocess at cloud, infer at cloud");
}

TEST_CASE("rightsize: idle before launch-bound before memory [C16]") {
    const auto choice = [](const std::string& measured) {
        return ask(decisions::rightsize(), "--price 1.861 --memory 48 --smaller-price 0.8048 " + measured).choice;
    };
    CHECK(choice("--busy 50% --tensor 5% --dram 5% --memory-used 5") == "share or scale to zero");
    CHECK(choice("--busy 90% --tensor 5% --dram 5% --memory-used 5") == "smaller or batched");
    CHECK(choice("--busy 90% --tensor 40% --dram 5% --memory-used 5") == "next smaller card");
    CHECK(choice("--busy 90% --tensor 40% --dram 5% --memory-used 40") == "keep");
}

TEST_CASE("regions and carbon [C16]") {
    const answer found = ask(decisions::regions(), "--price 0.8048 --loss-per-hour 2000 --shared-failures 0");
    CHECK(found.choice == "2 regions");
    CHECK_THROWS_AS(ask(decisions::regions(), "--price 1 --loss-per-hour 1 --most 1000000000"), usage_error);
    // 8760 h x (0.8048 + 0.001 x 2000)
    CHECK(money(found, "usd_1", 2) == "24570.05");
    CHECK(number(found, "down_2") == doctest::Approx(1e-6));
    const answer work = ask(decisions::carbon(), "--watts 700 --work 24h --grams 400 --watts-there 350 --work-there 60h --grams-there 50");
    CHECK(work.choice == "there");
    CHECK(number(work, "kwh_here") == doctest::Approx(23.52));
    CHECK(number(work, "grams_there") == doctest::Approx(1470));
}

TEST_CASE("every example runs, gives reasons, fits a terminal, and its tipping points tip") {
    for (const decision& what : decisions::all()) {
        CAPTURE(what.name);
        const std::string flags(what.example);
        inputs given = inputs_of(what, flags);
        const answer found = what.ask(given);
        CHECK_FALSE(found.choice.empty());
        CHECK_FALSE(found.path.empty());
        CHECK_FALSE(found.reasons.empty());
        CHECK_FALSE(found.not_counted.empty());
        for (const tipping_point& point : tipping_points(what, given, found)) {
            CAPTURE(point.input->name);
            CHECK(what.ask(given.scaled(*point.input, point.factor)).choice != found.choice);
            const double nearer = 1 + (point.factor - 1) * 0.999;
            CHECK(what.ask(given.scaled(*point.input, nearer)).choice == found.choice);
        }
        cost_options options;
        options.given = flags_of(what, flags);
        std::istringstream lines(cost_command(what, options));
        for (std::string line; std::getline(lines, line);) {
            CAPTURE(line);
            CHECK(line.size() <= 100);
        }
        options.format = "json";
        CHECK(cost_command(what, options).find("\"schema\": \"tenfold.decision/1\"") != std::string::npos);
    }
}

TEST_CASE("bad input is refused with the flag's name and a remedy") {
    const decision what = decisions::spot();
    const auto refusal = [&](const std::string& flags) {
        return message<usage_error>([&] { ask(what, "--on-demand 5 --spot 1 --mtbf 1h " + flags); });
    };
    CHECK(refusal("--spot -1") == "--spot is -1; an amount must not be negative");
    CHECK(refusal("--spot 1EUR").find("--spot: \"1EUR\" is not an amount of US dollars") == 0);
    CHECK(refusal("--mtbf 10").find("give a time with its unit") != std::string::npos);
    CHECK(refusal("--noticed 120%").find("from 0 to 1") != std::string::npos);
    CHECK(refusal("--work nan").find("--work is \"nan\"") == 0);
    CHECK(message<usage_error>([&] { ask(what, "--on-demand 5 --spot 1"); }).find("give --mtbf 10h") != std::string::npos);

    const scratch_folder folder;
    cost_options options;
    const auto unit_of = [&](const std::string& text) {
        options.given["offers"] = folder.write("t.csv", text).string();
        return message<data_error>([&] { cost_command(decisions::unit(), options); });
    };
    const std::string head = "machine,class,dtype,rate,rate_unit,usd_per_hour";
    CHECK(unit_of(head + "\na,matmul,f32,1,FLOP/s,-1\n").find("must not be negative") != std::string::npos);
    CHECK(unit_of(head + "\na,matmul,f32,1,parrots,1\n").find("rate_unit is \"parrots\"") != std::string::npos);
    CHECK(unit_of(head + ",currency\na,matmul,f32,1,FLOP/s,1,EUR\n").find("currency is \"EUR\"") != std::string::npos);
    CHECK(unit_of("machine,rate\na,1\n").find("has no column \"class\"") != std::string::npos);
    CHECK(unit_of(head + "\n").find("no row") != std::string::npos);

    options = {};
    options.input = folder.write("in.json", R"({"on-demand": "5", "speed": 3})");
    CHECK(message<data_error>([&] { cost_command(what, options); }).find("\"speed\" is no input of `cost spot`") != std::string::npos);
    options.input = folder.write("in.json", R"({"on-demand": "5", "spot": 1, "mtbf": "1h"})");
    CHECK(cost_command(what, options).find("-> Buy spot") != std::string::npos);
}

TEST_CASE("how often spot is taken comes from the catalog's bands, with its date, unless it is stated") {
    cost_options options;
    options.catalog = root + "/benchmarks/instances/catalog";
    options.type = "aws/m7i.4xlarge";
    options.region = "us-east-1";
    options.today = "2025-07-01";
    options.given = {{"on-demand", "1"}, {"spot", "0.4"}};
    CHECK(cost_command(decisions::spot(), options).find("--monthly-band: 10 % a month, the upper end of the band of aws/m7i.4xlarge") !=
          std::string::npos);
    options.today = "2026-11-20";
    CHECK(message<data_error>([&] { cost_command(decisions::spot(), options); }).find("is 510 days old; give --mtbf") != std::string::npos);
    options.given["mtbf"] = "10h";
    CHECK(cost_command(decisions::spot(), options).find("monthly-band") == std::string::npos);
    options.given.erase("mtbf");
    options.allow_stale = true;
    options.type = "aws/g6.xlarge";  // ">20%"
    CHECK(cost_command(decisions::spot(), options).find("--monthly-band: 20 % a month, the lower end") != std::string::npos);
    const std::pair<const char*, std::string> hours_of_band[] = {{"5%", "14232"}, {"20%", "3271"}};
    for (const auto& [band, hours] : hours_of_band) {
        const answer found = ask(decisions::spot(), "--on-demand 10 --spot 4 --work 24h --draws 1 --monthly-band " + std::string(band));
        CHECK(printed_like(hours, -24 / std::log(number(found, "uninterrupted"))) == hours);
    }
}

TEST_CASE("commit: break-even utilisation of Compute Engine's families, from the shipped price list [C16]") {
    const price_catalog catalog = price_catalog::load(root + "/benchmarks/instances/catalog");
    struct row {
        const char *type, *one_year, *three_years;
    };
    for (const row& one :
         {row{"c3-standard-8", "0.63", "0.45"}, row{"c4-standard-8", "0.63", "0.45"}, row{"n2-standard-8", "0.63", "0.45"},
          row{"g2-standard-4", "0.63", "0.45"}, row{"c4a-standard-8", "0.66", "0.45"}, row{"a2-highgpu-1g", "0.63", "0.35"},
          row{"a3-highgpu-8g", "0.69", "0.44"}, row{"g4-standard-48", "0.69", "0.44"}}) {
        CAPTURE(one.type);
        const auto price = [&](const char* allocation) {
            const price_row* found = catalog.find_price("gcp", one.type, "us-central1", allocation);
            REQUIRE(found);
            return found->per_hour.text();
        };
        const answer found = ask(decisions::commit(), "--on-demand " + price("on_demand") + " --reserved-1y " + price("reserved_1y") +
                                                          " --reserved-3y " + price("reserved_3y") + " --utilisation 50%");
        CHECK(printed_like(one.one_year, number(found, "break_even_reserved_1y")) == one.one_year);
        CHECK(printed_like(one.three_years, number(found, "break_even_reserved_3y")) == one.three_years);
    }
}

TEST_CASE("dearer or less certain never becomes the choice by getting more so [C16]") {
    // Once an alternative has lost as its price rises, it does not win again.
    const auto wins_once = [](const decision& what, const std::string& flags, const std::string& flag, const std::string& choice) {
        bool lost = false;
        for (double price = 0.25; price < 40; price *= 1.3) {
            const bool won = ask(what, flags + " --" + flag + " " + std::to_string(price)).choice == choice;
            CAPTURE(flag);
            CAPTURE(price);
            CHECK_FALSE((won && lost));
            lost = lost || !won;
        }
        CHECK(lost);
    };
    wins_once(decisions::spot(), "--on-demand 10 --mtbf 10h --draws 100", "spot", "spot");
    wins_once(decisions::commit(), "--on-demand 4 --utilisation 50%", "reserved-3y", "reserved_3y");
    wins_once(decisions::gravity(), "--near 10 --gigabytes 1000 --work 100h", "far", "move");
    wins_once(decisions::serverless(), "--always-on 2 --run 1s --cold-share 1% --cold 10s --requests-per-hour 1000", "serverless",
              "serverless");
    // And more frequent interruptions never bring spot back.
    bool lost = false;
    for (double hours = 100; hours > 0.01; hours /= 2) {
        const bool won =
            ask(decisions::spot(), "--on-demand 10 --spot 4 --draws 100 --mtbf " + std::to_string(hours) + "h").choice == "spot";
        CHECK_FALSE((won && lost));
        lost = lost || !won;
    }
    CHECK(lost);
}

TEST_CASE("break-evens, re-inserted, give equality [C16]") {
    const std::string gravity = "--near 55.04 --far 31.92 --gigabytes 10240 --work ";
    const double hours = number(ask(decisions::gravity(), gravity + "100h"), "break_even_hours");
    const answer level = ask(decisions::gravity(), gravity + std::to_string(hours) + "h");
    CHECK(dollars(std::get<usd>(level["usd_stay"])) == doctest::Approx(dollars(std::get<usd>(level["usd_move"]))).epsilon(1e-6));
    const std::string requests = "--always-on 0.8048 --serverless 1.6096 --run 500ms --cold 20s --cold-share 1% --requests-per-hour ";
    const double even = number(ask(decisions::serverless(), requests + "1000"), "break_even_requests");
    CHECK(dollars(std::get<usd>(ask(decisions::serverless(), requests + std::to_string(even))["usd_per_hour_serverless"])) ==
          doctest::Approx(0.8048).epsilon(1e-6));
    // Where two accelerators cross, both do a PFLOP for the same.
    const std::string cards = "--offers" + table_folder + "cards.csv --intensity ";
    const double crossing = number(ask(decisions::accelerator(), cards + "300"), "crossing T4 (g4dn.xlarge)");
    const answer crossed = ask(decisions::accelerator(), cards + std::to_string(crossing));
    CHECK(dollars(std::get<usd>(crossed["usd T4 (g4dn.xlarge)"])) ==
          doctest::Approx(dollars(std::get<usd>(crossed["usd L40S (g6e.xlarge)"]))).epsilon(1e-6));
    const answer committed = ask(decisions::commit(), "--on-demand 0.7068 --reserved-1y 0.4453 --utilisation 50%");
    const answer at_even = ask(decisions::commit(), "--on-demand 0.7068 --reserved-1y 0.4453 --utilisation " +
                                                        std::to_string(number(committed, "break_even_reserved_1y")));
    CHECK(dollars(std::get<usd>(at_even["usd_per_hour_on_demand"])) ==
          doctest::Approx(dollars(std::get<usd>(at_even["usd_per_hour_reserved_1y"]))).epsilon(1e-5));
}

TEST_CASE("prices come from the catalog with source and age, and stale ones are refused") {
    cost_options options;
    options.catalog = root + "/benchmarks/instances/catalog";
    options.type = "gcp/g2-standard-4";
    options.region = "us-central1";
    options.given = {{"utilisation", "50%"}};
    options.today = "2026-08-01";
    const std::string text = cost_command(decisions::commit(), options);
    CHECK(text.find("--on-demand: 0.706832255 USD/h, on_demand of gcp/g2-standard-4 in us-central1") != std::string::npos);
    CHECK(text.find("Commit (reserved_3y)") != std::string::npos);
    options.today = "2026-11-20";
    CHECK(message<data_error>([&] { cost_command(decisions::commit(), options); }).find("113 days old") != std::string::npos);
    options.allow_stale = true;
    CHECK(cost_command(decisions::commit(), options).find("113 days old") != std::string::npos);
    options.type = "gcp/none";
    CHECK(message<usage_error>([&] { cost_command(decisions::commit(), options); }).find("not in the catalog") != std::string::npos);
    options.type.clear();
    options.region = "us-east-1";
    options.given = {{"intensity", "300"}, {"precision", "fp16"}};
    CHECK(cost_command(decisions::accelerator(), options).find("-> aws/p6-b200.48xlarge") != std::string::npos);
}

}  // namespace
