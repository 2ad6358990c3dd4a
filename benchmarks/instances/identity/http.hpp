// SPDX-License-Identifier: Apache-2.0
// HTTP for metadata services, by libcurl: numeric addresses, no proxy, no redirect, one request per connection, every wait bounded.
#pragma once

#include <atomic>       // std::atomic
#include <chrono>       // std::chrono
#include <cstddef>      // std::size_t
#include <cstdint>      // std::uint16_t
#include <memory>       // std::unique_ptr
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <vector>       // std::vector

namespace tenfold::bench {

using steady_time = std::chrono::steady_clock::time_point;

struct endpoint {
    std::string address;  // "169.254.169.254" or "fd00:ec2::254"; never a name
    std::uint16_t port = 80;
};

/// "http://127.0.0.1:8080" or "http://[::1]:8080", nothing after the port; nothing if it is anything else.
std::optional<endpoint> parse_endpoint(std::string_view url);

inline constexpr std::chrono::milliseconds connect_limit{200};
inline constexpr std::chrono::milliseconds request_limit{500};
inline constexpr std::size_t head_limit = std::size_t{8} << 10;  // bytes
inline constexpr std::size_t body_limit = std::size_t{64} << 10;

struct http_request {
    std::string method = "GET";
    std::string target;  // "/latest/meta-data/instance-id"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string host;  // the Host header; empty: the address
    std::string body;  // of a PUT or POST
    std::chrono::milliseconds limit = request_limit;  // longer for a question that waits for a change
};

struct http_response {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;

    /// The value of the first header of that name, in letters of any case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

enum class http_error {
    none,
    bad_address,      // not numeric, or no such address family here
    connect_timeout,  // no answer to the connection: nothing there, or a firewall
    refused,          // nothing listens
    unreachable,      // no route
    timeout,          // connected, but the answer did not come or end in time
    closed,           // the connection broke before the answer was complete
    malformed,        // not HTTP/1
    too_large,        // head over 8 KiB or body over 64 KiB
    redirect,         // 3xx: never followed
    stopped,          // by stop()
};

const char* to_string(http_error error);

struct http_result {
    http_error error = http_error::none;
    http_response response;
};

class http_client {
    struct closer {
        void operator()(void* multi) const;
    };
    std::unique_ptr<void, closer> multi_;  // a CURLM, which is a void
    std::atomic<bool> stopped_ = false;

    int perform(void* easy);

public:
    http_client();

    /// One request. Returns at the latest at `deadline`, and never later than the limit of the request after it was called.
    http_result fetch(const endpoint& server, const http_request& request, steady_time deadline);

    /// From any thread: the request that is under way, and every later one, returns at once.
    void stop();
};

}  // namespace tenfold::bench
