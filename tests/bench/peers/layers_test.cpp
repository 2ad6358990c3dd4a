// SPDX-License-Identifier: Apache-2.0
// Layers of the convolution contest: their text both ways, refusals, and the list.
#include <doctest/doctest.h>

#include <set>

#include "instances/errors.hpp"
#include "peers/conv/layer.hpp"

using namespace tenfold::bench;

TEST_CASE("a layer is written and read back; what is usual is left out") {
    CHECK(text_of({1, 56, 64, 64, 3}) == "1,56,64,64,3");
    const contest_layer all{2, 14, 96, 96, 5, 2, 96, 2, false, true, true};
    CHECK(text_of(all) == "2,14,96,96,5:s2:g96:d2:nchw:packed:relu");
    CHECK(parse_layer(text_of(all)) == all);
    CHECK(parse_layer("1,56,64,64,3:nhwc") == contest_layer{1, 56, 64, 64, 3});
}

TEST_CASE("what is no layer is refused with the remedy") {
    for (const char* text :
         {"", "1,56,64,64", "1,56,64,64,3,1", "0,56,64,64,3", "1,56,64,64,x", "1,56,64,64,4", "1,56,64,64,3:s0", "1,56,64,64,3:z2",
          "1,56,64,64,3:g5", "1,56,64,64,3::s2", "1000,1000,64,64,3", "1,1,100000,100000,1", "1,56,64,64,3:sx"}) {
        CHECK_THROWS_WITH_AS(parse_layer(text), doctest::Contains("write it like 1,56,64,64,3:s2:nchw:packed"), usage_error);
    }
}

TEST_CASE("every listed layer is there once, can be read back, and is in a known set") {
    const std::vector<std::string> names = layer_set_names();
    const std::set<std::string> known(names.begin(), names.end());
    std::set<std::string> texts, used;
    for (const listed_layer& one : layer_catalog()) {
        CHECK(texts.insert(text_of(one.shape)).second);
        CHECK(parse_layer(text_of(one.shape)) == one.shape);
        for (const std::string& set : one.sets) {
            CHECK(known.count(set) == 1);
            used.insert(set);
        }
    }
    CHECK(used == known);
}
