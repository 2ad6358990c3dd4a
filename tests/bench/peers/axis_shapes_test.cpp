// SPDX-License-Identifier: Apache-2.0
// The text of an op along axes goes both ways, wrong text is refused with the remedy, the list holds each shape once, in its sets.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "instances/errors.hpp"
#include "peers/axes/axis_operands.hpp"
#include "peers/axes/axis_ops.hpp"
#include "peers/axes/axis_subject.hpp"

using namespace tenfold::bench;

TEST_CASE("a shape is read with its op, extents, type and what is reduced") {
    const axis_shape s = parse_axis_shape("sum:2,3,5:f64:ends");
    CHECK(s == axis_shape{"sum", 2, 3, 5, axis_type::f64, true});
    CHECK(text_of(s) == "sum:2,3,5:f64:ends");
    CHECK(s.kept() == 3);
    CHECK(text_of(parse_axis_shape("softmax:8,9,1")) == "softmax:8,9,1:f32");
}

TEST_CASE("wrong text is refused with the remedy") {
    for (const char* text : {"", "sum", "sum:1,2", "sum:1,2,3,4", "sum:0,1,1", "sum:1,x,1", "sum:1,2,3:f8", "nothing:1,2,3",
                             "softmax:1,2,3:ends", "sum:1000000000,1000000000,1"}) {
        CAPTURE(text);
        CHECK_THROWS_WITH_AS(parse_axis_shape(text), doctest::Contains("softmax:16384,1024,1:f32"), usage_error);
    }
}

TEST_CASE("bytes: inputs once, the result once, parameters where the op has them") {
    CHECK(axis_bytes(parse_axis_shape("sum:2,3,5")) == 4 * (30 + 10));
    CHECK(axis_bytes(parse_axis_shape("sum:2,3,5:f64:ends")) == 8 * (30 + 3));
    CHECK(axis_bytes(parse_axis_shape("softmax:2,3,5:bf16")) == 2 * 60);
    CHECK(axis_bytes(parse_axis_shape("layer_norm:2,3,1")) == 4 * (6 + 6 + 3 + 3));
}

TEST_CASE("every listed shape has a text of its own, which reads back as the shape, and is in the set of its op") {
    std::set<std::string> texts;
    const std::vector<std::string> sets = axis_set_names();
    for (const listed_axis_shape& one : axis_catalog()) {
        CHECK(parse_axis_shape(text_of(one.shape)) == one.shape);
        CHECK_MESSAGE(texts.insert(text_of(one.shape)).second, text_of(one.shape));
        CHECK_FALSE(one.workload.empty());
        CHECK(std::find(one.sets.begin(), one.sets.end(), one.shape.op) != one.sets.end());
        for (const std::string& set : one.sets) CHECK_MESSAGE(std::find(sets.begin(), sets.end(), set) != sets.end(), set);
    }
    for (const std::string& set : sets) CHECK_FALSE(make_axis_subject({.sets = {set}})->cases().empty());
}

TEST_CASE("unknown names are refused") {
    CHECK_THROWS_WITH_AS(make_axis_subject({.sets = {"square"}}), doctest::Contains("softmax"), usage_error);
    CHECK_THROWS_WITH_AS(make_axis_subject({.sets = {"quick"}, .types = {"s8"}}), doctest::Contains("use f32, f64"), usage_error);
}
