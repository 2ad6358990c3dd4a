// SPDX-License-Identifier: Apache-2.0
// Packed matrices on the CPU: the bits of unpacked calls, whose memory, what is refused.
#include <tenfold/kernel/cpu/pack.hpp>
#include <tenfold/kernel/reference/pack.hpp>
#include <tenfold/testing/compare.hpp>
#include <tenfold/testing/data.hpp>

#include <doctest/doctest.h>

#include <string>
#include <support/settings.hpp>

using tenfold::index_array;
using tenfold::index_t;
using tenfold::packed_matrix;
using tenfold::reference;
using tenfold::status;
using tenfold::status_code;
using tenfold::tensor;
using tenfold::tensor_view;

namespace {
/// Hands out memory of the C library while there is some left.
class limited_memory final : public tenfold::memory_resource {
public:
    explicit limited_memory(std::size_t bytes) : left_(bytes) {}
    void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
        if (bytes > left_) return nullptr;
        left_ -= bytes;
        ++live;
        return std::aligned_alloc(alignment, bytes);
    }
    void deallocate(void* pointer, std::size_t, std::size_t) noexcept override {
        --live;
        std::free(pointer);
    }
    int live = 0;

private:
    std::size_t left_;
};

/// Random operands of one product, and its result with b as it is and packed.
template <class T, class Out>
bool packing_keeps_bits(const tenfold::cpu& where, index_t m, index_t n, index_t k) {
    tenfold::testing::generator random(support::seed());
    tensor<T, 2> a({m, k}), b({k, n});
    tensor<Out, 2> c({m, n}), d({m, n});
    tenfold::testing::fill_random(a.view(), random, tenfold::testing::distribution::uniform);
    tenfold::testing::fill_random(b.view(), random, tenfold::testing::distribution::uniform);
    tenfold::matmul(where, a, b, c);
    tenfold::matmul(where, a, tenfold::pack(where, b), d);
    return tenfold::testing::compare_exact(d.view(), c.view()).ok();
}

std::string refusal(const status& s) {
    CHECK(s.code() == status_code::unsupported);
    return std::string(s.message());
}
}  // namespace

TEST_CASE("a packed b gives the bits of the row-major b it was, for any shape, type and number of threads [E10][E15]") {
    support::for_each_setting(tenfold::cpu{}, [&](const auto& where, const std::string& name) {
        for (const index_t m : {1, 2, 5, 8, 15, 64, 129, 200}) {
            for (const index_t n : {5, 33, 300}) {
                for (const index_t k : {1, 63, 400, 1500}) {
                    INFO(name << ": m " << m << ", n " << n << ", k " << k);
                    CHECK(packing_keeps_bits<float, float>(where, m, n, k));
                    if (m % 2 == 0) CHECK(packing_keeps_bits<double, double>(where, m, n, k));
                    if (m % 5 == 0) CHECK(packing_keeps_bits<tenfold::bfloat16, float>(where, m, n, k));
                }
            }
        }
    });
}

TEST_CASE("how b lay before it was packed does not matter afterwards [E05][E06]") {
    tenfold::testing::generator random(support::seed());
    tensor<float, 2> a({9, 500}), rows({500, 70}), columns({70, 500}), c({9, 70}), d({9, 70});
    tenfold::testing::fill_random(a.view(), random, tenfold::testing::distribution::uniform);
    tenfold::testing::fill_random(rows.view(), random, tenfold::testing::distribution::uniform);
    for (index_t p = 0; p < 500; ++p) {
        for (index_t j = 0; j < 70; ++j) columns(j, p) = rows(p, j);
    }
    const tenfold::cpu where{.threads = 2};
    tenfold::matmul(where, a, tenfold::pack(where, rows), c);
    tenfold::matmul(where, a, tenfold::pack(where, columns.transposed()), d);
    CHECK(tenfold::testing::compare_exact(d.view(), c.view()).ok());
}

TEST_CASE("narrow elements stay narrow, whatever they are widened to; half becomes float") {
    const tenfold::cpu where{.isa = "baseline"};
    tensor<tenfold::bfloat16, 2> x({100, 64});
    tensor<tenfold::half, 2> h({100, 64});
    tensor<std::int8_t, 2> y({100, 64});
    tenfold::testing::generator random(support::seed());
    tenfold::testing::fill_integers(x.view(), random, 3);
    tenfold::testing::fill_integers(h.view(), random, 3);
    tenfold::testing::fill_integers(y.view(), random, 3);
    CHECK(tenfold::pack(where, h).bytes() == 100 * 64 * 4);
    CHECK(tenfold::pack(where, x).bytes() == 100 * 64 * 2);
    CHECK(tenfold::pack(where, y).bytes() == 100 * 64 + 4 * 64);  // and the sums of its columns, for zero points of a
    CHECK(tenfold::pack(reference{}, y).bytes() == 100 * 64);
}

TEST_CASE("memory: aligned, from the resource, given back to it; no memory leaves the result alone [E02][E18]") {
    tensor<float, 2> b({70, 50});
    std::fill(b.data(), b.data() + b.size(), 1.0f);
    const auto hold = [&](const auto& where) {
        limited_memory memory(36000);  // two of them, padded or not
        {
            packed_matrix<float> first = tenfold::pack(where, b, &memory);
            CHECK(reinterpret_cast<std::uintptr_t>(first.data()) % 64 == 0);
            CHECK(memory.live == 1);
            packed_matrix<float> second;
            const status s = tenfold::pack(std::nothrow, where, b, first, &memory);
            CHECK(s.ok());
            CHECK(memory.live == 1);
            const status none = tenfold::pack(std::nothrow, where, b, first, &memory);
            CHECK(none.code() == status_code::out_of_memory);
            CHECK(first.extents() == index_array<2>{70, 50});
            CHECK_THROWS_AS((void)tenfold::pack(where, b, &memory), std::bad_alloc);
            second = std::move(first);
            CHECK(second.extent(1) == 50);
            CHECK(first.extents() == index_array<2>{0, 0});
            CHECK(tenfold::matmul(where, tensor_view<const float, 2>(b.data(), {1, 70}), second)(0, 49) == 70);
        }
        CHECK(memory.live == 0);
    };
    hold(reference{});
    hold(tenfold::cpu{});
}

TEST_CASE("clone() is a matrix of its own; empty matrices pack [E04]") {
    tensor<float, 2> a({3, 40}), b({40, 20});
    std::fill(a.data(), a.data() + a.size(), 1.0f);
    std::fill(b.data(), b.data() + b.size(), 2.0f);
    packed_matrix<float> copy;
    {
        const auto packed = tenfold::pack(tenfold::cpu{}, b);
        copy = packed.clone();
        CHECK(copy.data() != packed.data());
    }
    CHECK(tenfold::matmul(tenfold::cpu{}, a, copy)(2, 19) == 80);
    const auto no_k = tenfold::pack(tenfold::cpu{}, b.slice(0, 0, 0));
    CHECK(tenfold::matmul(tenfold::cpu{}, a.slice(1, 0, 0), no_k)(2, 19) == 0);
    const auto no_n = tenfold::pack(tenfold::cpu{}, b.slice(1, 0, 0));
    CHECK(tenfold::matmul(tenfold::cpu{}, a, no_n).empty());
}

TEST_CASE("what another backend or instruction set packed is refused, never misread [E01][P6]") {
    tensor<float, 2> a({2, 4}), b({4, 3}), c({2, 3});
    std::fill(a.data(), a.data() + 8, 1.0f);
    std::fill(b.data(), b.data() + 12, 1.0f);
    std::fill(c.data(), c.data() + 6, 7.0f);
    const tenfold::cpu baseline{.isa = "baseline"};
    const auto panels = tenfold::pack(baseline, b);
    const auto rows = tenfold::pack(reference{}, b);
    CHECK(refusal(tenfold::matmul(std::nothrow, reference{}, a, panels, c)) ==
          "matmul: b was packed for cpu on baseline (panels of 8 columns, blocks of 4, groups of 1), this call runs reference. Pack b with "
          "the backend of the call");
    CHECK(refusal(tenfold::matmul(std::nothrow, baseline, a, rows, c)) ==
          "matmul: b was packed for reference, this call runs cpu on baseline (panels of 8 columns, blocks of 4, groups of 1). Pack b with "
          "the backend of the call");
    CHECK_THROWS_AS(tenfold::matmul(baseline, a, rows, c), tenfold::unsupported_error);
    for (const char* isa : tenfold::available_isas()) {
        const tenfold::cpu where{.isa = isa};
        const status s = tenfold::matmul(std::nothrow, where, a, panels, c);
        if (tenfold::same_layout(tenfold::pack(where, b).layout(), panels.layout())) {
            CHECK(s.ok());
            std::fill(c.data(), c.data() + 6, 7.0f);
        } else {
            CHECK(refusal(s).find("matmul: b was packed for cpu on baseline (panels of 8 columns") == 0);
        }
        CHECK(c(1, 2) == 7);
    }
}

TEST_CASE("panels of bytes are for one type of a where an instruction wants it; pack<A>() says which [E28]") {
    tensor<std::uint8_t, 2> a({2, 9});
    tensor<std::int8_t, 2> b({9, 5});
    tensor<std::int32_t, 2> c({2, 5});
    std::fill(a.data(), a.data() + a.size(), std::uint8_t{255});
    std::fill(b.data(), b.data() + b.size(), std::int8_t{-128});
    for (const char* isa : tenfold::available_isas()) {
        INFO(isa);
        const tenfold::cpu where{.isa = isa};
        tenfold::matmul(where, a, tenfold::pack<std::uint8_t>(where, b), c);
        CHECK(c(1, 4) == 9 * 255 * -128);
        const auto for_signed = tenfold::pack(where, b);
        const status s = tenfold::matmul(std::nothrow, where, a, for_signed, c);
        if (for_signed.layout().a_type[0] == '\0') {
            CHECK(s.ok());
        } else {
            CHECK(refusal(s).find("Pack b with the backend of the call, as pack<A>() with a's element type A = u8") != std::string::npos);
        }
    }
}

TEST_CASE("extents of a packed b are checked as of any b; a broken b is refused by pack [E01][E03]") {
    tensor<float, 2> a({12, 6}), b({3, 8}), c({12, 8});
    const auto packed = tenfold::pack(tenfold::cpu{}, b);
    CHECK(tenfold::matmul(std::nothrow, tenfold::cpu{}, a, packed, c).message() ==
          "matmul: inner extents differ: a is (12, 6), b is (3, 8); a.extent(1) = 6 must equal b.extent(0) = 3. Pass b.transposed() if b "
          "is stored as (n, k)");
    packed_matrix<float> result;
    const auto refused = [&](const tensor_view<const float, 2>& x) {
        return std::string(tenfold::pack(std::nothrow, tenfold::cpu{}, x, result).message());
    };
    CHECK(refused({nullptr, {3, 4}}) ==
          "pack: b has extents (3, 4) but a null data pointer; null is legal only for views without elements");
    CHECK(refused({b.data(), {3, -4}}) == "pack: b has extents (3, -4) with a negative value; extents are >= 0");
}
