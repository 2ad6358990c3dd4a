// SPDX-License-Identifier: Apache-2.0
// What is compared with what, which price counts, and what the commands refuse.  [C14]
#include <doctest/doctest.h>

#include <algorithm>  // std::find_if
#include <cmath>      // std::exp
#include <random>     // std::mt19937_64
#include <sstream>    // std::ostringstream

#include "bench/support/made_up_catalog.hpp"  // write_made_up_catalog
#include "bench/support/made_up_record.hpp"   // made_up_record
#include "instances/compare/commands.hpp"     // compare_command, catalog_command
#include "instances/compare/comparison.hpp"   // compare_records
#include "instances/errors.hpp"               // data_error, usage_error
#include "instances/report/tables.hpp"        // answer_sentences
#include "instances/statistics/summary.hpp"  // median

namespace {

using namespace tenfold::bench;
using namespace tenfold::bench::test;

const std::string today = "2026-11-20";

comparison_settings settings_of(const std::string& baseline = "") { return {today, 0.03, baseline, std::nullopt}; }

price_catalog made_up_prices() {
    const scratch_folder folder;
    write_made_up_catalog(folder);
    return price_catalog::load(folder.path());
}

const class_ranking& ranking_of(const comparison& result, const std::string& kernel_class) {
    const auto found =
        std::find_if(result.classes.begin(), result.classes.end(), [&](const auto& one) { return one.key.kernel_class == kernel_class; });
    REQUIRE(found != result.classes.end());
    return *found;
}

const class_result& result_of(const comparison& result, const std::string& kernel_class, const std::string& type) {
    const class_ranking& ranking = ranking_of(result, kernel_class);
    const auto found = std::find_if(ranking.results.begin(), ranking.results.end(), [&](const class_result& one) {
        return result.contenders[one.contender].context.identity.instance_type == type;
    });
    REQUIRE(found != ranking.results.end());
    return *found;
}

/// Three machines of a type within 0.2 % of each other.
void add_type(std::vector<bench_record>& records, const std::string& type, double speed) {
    for (int i = 0; i < 3; ++i) records.push_back(made_up_instance(type, type + std::to_string(i), speed * (1 + 0.001 * i)));
}

void change_rate(bench_record& record, const std::string& kernel_class, double factor) {
    for (record_case& one : record.cases)
        if (one.kernel_class == kernel_class) {
            one.rate *= factor;
            one.median_ns /= factor;
        }
}

bool says(const comparison& result, const std::string& part) {
    const std::vector<std::string> sentences = answer_sentences(result);
    return std::any_of(sentences.begin(), sentences.end(), [&](const auto& one) { return one.find(part) != std::string::npos; });
}

TEST_CASE("the ranking flips with the class, and with the price [C14]") {
    std::vector<bench_record> records;
    add_type(records, "dear", 2);
    add_type(records, "cheap", 1);
    for (bench_record& record : records)
        if (record.context.identity.instance_type == "dear") change_rate(record, "memory", 0.25);
    const comparison result = compare_records(records, made_up_prices(), settings_of("cheap"));
    REQUIRE(result.contenders.size() == 2);
    const class_result& matmul = result_of(result, "matmul", "dear");
    CHECK(matmul.speed == verdict::better);
    CHECK(matmul.cost_verdict == verdict::worse);  // twice as fast at four times the price
    CHECK(matmul.cost_ratio.value() == doctest::Approx(2));
    CHECK(result_of(result, "memory", "dear").speed == verdict::worse);
    CHECK(result_of(result, "matmul", "cheap").is_baseline);
    CHECK(ranking_of(result, "matmul").results[0].is_baseline);  // the cheaper work comes first
}

TEST_CASE("cost is price over rate, in decimal [C14]") {
    const comparison result = compare_records({made_up_instance("dear", "a")}, made_up_prices(), settings_of());
    const class_result& memory = result_of(result, "memory", "dear");
    // 1e12 B at 1.5e10 B/s is 66.667 s; 0.40 USD an hour.
    CHECK(memory.seconds_per_work == doctest::Approx(66.6667).epsilon(1e-5));
    CHECK(memory.cost->text() == "0.007407407");
    CHECK(work_name("B/s") == "TB");
}

TEST_CASE("one machine per type is undecided, however large the difference [C14]") {
    const comparison result =
        compare_records({made_up_instance("dear", "a", 10), made_up_instance("cheap", "b")}, made_up_prices(), settings_of());
    const class_result& cheap = result_of(result, "matmul", "cheap");
    CHECK(cheap.speed == verdict::undecided);
    CHECK(cheap.cost_verdict == verdict::undecided);
    CHECK_FALSE(cheap.rate_interval.has_value());
}

TEST_CASE("several runs on one machine are one machine [C14]") {
    std::vector<bench_record> records;
    for (int i = 0; i < 5; ++i) records.push_back(made_up_instance("dear", "same machine", 1 + 0.01 * i));
    const comparison result = compare_records(records, made_up_prices(), settings_of());
    CHECK(result_of(result, "matmul", "dear").machines == 1);
    CHECK(result_of(result, "reduction", "dear").rate == doctest::Approx(1.7e10 * 1.02));  // the median of its processes
    std::vector<bench_record> nameless = {made_up_instance("dear", "a"), made_up_instance("dear", "b")};
    for (bench_record& record : nameless) record.context.identity.machine_hash.reset();
    CHECK(result_of(compare_records(nameless, made_up_prices(), settings_of()), "matmul", "dear").machines == 1);
}

TEST_CASE("two CPU models under one type are two contenders [C14]") {
    std::vector<bench_record> records = {made_up_instance("dear", "a"), made_up_instance("dear", "b")};
    records[1].context.machine.cpu_model = "Another CPU";
    const comparison result = compare_records(records, made_up_prices(), settings_of());
    REQUIRE(result.contenders.size() == 2);
    CHECK(result.contenders[0].label != result.contenders[1].label);
}

TEST_CASE("only common cases are compared, and the rest is counted [C14]") {
    bench_record fewer = made_up_instance("cheap", "b");
    for (record_case& one : fewer.cases)
        if (one.problem == "matmul:f32:m64n64k64:nn" && one.backend == "cpu") one.error = "accuracy check failed";
    const comparison result = compare_records({made_up_instance("dear", "a"), fewer}, made_up_prices(), settings_of());
    const class_ranking& matmul = ranking_of(result, "matmul");
    CHECK(matmul.common_cases == 1);
    CHECK(matmul.all_cases == 2);
    CHECK(result_of(result, "matmul", "dear").rate == doctest::Approx(2.1e11));
    CHECK(result.contenders[1].exclusions.size() == 4);  // three failed configurations and one skipped problem
}

TEST_CASE("the textbook backend stands for a machine only where nothing else ran [C14]") {
    bench_record record = made_up_instance("dear", "a");
    CHECK(result_of(compare_records({record}, made_up_prices(), settings_of()), "matmul", "dear").best.isa == "avx512");
    std::erase_if(record.cases, [](const record_case& one) { return one.backend == "cpu"; });
    CHECK(result_of(compare_records({record}, made_up_prices(), settings_of()), "matmul", "dear").best.backend == "reference");
}

TEST_CASE("another library never stands for a machine where this one ran [C14]") {
    bench_record record = made_up_instance("dear", "a");
    record.cases.push_back(made_up_case("matmul", "matmul:f32:m64n64k64:nn", "eigen", "", 1, 5.24e5, 1e13));
    const comparison result = compare_records({record}, made_up_prices(), settings_of());
    CHECK(result_of(result, "matmul", "dear").best.backend == "cpu");
    CHECK(result_of(result, "matmul", "dear").machines == 1);
}

TEST_CASE("which price counts [C14]") {
    const price_catalog catalog = made_up_prices();
    bench_record record = made_up_instance("dear", "a");
    const auto price = [&](const std::optional<usd>& flag) { return price_of(record.context, catalog, flag, today); };
    CHECK(price({})->per_hour.text() == "0.4");
    CHECK(price({})->age_days == 10);
    CHECK(price({})->flaws.empty());
    record.context.price = record_price{"0.35", "on_demand", "elsewhere", "2026-10-01", "catalog"};
    CHECK(price({})->per_hour.text() == "0.4");  // the catalog at hand before one quoted in the record
    record.context.price = record_price{"0.25", "stated", "", std::nullopt, "user"};
    CHECK(price({})->per_hour.text() == "0.25");
    CHECK(price({})->observed_at == "2026-11-01");  // the day of the record
    record.context.price->observed_at = "2027-01-01";
    CHECK(price({})->flaws == std::vector<std::string>{"price dated in the future"});
    CHECK(price(usd::parse("0.15"))->per_hour.text() == "0.15");
    record.context.price.reset();
    record.context.identity.region = "eu-west-1";
    CHECK_FALSE(price({}).has_value());  // another region's price is not this one's
    record.context.identity.region = "us-east-1";
    record.context.identity.lifecycle = "spot";
    CHECK(price({})->per_hour.text() == "0.13");
    record = made_up_instance("cheap", "a");
    record.context.identity.lifecycle = "spot";
    CHECK_FALSE(price({}).has_value());  // the price on demand is not that of spot
    record = made_up_instance("old", "a");
    CHECK(price({})->flaws == std::vector<std::string>{"price stale"});
    record = made_up_instance("undated", "a");
    CHECK(price({})->flaws == std::vector<std::string>{"price undated"});
    record = made_up_record("a");
    CHECK_FALSE(price({}).has_value());
}

TEST_CASE("offers of the same size are arithmetic on prices [C14]") {
    const price_catalog catalog = made_up_prices();
    const auto unpriced = offers_of_size(catalog, 2, std::nullopt, today, 10);
    REQUIRE(unpriced.size() == 4);  // neither the one with an accelerator nor the wider one
    CHECK(unpriced[0].type == "cheap");
    CHECK(unpriced[0].burstable);
    CHECK_FALSE(unpriced[0].break_even_speed.has_value());
    const auto own = price_of(made_up_instance("old", "a").context, catalog, std::nullopt, today);
    const auto priced = offers_of_size(catalog, 2, own, today, 2);
    REQUIRE(priced.size() == 2);
    CHECK(priced[0].break_even_speed.value() == doctest::Approx(0.5));
}

TEST_CASE("different programs and settings are never averaged [C14]") {
    std::vector<bench_record> records;
    add_type(records, "g6.xlarge", 1);
    CHECK(compare_records(records, {}, settings_of()).contenders.size() == 1);
    const auto contenders_with = [&](auto change) {
        std::vector<bench_record> changed = records;
        change(changed[1].context);
        return compare_records(changed, {}, settings_of()).contenders;
    };
    const auto two = contenders_with([](record_context& context) { context.commit = "fedcba987654"; });
    REQUIRE(two.size() == 2);
    CHECK(two[0].machines.size() == 2);
    CHECK(two[1].label.find("fedcba987654") != std::string::npos);
    CHECK(contenders_with([](record_context& context) { context.compiler = "clang++ 14"; }).size() == 2);
    CHECK(contenders_with([](record_context& context) { context.settings.seed = 8; }).size() == 2);
    CHECK(contenders_with([](record_context& context) { context.settings.threads = 1; }).size() == 2);
}

TEST_CASE("what a record says of itself counts; INVALID ones and copies are left out, and it is said [C14]") {
    const scratch_folder folder;
    bench_record good = made_up_record("a"), bad = made_up_record("b");
    good.record_id = "0123456789abcdef";
    good.validity = record_validity{"DEGRADED", {"other programs used 30 % of the CPU time"}};
    bad.validity = record_validity{"INVALID", {"simulated"}};
    bench_record part = made_up_record("c");
    part.validity = record_validity{"VALID", {}};
    part.complete = false;
    write_record(folder.path() / "part.json", part);
    write_record(folder.path() / "good.json", good);
    write_record(folder.path() / "copy.json", good);
    write_record(folder.path() / "invalid.json", bad);
    compare_options options;
    options.records = {folder.path()};
    options.today = today;
    std::ostringstream out, err;
    CHECK(compare_command(options, out, err) == 0);
    CHECK(out.str().find("other programs used 30 %") != std::string::npos);
    CHECK(out.str().find("interrupted: not all cases are measured") != std::string::npos);
    CHECK(err.str().find("is a copy of") != std::string::npos);
    CHECK(err.str().find("invalid.json: INVALID: simulated") != std::string::npos);
    options.records = {folder.path() / "invalid.json"};
    CHECK(compare_command(options, out, err) == 65);
    options.allow_invalid = true;
    CHECK(compare_command(options, out, err) == 0);
}

TEST_CASE("a simulated or contradicted identity is not compared, whatever the record says of itself [C14]") {
    const scratch_folder folder;
    bench_record simulated = made_up_instance("dear", "a"), contradicted = made_up_instance("dear", "b");
    simulated.context.identity.simulated = true;
    simulated.validity = record_validity{"VALID", {}};
    contradicted.context.identity.contradicted = true;
    write_record(folder.path() / "simulated.json", simulated);
    write_record(folder.path() / "contradicted.json", contradicted);
    compare_options options;
    options.records = {folder.path()};
    options.today = today;
    std::ostringstream out, err;
    CHECK(compare_command(options, out, err) == 65);
    CHECK(out.str().empty());
    CHECK(err.str().find("simulated.json: INVALID: simulated: a test hook") != std::string::npos);
    CHECK(err.str().find("contradicted.json: INVALID: what was stated") != std::string::npos);
    options.allow_invalid = true;
    options.format = "json";  // the table may break the line
    CHECK(compare_command(options, out, err) == 0);
    CHECK(out.str().find("degraded: what was stated about the machine is not what the machine says, simulated: a test hook") !=
          std::string::npos);
}

TEST_CASE("machines of one type have one price; records that state others are refused [C14]") {
    std::vector<bench_record> records;
    add_type(records, "dear", 1);
    for (bench_record& record : records) record.context.price = record_price{"0.5", "stated", "", std::nullopt, "user"};
    CHECK(compare_records(records, made_up_prices(), settings_of()).contenders[0].price->per_hour.text() == "0.5");
    records[2].context.price->usd_per_hour = "0.9";
    CHECK_THROWS_WITH_AS(
        (void)compare_records(records, made_up_prices(), settings_of()),
        doctest::Contains("dear2.json: its price is 0.9 USD/h, that of dear0.json is 0.5 USD/h, and both are machines of aws/dear"),
        data_error);
    comparison_settings stated = settings_of();
    stated.price = usd::parse("0.7");
    CHECK(compare_records(records, made_up_prices(), stated).contenders[0].price->per_hour.text() == "0.7");
    records[0].context.price.reset();  // not the first record's alone: the catalog says 0.4 of it
    records[2].context.price->usd_per_hour = "0.5";
    CHECK_THROWS_AS((void)compare_records(records, made_up_prices(), settings_of()), data_error);
    CHECK(compare_records(records, {}, settings_of()).contenders[0].price->per_hour.text() == "0.5");
}

TEST_CASE("what is undecided in cost says how many machines would decide it, whatever the speed says [C14]") {
    std::vector<bench_record> records;
    add_type(records, "dear", 3.95);  // at four times the price of the other
    add_type(records, "cheap", 1);
    const auto judged = [&](double spread) {
        for (std::size_t i = 0; i < records.size(); ++i)
            for (record_case& one : records[i].cases) one.rate *= std::exp(spread * (static_cast<double>(i % 3) - 1));
        return compare_records(records, made_up_prices(), settings_of("cheap"));
    };
    const comparison some_spread = judged(0.01);
    const class_result& near = result_of(some_spread, "matmul", "dear");
    CHECK(near.speed == verdict::better);
    CHECK_FALSE(near.speed_machines_to_decide.has_value());
    CHECK(near.cost_verdict == verdict::undecided);
    REQUIRE(near.cost_machines_to_decide.has_value());
    CHECK(near.cost_machines_to_decide == machines_to_decide(*near.cost_ratio, 0.011, 0.03, 3));
    CHECK(says(some_spread, "aws/dear is better in speed (3.95 x) and undecided (5 machines would decide) in cost (1.01 x)"));
    const comparison wide_spread = judged(1);  // no number of machines that anybody would pay for
    const class_result& far = result_of(wide_spread, "matmul", "dear");
    CHECK(far.cost_verdict == verdict::undecided);
    CHECK_FALSE(far.cost_machines_to_decide.has_value());
    CHECK(says(wide_spread, "undecided (more than 200 machines would decide) in cost"));
}

/// Three machines of each type, `spread` apart, at so many US dollars an hour.
void add_priced(std::vector<bench_record>& records, const std::string& type, double speed, double spread, const std::string& usd_per_hour) {
    for (int i = 0; i < 3; ++i) {
        records.push_back(made_up_instance(type, type + std::to_string(i), speed * std::exp(spread * (i - 1))));
        if (!usd_per_hour.empty()) records.back().context.price = record_price{usd_per_hour, "stated", "", std::nullopt, "user"};
    }
}

TEST_CASE("the first is judged against the runner-up, whatever the baseline is [C13]") {
    for (const char* price_of_base : {"1", ""}) {
        CAPTURE(price_of_base);
        std::vector<bench_record> records;
        add_priced(records, "base", 1, 0.07, price_of_base);
        add_priced(records, "second", 2, 0.07, "1");
        add_priced(records, "winner", 2.02, 0.07, "1");
        const comparison result = compare_records(records, {}, settings_of("base"));
        CHECK(result_of(result, "matmul", "winner").speed == verdict::better);  // than the baseline
        const class_ranking& matmul = ranking_of(result, "matmul");
        const auto label = [&](std::size_t contender) { return result.contenders[contender].label; };
        for (const std::optional<lead>* first : {&matmul.fastest, &matmul.cheapest}) {
            REQUIRE(first->has_value());
            CHECK(label((*first)->winner) == "aws/winner");
            CHECK(label((*first)->runner_up) == "aws/second");
            CHECK((*first)->found.found == verdict::undecided);
            CHECK((*first)->found.machines_to_decide == machines_to_decide(1.01, 0.07, 0.03, 3));
            CHECK_FALSE((*first)->stands.has_value());
        }
        CHECK(matmul.fastest->found.ratio == doctest::Approx(1.01));
        CHECK(matmul.cheapest->found.ratio == doctest::Approx(1 / 1.01));
        const std::string open = "undecided (" + std::to_string(*matmul.fastest->found.machines_to_decide) + " machines would decide)";
        CHECK(says(result, "fastest is aws/winner at 278 GFLOP/s, " + open + " against aws/second (1.01 x); cheapest is aws/winner"));
        CHECK(says(result, open + " against aws/second (0.990 x)"));
    }
    std::vector<bench_record> one_price;
    add_priced(one_price, "base", 1, 0.07, "");
    add_priced(one_price, "winner", 2, 0.07, "1");
    const comparison result = compare_records(one_price, {}, settings_of("base"));
    CHECK_FALSE(ranking_of(result, "matmul").cheapest.has_value());
    CHECK(says(result, "; a price is known of one only, aws/winner at"));
}

TEST_CASE("a first that is better than the runner-up may still be level with one behind it [C13]") {
    std::vector<bench_record> records;
    add_priced(records, "base", 1, 0.001, "");
    add_priced(records, "scattered", 1.85, 0.2, "");
    add_priced(records, "second", 1.9, 0.001, "");
    add_priced(records, "winner", 2, 0.001, "");
    const comparison result = compare_records(records, {}, settings_of("base"));
    const lead first = ranking_of(result, "matmul").fastest.value();
    CHECK(first.found.found == verdict::better);
    CHECK_FALSE(first.over_all());
    CHECK(says(result, "better than aws/second (1.05 x), not shown to be better than aws/scattered"));
    CHECK(says(result, "against the baseline; a lead over another is not among them"));
    std::erase_if(records, [](const bench_record& one) { return one.context.identity.instance_type == "scattered"; });
    CHECK(ranking_of(compare_records(records, {}, settings_of("base")), "matmul").fastest->over_all());
}

/// Records of `machines` machines of a type, three processes each: log-normal between machines, processes and samples.
std::vector<bench_record> drawn(std::mt19937_64& random, const std::string& type, int machines, double machine_spread) {
    const auto factor = [&](double spread) { return std::exp(std::normal_distribution<double>(0, spread)(random)); };
    std::vector<bench_record> records;
    for (int m = 0; m < machines; ++m) {
        const double machine = factor(machine_spread);
        for (int process = 0; process < 3; ++process) {
            bench_record record;
            record.file = type;
            record.context.identity.provider = "made-up";
            record.context.identity.instance_type = type;
            record.context.identity.machine_hash = type + std::to_string(m);
            record.context.settings.suite = "quick";
            const double of_process = machine * factor(0.01);
            std::vector<double> samples;
            for (int i = 0; i < 10; ++i) samples.push_back(1e6 * of_process * factor(0.02));
            record_case one = made_up_case("matmul", "matmul:f32:m64n64k64:nn", "cpu", "avx2", 1, 1e6, 1e9);
            one.samples_ns = samples;
            one.median_ns = median(samples);
            one.rate = 1e15 / one.median_ns;
            record.cases = {one};
            records.push_back(std::move(record));
        }
    }
    return records;
}

TEST_CASE("from samples to verdicts: intervals cover 95 %, a type against itself is told apart in 5 % at most [C13]") {
    std::mt19937_64 random(20261121);
    for (const int machines : {3, 5, 10}) {
        const int trials = machines < 8 ? 1000 : 500;  // with a bootstrap in each
        int covered = 0, wrong = 0;
        for (int trial = 0; trial < trials; ++trial) {
            std::vector<bench_record> records = drawn(random, "a", machines, 0.03), others = drawn(random, "b", machines, 0.03);
            records.insert(records.end(), others.begin(), others.end());
            const comparison result = compare_records(records, {}, settings_of());
            const class_result& a = result_of(result, "matmul", "a");
            const class_result& b = result_of(result, "matmul", "b");
            covered += a.rate_interval->low <= 1e9 && 1e9 <= a.rate_interval->high;
            wrong += b.speed == verdict::better || b.speed == verdict::worse;
        }
        CAPTURE(machines);
        CHECK(covered >= 0.93 * trials);
        CHECK(covered <= 0.97 * trials);
        CHECK(wrong <= 0.05 * trials + 2 * std::sqrt(0.05 * 0.95 * trials));  // and the sampling error of the trial itself
    }
}

TEST_CASE("four types alike: the first is called better than the runner-up in 5 % at most, although the figures chose them [C13]") {
    std::mt19937_64 random(20261122);
    constexpr int trials = 300;
    int wrong = 0;
    for (int trial = 0; trial < trials; ++trial) {
        std::vector<bench_record> records;
        for (const char* type : {"a", "b", "c", "d"})
            for (bench_record& record : drawn(random, type, 3, 0.03)) records.push_back(std::move(record));
        const comparison result = compare_records(records, {}, settings_of());
        wrong += ranking_of(result, "matmul").fastest->found.found == verdict::better;
    }
    CHECK(wrong <= 0.05 * trials + 2 * std::sqrt(0.05 * 0.95 * trials));
}

TEST_CASE("one machine of a type: the words say that nothing is known between machines [C13]") {
    const comparison result = compare_records({made_up_instance("dear", "a"), made_up_instance("cheap", "b")}, {}, settings_of());
    CHECK(says(result, "No between-machine information where a type has one machine"));
    CHECK(says(result, "no verdict is better than undecided"));
}

TEST_CASE("machines of one type in two modes are compared apart, and it is said [C13]") {
    std::vector<bench_record> records;
    for (int i = 0; i < 8; ++i) records.push_back(made_up_instance("dear", "d" + std::to_string(i), (i % 2 ? 1.2 : 1) * (1 + 0.001 * i)));
    add_type(records, "cheap", 1);
    const comparison result = compare_records(records, made_up_prices(), settings_of("cheap"));
    REQUIRE(result.contenders.size() == 3);
    CHECK(result.contenders[0].label == "aws/dear, slower mode");
    CHECK(result.contenders[1].label == "aws/dear, faster mode");
    CHECK(result.contenders[0].machines == std::vector<std::string>{"d0", "d2", "d4", "d6"});
    CHECK(says(result, "aws/dear: in conv f32, 4 of its 8 machines are 1.20 x as fast as the others; the two kinds are compared apart."));
    std::vector<bench_record> one_mode;
    for (int i = 0; i < 8; ++i) one_mode.push_back(made_up_instance("dear", "d" + std::to_string(i), 1 + 0.03 * i));
    CHECK(compare_records(one_mode, made_up_prices(), settings_of()).contenders.size() == 1);
}

TEST_CASE("slow calls have an interval from eight machines on [C13]") {
    std::vector<bench_record> records;
    for (int i = 0; i < 8; ++i) records.push_back(made_up_instance("dear", "d" + std::to_string(i), 1 + 0.03 * i));
    for (std::size_t i = 0; i < records.size(); ++i)
        for (record_case& one : records[i].cases) one.p90_ns /= 1 + 0.03 * static_cast<double>(i);
    const comparison eight = compare_records(records, {}, settings_of());
    const class_result& matmul = result_of(eight, "matmul", "dear");
    REQUIRE(matmul.p90_ns_interval.has_value());
    CHECK(matmul.p90_ns_interval->estimate == doctest::Approx(matmul.p90_ns));
    CHECK(matmul.p90_ns_interval->low < matmul.p90_ns);
    CHECK(matmul.p90_ns < matmul.p90_ns_interval->high);
    records.pop_back();
    const comparison seven = compare_records(records, {}, settings_of());
    CHECK_FALSE(result_of(seven, "matmul", "dear").p90_ns_interval.has_value());
}

TEST_CASE("another GPU or driver is another contender [C13]") {
    std::vector<bench_record> records = {made_up_instance("dear", "a"), made_up_instance("dear", "b")};
    for (bench_record& record : records) record.context.machine.gpus = {{"L4", {}, {}, "580.65"}};
    CHECK(compare_records(records, made_up_prices(), settings_of()).contenders.size() == 1);
    records[1].context.machine.gpus[0].driver = "570.10";
    const comparison result = compare_records(records, made_up_prices(), settings_of());
    REQUIRE(result.contenders.size() == 2);
    CHECK(result.contenders[1].label.find("570.10") != std::string::npos);
}

TEST_CASE("verdicts that stand alone but not together are marked, and counted [C13]") {
    std::vector<bench_record> records;
    const double spreads[] = {0.98, 1, 1.02};
    for (int i = 0; i < 3; ++i) {
        records.push_back(made_up_instance("dear", "d" + std::to_string(i), 1.07 * spreads[i]));
        records.push_back(made_up_instance("cheap", "c" + std::to_string(i), spreads[i]));
    }
    for (bench_record& record : records)
        if (record.context.identity.instance_type == "dear") change_rate(record, "memory", 3);
    const comparison result = compare_records(records, {}, settings_of("cheap"));
    const class_result &near = result_of(result, "matmul", "dear"), &far = result_of(result, "memory", "dear");
    CHECK(near.speed == verdict::better);  // for itself
    CHECK_FALSE(near.speed_stands);        // of seven at once
    CHECK(far.speed == verdict::better);
    CHECK(far.speed_stands);
    // Between the same two machines as the lead, which is marked alike.
    CHECK(ranking_of(result, "matmul").fastest->stands == false);
    CHECK(ranking_of(result, "memory").fastest->stands == true);
    CHECK(says(result, ", better* than aws/cheap (1.07 x)"));
    CHECK(result.possible_verdicts == 7);
    CHECK(says(result, "Asked at once (Holm, 5 % over all 7), 1 of the 7 decided ones stand; the other 6 are marked *."));
    CHECK(says(result, "aws/dear is better* in speed (1.07 x)"));
    // With a single class there is one verdict, and it stands.
    for (bench_record& record : records) std::erase_if(record.cases, [](const record_case& one) { return one.kernel_class != "matmul"; });
    const comparison alone = compare_records(records, {}, settings_of("cheap"));
    CHECK(result_of(alone, "matmul", "dear").speed_stands);
    CHECK_FALSE(says(alone, "Holm"));
}

TEST_CASE("weak records are marked [C14]") {
    bench_record record = made_up_instance("dear", "a");
    record.context.build_type = "Debug";
    record.context.machine.cgroup_cpu_quota = 1.5;
    for (record_case& one : record.cases) one.p90_ns = 1.3 * one.p10_ns;
    const comparison result = compare_records({record}, made_up_prices(), settings_of());
    CHECK(result.contenders[0].flaws.size() == 3);
}

TEST_CASE("suites are not mixed, a baseline and a price must fit [C14]") {
    std::vector<bench_record> records = {made_up_instance("dear", "a"), made_up_instance("cheap", "b")};
    CHECK_THROWS_AS((void)compare_records(records, made_up_prices(), settings_of("none")), usage_error);
    comparison_settings settings = settings_of();
    settings.price = usd::parse("1");
    CHECK_THROWS_AS((void)compare_records(records, made_up_prices(), settings), usage_error);
    records[1].context.settings.suite = "full";
    CHECK_THROWS_AS((void)compare_records(records, made_up_prices(), settings_of()), data_error);
}

struct outcome {
    int code;
    std::string out, err;
};

outcome compare(const compare_options& options) {
    std::ostringstream out, err;
    const int code = compare_command(options, out, err);
    return {code, out.str(), err.str()};
}

TEST_CASE("compare: exit codes and messages [C14]") {
    const scratch_folder folder;
    write_record(folder.path() / "a.json", made_up_record("a"));
    bench_record other = made_up_record("b");
    other.context.settings.suite = "full";
    folder.write("damaged/c.json", "{");
    write_record(folder.path() / "damaged" / "d.json", other);
    const auto options = [&](const std::string& file) {
        compare_options made;
        made.records = {folder.path() / file};
        made.today = today;
        return made;
    };
    CHECK(compare(options("a.json")).code == 0);
    CHECK(compare(options("a.json")).out.find("no price") != std::string::npos);
    CHECK(compare({}).code == 64);
    const auto refused = [&](int code, const std::string& part, compare_options changed) {
        const outcome result = compare(changed);
        CAPTURE(result.err);
        CHECK(result.code == code);
        CHECK(result.out.empty());
        CHECK(result.err.find(part) != std::string::npos);
        CHECK(std::count(result.err.begin(), result.err.end(), '\n') == 1);
    };
    compare_options changed = options("a.json");
    changed.format = "pdf";
    refused(64, "--format \"pdf\" is unknown; give one of csv, html, json, md, table", changed);
    changed = options("a.json");
    changed.price = "free";
    refused(64, "--price: \"free\" is not an amount", changed);
    changed.price = "0";
    refused(64, "--price must be above zero", changed);
    changed = options("a.json");
    for (const char* delta : {"", "0", "-3%", "100%", "3 %", "x", "nan"}) {
        changed.delta = delta;
        refused(64, "--delta", changed);
    }
    changed = options("a.json");
    changed.catalog = folder.path() / "nowhere";
    refused(65, "is no catalog folder", changed);
    changed = options("a.json");
    changed.out = folder.path() / "nowhere" / "report.html";
    refused(65, "cannot be written", changed);
    changed = options("a.json");
    changed.today = "soon";
    refused(64, "YYYY-MM-DD", changed);
    refused(65, "none.json: cannot be read", options("none.json"));
    refused(65, "c.json: is not JSON", options("damaged"));
    changed = options("a.json");
    changed.records.push_back(folder.path() / "damaged" / "d.json");
    refused(65, "its suite is \"full\"", changed);
}

TEST_CASE("a file named twice is one run [C14]") {
    const scratch_folder folder;
    write_record(folder.path() / "a.json", made_up_record("a"));
    compare_options once, twice;
    once.today = twice.today = today;
    once.records = {folder.path() / "a.json"};
    twice.records = {folder.path() / "a.json", folder.path() / "." / "a.json", folder.path()};
    CHECK(compare(once).out == compare(twice).out);
}

TEST_CASE("catalog: list, filter, check [C11]") {
    const auto run = [](catalog_options options) {
        options.today = today;
        std::ostringstream out, err;
        const int code = catalog_command(options, out, err);
        return outcome{code, out.str(), err.str()};
    };
    catalog_options options;
    CHECK(run(options).code == 64);
    options.catalog = "/nonexistent";
    CHECK(run(options).code == 65);
    options.catalog = TENFOLD_CATALOG_DIR;
    options.check = true;
    CHECK(run(options).code == 0);
    CHECK(run(options).out.find("stale") != std::string::npos);
    options.check = false;
    options.format = "csv";
    options.type = "p5.48xlarge";
    options.allocation = "on_demand";
    options.region = "us-east-1";
    CHECK(run(options).out ==
          "provider,type,vCPU,GiB,accelerator,region,allocation,USD/h,per,date,age,source\n"
          "aws,p5.48xlarge,192,2048,8 x H100,us-east-1,on_demand,55.04,instance,2026-01-19,305 d,aws-price-api\n"
          "aws,p5.48xlarge,192,2048,8 x H100,us-east-1,on_demand,55.04,instance,\"undated, read 2026-11-21\",,skypilot-aws\n");
    options.region = "mars";
    CHECK(run(options).code == 64);
    CHECK(run(options).err.find("--region \"mars\" is not in the catalog; it has GRA, af-casablanca-1") != std::string::npos);

    const scratch_folder broken;
    write_made_up_catalog(broken);
    catalog_options own;
    own.catalog = broken.path();
    own.check = true;
    CHECK(run(own).code == 0);
    broken.write("prices/z.csv",
                 "provider,instance_type,region,zone_id,allocation,upfront_usd,usd_per_hour,currency,includes,basis,estimate,observed_at,"
                 "source_id,note\n"
                 "aws,dear,us-east-2,,on_demand,,0,USD,,instance,false,2026-11-10,made-up,\n");
    CHECK(run(own).code == 65);
    CHECK(run(own).out.find("non_positive") != std::string::npos);
}

}  // namespace
