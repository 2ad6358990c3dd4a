// SPDX-License-Identifier: Apache-2.0
// The HTTP client against servers that answer, and against servers that should not keep anybody.
#include <doctest/doctest.h>

#include <stdlib.h>  // setenv

#include <future>  // std::async
#include <string>  // std::string

#include "bench/identity/metadata_server.hpp"
#include "instances/identity/http.hpp"

namespace tenfold::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct timed_result {
    http_result result;
    double ms;
};

timed_result timed_fetch(const endpoint& server, const http_request& request) {
    const auto begin = steady_clock::now();
    auto result = http_client().fetch(server, request, begin + milliseconds(5000));
    return {std::move(result), std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count()};
}

http_request get(std::string target, std::vector<std::pair<std::string, std::string>> headers = {}) {
    http_request request;
    request.target = std::move(target);
    request.headers = std::move(headers);
    return request;
}

}  // namespace

TEST_CASE("endpoints are numeric [C01]") {
    CHECK(parse_endpoint("http://127.0.0.1:8080")->port == 8080);
    CHECK(parse_endpoint("http://127.0.0.1/")->port == 80);
    CHECK(parse_endpoint("http://[fd00:ec2::254]:81")->address == "fd00:ec2::254");
    for (const char* bad :
         {"", "http://", "https://127.0.0.1", "http://localhost:80", "http://127.0.0.1:0", "http://127.0.0.1:99999",
          "http://127.0.0.1:80/path", "http://127.0.0.1?a", "http://user@127.0.0.1", "http://[::1", "http://[::1]x", "127.0.0.1:80"}) {
        CAPTURE(bad);
        CHECK(!parse_endpoint(bad));
    }
}

TEST_CASE("every framing gives the same body [C01]") {
    for (const std::string framing : {"", "+chunked", "+until-close", "+half-closed"}) {
        const test::metadata_server server("scaleway" + framing);
        const auto result = timed_fetch(server.where(), get("/conf?format=json")).result;
        CAPTURE(framing);
        REQUIRE(result.error == http_error::none);
        CHECK(result.response.body.find("L4-1-24G") != std::string::npos);
    }
}

TEST_CASE("misbehaving servers are named and cost at most 500 ms [C01]") {
    const struct {
        const char* mode;
        http_error error;
    } cases[] = {
        {"hang", http_error::timeout},         {"drip", http_error::timeout},           {"garbage", http_error::malformed},
        {"megabyte", http_error::too_large},   {"endless", http_error::too_large},      {"long-head", http_error::too_large},
        {"redirect", http_error::redirect},    {"truncated", http_error::closed},       {"closed", http_error::closed},
        {"deaf", http_error::connect_timeout}, {"endless-head", http_error::too_large}, {"chunked-megabyte", http_error::too_large},
    };
    for (const auto& one : cases) {
        const test::metadata_server server(one.mode);
        const auto timed = timed_fetch(server.where(), get("/"));
        CAPTURE(one.mode);
        CHECK(std::string(to_string(timed.result.error)) == to_string(one.error));
        CHECK(timed.ms <= 1000);  // the limit is 500; the rest is for a busy machine
    }
}

TEST_CASE("nobody there [C01]") {
    const endpoint closed_port = {"127.0.0.1", 1};
    CHECK(timed_fetch(closed_port, get("/")).result.error == http_error::refused);
    CHECK(timed_fetch({"not.numeric", 80}, get("/")).result.error == http_error::bad_address);
    const auto begin = steady_clock::now();
    CHECK(http_client().fetch({"127.0.0.1", 1}, get("/"), begin - milliseconds(1)).error != http_error::none);
    const test::metadata_server server("hang");
    CHECK(http_client().fetch(server.where(), get("/"), steady_clock::now() + milliseconds(50)).error == http_error::timeout);
    CHECK(steady_clock::now() - begin < milliseconds(1000));
}

TEST_CASE("a request that is under way is stopped at once, and so are later ones [C01]") {
    const test::metadata_server server("hang");
    http_client client;
    http_request patient = get("/");
    patient.limit = std::chrono::minutes(10);
    const auto begin = steady_clock::now();
    auto stopped =
        std::async(std::launch::async, [&] { return client.fetch(server.where(), patient, steady_clock::time_point::max()).error; });
    std::this_thread::sleep_for(milliseconds(200));
    client.stop();
    CHECK(stopped.get() == http_error::stopped);
    CHECK(client.fetch(server.where(), patient, steady_clock::time_point::max()).error == http_error::stopped);
    CHECK(steady_clock::now() - begin < milliseconds(2000));
}

TEST_CASE("the environment's proxies are not asked [C01]") {
    test::metadata_server proxy("forbidden"), server("hetzner");
    const std::string where = "http://127.0.0.1:" + std::to_string(proxy.where().port);
    for (const char* name : {"http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"}) ::setenv(name, where.c_str(), 1);
    const auto found = timed_fetch(server.where(), get("/hetzner/v1/metadata/region")).result;
    for (const char* name : {"http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"}) ::unsetenv(name);
    CHECK(found.response.body == "eu-central");
    CHECK(proxy.stop().empty());
}

TEST_CASE("a body is sent, and a redirect leads nowhere [C01]") {
    const test::metadata_server azure("azure-preempt");
    http_request approval = get("/metadata/scheduledevents?api-version=2020-07-01", {{"Metadata", "true"}});
    approval.method = "POST";
    approval.body = R"({"StartRequests":[{"EventId":"canary-event-Preempt-canary-name"}]})";
    CHECK(timed_fetch(azure.where(), approval).result.response.status == 200);
    approval.body = R"({"StartRequests":[{"EventId":"another"}]})";
    CHECK(timed_fetch(azure.where(), approval).result.response.status == 400);
    const test::metadata_server elsewhere("redirect");
    const auto redirected = timed_fetch(elsewhere.where(), get("/")).result;
    CHECK(redirected.response.header("LOCATION") == "http://203.0.113.77/");
}

TEST_CASE("services refuse what their clouds refuse [C01]") {
    const test::metadata_server azure("azure"), gcp("gcp"), aws("aws"), outscale("outscale");
    const std::string compute = "/metadata/instance/compute?api-version=2020-12-01&format=json";
    CHECK(timed_fetch(azure.where(), get(compute)).result.response.status == 400);
    CHECK(timed_fetch(azure.where(), get(compute, {{"Metadata", "true"}, {"X-Forwarded-For", "10.0.0.1"}})).result.response.status == 400);
    CHECK(timed_fetch(azure.where(), get(compute, {{"Metadata", "true"}})).result.response.status == 200);
    CHECK(timed_fetch(gcp.where(), get("/computeMetadata/v1/instance/zone")).result.response.status == 403);
    CHECK(timed_fetch(aws.where(), get("/latest/meta-data/instance-type")).result.response.status == 401);
    auto put = get("/latest/api/token");
    put.method = "PUT";
    CHECK(timed_fetch(outscale.where(), put).result.response.status == 405);
}

}  // namespace tenfold::bench
