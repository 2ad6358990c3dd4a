// SPDX-License-Identifier: Apache-2.0
#include "instances/identity/notice.hpp"

#include <algorithm>  // std::find_if
#include <utility>    // std::move

#include "instances/identity/probe.hpp"           // metadata_servers
#include "instances/identity/providers/list.hpp"  // all_providers

namespace tenfold::bench {
namespace {

using std::chrono::steady_clock;

const provider* cloud_of(const identity& who) {
    const auto found =
        std::find_if(all_providers.begin(), all_providers.end(), [&](const provider* one) { return one->name == who.provider; });
    return found == all_providers.end() ? nullptr : *found;
}

/// One question: up to three requests, each with its own limit.
std::optional<cloud_notice> ask(const provider& cloud, http_client& client, const probe_settings& settings, notice_memory& memory,
                                steady_time deadline) {
    try {
        metadata_service service(client, metadata_servers(cloud, settings), deadline, true);
        const auto notice = cloud.ask_notice(service, memory);
        if (!notice) return std::nullopt;
        return cloud_notice{std::string(cloud.name) + ": " + notice->event + (notice->when.empty() ? "" : " at " + notice->when),
                            notice->id};
    } catch (const metadata_failure&) { return std::nullopt; } catch (const std::exception&) {
        return std::nullopt;
    }
}

}  // namespace

bool gives_notices(const identity& who, const probe_settings& settings) {
    const provider* cloud = cloud_of(who);
    const bool simulated_files_only = settings.simulated() && !settings.metadata_base;
    return cloud != nullptr && cloud->ask_notice != nullptr && settings.use_metadata && !simulated_files_only &&
           who.lifecycle != lifecycle::on_demand;
}

std::optional<cloud_notice> find_notice(const identity& who, const probe_settings& settings) {
    if (!gives_notices(who, settings)) return std::nullopt;
    http_client client;
    notice_memory memory;
    return ask(*cloud_of(who), client, settings, memory, steady_clock::now() + 3 * request_limit);
}

bool approve_notice(const identity& who, const probe_settings& settings, const cloud_notice& notice) {
    const provider* cloud = cloud_of(who);
    if (notice.id.empty() || cloud == nullptr || cloud->approve_notice == nullptr) return false;
    try {
        http_client client;
        metadata_service service(client, metadata_servers(*cloud, settings), steady_clock::now() + request_limit, true);
        cloud->approve_notice(service, notice.id);
    } catch (const metadata_failure&) { return false; } catch (const std::exception&) {
        return false;
    }
    return true;
}

notice_poller::notice_poller(identity who, probe_settings settings, std::function<void(const cloud_notice&)> found) {
    if (!gives_notices(who, settings)) return;
    client_ = std::make_unique<http_client>();
    thread_ = std::thread([this, who = std::move(who), settings = std::move(settings), found = std::move(found)] {
        const provider& cloud = *cloud_of(who);
        notice_memory memory;
        std::unique_lock<std::mutex> hold(mutex_);
        while (!stop_) {
            hold.unlock();
            const auto notice = ask(cloud, *client_, settings, memory, steady_time::max());
            if (notice) return found(*notice);
            hold.lock();
            wake_.wait_for(hold, cloud.notice_period, [this] { return stop_; });
        }
    });
}

notice_poller::~notice_poller() {
    {
        const std::lock_guard<std::mutex> hold(mutex_);
        stop_ = true;
    }
    wake_.notify_all();
    if (client_) client_->stop();
    if (thread_.joinable()) thread_.join();
}

}  // namespace tenfold::bench
