// SPDX-License-Identifier: Apache-2.0
// Asks the cloud, now and then, whether it is about to take this machine away.
#pragma once

#include <condition_variable>  // std::condition_variable
#include <functional>          // std::function
#include <mutex>               // std::mutex
#include <optional>            // std::optional
#include <string>              // std::string
#include <thread>              // std::thread

#include "instances/identity/identity.hpp"  // identity
#include "instances/identity/settings.hpp"  // probe_settings

namespace tenfold::bench {

/// The notice of this machine's cloud as a sentence part, "aws: terminate at 2026-11-21T12:00:00Z"; nothing if there is none, or
/// it cannot be known.
std::optional<std::string> find_notice(const identity& who, const probe_settings& settings);

/// Does it make sense to ask? Not on a machine that is known to be bought on demand, nor where the cloud is unknown or tells
/// its machines nothing.
bool gives_notices(const identity& who, const probe_settings& settings);

/// A thread that asks until it finds a notice or is destroyed. It sleeps between questions.
class notice_poller {
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::thread thread_;

public:
    /// `found` is called once, from the thread.
    notice_poller(identity who, probe_settings settings, std::function<void(const std::string&)> found);
    notice_poller(const notice_poller&) = delete;
    notice_poller& operator=(const notice_poller&) = delete;
    ~notice_poller();
};

}  // namespace tenfold::bench
