// SPDX-License-Identifier: Apache-2.0
// Every op under every number of threads, odd floating-point modes: always the bits of the serial call.
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <doctest/doctest.h>

#include <support/settings.hpp>
#include <threads/fp_mode.hpp>
#include <threads/op_calls.hpp>

using tenfold::cpu;

TEST_CASE("1, 2, 3, 5, 7, 16 and 64 threads give the same bits, op by op [H22][T07]") {
    for (const support::op_call& call : support::op_calls()) {
        for (const char* isa : tenfold::available_isas()) {
            const std::uint64_t serial = call.bits({.threads = 1, .isa = isa});
            for (const int threads : {2, 3, 5, 7, 16, 64}) {
                INFO(call.name << ", " << isa << ", threads " << threads);
                CHECK(call.bits(support::cpu_with(threads, isa)) == serial);
            }
            CHECK_MESSAGE(call.bits({.isa = isa}) == serial, call.name << ", " << isa << ", as many threads as the process may use");
        }
    }
}

TEST_CASE("callers that flush subnormals, round otherwise or trap get the default bits and their modes back, op by op [E13][E14][H43]") {
    support::set_fp_mode(support::ieee_mode);  // without the flags that making data has raised
    for (const support::op_call& call : support::op_calls()) {
        const std::uint64_t expected = call.bits({.threads = 1});
        for (const int threads : {1, 2}) {
            for (const std::uint32_t odd : support::odd_modes) {
                support::set_fp_mode(odd);
                const std::uint64_t bits = call.bits(support::cpu_with(threads));
                const std::uint32_t after = support::fp_mode();
                support::set_fp_mode(support::ieee_mode);
                INFO(call.name << ", threads " << threads << ", mode " << odd);
                CHECK(bits == expected);
                CHECK(after == odd);
            }
        }
    }
}
