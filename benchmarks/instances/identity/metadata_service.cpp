// SPDX-License-Identifier: Apache-2.0
// A conversation with one cloud's metadata service: requests, and failures by the names that users will see.
#include "instances/identity/metadata_service.hpp"

#include <algorithm>  // std::all_of

#include "instances/facts/system_files.hpp"  // trimmed

namespace tenfold::bench {
namespace {

metadata_error error_of(http_error error) {
    switch (error) {
        case http_error::timeout: return metadata_error::timeout;
        case http_error::refused: return metadata_error::refused;
        case http_error::stopped:
        case http_error::closed: return metadata_error::closed;
        case http_error::none:
        case http_error::malformed: return metadata_error::malformed;
        case http_error::too_large: return metadata_error::too_large;
        case http_error::redirect: return metadata_error::redirect;
        case http_error::bad_address:
        case http_error::connect_timeout:
        case http_error::unreachable: break;
    }
    return metadata_error::unreachable;
}

}  // namespace

const char* to_string(metadata_error error) {
    switch (error) {
        case metadata_error::unreachable: return "imds_unreachable";
        case metadata_error::refused: return "imds_refused";
        case metadata_error::timeout: return "imds_timeout";
        case metadata_error::closed: return "imds_closed";
        case metadata_error::malformed: return "imds_malformed";
        case metadata_error::too_large: return "imds_too_large";
        case metadata_error::redirect: return "imds_redirect";
        case metadata_error::header_refused: return "imds_header_refused";
        case metadata_error::forbidden: return "imds_forbidden";
        case metadata_error::not_found: return "imds_not_found";
        case metadata_error::unavailable: return "imds_unavailable";
        case metadata_error::imitation: break;
    }
    return "imds_imitation";
}

void require_ok(const http_response& response) {
    switch (response.status) {
        case 200: return;
        case 400:
        case 401: throw metadata_failure{metadata_error::header_refused};
        case 403: throw metadata_failure{metadata_error::forbidden};
        case 404:
        case 405:
        case 410: throw metadata_failure{metadata_error::not_found};
        default: throw metadata_failure{metadata_error::unavailable};
    }
}

http_response metadata_service::exchange(const http_request& request) {
    for (;;) {
        auto result = client_.fetch(servers_.front(), request, deadline_);
        if (result.error == http_error::none) {
            settled_ = true;
            return std::move(result.response);
        }
        const auto error = error_of(result.error);
        const bool nobody_there = error == metadata_error::unreachable || error == metadata_error::refused;
        if (settled_ || !nobody_there || servers_.size() == 1) throw metadata_failure{error};
        servers_.erase(servers_.begin());
    }
}

std::string metadata_service::body(const http_request& request) {
    auto response = exchange(request);
    require_ok(response);
    return std::move(response.body);
}

std::string metadata_service::value(std::string_view target, const header_list& headers) {
    http_request request;
    request.target = target;
    request.headers = headers;
    const auto text = plain_value(body(request));
    if (!text) throw metadata_failure{metadata_error::malformed};
    return *text;
}

std::optional<std::string> metadata_service::optional_value(std::string_view target, const header_list& headers) {
    try {
        return value(target, headers);
    } catch (const metadata_failure&) { return std::nullopt; }
}

std::string metadata_service::token(std::string_view target, std::string_view lifetime_header) {
    http_request request;
    request.method = "PUT";
    request.target = target;
    request.headers = {{std::string(lifetime_header), "21600"}};  // seconds; the most that AWS and Alibaba Cloud grant
    auto text = body(request);
    // Base64 or the like; anything else must not get into a header.
    const auto end = text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_-.");
    if (text.empty() || end != std::string::npos) throw metadata_failure{metadata_error::malformed};
    return text;
}

std::optional<std::string> plain_value(std::string_view text) {
    constexpr std::size_t longest = 256;  // OCI's ids have about 100 characters
    text = trimmed(text);
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._:/-").find(c) != std::string_view::npos;
    });
    if (text.empty() || text.size() > longest || !plain) return std::nullopt;
    return std::string(text);
}

std::string after_last(std::string_view text, char separator) {
    const auto at = text.rfind(separator);
    return std::string(at == std::string_view::npos ? text : text.substr(at + 1));
}

std::optional<std::string> before_last(std::string_view text, char separator) {
    const auto at = text.rfind(separator);
    if (at == std::string_view::npos || at == 0) return std::nullopt;
    return std::string(text.substr(0, at));
}

}  // namespace tenfold::bench
