// SPDX-License-Identifier: Apache-2.0
// Contests among made-up libraries: who is right is timed, in every form; who is wrong, unable, throwing or crashing is not, and
// harms nobody.
#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "instances/errors.hpp"
#include "peers/contest/run_contest.hpp"

namespace {

using namespace tenfold::bench;

const std::string modules_folder = TENFOLD_TEST_MODULES;

struct held_contest {
    contest_report report;
    std::string log;

    held_contest(std::vector<std::string> shapes, std::vector<std::string> only, const std::string& modules = modules_folder,
                 const std::string& subject = "matmul") {
        contest_options options;
        options.subject = subject;
        options.wishes.shapes = std::move(shapes);
        options.only = std::move(only);
        options.modules = modules;
        options.plan = {.rounds = 3, .least_rounds = 3, .sample_seconds = 0.0005, .shape_seconds = 1};
        std::ostringstream told;
        report = run_contest(options, told);
        log = told.str();
    }
    [[nodiscard]] const contender_result& of(const std::string& name, std::size_t shape = 0) const {
        const auto found = std::find(report.names.begin(), report.names.end(), name);
        REQUIRE_MESSAGE(found != report.names.end(), name);
        return report.results[shape].contenders[static_cast<std::size_t>(found - report.names.begin())];
    }
};

}  // namespace

TEST_CASE("the right ones are timed in each round, on every form, gap, batch and type that they have") {
    std::vector<std::string> shapes{"7,9,11:nn:f64:x3:pad5", "7,9,11:tt:f32:ld32", "20,30,400:nt:f32:cold"};
    for (const char* form : {":nn", ":nt", ":tn", ":tt"}) shapes.push_back(std::string("5,6,70") + form);
    const held_contest held(shapes, {"wrong-mended"});
    REQUIRE(held.report.results.size() == shapes.size());
    for (std::size_t i = 0; i < shapes.size(); ++i) {
        for (const char* name : {"tenfold", "wrong-mended"}) {
            CHECK(held.of(name, i).what == outcome::done);
            CHECK(held.of(name, i).seconds.size() == 3);
            CHECK(held.of(name, i).error_ratio < 1);
        }
    }
    CHECK(held.report.roof_lines.front().find("FMA peak of f32, 1 thread") == 0);
    CHECK(held.report.results.back().roof_seconds);
}

TEST_CASE("a wrong result has no time, and says where it is wrong") {
    const held_contest held({"16,16,16", "16,16,16:nn:f64:x4"}, {"wrong"});
    for (const std::size_t shape : {0u, 1u}) {
        CHECK(held.of("wrong", shape).what == outcome::wrong);
        CHECK(held.of("wrong", shape).seconds.empty());
        CHECK(held.of("wrong", shape).note.find("(15, 15)") != std::string::npos);
        CHECK(held.of("wrong-mended", shape).what == outcome::done);
    }
}

TEST_CASE("who declines, throws or crashes leaves the others alone") {
    const held_contest held({"8,8,8", "9,9,9", "10,10,10", "10,10,10:nn:s8"}, {});
    CHECK(held.of("declining").what == outcome::declined);
    CHECK(held.of("throwing").what == outcome::failed);
    CHECK(held.of("throwing").note == "out of luck");
    CHECK(held.of("crashing", 0).what == outcome::done);
    CHECK(held.of("crashing", 1).what == outcome::failed);
    CHECK(held.of("crashing", 1).note.find("signal 6") != std::string::npos);
    CHECK(held.of("crashing", 2).what == outcome::failed);  // it stays out
    CHECK(held.of("tenfold", 2).seconds.size() == 3);
    CHECK(held.of("tenfold", 3).what == outcome::declined);
    CHECK(held.log.find("unloadable takes no part") != std::string::npos);
    CHECK(held.log.find("not_defined_anywhere") != std::string::npos);
}

TEST_CASE("tenfold is always there, and comes first") {
    const held_contest held({"8,8,8"}, {"wrong"});
    CHECK(held.report.names == std::vector<std::string>{"tenfold", "wrong", "wrong-mended"});
    CHECK_THROWS_AS(held_contest({"8,8,8"}, {"nobody"}), usage_error);
}

TEST_CASE("a folder without tenfold's module, and shapes beyond the memory, are refused before anything is measured") {
    CHECK_THROWS_AS(held_contest({"100000,100000,1"}, {}), usage_error);
    CHECK_THROWS_WITH_AS(held_contest({"8,8,8"}, {}, modules_folder + "/none"), doctest::Contains("--modules"), data_error);
}

TEST_CASE("ops along axes are contested as matmuls are: the right result is timed, the wrong one named, the missing op declined") {
    const held_contest held({"sum:5,7,3", "sum:5,7,3:ends:f64", "softmax:300,40,1", "softmax:2,3,5:f64", "rms_norm:5,9,1"}, {},
                            modules_folder, "axes");
    CHECK(held.report.names == std::vector<std::string>{"tenfold", "wrong"});
    for (const std::size_t shape : {0u, 1u, 2u, 3u}) {
        CHECK(held.of("tenfold", shape).what == outcome::done);
        CHECK(held.of("tenfold", shape).seconds.size() == 3);
        CHECK(held.of("wrong", shape).what == outcome::wrong);
        CHECK(held.of("wrong", shape).seconds.empty());
    }
    CHECK(held.of("tenfold", 4).what == outcome::declined);
}

TEST_CASE("convolutions are contested so too, in both layouts, with all that a layer can have") {
    const held_contest held({"1,5,3,4,3", "2,7,3,4,5:s2:d2:nchw:packed", "1,5,3,4,1:relu", "1,5,4,4,3:g4"}, {}, modules_folder, "conv");
    CHECK(held.report.names == std::vector<std::string>{"tenfold", "wrong"});
    for (const std::size_t shape : {0u, 1u, 2u}) {
        CHECK(held.of("tenfold", shape).what == outcome::done);
        CHECK(held.of("wrong", shape).what == outcome::wrong);
        CHECK(held.report.results[shape].roof_seconds);
    }
    CHECK(held.of("tenfold", 3).what == outcome::declined);
}

TEST_CASE("a contest about nothing known is refused") {
    CHECK_THROWS_WITH_AS(held_contest({"8,8,8"}, {}, modules_folder, "chess"), doctest::Contains("use matmul, axes, conv"), usage_error);
}
