// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP/1.x response from bytes as they arrive. Strict: what is ambiguous is malformed.
#include "instances/identity/http_reader.hpp"

#include <algorithm>  // std::min, std::transform
#include <charconv>   // std::from_chars

namespace tenfold::bench {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string lowered(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string_view without_blanks(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
    });
}

std::optional<std::size_t> parse_size(std::string_view text, int base) {
    std::size_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value, base);
    if (text.empty() || text.front() == '-' || result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
}

// "HTTP/1.1 200 OK"
std::optional<int> parse_status_line(std::string_view line) {
    if (line.size() < 12 || line.substr(0, 7) != "HTTP/1." || (line[7] != '0' && line[7] != '1') || line[8] != ' ') return std::nullopt;
    if (line.size() > 12 && line[12] != ' ') return std::nullopt;
    const auto status = parse_size(line.substr(9, 3), 10);
    if (!status || *status < 100 || *status > 599) return std::nullopt;
    return static_cast<int>(*status);
}

}  // namespace

std::optional<std::string_view> http_response::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (key == name) return value;
    }
    return std::nullopt;
}

http_reader::state http_reader::feed(std::string_view bytes) {
    if (finished()) return state_;
    pending_.append(bytes);
    while (!finished() && step()) {}
    return state_;
}

http_reader::state http_reader::end_of_stream() {
    if (finished()) return state_;
    const bool open_ended = state_ == state::body && !expected_;
    return state_ = open_ended ? state::complete : state::malformed;
}

// Makes progress with what is pending; false if more bytes are needed.
bool http_reader::step() {
    switch (state_) {
        case state::head: return read_head();
        case state::body:
        case state::chunk_data: return read_data();
        case state::chunk_size: return read_chunk_size();
        case state::chunk_end:
            if (pending_.size() < 2) return false;
            state_ = pending_.compare(0, 2, "\r\n") == 0 ? state::chunk_size : state::malformed;
            pending_.erase(0, 2);
            return true;
        case state::trailer: {
            const auto end = pending_.find("\r\n");
            if (trailer_bytes_ + std::min(end, pending_.size()) > head_limit) return state_ = state::head_too_large, true;
            if (end == std::string::npos) return false;
            trailer_bytes_ += end + 2;
            if (end == 0) state_ = state::complete;
            pending_.erase(0, end + 2);
            return true;
        }
        default: return false;
    }
}

bool http_reader::read_head() {
    // Garbage is told from the first bytes, without waiting for a head that never ends.
    constexpr std::string_view start = "HTTP/1.";
    if (pending_.compare(0, std::min(pending_.size(), start.size()), start.substr(0, std::min(pending_.size(), start.size()))) != 0) {
        return state_ = state::malformed, true;
    }
    const auto end = pending_.find("\r\n\r\n");
    if (std::min(end, pending_.size()) > head_limit) return state_ = state::head_too_large, true;
    if (end == std::string::npos) return false;
    const bool understood = parse_head(std::string_view(pending_).substr(0, end)) && choose_framing();
    pending_.erase(0, end + 4);
    if (!understood && state_ == state::head) state_ = state::malformed;
    return true;
}

bool http_reader::parse_head(std::string_view head) {
    if (head.find('\0') != std::string_view::npos) return false;
    bool first = true;
    while (!head.empty() || first) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        head.remove_prefix(end == std::string_view::npos ? head.size() : end + 2);
        if (line.find_first_of("\r\n") != std::string_view::npos) return false;
        if (first) {
            const auto status = parse_status_line(line);
            if (!status) return false;
            response_.status = *status;
            first = false;
            continue;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;  // also refuses folded lines
        response_.headers.emplace_back(lowered(line.substr(0, colon)), without_blanks(line.substr(colon + 1)));
    }
    return true;
}

// Content-Length, chunked, or everything until the peer closes. Two statements about the length are an attack or an error.
bool http_reader::choose_framing() {
    std::optional<std::string> length, coding;
    for (const auto& [name, value] : response_.headers) {
        if (name == "content-length") {
            if (length && *length != value) return false;
            length = value;
        } else if (name == "transfer-encoding") {
            if (coding) return false;
            coding = lowered(value);
        }
    }
    if ((length && coding) || (coding && *coding != "chunked") || response_.status < 200) return false;
    if (response_.status == 204 || response_.status == 304) return state_ = state::complete, true;
    if (coding) return state_ = state::chunk_size, true;
    if (!length) return state_ = state::body, true;
    expected_ = parse_size(*length, 10);
    if (!expected_) return false;
    state_ = *expected_ > body_limit ? state::body_too_large : *expected_ == 0 ? state::complete : state::body;
    return true;
}

bool http_reader::read_chunk_size() {
    const auto end = pending_.find("\r\n");
    constexpr std::size_t longest_line = 256;  // a size and, rarely, extensions, which are ignored
    if (std::min(end, pending_.size()) > longest_line) return state_ = state::malformed, true;
    if (end == std::string::npos) return false;
    const auto line = std::string_view(pending_).substr(0, end);
    const auto size = parse_size(without_blanks(line.substr(0, line.find(';'))), 16);
    pending_.erase(0, end + 2);
    if (!size) return state_ = state::malformed, true;
    if (*size > body_limit - response_.body.size()) return state_ = state::body_too_large, true;
    expected_ = *size;
    state_ = *size == 0 ? state::trailer : state::chunk_data;
    return true;
}

bool http_reader::read_data() {
    if (pending_.empty()) return false;
    const auto taken = expected_ ? std::min(*expected_, pending_.size()) : pending_.size();
    if (taken > body_limit - response_.body.size()) return state_ = state::body_too_large, true;
    response_.body.append(pending_, 0, taken);
    pending_.erase(0, taken);
    if (!expected_) return false;
    *expected_ -= taken;
    if (*expected_ == 0) state_ = state_ == state::body ? state::complete : state::chunk_end;
    return *expected_ == 0;
}

}  // namespace tenfold::bench
