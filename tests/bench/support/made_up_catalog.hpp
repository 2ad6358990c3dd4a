// SPDX-License-Identifier: Apache-2.0
// A small price catalog with made-up prices, so that expected outputs do not change with the shipped one.
#pragma once

#include "bench/support/scratch_folder.hpp"  // scratch_folder

namespace tenfold::bench::test {

/// aws/dear and aws/cheap, two x86 types of two vCPUs, a stale and an undated price, and one with an accelerator.
inline void write_made_up_catalog(const scratch_folder& folder) {
    folder.write("types.csv",
                 "provider,instance_type,vcpus,physical_cores,memory_gib,arch,accelerator,accelerator_count,burstable,runnable\n"
                 "aws,dear,2,1,8,x86_64,,,false,cpu\naws,cheap,2,1,4,x86_64,,,true,cpu\naws,old,2,1,4,x86_64,,,false,cpu\n"
                 "aws,undated,2,2,4,arm64,,,false,cpu\naws,gpu,2,1,4,x86_64,L4,1,false,cuda\naws,wide,8,4,4,x86_64,,,false,cpu\n");
    folder.write("prices/made-up.csv",
                 "provider,instance_type,region,zone_id,allocation,upfront_usd,usd_per_hour,currency,includes,basis,estimate,observed_at,"
                 "source_id,note\n"
                 "aws,dear,us-east-1,,on_demand,,0.40,USD,,instance,false,2026-11-10,made-up,\n"
                 "aws,dear,us-east-1,,spot,,0.13,USD,,instance,false,2026-11-20,made-up,\n"
                 "aws,dear,us-east-1,,reserved_1y,,0.25,USD,,instance,false,2026-11-10,made-up,\n"
                 "aws,dear,us-east-1,,reserved_3y,,0.18,USD,,instance,false,2026-11-10,made-up,\n"
                 "aws,cheap,us-east-1,,on_demand,,0.10,USD,,instance,false,2026-11-10,made-up,\n"
                 "aws,old,us-east-1,,on_demand,,0.20,USD,,instance,false,2026-01-10,made-up,\n"
                 "aws,undated,us-east-1,,on_demand,,0.30,USD,,instance,false,,made-up,\n"
                 "aws,gpu,us-east-1,,on_demand,,0.05,USD,,instance,false,2026-11-10,made-up,\n"
                 "aws,wide,us-east-1,,on_demand,,0.05,USD,,instance,false,2026-11-10,made-up,\n");
    folder.write("sources.json", R"({"sources": [{"id": "made-up", "origin": "example.org/prices", "read_on": "2026-11-10",
                                     "licence": "none", "standing": "made up for tests"}]})");
}

}  // namespace tenfold::bench::test
