// SPDX-License-Identifier: Apache-2.0
// The words by which an identity's values are written.
#include "instances/identity/identity.hpp"

namespace tenfold::bench {

const char* to_string(lifecycle value) {
    switch (value) {
        case lifecycle::on_demand: return "on_demand";
        case lifecycle::spot: return "spot";
        case lifecycle::unknown: break;
    }
    return "unknown";
}

const char* to_string(detection value) {
    switch (value) {
        case detection::stated: return "override";
        case detection::dmi: return "dmi";
        case detection::metadata: return "metadata";
        case detection::dmi_and_metadata: return "dmi+metadata";
        case detection::none: break;
    }
    return "none";
}

}  // namespace tenfold::bench
