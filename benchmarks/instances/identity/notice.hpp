// SPDX-License-Identifier: Apache-2.0
// Asks the cloud, now and then, whether it is about to take this machine away.
#pragma once

#include <condition_variable>  // std::condition_variable
#include <functional>          // std::function
#include <memory>              // std::unique_ptr
#include <mutex>               // std::mutex
#include <optional>            // std::optional
#include <string>              // std::string
#include <thread>              // std::thread

#include "instances/identity/http.hpp"      // http_client
#include "instances/identity/identity.hpp"  // identity
#include "instances/identity/settings.hpp"  // probe_settings

namespace tenfold::bench {

struct cloud_notice {
    std::string text;  // a sentence part: "aws: terminate at 2026-11-21T12:00:00Z"
    std::string id;    // for approve_notice; stays in the process
};

/// The notice of this machine's cloud, asked for once and for 1.5 s at most; nothing if there is none, or it cannot be known.
std::optional<cloud_notice> find_notice(const identity& who, const probe_settings& settings);

/// Tells the cloud that the machine may be taken before its time. Only Azure wants to know; did it take the answer?
bool approve_notice(const identity& who, const probe_settings& settings, const cloud_notice& notice);

/// Does it make sense to ask? Not on a machine that is known to be bought on demand, nor where the cloud is unknown or tells
/// its machines nothing.
bool gives_notices(const identity& who, const probe_settings& settings);

/// A thread that asks until it finds a notice or is destroyed. It sleeps between questions, and while the service keeps it
/// waiting for its answer.
class notice_poller {
    std::mutex mutex_;
    std::condition_variable wake_;
    bool stop_ = false;
    std::unique_ptr<http_client> client_;  // if there is anybody to ask
    std::thread thread_;

public:
    /// `found` is called once, from the thread.
    notice_poller(identity who, probe_settings settings, std::function<void(const cloud_notice&)> found);
    notice_poller(const notice_poller&) = delete;
    notice_poller& operator=(const notice_poller&) = delete;
    /// Does not wait for an answer that is under way.
    ~notice_poller();
};

}  // namespace tenfold::bench
