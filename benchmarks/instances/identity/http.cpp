// SPDX-License-Identifier: Apache-2.0
// HTTP for metadata services, by libcurl: numeric addresses, no proxy, no redirect, one request per connection, every wait bounded.
#include "instances/identity/http.hpp"

#include <arpa/inet.h>  // inet_pton
#include <curl/curl.h>

#include <algorithm>  // std::find_if, std::min
#include <cerrno>     // ECONNREFUSED
#include <charconv>   // std::from_chars
#include <stdexcept>  // std::runtime_error

namespace tenfold::bench {
namespace {

using std::chrono::steady_clock;

struct freer {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    void operator()(char* text) const { curl_free(text); }
};
struct easy_closer {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using easy_handle = std::unique_ptr<CURL, easy_closer>;

/// Once for the process. Of what libcurl can prepare, plain HTTP needs nothing.
void require_libcurl() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_NOTHING);
    if (ready != CURLE_OK) throw std::runtime_error("libcurl cannot be started");
}

bool is_numeric(const std::string& address) {
    unsigned char bytes[sizeof(in6_addr)];
    return ::inet_pton(AF_INET, address.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
}

std::string with_brackets(const std::string& address) { return address.find(':') == std::string::npos ? address : "[" + address + "]"; }

template <class T>
void set(CURL* easy, CURLoption option, T value) {
    if (curl_easy_setopt(easy, option, value) != CURLE_OK) throw std::runtime_error("libcurl does not know an option, or has no memory");
}

class header_list {
    std::unique_ptr<curl_slist, freer> list_;

public:
    void add(const std::string& line) {
        curl_slist* const longer = curl_slist_append(list_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc();
        static_cast<void>(list_.release());
        list_.reset(longer);
    }
    [[nodiscard]] curl_slist* get() const { return list_.get(); }
};

/// What arrives, until it is too much. Has its memory from the beginning: nothing is thrown through libcurl.
struct arriving {
    std::string body;
    std::size_t head_bytes = 0;
    bool too_large = false;

    arriving() { body.reserve(body_limit); }

    static std::size_t take_head(char*, std::size_t, std::size_t count, void* into) {
        auto& all = *static_cast<arriving*>(into);
        all.head_bytes += count;
        all.too_large = all.head_bytes > head_limit;
        return all.too_large ? 0 : count;
    }
    static std::size_t take_body(char* data, std::size_t, std::size_t count, void* into) {
        auto& all = *static_cast<arriving*>(into);
        all.too_large = count > body_limit - all.body.size();
        if (all.too_large) return 0;
        all.body.append(data, count);
        return count;
    }
};

header_list headers_of(const http_request& request) {
    header_list lines;
    lines.add("Connection: close");
    if (!request.host.empty()) lines.add("Host: " + request.host);
    for (const auto& [name, value] : request.headers) lines.add(name + ": " + value);
    lines.add(request.body.empty() ? "Content-Type:" : "Content-Type: application/json");  // else libcurl says that it is a form
    return lines;
}

/// What every request has in common: the environment's proxies, .netrc and the like have no part in it.
void forbid_detours(CURL* easy) {
    set(easy, CURLOPT_PROTOCOLS_STR, "http");
    set(easy, CURLOPT_PROXY, "");
    set(easy, CURLOPT_NOPROXY, "*");
    set(easy, CURLOPT_FOLLOWLOCATION, 0L);
    set(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    set(easy, CURLOPT_PATH_AS_IS, 1L);
    set(easy, CURLOPT_NOSIGNAL, 1L);
    // A handful of questions to the next hop: a connection costs less than doubts about whose bytes are left in it.
    set(easy, CURLOPT_FORBID_REUSE, 1L);
}

void set_request(CURL* easy, const endpoint& server, const http_request& request, const header_list& headers) {
    set(easy, CURLOPT_URL, ("http://" + with_brackets(server.address) + ":" + std::to_string(server.port) + request.target).c_str());
    set(easy, CURLOPT_HTTPHEADER, headers.get());
    if (request.method == "GET") return;
    set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
    set(easy, CURLOPT_COPYPOSTFIELDS, request.body.c_str());  // says "Content-Length: 0" too, without which some servers answer 411
    set(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
}

void set_arriving(CURL* easy, arriving& into) {
    set(easy, CURLOPT_HEADERFUNCTION, &arriving::take_head);
    set(easy, CURLOPT_HEADERDATA, static_cast<void*>(&into));
    set(easy, CURLOPT_WRITEFUNCTION, &arriving::take_body);
    set(easy, CURLOPT_WRITEDATA, static_cast<void*>(&into));
}

http_error error_of_connect(CURL* easy) {
    long system_error = 0;
    curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &system_error);
    if (system_error == ECONNREFUSED) return http_error::refused;
    return system_error == EAFNOSUPPORT ? http_error::bad_address : http_error::unreachable;
}

http_error error_of_timeout(CURL* easy) {
    curl_off_t connected = 0;
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connected);
    return connected > 0 ? http_error::timeout : http_error::connect_timeout;
}

http_error error_of(int outcome, CURL* easy, const arriving& arrived) {
    switch (outcome) {
        case CURLE_OK: return http_error::none;
        case CURLE_COULDNT_CONNECT: return error_of_connect(easy);
        case CURLE_OPERATION_TIMEDOUT: return error_of_timeout(easy);
        case CURLE_ABORTED_BY_CALLBACK: return http_error::stopped;
        case CURLE_WRITE_ERROR: return arrived.too_large ? http_error::too_large : http_error::malformed;
        case CURLE_OUT_OF_MEMORY:  // also said of a head without an end
        case CURLE_FILESIZE_EXCEEDED: return http_error::too_large;
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return http_error::closed;
        default: return http_error::malformed;
    }
}

http_response response_of(CURL* easy, arriving& arrived) {
    http_response response;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    constexpr int of_the_last_request = -1;
    for (curl_header* one = nullptr; (one = curl_easy_nextheader(easy, CURLH_HEADER, of_the_last_request, one)) != nullptr;)
        response.headers.emplace_back(one->name, one->value);
    response.body = std::move(arrived.body);
    return response;
}

}  // namespace

std::optional<std::string_view> http_response::header(std::string_view name) const {
    const std::string wanted(name);
    const auto same_name = [&](const auto& one) { return curl_strequal(one.first.c_str(), wanted.c_str()) != 0; };
    const auto found = std::find_if(headers.begin(), headers.end(), same_name);
    if (found == headers.end()) return std::nullopt;
    return found->second;
}

std::optional<endpoint> parse_endpoint(std::string_view url) {
    const std::unique_ptr<CURLU, freer> parsed(curl_url());
    if (curl_url_set(parsed.get(), CURLUPART_URL, std::string(url).c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) return std::nullopt;
    const auto part = [&](CURLUPart which, unsigned flags = 0) {
        char* text = nullptr;
        curl_url_get(parsed.get(), which, &text, flags);
        const std::unique_ptr<char, freer> owned(text);
        return std::string(text == nullptr ? "" : text);
    };
    if (part(CURLUPART_SCHEME) != "http" || part(CURLUPART_PATH) != "/") return std::nullopt;
    for (const CURLUPart none : {CURLUPART_QUERY, CURLUPART_FRAGMENT, CURLUPART_ZONEID})
        if (!part(none).empty()) return std::nullopt;
    endpoint result;
    result.address = part(CURLUPART_HOST);
    if (result.address.front() == '[') result.address = result.address.substr(1, result.address.size() - 2);
    const std::string port = part(CURLUPART_PORT, CURLU_DEFAULT_PORT);
    std::from_chars(port.data(), port.data() + port.size(), result.port);  // libcurl has looked at it
    if (result.port == 0 || !is_numeric(result.address)) return std::nullopt;
    return result;
}

const char* to_string(http_error error) {
    switch (error) {
        case http_error::none: return "ok";
        case http_error::bad_address: return "bad_address";
        case http_error::connect_timeout: return "connect_timeout";
        case http_error::refused: return "refused";
        case http_error::unreachable: return "unreachable";
        case http_error::timeout: return "timeout";
        case http_error::closed: return "closed";
        case http_error::malformed: return "malformed";
        case http_error::too_large: return "too_large";
        case http_error::stopped: return "stopped";
        case http_error::redirect: break;
    }
    return "redirect";
}

void http_client::closer::operator()(void* multi) const { curl_multi_cleanup(multi); }

http_client::http_client() {
    require_libcurl();
    multi_.reset(curl_multi_init());
    if (!multi_) throw std::bad_alloc();
}

void http_client::stop() {
    stopped_ = true;
    curl_multi_wakeup(multi_.get());
}

/// Like curl_easy_perform, but can be stopped.
int http_client::perform(void* easy) {
    if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) return CURLE_FAILED_INIT;
    CURLcode outcome = CURLE_ABORTED_BY_CALLBACK;
    while (!stopped_) {
        int running = 0, left = 0;
        curl_multi_perform(multi_.get(), &running);
        const CURLMsg* const ended = curl_multi_info_read(multi_.get(), &left);
        if (ended != nullptr) {
            outcome = ended->data.result;
            break;
        }
        constexpr int longest_ms = 1000;  // it ends earlier where one of the request's own limits does
        curl_multi_poll(multi_.get(), nullptr, 0, longest_ms, nullptr);
    }
    curl_multi_remove_handle(multi_.get(), easy);
    return outcome;
}

http_result http_client::fetch(const endpoint& server, const http_request& request, steady_time deadline) {
    http_result result;
    if (!is_numeric(server.address)) {
        result.error = http_error::bad_address;
        return result;
    }
    // Rounded up, because libcurl takes 0 for "no limit".
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(std::min(deadline - steady_clock::now(), steady_clock::duration(request.limit)));
    if (left.count() <= 0) {
        result.error = http_error::timeout;
        return result;
    }
    const easy_handle easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    const header_list headers = headers_of(request);
    arriving arrived;
    forbid_detours(easy.get());
    set_request(easy.get(), server, request, headers);
    set_arriving(easy.get(), arrived);
    set(easy.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
    set(easy.get(), CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, connect_limit).count()));
    set(easy.get(), CURLOPT_MAXFILESIZE, static_cast<long>(body_limit));
    result.error = error_of(perform(easy.get()), easy.get(), arrived);
    if (result.error != http_error::none) return result;
    result.response = response_of(easy.get(), arrived);
    if (result.response.status >= 300 && result.response.status < 400) result.error = http_error::redirect;
    return result;
}

}  // namespace tenfold::bench
