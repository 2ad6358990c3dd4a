// SPDX-License-Identifier: Apache-2.0
// Reads one HTTP/1.x response from bytes as they arrive. Strict: what is ambiguous is malformed.
#pragma once

#include <cstddef>      // std::size_t
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <vector>       // std::vector

namespace tenfold::bench {

struct http_response {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;

    /// The value of the first header of that name (given in lower case).
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

class http_reader {
public:
    enum class state { head, body, chunk_size, chunk_data, chunk_end, trailer, complete, malformed, head_too_large, body_too_large };

    static constexpr std::size_t head_limit = std::size_t{8} << 10;
    static constexpr std::size_t body_limit = std::size_t{64} << 10;

    /// Takes the next bytes; the result does not depend on where the response is cut into pieces.
    state feed(std::string_view bytes);
    /// The peer has finished sending: completes a body without a length, otherwise the response is malformed.
    state end_of_stream();

    [[nodiscard]] state now() const { return state_; }
    [[nodiscard]] bool finished() const { return state_ >= state::complete; }
    [[nodiscard]] const http_response& response() const { return response_; }

private:
    state state_ = state::head;
    http_response response_;
    std::string pending_;                 // received, not yet understood
    std::optional<std::size_t> expected_;  // bytes still missing from the body or chunk; nothing = until the peer closes
    std::size_t trailer_bytes_ = 0;

    bool step();
    bool read_head();
    bool parse_head(std::string_view head);
    bool choose_framing();
    bool read_chunk_size();
    bool read_data();
};

}  // namespace tenfold::bench
