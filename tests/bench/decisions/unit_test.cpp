// SPDX-License-Identifier: Apache-2.0
// Costs of work on measured machines, of a mix, and before a deadline: worked examples, what is left undecided, what is refused.
// [C16]
#include <doctest/doctest.h>

#include <algorithm>  // std::any_of
#include <cmath>      // std::exp, std::sqrt
#include <random>     // std::mt19937_64, std::normal_distribution

#include "bench/support/message.hpp"            // message
#include "bench/support/scratch_folder.hpp"     // scratch_folder
#include "instances/decisions/amounts.hpp"      // dollars
#include "instances/decisions/command.hpp"      // cost_command
#include "instances/decisions/explain.hpp"      // tipping_points
#include "instances/decisions/list.hpp"         // unit, pareto
#include "instances/decisions/mix.hpp"          // mixes_of
#include "instances/errors.hpp"                 // usage_error, data_error
#include "instances/statistics/interval.hpp"   // geometric_interval, ratio_of
#include "instances/statistics/welch.hpp"      // welch_ratio

namespace {

using namespace tenfold::bench;
using tenfold::bench::test::message;
using tenfold::bench::test::scratch_folder;

const std::string head = "machine,class,dtype,rate,rate_unit,rate_low,rate_high,machines,usd_per_hour,validity\n";

/// A question about rows below `head`, with the mix and the deadline that it is asked for.
inputs question(const decision& what, const std::string& rows, const std::string& mix = "", const std::string& deadline = "") {
    inputs given;
    for (const parameter& one : what.parameters) {
        if (one.name == "offers")
            given.set_table(one, csv_file("t.csv", head + rows, {}));
        else if (one.name == "weights" && !mix.empty())
            given.set_table(one, csv_file("mix.csv", "class,dtype,work\n" + mix, {}));
        else if (one.name == "deadline" && !deadline.empty())
            given.set(one, deadline);
        else if (one.kind != quantity::table && !one.fallback.empty())
            given.set(one, std::string(one.fallback));
    }
    return given;
}

answer unit_of(const std::string& rows, const std::string& mix = "", const std::string& deadline = "") {
    return decisions::unit().ask(question(decisions::unit(), rows, mix, deadline));
}

bool says(const std::vector<std::string>& sentences, const std::string& wanted) {
    return std::any_of(sentences.begin(), sentences.end(), [&](const std::string& one) { return one.find(wanted) != std::string::npos; });
}
bool says(const std::string& sentence, const std::string& wanted) { return says(std::vector{sentence}, wanted); }

double number(const answer& found, const std::string& name) { return std::get<double>(found[name]); }
std::string money(const answer& found, const std::string& name, int decimals) { return std::get<usd>(found[name]).text(decimals); }

const std::string fast = "fast,matmul,f32,2e12,FLOP/s,1.9e12,2.1e12,3,4,valid\n",
                  cheap = "cheap,matmul,f32,1e12,FLOP/s,0.9e12,1.1e12,3,1,valid\n";

TEST_CASE("unit and pareto: per class, undecided where one machine speaks for a type [C16]") {
    const answer found = unit_of(fast + cheap + "fast,reduction,f32,1e12,B/s,,,1,4,valid\ncheap,reduction,f32,1e11,B/s,,,1,1,valid\n");
    CHECK(found.choice == "matmul f32: cheap; reduction f32: fast");
    CHECK(found.recommendation == "Cheapest per unit of work: matmul f32: cheap; reduction f32: fast, undecided against cheap.");
    CHECK(says(found.reasons, "reduction f32: undecided against cheap: one machine of a type says nothing about the others."));
    // 10^15 FLOP at 10^12 FLOP/s: 1000 s at 1 USD an hour.
    CHECK(money(found, "usd matmul f32 cheap", 6) == "0.277778");
    // Two that cost the same and look alike share the front evenly; what is slower and dearer than all is never on it.
    const std::string rows =
        fast + "twin,matmul,f32,2e12,FLOP/s,1.9e12,2.1e12,3,4,valid\nslow,matmul,f32,5e11,FLOP/s,4.9e11,5.1e11,3,8,valid\n";
    const answer front = decisions::pareto().ask(question(decisions::pareto(), rows));
    CHECK(number(front, "p matmul f32 slow") < 0.001);
    CHECK(number(front, "p matmul f32 fast") == doctest::Approx(0.5).epsilon(0.06));
    CHECK(number(front, "p matmul f32 fast") + number(front, "p matmul f32 twin") == doctest::Approx(1).epsilon(1e-9));
    CHECK(front.choice == "matmul f32: fast, twin");
    // A PFLOP at 5e11 FLOP/s takes four times as long as at 2e12, so it must cost less than a quarter of 4 USD.
    CHECK(says(front.changes, "matmul f32: slow joins the front below 1.000 USD an hour instead of 8.000."));
}

TEST_CASE("unit: verdicts are Welch's, with the machines that would decide [C13] [C16]") {
    // The interval in a table leads back to what the machines' own values say.
    const std::vector<double> a{1.0, 1.1, 1.3}, b{0.9, 0.95, 1.0, 0.97, 1.2};
    const ratio_interval direct = *ratio_of(a, b);
    const ratio_interval stated = welch_ratio(open_mean_of(*geometric_interval(a)), open_mean_of(*geometric_interval(b)));
    CHECK(stated.estimate == doctest::Approx(direct.estimate).epsilon(1e-9));
    CHECK(stated.low == doctest::Approx(direct.low).epsilon(1e-9));
    CHECK(stated.high == doctest::Approx(direct.high).epsilon(1e-9));
    CHECK(stated.degrees == doctest::Approx(direct.degrees).epsilon(1e-9));
    // The intervals 90.3 to 110.8 and 101.8 to 124.8 overlap, but that of their ratio clears 1: sqrt 2 times as wide, with more degrees.
    const auto row = [](const std::string& name, const std::string& rate, const std::string& low, const std::string& high) {
        return name + ",matmul,f32," + rate + ",FLOP/s," + low + "," + high + ",10,1,valid\n";
    };
    const answer told = unit_of(row("a", "100e9", "90.25e9", "110.8e9") + row("b", "116e9", "104.7e9", "128.5e9"));
    CHECK(told.recommendation == "Cheapest per unit of work: matmul f32: b.");
    CHECK(says(told.reasons, "matmul f32: a costs 1.16 x ("));
    const answer open = unit_of(row("a", "100e9", "90.25e9", "110.8e9") + row("b", "108e9", "97.47e9", "119.7e9"));
    CHECK(open.recommendation == "Cheapest per unit of work: matmul f32: b, undecided against a.");
    // Spread 0.1434 between machines: t(2k - 2) 0.1434 sqrt(2 / k) first falls below log 1.08 = 0.07696 at k = 28.
    CHECK(says(open.reasons, "; 28 machines of each would decide."));
    const answer same = unit_of(row("a", "100e9", "99.9e9", "100.1e9") + row("b", "101e9", "100.9e9", "101.1e9"));
    CHECK(same.recommendation == "Cheapest per unit of work: matmul f32: b, the same as a within 3.0 %.");
}

TEST_CASE("unit --weights: the mix has an interval, and is undecided where its machines leave it open [C16]") {
    const auto rows = [](const std::string& name, const std::string& mantissa, const std::string& high) {
        return name + ",matmul,f32," + mantissa + "e12,FLOP/s,0.5e12," + high + "e12,3,1,valid\n" + name + ",memory,f32," + mantissa +
               "e11,B/s,0.5e11," + high + "e11,3,1,valid\n";
    };
    const std::string elsewhere = "a,softmax,f32,1e10,B/s,,,1,1,valid\nb,softmax,f32,1e10,B/s,,,1,1,valid\n";
    const answer found =
        unit_of(rows("a", "1.00", "2") + rows("b", "1.01", "2.02") + elsewhere, "matmul,f32,60\nmatmul,f32,40\nmemory,f32,50\n");
    CHECK(found.choice == "b");
    // 10^17 FLOP at 1.01e12 and 5e13 B at 1.01e11 per second: 99505 s, at the ends of the intervals 49752 and 201000 s.
    CHECK(number(found, "hours_mix") == doctest::Approx(99504.95 / 3600).epsilon(1e-6));
    CHECK(says(found.recommendation, "Use b: 27.64 USD for your mix (13.8 to 55.8), 27.6 h (13.8 h to 55.8 h); undecided against a."));
    CHECK(says(found.reasons, "Your mix: undecided against a: a costs 1.01 x ("));
    CHECK(says(found.reasons, "more than 200 machines of each would decide"));
    CHECK_FALSE(says(found.reasons, "softmax"));
    CHECK_FALSE(says(found.changes, "softmax"));
    CHECK(found.tables.size() == 3);  // two classes and the mix
}

TEST_CASE("unit --weights: break-evens of the mix, re-inserted, give equality [C16]") {
    const auto rows = [](const std::string& price) {
        return "x,matmul,f32,2e12,FLOP/s,,,1,3,valid\nx,memory,f32,1e11,B/s,,,1,3,valid\ny,matmul,f32,1e12,FLOP/s,,,1," + price +
               ",valid\ny,memory,f32,1e11,B/s,,,1," + price + ",valid\n";
    };
    // x: 50000 + 50000 s at 3 USD an hour; y: 100000 + 50000 s.
    const answer found = unit_of(rows("2.5"), "matmul,f32,100\nmemory,f32,5000\n");
    CHECK(found.choice == "x");
    CHECK(says(found.changes, "Your mix: y draws level at 2.000 USD an hour instead of 2.500."));
    const answer level = unit_of(rows("2"), "matmul,f32,100\nmemory,f32,5000\n");
    CHECK(money(level, "usd mix x", 6) == money(level, "usd mix y", 6));
    // In USD seconds an hour: 150000 + 150000 f on x, 250000 + 125000 f on y, so f = 4; the other class likewise.
    CHECK(says(found.changes, "memory f32: y is cheaper above 20000 TB instead of 5000."));
    CHECK(says(found.changes, "matmul f32: y is cheaper below 25.00 PFLOP instead of 100.0."));
    const answer more = unit_of(rows("2.5"), "matmul,f32,100\nmemory,f32,20000\n");
    CHECK(dollars(std::get<usd>(more["usd mix x"])) == doctest::Approx(dollars(std::get<usd>(more["usd mix y"]))).epsilon(1e-9));
}

TEST_CASE("unit --deadline: the cheapest that ends in time [C16]") {
    // fast: 50000 s (47619 to 52632), 4 USD an hour; cheap: 100000 s (90909 to 111111), 1 USD an hour.
    const std::string mix = "matmul,f32,100\n";
    CHECK(unit_of(fast + cheap, mix).choice == "cheap");
    const answer ample = unit_of(fast + cheap, mix, "31h");
    CHECK(ample.choice == "cheap");
    CHECK_FALSE(says(ample.recommendation, "not sure"));
    const answer straddled = unit_of(fast + cheap, mix, "28h");
    CHECK(straddled.choice == "cheap");
    CHECK(says(straddled.recommendation, "That it ends in 28.0 h is not sure: its interval reaches beyond."));
    CHECK(says(straddled.changes, "To end in time for sure: fast, 55.56 USD, 13.2 h to 14.6 h."));
    const inputs given = question(decisions::unit(), fast + cheap, mix, "20h");
    const answer hurried = decisions::unit().ask(given);
    CHECK(hurried.choice == "fast");
    CHECK(money(hurried, "usd_mix", 2) == "55.56");
    const auto points = tipping_points(decisions::unit(), given, hurried);
    REQUIRE(points.size() == 2);  // too early for any, late enough for the cheap one
    CHECK(points[0].choice == "none");
    CHECK(points[0].factor == doctest::Approx(50000.0 / 72000).epsilon(1e-6));
    CHECK(points[1].choice == "cheap");
    CHECK(points[1].factor == doctest::Approx(100000.0 / 72000).epsilon(1e-6));
    const answer none = unit_of(fast + cheap, mix, "1h");
    CHECK(none.choice == "none");
    CHECK(none.recommendation == "No machine ends your mix in 60.0 min: the fastest, fast, takes 13.9 h (13.2 h to 14.6 h).");
    CHECK(says(unit_of(fast + cheap, mix, "13.5h").recommendation, "That it does is not excluded."));
    // One machine measured: it may be a lucky one.
    CHECK(says(unit_of("x,matmul,f32,1e12,FLOP/s,,,1,1,valid\n", mix, "100h").recommendation, "one machine says nothing about the others"));
    CHECK(message<usage_error>([] { unit_of(fast, "", "1h"); }).find("--deadline needs --weights") == 0);
}

TEST_CASE("unit and pareto: a price that compare finds stale is not decided on unless that is allowed [C16]") {
    const std::string rows =
        "fresh,softmax,f32,1e10,B/s,,,1,2,valid\nold,softmax,f32,1e10,B/s,,,1,1,\"degraded: no accuracy check, price stale\"\n";
    for (const decision& what : {decisions::unit(), decisions::pareto()}) {
        CAPTURE(what.name);
        inputs given = question(what, rows);
        const answer found = what.ask(given);
        CHECK(found.choice == "softmax f32: fresh");
        CHECK(says(found.not_counted, "old: degraded: no accuracy check, price stale; --allow-stale counts it."));
        given.allow_stale();
        CHECK(says(what.ask(given).choice, "old"));
        CHECK(message<data_error>([&] { what.ask(question(what, rows.substr(rows.find("old")))); }).find("--allow-stale") !=
              std::string::npos);
    }
    const scratch_folder folder;
    cost_options options;
    options.given = {{"offers", folder.write("t.csv", head + rows).string()},
                     {"weights", folder.write("w.csv", "class,dtype,work\nsoftmax,f32,1\n").string()}};
    CHECK(cost_command(decisions::unit(), options).find("-> Use fresh") != std::string::npos);
    options.allow_stale = true;
    CHECK(cost_command(decisions::unit(), options).find("-> Use old") != std::string::npos);
    inputs allowed = question(decisions::unit(), rows, "softmax,f32,1\n");
    allowed.allow_stale();
    CHECK(says(decisions::unit().ask(allowed).recommendation, "old is degraded: no accuracy check, price stale."));
}

TEST_CASE("unit: tables that mean nothing are refused [C16]") {
    const auto refusal = [](const std::string& rows, const std::string& mix) { return message<data_error>([&] { unit_of(rows, mix); }); };
    CHECK(refusal(fast, "matmul,f32,0\n").find("--weights has no work above zero") == 0);
    CHECK(refusal(fast, "conv,f32,1\n").find("mix.csv row 2: class \"conv f32\" was not measured") == 0);
    CHECK(refusal(fast + fast, "").find("fast stands twice in matmul f32") != std::string::npos);
    CHECK(refusal("x,matmul,f32,1,FLOP/s,0.9,1.1,1,1,valid\n", "").find("two or more") != std::string::npos);
    CHECK(refusal("x,matmul,f32,2,FLOP/s,0.9,1.1,3,1,valid\n", "").find("does not lie between") != std::string::npos);
    for (const char* ends : {"2,0.5", "0.5,", ",2", "0,2"}) {
        CAPTURE(ends);
        const std::string said = refusal("x,matmul,f32,1,FLOP/s," + std::string(ends) + ",3,1,valid\n", "");
        CHECK(said.find("row 2: rate does not lie between") != std::string::npos);
    }
    CHECK(refusal("x,matmul,f32,2,FLOP/s,,,2.5,1,valid\n", "").find("whole number") != std::string::npos);
    CHECK(refusal("x,matmul,f32,2,call/s,,,1,1,valid\n" + fast, "matmul,f32,1\n").find("was measured in") != std::string::npos);
    CHECK(refusal(fast + "fast,memory,f32,1e9,B/s,,,1,5,valid\n", "matmul,f32,1\nmemory,f32,1\n").find("two prices, 4 and 5") !=
          std::string::npos);
}

TEST_CASE("the interval of a mix covers at least 95 %, however its classes vary together [C13]") {
    std::mt19937_64 random(7);
    std::normal_distribution<double> normal;
    const offer_class arithmetic{"matmul f32", "FLOP/s"}, memory{"memory f32", "B/s"};
    const work_by_class work{{arithmetic, 1}, {memory, 3}};  // 1000 s and 3000 s at the true rates
    constexpr int trials = 2000;
    for (const double together : {0.0, 0.5, 1.0}) {
        int covered = 0;
        for (int trial = 0; trial < trials; ++trial) {
            std::vector<double> first, second;
            for (int machine = 0; machine < 3; ++machine) {
                const double one = normal(random), other = together * one + std::sqrt(1 - together * together) * normal(random);
                first.push_back(1e12 * std::exp(0.05 * one));
                second.push_back(1e9 * std::exp(0.05 * other));
            }
            const auto a = geometric_interval(first), b = geometric_interval(second);
            const offers_by_class offers{{arithmetic, {{"x", a->estimate, a, 3, usd::parse("1"), ""}}},
                                         {memory, {{"x", b->estimate, b, 3, usd::parse("1"), ""}}}};
            const mix_offer mix = mixes_of(work, offers).front();
            covered += mix.interval->low <= 4000 / 3600.0 && 4000 / 3600.0 <= mix.interval->high;
        }
        CAPTURE(together);
        CAPTURE(covered);
        CHECK(covered > 0.94 * trials);
        if (together == 1) CHECK(covered < 0.96 * trials);
    }
}

}  // namespace
