// SPDX-License-Identifier: Apache-2.0
// tensor: allocation, refusal of bad extents, moves, clones, and the caller's memory resource.
#include <tenfold/core/tensor.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

using tenfold::index_t;
using tenfold::status;
using tenfold::status_code;
using tenfold::tensor;

namespace {
/// Counts what it hands out and can be told to have nothing.
class counting_resource final : public tenfold::memory_resource {
public:
    int live = 0;
    int calls = 0;
    bool exhausted = false;
    std::size_t last_bytes = 0, freed_bytes = 0, last_alignment = 0;

    void* allocate(std::size_t bytes, std::size_t alignment) noexcept override {
        ++calls;
        last_bytes = bytes;
        last_alignment = alignment;
        if (exhausted) return nullptr;
        ++live;
        return std::aligned_alloc(alignment, bytes);
    }
    void deallocate(void* pointer, std::size_t bytes, std::size_t) noexcept override {
        --live;
        freed_bytes = bytes;
        std::free(pointer);
    }
};

template <class F>
std::string refusal(const F& f) {
    try {
        f();
    } catch (const tenfold::error& e) { return e.what(); } catch (const std::bad_alloc&) {
        return "bad_alloc";
    }
    return "not refused";
}
}  // namespace

TEST_CASE("a tensor is row-major and aligned to 64 bytes [E18]") {
    for (const index_t n : {1, 3, 17, 1000}) {
        tensor<double, 2> x({n, 3});
        CHECK(reinterpret_cast<std::uintptr_t>(x.data()) % tenfold::tensor_alignment == 0);
        CHECK(x.strides() == tenfold::index_array<2>{3, 1});
        x(n - 1, 2) = 5;
        CHECK(x.view()(n - 1, 2) == 5);
    }
}

TEST_CASE("an empty tensor has no memory [E04]") {
    counting_resource memory;
    tensor<float, 3> x({4, 0, INT64_MAX}, &memory);
    CHECK(x.data() == nullptr);
    CHECK(x.size() == 0);
    CHECK(memory.calls == 0);
}

TEST_CASE("negative and overflowing extents are refused, never wrapped into a small allocation [E01][E03][H05]") {
    CHECK(refusal([] { tensor<float, 2>({-1, 4}); }) == "tensor: extents (-1, 4) hold a negative value; extents are >= 0");
    CHECK(refusal([] { tensor<float, 2>({0, -4}); }) == "tensor: extents (0, -4) hold a negative value; extents are >= 0");
    CHECK(refusal([] { tensor<float, 2>({index_t{1} << 32, index_t{1} << 32}); }) ==
          "tensor: extents (4294967296, 4294967296) need more than 2^63 - 1 bytes; use smaller extents");
    CHECK(refusal([] { tensor<float, 2>({index_t{1} << 31, index_t{1} << 31}); }).find("need more than") !=
          std::string::npos);  // 2^64 bytes
    CHECK(refusal([] { tensor<double, 1>({index_t{1} << 60}); }).find("need more than") != std::string::npos);  // 2^63 bytes
    CHECK(refusal([] { tensor<float, 1>({INT64_MAX}); }).find("need more than") != std::string::npos);
}

TEST_CASE("memory that cannot be had is bad_alloc or a status with the size; the old tensor stays [E02]") {
    // 2^62 bytes: legal as a shape, beyond any address space.
    CHECK(refusal([] { tensor<std::int8_t, 1>({index_t{1} << 62}); }) == "bad_alloc");
    tensor<std::int8_t, 1> x({3});
    x(0) = 42;
    const status s = tensor<std::int8_t, 1>::allocate({index_t{1} << 62}, x);
    CHECK(s.code() == status_code::out_of_memory);
    CHECK(s.message() == "tensor: no memory for extents (4611686018427387904): 4611686018427387904 bytes");
    CHECK(x.size() == 3);
    CHECK(x(0) == 42);
}

TEST_CASE("the caller's memory resource is honoured: allocation, clone, move, release [E18]") {
    counting_resource memory;
    {
        tensor<float, 1> x({5}, &memory);
        CHECK(memory.live == 1);
        CHECK(memory.last_bytes % 64 == 0);
        CHECK(memory.last_bytes >= 20);
        CHECK(memory.last_alignment == 64);
        for (index_t i = 0; i < 5; ++i) x(i) = static_cast<float>(i);
        tensor<float, 1> y = x.clone();
        CHECK(memory.live == 2);
        CHECK(y(4) == 4);
        CHECK(y.data() != x.data());
        const float* const data = x.data();
        tensor<float, 1> z = std::move(x);
        CHECK(z.data() == data);
        CHECK(x.data() == nullptr);  // NOLINT(bugprone-use-after-move): the moved-from state is the promise
        CHECK(x.size() == 0);
        CHECK(memory.live == 2);
        y = std::move(z);
        CHECK(memory.live == 1);
        CHECK(y.data() == data);
        auto& same = y;
        y = std::move(same);
        CHECK(y.data() == data);
    }
    CHECK(memory.live == 0);
    CHECK(memory.freed_bytes == memory.last_bytes);
    memory.exhausted = true;
    CHECK(refusal([&] { tensor<float, 1>({5}, &memory); }) == "bad_alloc");
    CHECK(memory.live == 0);
}

TEST_CASE("tensors are copied by clone() only") {
    static_assert(!std::is_copy_constructible_v<tensor<float, 2>> && !std::is_copy_assignable_v<tensor<float, 2>>);
    static_assert(std::is_nothrow_move_constructible_v<tensor<float, 2>> && std::is_nothrow_move_assignable_v<tensor<float, 2>>);
    CHECK(tensor<float, 2>().size() == 0);
}
