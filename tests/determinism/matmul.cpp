// SPDX-License-Identifier: Apache-2.0
// One hash per product and instruction set over threads, arenas, repetitions, offsets and row gaps; and it is a known one.
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/data.hpp>

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <doctest/doctest.h>

#include <determinism/products.hpp>
#include <map>
#include <set>
#include <string>
#include <support/bits.hpp>
#include <support/sanitized.hpp>
#include <support/settings.hpp>

using tenfold::cpu;
using tenfold::index_t;
using tenfold::tensor;

namespace {
/// Threads 1, 2, 3, 5 and 8; alone, among the threads of two arenas, and called from inside one; twice each.
void check_settings(const support::placed_product& product, std::set<std::uint64_t>& hashes, const char* isa) {
    tbb::task_arena narrow(2), wide(7);
    for (const int threads : {1, 2, 3, 5, 8}) {
        for (int run = 0; run < (support::sanitized ? 1 : 2); ++run) hashes.insert(product(support::cpu_with(threads, isa)));
        hashes.insert(product({.threads = threads, .arena = &narrow, .isa = isa}));
        hashes.insert(product({.threads = threads, .arena = &wide, .isa = isa}));
        narrow.execute([&] { hashes.insert(product({.threads = threads, .isa = isa})); });
    }
    hashes.insert(product({.isa = isa}));
}

/// Random operands from a fixed seed; deep enough for several blocks of k.
template <class T>
struct problem {
    tensor<T, 2> a, b;
    problem(index_t m, index_t n, index_t k) : a({m, k}), b({k, n}) {
        tenfold::testing::generator random(20240229);
        tenfold::testing::fill_random(a.view(), random);
        tenfold::testing::fill_random(b.view(), random);
    }
    std::uint64_t bits(const cpu& where) const { return support::bits_of(tenfold::matmul(where, a, b).view()); }
};
}  // namespace

TEST_CASE("every form of product: threads 1, 2, 3, 5, 8, arenas and repetitions give one hash [H23][E15][T07]") {
    // With workers for eight on any machine, so that five and eight threads are no less than that.
    const tbb::global_control workers(tbb::global_control::max_allowed_parallelism, 8);
    for (const support::product& product : support::products()) {
        const support::placed_product placed = product.place({});
        for (const char* isa : tenfold::available_isas()) {
            INFO(product.name << ", " << isa);
            std::set<std::uint64_t> hashes;
            check_settings(placed, hashes, isa);
            CHECK(hashes.size() == 1);
        }
    }
}

TEST_CASE("batches: the same bits per matrix whether it runs alone or among others, serial or shared [H23][E15]") {
    constexpr index_t batches = 9, m = 45, n = 37, k = 450;
    tensor<float, 3> a({batches, m, k}), b({batches, k, n});
    tenfold::testing::generator random(3);
    tenfold::testing::fill_random(a.view(), random);
    tenfold::testing::fill_random(b.view(), random);
    for (const char* isa : tenfold::available_isas()) {
        std::set<std::uint64_t> hashes;
        for (const int threads : {1, 2, 3, 5, 8})
            hashes.insert(support::bits_of(tenfold::matmul(support::cpu_with(threads, isa), a, b).view()));
        tensor<float, 3> alone({batches, m, n});
        for (index_t i = 0; i < batches; ++i) {
            tenfold::matmul(support::cpu_with(3, isa), a.slice(0, i, i + 1), b.slice(0, i, i + 1), alone.slice(0, i, i + 1));
        }
        hashes.insert(support::bits_of(alone.view()));
        INFO(std::string(isa));
        CHECK(hashes.size() == 1);
    }
}

TEST_CASE("every form of product: offsets 0 to 63 bytes and gaps between rows do not move a bit [H46][E10][E15]") {
    for (const support::product& product : support::products()) {
        std::map<std::string, std::set<std::uint64_t>> hashes;
        const auto place = [&](const support::placement& where) {
            const support::placed_product placed = product.place(where);
            for (const char* isa : tenfold::available_isas()) {
                hashes[isa].insert(placed(support::cpu_with(where.offset % 2 == 0 ? 1 : 3, isa)));
            }
        };
        // No divisor of 64: odd and even offsets alike. Sanitizers watch memory, not bits: a few offsets show them each way.
        const index_t step = support::sanitized ? (24 / product.element_bytes | 1) : product.element_bytes < 4 ? 3 : 1;
        for (index_t offset = 0; offset * product.element_bytes < 64; offset += step) place({.offset = offset, .gap = 0});
        for (const index_t gap : {1, 7, 16}) {
            place({.offset = 0, .gap = gap});
            place({.offset = 3, .gap = gap});
        }
        for (const auto& of_isa : hashes) {
            INFO(product.name << ", " << of_isa.first);
            CHECK(of_isa.second.size() == 1);
        }
    }
}

TEST_CASE("a result too large for the caches: written past them in whole lines, or through them, the bits are the same [E15]") {
    constexpr index_t n = 2048, k = 3, row_bytes = n * static_cast<index_t>(sizeof(float));
    constexpr index_t most = index_t{256} << 20;
    const index_t m = tenfold::last_level_cache_bytes() / row_bytes + 15;
    if (m * row_bytes > most || support::sanitized) return;  // a server's cache: the tests do not have the memory for two results
    const problem<float> p(m, n, k);
    tensor<float, 2> lines({m, n}), shifted({m, n + 1});
    REQUIRE(tenfold::is_streamed(m * row_bytes));
    REQUIRE(tenfold::is_whole_lines(lines.data(), n, n));
    for (const int threads : {1, 3}) {
        tenfold::matmul(cpu{.threads = threads}, p.a, p.b, lines);
        tenfold::matmul(cpu{.threads = threads}, p.a, p.b, shifted.slice(1, 1, n + 1));
        CHECK(support::bits_of(lines.view()) == support::bits_of(shifted.slice(1, 1, n + 1)));
    }
}

TEST_CASE("the hashes are the ones in this file: bits change with a version's intent, not by accident [E15][H23]") {
    struct row {
        const char* isa;
        std::uint64_t f32, f64, bf16;
    };
    // x86-64 without -mfma for the library's own code. A change of block depth or of the order of sums changes these.
    constexpr row known[] = {
        {"avx512_bf16", 18182887959294582279u, 13919278735249648760u, 1477659037372817052u},  // differs in float only
        {"avx512_vnni", 18182887959294582279u, 13919278735249648760u, 1477659037372817052u},
        {"avx512", 18182887959294582279u, 13919278735249648760u, 1477659037372817052u},
        {"avx2", 18182887959294582279u, 13919278735249648760u, 1477659037372817052u},
        {"baseline", 773398940915782399u, 16747990749391258800u, 1477659037372817052u},  // products and sums round apart
    };
    const problem<float> f32(40, 50, 1000);
    const problem<double> f64(40, 50, 700);
    const problem<tenfold::bfloat16> bf16(40, 50, 1000);
    int compared = 0;
    for (const char* isa : tenfold::available_isas()) {
        const cpu where{.isa = isa};
        MESSAGE(std::string(isa) << ": " << f32.bits(where) << ", " << f64.bits(where) << ", " << bf16.bits(where));
        for (const row& r : known) {
            if (std::string(r.isa) != isa) continue;
            ++compared;
            CHECK(f32.bits(where) == r.f32);
            CHECK(f64.bits(where) == r.f64);
            CHECK(bf16.bits(where) == r.bf16);
        }
    }
#if defined(__x86_64__)
    CHECK(compared >= 1);
#endif
}

TEST_CASE("integers have one hash on all instruction sets and on the reference [E15]") {
    tenfold::testing::generator random(5);
    tensor<std::int8_t, 2> a({70, 300}), b({300, 90});
    tenfold::testing::fill_integers(a.view(), random, 0);
    tenfold::testing::fill_integers(b.view(), random, 0);
    std::set<std::uint64_t> hashes{support::bits_of(tenfold::matmul(tenfold::reference{}, a, b).view())};
    support::for_each_setting(
        cpu{}, [&](const auto& where, const std::string&) { hashes.insert(support::bits_of(tenfold::matmul(where, a, b).view())); });
    CHECK(hashes.size() == 1);
}
