// SPDX-License-Identifier: Apache-2.0
// Detection fed with recorded machines: a level counts only if the CPU has it and the system saves its registers.
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <doctest/doctest.h>

#include <string>

namespace bits = tenfold::isa_bits;
using tenfold::cpuid_words;

namespace {
constexpr std::uint32_t leaf1_skylake = 0x7ffefbff;  // FMA, F16C, AVX, OSXSAVE all set
constexpr std::uint32_t leaf7_avx2 = 1u << 5;
constexpr std::uint32_t leaf7_skylake_server = 0xd19ffffb;  // AVX2 and AVX-512 F, DQ, BW, VL

std::string best(unsigned have) {
    const tenfold::isa_choice choice = tenfold::choose_isa(tenfold::isa_list{}, have, nullptr);
    return tenfold::isa_names(tenfold::isa_list{})[static_cast<std::size_t>(choice.index)];
}
}  // namespace

TEST_CASE("recorded CPUID and XCR0 words decode to the levels that can really run [H16][O07]") {
    struct machine {
        const char* what;
        cpuid_words words;
        unsigned have;
    };
    const machine machines[] = {
        {"nothing at all", {}, 0},
        {"Nehalem: SSE4.2, no AVX", {0x0098e3bd, 0, 0, 0, 0}, 0},
        {"Sandy Bridge: AVX without AVX2 and FMA", {0x1fbae3ff, 0, 0, 0, 0x07}, 0},
        {"Haswell", {0x7ffafbff, 0x000027ab, 0, 0, 0x07}, bits::avx2},
        {"Skylake server", {leaf1_skylake, leaf7_skylake_server, 0, 0, 0xe7}, bits::avx2 | bits::avx512},
        {"Skylake server, AVX-512 in CPUID but masked in XCR0", {leaf1_skylake, leaf7_skylake_server, 0, 0, 0x07}, bits::avx2},
        {"AVX-512 with opmask state but without the upper registers", {leaf1_skylake, leaf7_skylake_server, 0, 0, 0x27}, bits::avx2},
        {"ymm state not saved: not even AVX2", {leaf1_skylake, leaf7_skylake_server, 0, 0, 0x03}, 0},
        {"system without OSXSAVE, whatever the feature bits", {leaf1_skylake & ~(1u << 27), leaf7_skylake_server, 0x800, 0x30, 0xe7}, 0},
        {"hypervisor hides FMA: AVX2 is not offered", {leaf1_skylake & ~(1u << 12), leaf7_skylake_server, 0, 0, 0xe7}, 0},
        {"hypervisor hides F16C", {leaf1_skylake & ~(1u << 29), leaf7_avx2, 0, 0, 0x07}, 0},
        {"Knights Landing: F and CD without DQ, BW, VL", {leaf1_skylake, leaf7_avx2 | (1u << 16) | (1u << 28), 0, 0, 0xe7}, bits::avx2},
        {"Cooper Lake: VNNI and BF16",
         {leaf1_skylake, leaf7_skylake_server, 1u << 11, 1u << 5, 0xe7},
         bits::avx2 | bits::avx512 | bits::avx512_vnni | bits::avx512_bf16},
        {"Alder Lake: AVX-VNNI without AVX-512", {leaf1_skylake, leaf7_avx2, 0, 1u << 4, 0x207}, bits::avx2 | bits::avxvnni},
        {"VNNI bit without AVX-512 state", {leaf1_skylake, leaf7_skylake_server, 1u << 11, 1u << 5, 0x07}, bits::avx2},
    };
    for (const machine& m : machines) {
        INFO(std::string(m.what));
        CHECK(tenfold::decode_isa_bits(m.words) == m.have);
    }
}

TEST_CASE("the widest level that a machine has is chosen, never one it lacks [H16]") {
    using namespace tenfold;
#if !defined(__aarch64__)
    CHECK(best(0) == "baseline");
    CHECK(best(bits::avx2) == "avx2");
    CHECK(best(bits::avx2 | bits::avx512) == "avx512");
    CHECK(best(bits::avx512) == "baseline");  // impossible in hardware; avx512 needs avx2
    CHECK(best(bits::avx2 | bits::avx512 | bits::avx512_vnni) == "avx512_vnni");
    CHECK(best(bits::avx2 | bits::avx512 | bits::avx512_vnni | bits::avx512_bf16) == "avx512_bf16");
    CHECK(best(bits::avx2 | bits::avx512 | bits::avx512_bf16) == "avx512");  // the level has VNNI too; no such machine is known
    CHECK(best(bits::avx2 | bits::avx512_vnni) == "avx2");
    const isa_choice plain = choose_isa(isa_list{}, ~0u, "avx512");  // a name is that level and no more
    CHECK_FALSE(isa_has(plain.index, bits::avx512_vnni));
    CHECK_FALSE(isa_has(plain.index, bits::avx512_bf16));
    const isa_choice extended = choose_isa(isa_list{}, ~0u, "avx512_bf16");
    CHECK(isa_has(extended.index, bits::avx512_vnni | bits::avx512_bf16));
    CHECK(extended.index < plain.index);
    const isa_choice absent = choose_isa(isa_list{}, bits::avx2, "avx512");
    CHECK(absent.index == -1);
    CHECK(absent.known);
    const isa_name_list runnable = runnable_isas(isa_list{}, bits::avx2);
    CHECK(runnable.size() == 2);
    CHECK(std::string(runnable[0]) == "avx2");
    CHECK(std::string(runnable[1]) == "baseline");
#endif
    const isa_choice unknown = choose_isa(isa_list{}, ~0u, "sse9");
    CHECK(unknown.index == -1);
    CHECK_FALSE(unknown.known);
    CHECK(choose_isa(isa_list{}, 0, "baseline").index >= 0);
    CHECK(choose_isa(isa_list{}, ~0u, "avx").index == -1);  // names are whole words
}
