// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 client for metadata services: numeric addresses, one request per connection, every wait bounded.
#pragma once

#include <chrono>       // std::chrono
#include <cstdint>      // std::uint16_t
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <vector>       // std::vector

#include "instances/identity/http_reader.hpp"  // http_response

namespace tenfold::bench {

using steady_time = std::chrono::steady_clock::time_point;

struct endpoint {
    std::string address;  // "169.254.169.254" or "fd00:ec2::254"; never a name
    std::uint16_t port = 80;
};

/// "http://127.0.0.1:8080" or "http://[::1]:8080", nothing after the port; nothing if it is anything else.
std::optional<endpoint> parse_endpoint(std::string_view url);

struct http_request {
    std::string method = "GET";
    std::string target;  // "/latest/meta-data/instance-id"
    std::vector<std::pair<std::string, std::string>> headers;
    std::string host;  // the Host header; empty: the address
};

enum class http_error {
    none,
    bad_address,      // not numeric, or no such address family here
    connect_timeout,  // no answer to the connection: nothing there, or a firewall
    refused,          // nothing listens
    unreachable,      // no route
    timeout,          // connected, but the answer did not come or end in time
    closed,           // the connection broke before the answer was complete
    malformed,        // not HTTP, or ambiguous
    too_large,        // head over 8 KiB or body over 64 KiB
    redirect,         // 3xx: never followed
};

const char* to_string(http_error error);

struct http_result {
    http_error error = http_error::none;
    http_response response;
};

inline constexpr std::chrono::milliseconds connect_limit{200};
inline constexpr std::chrono::milliseconds request_limit{500};

/// One request. Returns at the latest at `deadline`, and never later than 500 ms after it was called.
http_result fetch(const endpoint& server, const http_request& request, steady_time deadline);

}  // namespace tenfold::bench
