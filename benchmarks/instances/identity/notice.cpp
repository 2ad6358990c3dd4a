// SPDX-License-Identifier: Apache-2.0
#include "instances/identity/notice.hpp"

#include <algorithm>  // std::find_if
#include <utility>    // std::move

#include "instances/identity/probe.hpp"           // metadata_servers
#include "instances/identity/providers/list.hpp"  // all_providers

namespace tenfold::bench {
namespace {

const provider* cloud_of(const identity& who) {
    const auto found =
        std::find_if(all_providers.begin(), all_providers.end(), [&](const provider* one) { return one->name == who.provider; });
    return found == all_providers.end() ? nullptr : *found;
}

}  // namespace

bool gives_notices(const identity& who, const probe_settings& settings) {
    const provider* cloud = cloud_of(who);
    const bool simulated_files_only = settings.simulated() && !settings.metadata_base;
    return cloud != nullptr && cloud->ask_notice != nullptr && settings.use_metadata && !simulated_files_only &&
           who.lifecycle != lifecycle::on_demand;
}

std::optional<std::string> find_notice(const identity& who, const probe_settings& settings) {
    if (!gives_notices(who, settings)) return std::nullopt;
    const provider& cloud = *cloud_of(who);
    try {
        // Three requests at most, each with its own limit.
        metadata_service service(metadata_servers(cloud, settings), std::chrono::steady_clock::now() + 3 * request_limit, true);
        const auto notice = cloud.ask_notice(service);
        if (!notice) return std::nullopt;
        return std::string(cloud.name) + ": " + notice->event + (notice->when.empty() ? "" : " at " + notice->when);
    } catch (const metadata_failure&) { return std::nullopt; } catch (const std::exception&) {
        return std::nullopt;
    }
}

notice_poller::notice_poller(identity who, probe_settings settings, std::function<void(const std::string&)> found) {
    if (!gives_notices(who, settings)) return;
    thread_ = std::thread([this, who = std::move(who), settings = std::move(settings), found = std::move(found)] {
        const auto period = cloud_of(who)->notice_period;
        std::unique_lock<std::mutex> hold(mutex_);
        while (!stop_) {
            hold.unlock();
            const auto notice = find_notice(who, settings);
            if (notice) return found(*notice);
            hold.lock();
            wake_.wait_for(hold, period, [this] { return stop_; });
        }
    });
}

notice_poller::~notice_poller() {
    {
        const std::lock_guard<std::mutex> hold(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (thread_.joinable()) thread_.join();
}

}  // namespace tenfold::bench
