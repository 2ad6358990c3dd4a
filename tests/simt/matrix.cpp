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
struct place {
    unsigned row, column;
};
/// Where element i of a lane's fragment of A or B stands, shape by shape in the words of the PTX ISA, not by the formula of the emulation.
template <class E, unsigned K>
place place_in_a(unsigned lane, unsigned i) {
    const unsigned group = lane >> 2;
    const unsigned in_group = lane % 4;
    if constexpr (sizeof(E) == 2 && K == 16) {
        return {(i < 2 || (4 <= i && i < 6)) ? group : group + 8, i < 4 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8};
    } else if constexpr (sizeof(E) == 2 && K == 8) {
        return {i < 2 ? group : group + 8, in_group * 2 + (i & 1)};
    } else if constexpr (sizeof(E) == 1 && K == 32) {
        return {(i < 4 || (8 <= i && i < 12)) ? group : group + 8, i < 8 ? in_group * 4 + (i & 3) : in_group * 4 + (i & 3) + 16};
    } else if constexpr (sizeof(E) == 1 && K == 16) {
        return {i < 4 ? group : group + 8, in_group * 4 + (i & 3)};
    } else if constexpr (K == 8) {
        return {i == 0 || i == 2 ? group : group + 8, i < 2 ? in_group : in_group + 4};
    } else {
        return {i == 0 ? group : group + 8, in_group};
    }
}
template <class E, unsigned K>
place place_in_b(unsigned lane, unsigned i) {
    const unsigned group = lane >> 2;
    const unsigned in_group = lane % 4;
    if constexpr (sizeof(E) == 2) {
        return {i < 2 ? in_group * 2 + (i & 1) : in_group * 2 + (i & 1) + 8, group};
    } else if constexpr (sizeof(E) == 1) {
        return {i < 4 ? in_group * 4 + (i & 3) : in_group * 4 + (i & 3) + 16, group};
    } else {
        return {i == 0 ? in_group : in_group + 4, group};
    }
}

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
        for (unsigned i = 0; i < p * si::a_registers<E, K>; ++i) {
            const place at = place_in_a<E, K>(self.lane(), i);
            put(a[i / p], i % p, self.load(x.a + at.row * K + at.column));
        }
        for (unsigned i = 0; i < p * si::b_registers<E, K>; ++i) {
            const place at = place_in_b<E, K>(self.lane(), i);
            put(b[i / p], i % p, self.load(x.b + at.row * 8 + at.column));
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

/// Four matrices in shared memory, element (row, column) of matrix m being 100 m + 10 row + column, loaded in every way.
struct every_load {
    struct arguments {
        std::uint32_t* out;  // (way, lane, register)
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const s = self.template shared<std::uint16_t>(0);
        const unsigned l = self.lane();
        for (unsigned i = 8 * l; i < 8 * l + 8; ++i) self.store(s + i, static_cast<std::uint16_t>(i / 64 * 100 + i / 8 % 8 * 10 + i % 8));
        self.warp_sync();
        load<1, false>(self, a.out, s);
        load<1, true>(self, a.out + 128, s);
        load<2, false>(self, a.out + 256, s);
        load<2, true>(self, a.out + 384, s);
        load<4, false>(self, a.out + 512, s);
        load<4, true>(self, a.out + 640, s);
    }
    template <unsigned Count, bool Transposed, class Thread>
    TENFOLD_DEVICE static void load(const Thread& self, std::uint32_t* out, const std::uint16_t* s) {
        std::uint32_t r[Count];
        self.template load_matrix<Transposed>(r, s + 8 * (self.lane() % (8 * Count)));
        for (unsigned m = 0; m < Count; ++m) self.store(out + 4 * self.lane() + m, r[m]);
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
    check_registers<std::uint8_t, 16, std::int32_t>();
}
TEST_CASE("simt: ldmatrix, plain and transposed, feeds the product") {
    check_product<loaded_product<half>, half, 16, float>();
    check_product<loaded_product<bfloat16>, bfloat16, 16, float>();
}
TEST_CASE(
    "simt: ldmatrix of one, two and four matrices gives lane l the elements 2 (l mod 4) and the next of row l / 4, or of that column") {
    si::executor gpu;
    auto* const out = reinterpret_cast<std::uint32_t*>(gpu.memory().allocate(6 * 32 * 4 * sizeof(std::uint32_t)).data());
    REQUIRE(gpu.launch<every_load>({.blocks = 1, .threads = 32, .shared = 512}, {out}));
    CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
    for (unsigned way = 0; way < 6; ++way) {
        const unsigned count = 1u << way / 2;
        for (unsigned lane = 0; lane < 32; ++lane) {
            for (unsigned m = 0; m < count; ++m) {
                const unsigned along = 2 * (lane % 4);
                const unsigned first = way % 2 == 0 ? lane / 4 * 10 + along : along * 10 + lane / 4;
                const unsigned second = way % 2 == 0 ? first + 1 : first + 10;
                CHECK(out[128 * way + 4 * lane + m] == ((100 * m + first) | (100 * m + second) << 16));
            }
        }
    }
}
