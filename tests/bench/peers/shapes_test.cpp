// SPDX-License-Identifier: Apache-2.0
// The text of a shape goes both ways, wrong text is refused with the remedy, and the sets hold what they are named after.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "instances/errors.hpp"
#include "op/matmul_catalog.hpp"
#include "peers/contest/matmul_subject.hpp"

using namespace tenfold::bench;

TEST_CASE("a shape is read with forms, types and storage in any order, each optional") {
    const matmul_shape plain = parse_matmul_shape("12,34,56");
    CHECK(plain.m == 12);
    CHECK(plain.n == 34);
    CHECK(plain.k == 56);
    CHECK(text_of(plain) == "12,34,56:nn:f32");
    CHECK(text_of(parse_matmul_shape("1,2,3:u8s8:tt:cold:pad13:x7")) == "1,2,3:tt:u8s8:x7:pad13:cold");
    CHECK(text_of(parse_matmul_shape("8,9,10:tn:ld16")) == "8,9,10:tn:f32:ld16");
}

TEST_CASE("leading dimensions follow the forms") {
    const matmul_shape s = parse_matmul_shape("2,3,5:tn:pad1");
    CHECK(s.lda() == 3);  // stored as (k, m)
    CHECK(s.ldb() == 4);
    CHECK(s.ldc() == 4);
    CHECK(s.a_elements() == 15);
    CHECK(s.flops() == 60);
    CHECK(parse_matmul_shape("2,3,5:nt:ld8").ldb() == 8);
}

TEST_CASE("wrong text is refused with the remedy") {
    for (const char* text :
         {"", "1,2", "1,2,3,4", "0,1,1", "-1,1,1", "1,1,x", "1,1,1:", "1,1,1:nx", "1,1,1:f16x", "1,1,1:x0", "1,1,1:x", "1,1,1:pad",
          "1,1,1:pad-1", "1,1,1:ld0", "8,8,8:ld7", "8,8,8:ld16:pad1", "999999999,1,1", "99999999,99999999,1"}) {
        CAPTURE(text);
        CHECK_THROWS_WITH_AS(parse_matmul_shape(text), doctest::Contains("128,3072,768:nt:f32"), usage_error);
    }
}

TEST_CASE("every listed shape has a text of its own, which reads back as the shape") {
    std::set<std::string> texts;
    for (const listed_matmul& one : matmul_catalog()) {
        CHECK(parse_matmul_shape(text_of(one.shape)) == one.shape);
        CHECK_MESSAGE(texts.insert(text_of(one.shape)).second, text_of(one.shape));
        CHECK_FALSE(one.workload.empty());
        CHECK_FALSE(one.sets.empty());
    }
}

TEST_CASE("the sets hold what they are named after") {
    const auto in_set = [](const char* set) {
        contest_wishes wishes;
        wishes.sets = {set};
        return wanted_shapes(wishes);
    };
    const auto all = [&](const char* set, auto holds) {
        const std::vector<wanted_shape> shapes = in_set(set);
        CHECK(shapes.size() > 3);
        return std::all_of(shapes.begin(), shapes.end(), [&](const wanted_shape& one) { return holds(one.shape); });
    };
    CHECK(all("square", [](const matmul_shape& s) { return s.m == s.n && s.n == s.k; }));
    CHECK(all("batched", [](const matmul_shape& s) { return s.batch >= 4096; }));
    CHECK(all("gemv", [](const matmul_shape& s) { return s.m == 1 || s.n == 1; }));
    CHECK(all("small", [](const matmul_shape& s) { return std::max({s.m, s.n, s.k}) <= 128; }));
    CHECK(all("bert", [](const matmul_shape& s) { return s.b_transposed || s.batch == 12; }));
    CHECK(all("llama", [](const matmul_shape& s) { return s.cold == (s.m <= 16); }));
    const std::vector<wanted_shape> forms = in_set("forms");
    for (const char* form : {"nn", "nt", "tn", "tt"})
        CHECK(std::any_of(forms.begin(), forms.end(), [&](const wanted_shape& one) { return forms_of(one.shape) == form; }));
    const std::vector<wanted_shape> types = in_set("types");
    for (const char* name : {"f32", "f64", "bf16", "u8s8", "s8"})
        CHECK(std::any_of(types.begin(), types.end(), [&](const wanted_shape& one) { return name_of(one.shape.types) == name; }));
}

TEST_CASE("shapes are asked for by set, by text and by type; each comes once; unknown names are refused") {
    contest_wishes wishes;
    wishes.shapes = {"8,8,8", "8,8,8:nn:f32", "5,6,7:nn:f64"};
    CHECK(wanted_shapes(wishes).size() == 2);
    wishes.types = {"f64"};
    CHECK(wanted_shapes(wishes).size() == 1);
    wishes.types = {"f16"};
    CHECK_THROWS_WITH_AS(wanted_shapes(wishes), doctest::Contains("use f32, f64"), usage_error);
    wishes.types = {"s8"};
    CHECK_THROWS_WITH_AS(wanted_shapes(wishes), doctest::Contains("no shape is left"), usage_error);
    wishes.sets = {"nothing"};
    CHECK_THROWS_WITH_AS(wanted_shapes(wishes), doctest::Contains("square"), usage_error);
}
