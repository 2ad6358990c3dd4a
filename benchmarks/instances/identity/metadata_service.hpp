// SPDX-License-Identifier: Apache-2.0
// A conversation with one cloud's metadata service: requests, and failures by the names that users will see.
#pragma once

#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <vector>       // std::vector

#include "instances/identity/http.hpp"  // http_client, endpoint, http_response

namespace tenfold::bench {

enum class metadata_error {
    unreachable,     // no answer to the connection
    refused,         // nothing listens
    timeout,         // connected, no complete answer in time
    closed,          // the connection broke, or nobody waits for the answer any more
    malformed,       // not HTTP, or not the value that belongs there
    too_large,       // beyond 64 KiB
    redirect,        // never followed
    header_refused,  // 400, 401
    forbidden,       // 403: switched off
    not_found,       // 404, 405, 410: this service does not know the path
    unavailable,     // any other status
    imitation,       // answers, but is not this cloud
};

const char* to_string(metadata_error error);  // "imds_timeout", ...

/// Thrown by metadata_service and by the providers; never leaves the probe.
struct metadata_failure {
    metadata_error error;
};

class metadata_service {
    http_client& client_;
    std::vector<endpoint> servers_;  // tried in this order until one accepts the connection
    steady_time deadline_;
    bool hinted_;
    bool settled_ = false;

public:
    using header_list = std::vector<std::pair<std::string, std::string>>;

    metadata_service(http_client& client, std::vector<endpoint> servers, steady_time deadline, bool hinted)
        : client_(client), servers_(std::move(servers)), deadline_(deadline), hinted_(hinted) {}

    /// The firmware already says that this is the cloud; otherwise the answers themselves have to prove it.
    [[nodiscard]] bool hinted() const { return hinted_; }

    /// The response whatever its status; transport failures are thrown.
    http_response exchange(const http_request& request);
    /// The body of a response with status 200; everything else is thrown.
    std::string body(const http_request& request);

    /// GET of one plain value. Values are letters, digits and "._:/-", so that nothing else can reach a terminal or a file.
    std::string value(std::string_view target, const header_list& headers = {});
    /// The same for a fact that may be absent: every failure is just an absent fact.
    std::optional<std::string> optional_value(std::string_view target, const header_list& headers = {});
    /// PUT for a session token that lives long enough for any run, fit to be sent back in a header.
    std::string token(std::string_view target, std::string_view lifetime_header);
};

/// Throws metadata_failure with the name for that status unless it is 200.
void require_ok(const http_response& response);

/// The text, blanks trimmed, if it is a plain value as above; nothing otherwise.
std::optional<std::string> plain_value(std::string_view text);

/// The part after the last separator: "projects/1/zones/z" -> "z".
std::string after_last(std::string_view text, char separator);
/// The part before the last separator; nothing if there is none: "us-central1-a" -> "us-central1".
std::optional<std::string> before_last(std::string_view text, char separator);

}  // namespace tenfold::bench
