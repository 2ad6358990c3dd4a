// SPDX-License-Identifier: Apache-2.0
// A shape is held against the FMA peak of its type, and beyond the caches against the read bandwidth where that leaves it more time.
#include <doctest/doctest.h>

#include "peers/contest/roofs.hpp"
#include "support/matmul_operands.hpp"

using namespace tenfold::bench;

namespace {

contest_roofs made_up_roofs() {
    contest_roofs roofs;
    roofs.flops_per_second[{matmul_types::f32, 1}] = 100;
    roofs.read_bytes_per_second[1] = 10;
    roofs.cache_bytes = 1000;
    return roofs;
}

}  // namespace

TEST_CASE("bytes are those of each operand in its own type") {
    CHECK(matmul_bytes(parse_matmul_shape("2,3,5")) == 4 * (10 + 15 + 6));
    CHECK(matmul_bytes(parse_matmul_shape("2,3,5:nn:f64:x7:pad9")) == 7 * 8 * (10 + 15 + 6));
    CHECK(matmul_bytes(parse_matmul_shape("2,3,5:nt:bf16")) == 2 * (10 + 15) + 4 * 6);
    CHECK(matmul_bytes(parse_matmul_shape("2,3,5:nt:u8s8")) == 10 + 15 + 4 * 6);
}

TEST_CASE("the roof that leaves the most time counts") {
    const contest_roofs roofs = made_up_roofs();
    CHECK(*seconds_at_roof(roofs, parse_matmul_shape("5,5,5"), 1) == doctest::Approx(2.5));        // 250 FLOP; 300 bytes fit
    CHECK(*seconds_at_roof(roofs, parse_matmul_shape("5,5,5:cold"), 1) == doctest::Approx(30));
    CHECK(*seconds_at_roof(roofs, parse_matmul_shape("1,100,10"), 1) == doctest::Approx(444));     // 4440 bytes do not
    CHECK(*seconds_at_roof(roofs, parse_matmul_shape("100,100,100"), 1) == doctest::Approx(20000));
}

TEST_CASE("nothing is said where nothing was measured") {
    const contest_roofs roofs = made_up_roofs();
    CHECK_FALSE(seconds_at_roof(roofs, parse_matmul_shape("5,5,5"), 2));
    CHECK_FALSE(seconds_at_roof(roofs, parse_matmul_shape("5,5,5:nn:s8"), 1));
    CHECK(*seconds_at_roof(roofs, parse_matmul_shape("5,5,5:nn:s8:cold"), 1) == doctest::Approx(15));
}
