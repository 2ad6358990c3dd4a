// SPDX-License-Identifier: Apache-2.0
// Runs metadata_server.py in one of its modes for the length of a test.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/identity/http.hpp"  // endpoint

namespace tenfold::bench::test {

class metadata_server {
    int process_ = -1;
    int output_ = -1;
    std::string received_;  // of the output, not yet taken as lines
    endpoint where_;

    bool receive();

public:
    explicit metadata_server(const std::string& mode);
    ~metadata_server();
    metadata_server(const metadata_server&) = delete;
    metadata_server& operator=(const metadata_server&) = delete;

    [[nodiscard]] const endpoint& where() const { return where_; }

    /// Ends the server; its record of requests: "GET /target header,header".
    std::vector<std::string> stop();
};

}  // namespace tenfold::bench::test
