// SPDX-License-Identifier: Apache-2.0
// status, the writer of its message, and the exceptions it becomes.
#include <tenfold/core/error.hpp>
#include <tenfold/core/status.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>

using tenfold::failure;
using tenfold::status;
using tenfold::status_code;

TEST_CASE("a new status is success without a message") {
    const status s;
    CHECK(s.ok());
    CHECK(s.code() == status_code::ok);
    CHECK(s.message().empty());
    CHECK(status(status_code::cancelled).code() == status_code::cancelled);
    CHECK_FALSE(status(status_code::cancelled).ok());
}

TEST_CASE("failure writes numbers, tuples and addresses [E01]") {
    const status s = failure(status_code::shape, "op")
                     << tenfold::index_array<3>{1, -2, 3} << " " << std::numeric_limits<std::int64_t>::min() << " "
                     << std::numeric_limits<std::int64_t>::max() << " " << std::size_t{7} << " " << 0 << " "
                     << reinterpret_cast<const void*>(0xbeef) << " " << tenfold::index_array<0>{};
    CHECK(s.message() == "op: (1, -2, 3) -9223372036854775808 9223372036854775807 7 0 0xbeef ()");
    CHECK(s.code() == status_code::shape);
}

TEST_CASE("a message that is too long is cut at the capacity, nothing is overwritten") {
    failure message(status_code::shape, "op");
    for (int i = 0; i < 200; ++i) message << "0123456789";
    const status s = message;
    CHECK(s.message().size() == status::capacity);
    CHECK(s.message().substr(0, 14) == "op: 0123456789");
    const status copy = s;
    CHECK(copy.message() == s.message());
}

TEST_CASE("each code throws its own exception, derived from tenfold::error [E01]") {
    const auto thrown = [](status_code code) -> std::string {
        try {
            tenfold::raise(failure(code, "op") << "text");
        } catch (const tenfold::shape_error& e) { return std::string("shape ") + e.what(); } catch (const tenfold::dtype_error& e) {
            return std::string("dtype ") + e.what();
        } catch (const tenfold::unsupported_error& e) {
            return std::string("unsupported ") + e.what();
        } catch (const tenfold::device_error& e) { return std::string("device ") + e.what(); } catch (const tenfold::error& e) {
            return std::string("error ") + e.what();
        } catch (const std::bad_alloc&) { return "bad_alloc"; }
        return "nothing";
    };
    CHECK(thrown(status_code::shape) == "shape op: text");
    CHECK(thrown(status_code::dtype) == "dtype op: text");
    CHECK(thrown(status_code::unsupported) == "unsupported op: text");
    CHECK(thrown(status_code::device) == "device op: text");
    CHECK(thrown(status_code::out_of_memory) == "bad_alloc");
    CHECK(thrown(status_code::functor_threw) == "error op: text");
    CHECK(thrown(status_code::cancelled) == "error op: text");
    try {
        tenfold::raise(failure(status_code::device, "op"));
    } catch (const tenfold::error& e) { CHECK(e.code() == status_code::device); }
}
