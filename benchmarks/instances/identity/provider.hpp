// SPDX-License-Identifier: Apache-2.0
// What makes up a cloud provider: how the firmware names it, where its metadata service is, and what to ask it.
#pragma once

#include <chrono>       // std::chrono::milliseconds
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

#include "instances/identity/dmi.hpp"               // dmi_rule, dmi_table
#include "instances/identity/identity.hpp"          // instance_facts
#include "instances/identity/metadata_service.hpp"  // metadata_service

namespace tenfold::bench {

/// The cloud is about to take this machine away.
struct interruption_notice {
    std::string event;  // in the provider's words: "terminate"
    std::string when;   // as the service says it; empty if it does not
    std::string id = {};  // by which it can be approved; stays in the process
};

/// What is remembered from one question for a notice to the next.
struct notice_memory {
    bool answered = false;  // the service has answered before
    std::string etag;       // of the value that was read last
};

struct provider {
    std::string_view name;  // as in records: "aws"
    std::vector<dmi_rule> dmi;  // any of them recognises the cloud
    std::vector<std::string_view> addresses;  // of the metadata service, numeric, in order of preference
    /// Asks the service and takes the wanted fields; throws metadata_failure if it is not there or not this cloud's.
    instance_facts (*ask)(metadata_service&);
    /// What the firmware says beyond the name; null if nothing.
    instance_facts (*facts_of_dmi)(const dmi_table&) = nullptr;
    /// What a time-out of a service that should be there usually means; empty if nothing is known.
    std::string_view timeout_remedy = {};
    /// Is there a notice? Nothing: no. Throws metadata_failure if it cannot be known now. Null: this cloud gives none that a
    /// machine can read.
    std::optional<interruption_notice> (*ask_notice)(metadata_service&, notice_memory&) = nullptr;
    /// The pause between two questions: well inside the time that the notice leaves.
    std::chrono::milliseconds notice_period{0};
    /// Tells the cloud that it need not wait any longer; null: it does not want to know.
    void (*approve_notice)(metadata_service&, const std::string& id) = nullptr;
};

}  // namespace tenfold::bench
