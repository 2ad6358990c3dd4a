// SPDX-License-Identifier: Apache-2.0
// THE list of cloud providers: one line each. A new one is a file beside this one that defines it, and a line here.
#pragma once

#include <array>  // std::array

#include "instances/identity/provider.hpp"  // provider

// Where several services answer at once, the earlier line wins: those that prove who they are stand first.
#define TENFOLD_BENCH_PROVIDERS(line)                                                                                                 \
    line(aws) line(gcp) line(azure) line(oci) line(alibaba) line(scaleway) line(hetzner) line(vultr) line(upcloud) line(digitalocean) \
        line(outscale) line(ovhcloud) line(openstack)

namespace tenfold::bench {
namespace providers {
#define TENFOLD_BENCH_DECLARE(name) extern const provider name;
TENFOLD_BENCH_PROVIDERS(TENFOLD_BENCH_DECLARE)
#undef TENFOLD_BENCH_DECLARE
}  // namespace providers

#define TENFOLD_BENCH_POINTER(name) &providers::name,
inline constexpr std::array all_providers = {TENFOLD_BENCH_PROVIDERS(TENFOLD_BENCH_POINTER)};
#undef TENFOLD_BENCH_POINTER

}  // namespace tenfold::bench
