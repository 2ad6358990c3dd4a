// SPDX-License-Identifier: Apache-2.0
// A small HTTP/1.1 client for metadata services: numeric addresses, one request per connection, every wait bounded.
#include "instances/identity/http.hpp"

#include <arpa/inet.h>   // inet_pton
#include <netinet/in.h>  // sockaddr_in, sockaddr_in6
#include <poll.h>        // poll
#include <sys/socket.h>  // socket, connect
#include <unistd.h>      // close

#include <algorithm>  // std::max, std::min
#include <cerrno>     // errno
#include <charconv>   // std::from_chars
#include <cstring>    // std::memcpy

namespace tenfold::bench {
namespace {

using std::chrono::steady_clock;

class socket_handle {
    int descriptor_;

public:
    explicit socket_handle(int family) : descriptor_(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
    ~socket_handle() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    socket_handle(const socket_handle&) = delete;
    socket_handle& operator=(const socket_handle&) = delete;
    [[nodiscard]] int get() const { return descriptor_; }
};

struct socket_address {
    sockaddr_storage storage = {};
    socklen_t size = 0;
};

std::optional<socket_address> numeric_address(const endpoint& server) {
    socket_address result;
    sockaddr_in v4 = {};
    sockaddr_in6 v6 = {};
    if (::inet_pton(AF_INET, server.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(server.port);
        std::memcpy(&result.storage, &v4, result.size = sizeof v4);
        return result;
    }
    if (::inet_pton(AF_INET6, server.address.c_str(), &v6.sin6_addr) == 1) {
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(server.port);
        std::memcpy(&result.storage, &v6, result.size = sizeof v6);
        return result;
    }
    return std::nullopt;
}

// Waits until the socket is ready; false once the deadline has passed.
bool wait_for(int descriptor, short events, steady_time deadline) {
    for (;;) {
        // Rounded up: a wait that ends a fraction early would only spin.
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now()).count();
        if (left <= 0) return false;
        pollfd entry = {descriptor, events, 0};
        const int ready = ::poll(&entry, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

http_error error_of_connect(int code) {
    switch (code) {
        case 0: return http_error::none;
        case ECONNREFUSED: return http_error::refused;
        case ETIMEDOUT: return http_error::connect_timeout;
        case EAFNOSUPPORT: return http_error::bad_address;
        default: return http_error::unreachable;  // ENETUNREACH, EHOSTUNREACH, EACCES, ...
    }
}

http_error connect_to(const socket_handle& socket, const socket_address& address, steady_time deadline) {
    const auto* const name = reinterpret_cast<const sockaddr*>(&address.storage);
    if (::connect(socket.get(), name, address.size) == 0) return http_error::none;
    if (errno != EINPROGRESS) return error_of_connect(errno);
    if (!wait_for(socket.get(), POLLOUT, deadline)) return http_error::connect_timeout;
    int code = 0;
    socklen_t size = sizeof code;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &size) != 0) return error_of_connect(errno);
    return error_of_connect(code);
}

std::string text_of(const http_request& request, const endpoint& server) {
    const bool v6 = server.address.find(':') != std::string::npos;
    auto host = request.host;
    if (host.empty()) {
        host = v6 ? "[" + server.address + "]" : server.address;
        if (server.port != 80) host.append(":").append(std::to_string(server.port));
    }
    std::string text = request.method + " " + request.target + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\nAccept: */*\r\n";
    for (const auto& [name, value] : request.headers) text += name + ": " + value + "\r\n";
    // A PUT or POST without a body says so: some servers answer 411 otherwise.
    if (request.method != "GET") text += "Content-Length: 0\r\n";
    return text + "\r\n";
}

http_error send_all(const socket_handle& socket, std::string_view text, steady_time deadline) {
    while (!text.empty()) {
        const auto sent = ::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent > 0) {
            text.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!wait_for(socket.get(), POLLOUT, deadline)) return http_error::timeout;
        } else if (errno != EINTR) {
            return http_error::closed;
        }
    }
    return http_error::none;
}

http_error receive(const socket_handle& socket, http_reader& reader, steady_time deadline) {
    char block[4096];
    while (!reader.finished()) {
        if (!wait_for(socket.get(), POLLIN, deadline)) return http_error::timeout;
        const auto size = ::recv(socket.get(), block, sizeof block, 0);
        if (size > 0) {
            reader.feed(std::string_view(block, static_cast<std::size_t>(size)));
        } else if (size == 0) {
            if (reader.end_of_stream() == http_reader::state::malformed) return http_error::closed;
        } else if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
            return http_error::closed;
        }
    }
    switch (reader.now()) {
        case http_reader::state::complete: return http_error::none;
        case http_reader::state::malformed: return http_error::malformed;
        default: return http_error::too_large;
    }
}

}  // namespace

std::optional<endpoint> parse_endpoint(std::string_view url) {
    constexpr std::string_view scheme = "http://";
    if (url.substr(0, scheme.size()) != scheme) return std::nullopt;
    url.remove_prefix(scheme.size());
    if (!url.empty() && url.back() == '/') url.remove_suffix(1);
    endpoint result;
    std::string_view port;
    if (!url.empty() && url.front() == '[') {
        const auto close = url.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        result.address = url.substr(1, close - 1);
        port = url.substr(close + 1);
    } else {
        const auto colon = url.find(':');
        result.address = url.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view() : url.substr(colon);
    }
    if (!port.empty()) {
        const char* const end = port.data() + port.size();
        const auto parsed = std::from_chars(port.data() + 1, end, result.port);
        if (port.front() != ':' || parsed.ec != std::errc() || parsed.ptr != end || result.port == 0) return std::nullopt;
    }
    if (!numeric_address(result)) return std::nullopt;
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
        case http_error::redirect: break;
    }
    return "redirect";
}

http_result fetch(const endpoint& server, const http_request& request, steady_time deadline) {
    const auto begin = steady_clock::now();
    deadline = std::min(deadline, begin + request_limit);
    http_result result;
    const auto address = numeric_address(server);
    if (!address) {
        result.error = http_error::bad_address;
        return result;
    }
    const socket_handle socket(address->storage.ss_family);
    if (socket.get() < 0) {
        result.error = error_of_connect(errno);
        return result;
    }
    result.error = connect_to(socket, *address, std::min(deadline, begin + connect_limit));
    if (result.error == http_error::none) result.error = send_all(socket, text_of(request, server), deadline);
    if (result.error != http_error::none) return result;
    http_reader reader;
    result.error = receive(socket, reader, deadline);
    if (result.error != http_error::none) return result;
    result.response = reader.response();
    if (result.response.status >= 300 && result.response.status < 400) result.error = http_error::redirect;
    return result;
}

}  // namespace tenfold::bench
