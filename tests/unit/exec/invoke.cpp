// SPDX-License-Identifier: Apache-2.0
// How a call finds its kernel, and what becomes of failures: as status, as exception, from a functor.
#include <tenfold/exec/arena_ref.hpp>
#include <tenfold/exec/check.hpp>
#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/invoke.hpp>
#include <tenfold/exec/reference.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace {
struct toy_arguments {
    int value;
};
struct toy_op {
    static constexpr const char* name = "toy";
    static tenfold::status check(const toy_arguments& x) noexcept {
        if (x.value >= 0) return {};
        return tenfold::failure(tenfold::status_code::shape, name) << "value is " << x.value << "; values are >= 0";
    }
};
struct other_op {
    [[maybe_unused]] static constexpr const char* name = "other";
};
struct toy_backend {
    using space = tenfold::host_space;
    static constexpr const char* name = "toy_backend";
    int* ran = nullptr;
};
}  // namespace

template <>
struct tenfold::kernel<toy_op, toy_backend> {
    static tenfold::status run(const toy_backend& where, const toy_arguments& x) {
        ++*where.ran;
        if (x.value == 1) throw std::runtime_error("from a functor");
        if (x.value == 2) throw 2;
        if (x.value == 3) return tenfold::failure(tenfold::status_code::unsupported, "toy") << "three";
        return {};
    }
};

TEST_CASE("a backend is a value with a name and a space; a kernel is found by specialisation") {
    static_assert(tenfold::backend<toy_backend> && tenfold::backend<tenfold::cpu> && tenfold::backend<tenfold::reference>);
    static_assert(!tenfold::backend<int> && !tenfold::backend<toy_op>);
    static_assert(tenfold::implemented<toy_op, toy_backend> && !tenfold::implemented<other_op, toy_backend>);
    CHECK(std::string(toy_backend::name) == "toy_backend");
}

TEST_CASE("refused arguments never reach the kernel [E01]") {
    int ran = 0;
    const toy_backend where{&ran};
    const tenfold::status s = tenfold::invoke_nothrow<toy_op>(where, toy_arguments{-5});
    CHECK(s.message() == "toy: value is -5; values are >= 0");
    CHECK_THROWS_WITH_AS(tenfold::invoke<toy_op>(where, toy_arguments{-5}), "toy: value is -5; values are >= 0", tenfold::shape_error);
    CHECK(ran == 0);
    CHECK(tenfold::invoke_nothrow<toy_op>(where, toy_arguments{0}).ok());
    CHECK(ran == 1);
}

TEST_CASE("a kernel's status and a functor's exception arrive by both overloads [E01][T08]") {
    int ran = 0;
    const toy_backend where{&ran};
    CHECK(tenfold::invoke_nothrow<toy_op>(where, toy_arguments{1}).message() == "toy: a functor of the call threw: from a functor");
    CHECK(tenfold::invoke_nothrow<toy_op>(where, toy_arguments{2}).message() == "toy: a functor of the call threw");
    CHECK(tenfold::invoke_nothrow<toy_op>(where, toy_arguments{3}).code() == tenfold::status_code::unsupported);
    CHECK_THROWS_AS(tenfold::invoke<toy_op>(where, toy_arguments{1}), std::runtime_error);
    CHECK_THROWS_AS(tenfold::invoke<toy_op>(where, toy_arguments{2}), int);
    CHECK_THROWS_AS(tenfold::invoke<toy_op>(where, toy_arguments{3}), tenfold::unsupported_error);
}

TEST_CASE("arena_ref calls the arena it refers to, whatever its type [T02]") {
    struct own_pool {
        int entered = 0;
        void execute(tenfold::arena_task task) {
            ++entered;
            task();
        }
        int max_concurrency() const { return 5; }
    } pool;
    const tenfold::arena_ref ref(&pool);
    CHECK(static_cast<bool>(ref));
    CHECK_FALSE(static_cast<bool>(tenfold::arena_ref()));
    CHECK(ref.max_concurrency() == 5);
    int sum = 0;
    ref.execute({[](void* context) { ++*static_cast<int*>(context); }, &sum});
    CHECK(sum == 1);
    CHECK(pool.entered == 1);
}

TEST_CASE("outputs apart from inputs: exactly the same view only where it is allowed [E09]") {
    float memory[24] = {};
    const auto named = [&](tenfold::index_t offset) {
        tenfold::named_operand x{"x", tenfold::tensor_view<float, 2>(memory + offset, {3, 4})};
        REQUIRE(tenfold::check_output("op", x).ok());
        return x;
    };
    CHECK(tenfold::check_disjoint("op", named(0), named(12)).ok());
    CHECK_FALSE(tenfold::check_disjoint("op", named(0), named(11)).ok());
    CHECK_FALSE(tenfold::check_disjoint("op", named(0), named(0)).ok());
    CHECK(tenfold::check_disjoint("op", named(0), named(0), tenfold::in_place::allowed).ok());
    CHECK_FALSE(tenfold::check_disjoint("op", named(0), named(1), tenfold::in_place::allowed).ok());
}
