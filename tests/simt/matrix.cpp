// SPDX-License-Identifier: Apache-2.0
// Tensor-core fragments: tiles loaded by ldmatrix and multiplied are the product of the matrices, in every type and layout.
#include <tenfold/testing/data.hpp>
#include <tenfold/testing/simt/executor.hpp>

#include <doctest/doctest.h>

namespace si = tenfold::testing::simt;
using tenfold::bfloat16;
using tenfold::half;
using tenfold::gpu_kernels::tf32;

namespace {
/// One warp multiplies A (16, K) by B (K, 8), both packed into registers element by element as the layout says.
template <class E, unsigned K, class C>
struct one_product {
    struct arguments {
        const E* a;  // (16, K)
        const E* b;  // (K, 8)
        C* c;        // (16, 8)
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& x) {
        constexpr unsigned p = 4 / sizeof(E);
        const unsigned g = self.lane() / 4;
        const unsigned t = self.lane() % 4;
        std::uint32_t a[si::a_registers<E, K>] = {};
        std::uint32_t b[si::b_registers<E, K>] = {};
        const auto put = [](std::uint32_t& reg, unsigned j, E value) {
            std::memcpy(reinterpret_cast<unsigned char*>(&reg) + j * sizeof(E), &value, sizeof(E));
        };
        for (unsigned r = 0; r < si::a_registers<E, K>; ++r) {
            for (unsigned j = 0; j < p; ++j) put(a[r], j, self.load(x.a + (g + 8 * (r % 2)) * K + p * t + j + 4 * p * (r / 2)));
        }
        for (unsigned r = 0; r < si::b_registers<E, K>; ++r) {
            for (unsigned j = 0; j < p; ++j) put(b[r], j, self.load(x.b + (p * t + j + 4 * p * r) * 8 + g));
        }
        C c[4] = {};
        self.template multiply_add<E, K>(c, a, b);
        for (unsigned i = 0; i < 4; ++i) self.store(x.c + (g + 8 * (i / 2)) * 8 + 2 * t + i % 2, c[i]);
    }
};

/// The same for 16-bit types with both operands through shared memory and ldmatrix, as a matmul kernel loads them.
template <class E>
struct loaded_product {
    using arguments = typename one_product<E, 16, float>::arguments;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& x) {
        auto* const a_tile = self.template shared<E>(0);                  // (16, 16)
        auto* const b_tile = self.template shared<E>(16 * 16 * sizeof(E));  // (16, 8)
        const unsigned l = self.lane();
        self.template copy_async<16>(a_tile + 8 * l, x.a + 8 * l);
        if (l < 16) self.template copy_async<16>(b_tile + 8 * l, x.b + 8 * l);
        self.copy_commit();
        self.template copy_wait<0>();
        self.warp_sync();
        std::uint32_t a[4];
        std::uint32_t b[2];
        self.load_matrix(a, a_tile + ((l & 7u) + 8 * (l >> 3 & 1u)) * 16 + 8 * (l >> 4));
        self.template load_matrix<true>(b, b_tile + (l & 15u) * 8);
        float c[4] = {};
        self.template multiply_add<E, 16>(c, a, b);
        for (unsigned i = 0; i < 4; ++i) self.store(x.c + (l / 4 + 8 * (i / 2)) * 8 + 2 * (l % 4) + i % 2, c[i]);
    }
};

/// Small integers: exact in every type and order, so one wrong lane shows.
template <class Body, class E, unsigned K, class C>
void check_product() {
    alignas(16) E a[16 * K];
    alignas(16) E b[K * 8];
    C c[16 * 8];
    int values_a[16 * K];
    int values_b[K * 8];
    const auto element = [](int v) {
        if constexpr (std::is_same_v<E, tf32>) {
            return tf32{std::bit_cast<std::uint32_t>(static_cast<float>(v)) | 0x1fffu};  // the low bits do not count
        } else if constexpr (sizeof(E) == 1) {
            return static_cast<E>(v);
        } else {
            return E(static_cast<float>(v));
        }
    };
    const int low = std::is_same_v<E, std::uint8_t> ? 0 : -4;
    for (unsigned i = 0; i < 16 * K; ++i) a[i] = element(values_a[i] = static_cast<int>(i * 7 % 9) + low);
    for (unsigned i = 0; i < K * 8; ++i) b[i] = element(values_b[i] = static_cast<int>(i * 5 % 8) + low);
    si::executor gpu;
    gpu.memory().lend(a, sizeof a, true);
    gpu.memory().lend(b, sizeof b, true);
    gpu.memory().lend(c, sizeof c, false);
    REQUIRE(gpu.launch<Body>({.blocks = 1, .threads = 32, .shared = 1024}, {a, b, c}));
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    for (unsigned row = 0; row < 16; ++row) {
        for (unsigned column = 0; column < 8; ++column) {
            int sum = 0;
            for (unsigned k = 0; k < K; ++k) sum += values_a[row * K + k] * values_b[k * 8 + column];
            CHECK(c[row * 8 + column] == static_cast<C>(sum));
        }
    }
}
template <class E, unsigned K, class C = float>
void check_registers() {
    check_product<one_product<E, K, C>, E, K, C>();
}
}  // namespace

TEST_CASE("simt: products of m16n8kK fragments in every element type") {
    check_registers<half, 16>();
    check_registers<half, 8>();
    check_registers<bfloat16, 16>();
    check_registers<bfloat16, 8>();
    check_registers<tf32, 8>();
    check_registers<tf32, 4>();
    check_registers<std::int8_t, 32, std::int32_t>();
    check_registers<std::uint8_t, 32, std::int32_t>();
    check_registers<std::int8_t, 16, std::int32_t>();
}
TEST_CASE("simt: ldmatrix, plain and transposed, feeds the product") {
    check_product<loaded_product<half>, half, 16, float>();
    check_product<loaded_product<bfloat16>, bfloat16, 16, float>();
}
