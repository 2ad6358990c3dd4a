// SPDX-License-Identifier: Apache-2.0
// What a record says besides its results: machine, build, settings, price.
#pragma once

#include <string>  // std::string

#include "instances/identity/identity.hpp"  // identity
#include "instances/identity/settings.hpp"  // probe_settings
#include "instances/record/record.hpp"      // record_context
#include "support/run_options.hpp"          // run_options
#include "support/sampler.hpp"              // sampling_plan

namespace tenfold::bench {

struct gathered_context {
    record_context record;  // all but the roofs
    identity who;           // for asking its cloud again
    probe_settings settings;
};

/// Looks at the machine and, unless --no-imds, asks the metadata service who it is.
gathered_context gather_context(const run_options& options, const sampling_plan& plan);

}  // namespace tenfold::bench
