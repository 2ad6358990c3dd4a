// SPDX-License-Identifier: Apache-2.0
// What is written: the table has the worst ratio first, the values have one field for each name, the page stands alone.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "made_up_contest.hpp"
#include "peers/contest/page.hpp"

namespace {

using namespace tenfold::bench;

contest_report made_up_report() {
    contest_report report;
    report.facts = {"a machine"};
    report.names = {"tenfold", "good-1", "bad"};
    report.versions = {"0.1", "1, with \"quotes\"", "2 <beta> & more"};
    report.results = {shape("1,1,500", {timed({1e-6, 1e-6}), timed({2e-6, 2e-6}), untimed(outcome::wrong, "element 3 is off")}),
                      shape("1,1,1000", {timed({4e-6, 4e-6}), timed({1e-6, 1e-6}), untimed(outcome::declined)})};
    report.results[1].roof_seconds = 1e-6;
    report.value_names = make_matmul_subject({.shapes = {"1,1,1"}})->value_names();
    return report;
}

template <class Write>
std::vector<std::string> lines_of(const Write& write, const contest_report& report) {
    std::ostringstream out;
    write(report, out);
    std::istringstream in(out.str());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

/// Fields of a line: commas inside quotes separate nothing.
std::size_t fields(const std::string& line) {
    bool inside = false;
    std::size_t count = 1;
    for (const char c : line) {
        if (c == '"') inside = !inside;
        count += c == ',' && !inside ? 1 : 0;
    }
    return count;
}

std::size_t line_with(const std::vector<std::string>& lines, const std::string& text) {
    const auto found =
        std::find_if(lines.begin(), lines.end(), [&](const std::string& line) { return line.find(text) != std::string::npos; });
    REQUIRE_MESSAGE(found != lines.end(), text);
    return static_cast<std::size_t>(found - lines.begin());
}

}  // namespace

TEST_CASE("the table has the worst ratio first, rates, percent of the peak, and what went wrong") {
    const std::vector<std::string> lines = lines_of(write_table, made_up_report());
    const std::size_t worst = line_with(lines, "1,1,1000:nn:f32");
    const std::size_t best = line_with(lines, "1,1,500:nn:f32 ");
    CHECK(worst < best);
    CHECK(lines[worst].find("0.50") != std::string::npos);   // GFLOP/s: 2000 / 4 us
    CHECK(lines[worst].find(" 25 |") != std::string::npos);  // percent of 2 GFLOP/s
    CHECK(lines[worst].find("0.250") != std::string::npos);
    CHECK(lines[best].find("2.000") != std::string::npos);
    CHECK(lines[line_with(lines, "1 of 2 below 1")].find("geometric mean 0.707") != std::string::npos);
    CHECK(lines[line_with(lines, "bad wrong on 1,1,500")].find("element 3 is off") != std::string::npos);
}

TEST_CASE("values: a field for each name in each line, nothing of those that declined, the error of those that are wrong") {
    const std::vector<std::string> lines = lines_of(write_csv, made_up_report());
    REQUIRE(lines.size() == 1 + 2 + 3);
    for (const std::string& line : lines) CHECK_MESSAGE(fields(line) == fields(lines[0]), line);
    CHECK(lines[1].starts_with("\"1,1,1000:nn:f32\",made up,f32,1,1,1000,1,nn,1000,1,1,0,1,tenfold,0.1,timed,4e-06,"));
    CHECK(lines[2].find("\"1, with \"\"quotes\"\"\"") != std::string::npos);
    CHECK(lines[5].find(",bad,2 <beta> & more,wrong,,") != std::string::npos);
}

TEST_CASE("the page stands alone, escapes what it shows and has a dot for each ratio") {
    std::ostringstream out;
    write_page(made_up_report(), out);
    const std::string page = out.str();
    CHECK(page.find("2 &lt;beta&gt; &amp; more") != std::string::npos);
    CHECK(page.find("http") == std::string::npos);
    std::size_t dots = 0;
    for (std::size_t at = page.find("<circle"); at != std::string::npos; at = page.find("<circle", at + 1)) ++dots;
    CHECK(dots == 2);
}
