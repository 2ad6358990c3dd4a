// SPDX-License-Identifier: Apache-2.0
// Kernels with one planted fault each: the executor must name the fault and the line, under every schedule.
#include <tenfold/testing/simt/executor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <stdexcept>

namespace si = tenfold::testing::simt;

namespace {
int fault = 0;  // the line of the planted fault

struct buffers {
    const float* x;
    float* y;
};

/// Sums 64 elements through shared memory. Faults by number.
template <int Fault>
struct tree_sum {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        float* const s = self.template shared<float>(0);
        const unsigned t = self.thread();
        self.store(s + t, self.load(a.x + t));
        if (Fault != 1) self.block_sync();
        for (unsigned d = self.threads() / 2; d > 0; d /= 2) {
            if (t < d) (fault = __LINE__, self.store(s + t, self.load(s + t) + self.load(s + t + d)));
            if (Fault != 2) self.block_sync();
        }
        if (t == 0) self.store(a.y, self.load(s));
    }
};
/// Half of the threads take another barrier; or one leaves before it.
template <bool Leaves>
struct divergent {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments&) {
        if (Leaves) {
            if (self.thread() == 37) return;
            (fault = __LINE__, self.block_sync());
        } else if (self.thread() < 32) {
            (fault = __LINE__, self.block_sync());
        } else {
            (fault = __LINE__, self.block_sync());
        }
    }
};
struct divergent_warp {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.lane() == 5) return;
        (fault = __LINE__, self.store(a.y + self.thread(), self.shuffle_xor(1.0f, 1)));
    }
};
enum class wild { behind, before, shared, wide, input, fresh, fresh_shared };
template <wild How>
struct wild_access {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.thread() != 7) return;
        if (How == wild::behind) (fault = __LINE__, self.store(a.y + 64, 1.0f));
        if (How == wild::before) (fault = __LINE__, self.store(a.y - 1, 1.0f));
        if (How == wild::shared) (fault = __LINE__, self.store(self.template shared<float>(256), 1.0f));
        if (How == wild::wide) (fault = __LINE__, self.store(a.y, self.template load_pack<4>(a.x + 2).element[0]));
        if (How == wild::input) (fault = __LINE__, self.store(const_cast<float*>(a.x), 1.0f));
        if (How == wild::fresh) (fault = __LINE__, self.store(a.y, self.load(a.y + 1)));
        if (How == wild::fresh_shared) (fault = __LINE__, self.store(a.y, self.load(self.template shared<float>(0))));
    }
};
/// Reads of shared memory what another block may have left there.
struct left_by_a_block {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const s = self.template shared<float>(0);
        if (self.thread() != 0) return;
        if (self.block() % 2 == 0) self.store(s, 1.0f);
        (fault = __LINE__, self.store(a.y + self.block(), self.load(s)));
    }
};
enum class copying { right, no_wait, one_group_too_few, no_barrier, never };
template <copying How>
struct async_tiles {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        float* const s = self.template shared<float>(0);
        const unsigned t = self.thread();
        if (t < 16) (fault = __LINE__, self.template copy_async<16>(s + 4 * t, a.x + 4 * t));
        self.copy_commit();
        self.copy_commit();  // an empty group counts
        if (How == copying::right || How == copying::no_barrier) self.template copy_wait<1>();
        if (How == copying::one_group_too_few) self.template copy_wait<2>();
        if (How == copying::never) return;
        if (How != copying::no_barrier) self.block_sync();
        (fault = __LINE__, self.store(a.y + t, self.load(s + 63 - t)));
    }
};
template <int Valid>
struct partial_copy {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const s = self.template shared<float>(0);
        if (self.thread() == 0) (fault = __LINE__, self.template copy_async<16>(s, a.x, Valid));
        self.copy_commit();
        self.template copy_wait<0>();
        if (self.thread() == 0) self.store(a.y, self.load(s) + self.load(s + 1) + self.load(s + 2));
    }
};
/// One thread writes what another one copies; nothing orders the two.
struct unordered_copy {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.thread() == 0) self.store(a.y, 1.0f);
        self.block_sync();
        if (self.thread() == 40) (fault = __LINE__, self.store(a.y, 2.0f));
        if (self.thread() == 1) (fault = __LINE__, self.template copy_async<4>(self.template shared<float>(0), a.y));
        self.copy_commit();
        self.template copy_wait<0>();
    }
};
/// What one thread copies is then written, by another one or by itself, before or after the copy is waited for.
enum class overwriting { after_wait, before_wait, at_any_time, by_itself };
template <overwriting How>
struct overwritten_source {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const s = self.template shared<float>(0);
        if (self.thread() < 4) self.store(a.y + self.thread(), 1.0f);
        self.block_sync();
        if (self.thread() == 1) (fault = __LINE__, self.template copy_async<16>(s, a.y));
        self.copy_commit();
        if (How == overwriting::after_wait) self.template copy_wait<0>();
        self.block_sync();
        if (self.thread() == (How == overwriting::by_itself ? 1 : 40)) self.store(a.y, 2.0f);
        if (How == overwriting::before_wait) self.block_sync();
        if (How != overwriting::after_wait) self.template copy_wait<0>();
        self.block_sync();
        if (self.thread() == 0) self.store(a.y, self.load(s));
    }
};
/// Plain pointers, which nothing checks: they write beside shared memory, or beside an allocation.
template <bool Shared>
struct unchecked {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.thread() == 3) *(Shared ? self.template shared<float>(0) + 64 : a.y - 1) = 1;
    }
};
/// Loads for memory that does not change, of memory that does or that is the block's.
template <bool Shared>
struct inconstant {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        float* const y = Shared ? self.template shared<float>(0) : a.y;
        self.store(y + self.thread(), self.load_once(a.x + self.thread()));
        self.block_sync();
        if (self.thread() % 4 == 0) (fault = __LINE__, (void)self.template load_pack<4>(y + self.thread()));
    }
};
/// Threads before the tenth wait in a barrier when it throws.
struct throwing {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.thread() == 10) throw std::runtime_error("eleventh thread");
        self.block_sync();
        self.store(a.y + self.thread(), 1.0f);
    }
};
/// y[0, 2, ...] <- x[1, 3, ...]
struct every_second {
    using arguments = buffers;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        self.store(a.y + 2 * self.thread(), self.load(a.x + 2 * self.thread()));
    }
};
/// The last block to come adds what the others left. Fences can be left out.
template <bool Writer, bool Reader>
struct last_block_adds {
    struct arguments {
        float* parts;
        std::uint32_t* counter;
        float* y;
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (self.thread() != 0) return;
        self.store(a.parts + self.block(), static_cast<float>(self.block() + 1));
        if (Writer) self.fence_device();
        if (self.atomic_count(a.counter, self.blocks() - 1) != self.blocks() - 1) return;
        if (Reader) self.fence_device();
        float sum = 0;
        for (unsigned b = 0; b < self.blocks(); ++b) (fault = __LINE__, sum += self.load(a.parts + b));
        self.store(a.y, sum);
    }
};

template <class F>
void under_each_schedule(const F& f) {
    for (const si::launch_options& options :
         {si::launch_options{}, si::launch_options{.order = si::schedule::descending},
          si::launch_options{.order = si::schedule::seeded, .seed = 1}, si::launch_options{.order = si::schedule::seeded, .seed = 2}}) {
        CAPTURE(static_cast<int>(options.order));
        CAPTURE(options.seed);
        f(options);
    }
}
/// Launches 64 threads over 64 inputs; the report must hold a finding of one of the kinds at the line of the fault.
template <class Body>
void expect(std::initializer_list<si::defect> kinds) {
    under_each_schedule([&](const si::launch_options& options) {
        si::executor gpu(options);
        alignas(16) float x[64];
        for (int i = 0; i < 64; ++i) x[i] = static_cast<float>(i);
        gpu.memory().lend(x, sizeof x, true);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(64 * sizeof(float)).data());
        gpu.launch<Body>({.blocks = 1, .threads = 64, .shared = 64 * sizeof(float)}, {x, y});
        INFO(gpu.report().summary());
        bool found = false;
        for (const si::finding& f : gpu.report().findings()) {
            const bool meant = std::find(kinds.begin(), kinds.end(), f.kind) != kinds.end();
            found |= meant && f.where.line == fault && f.text.size() > 20;
        }
        CHECK(found);
    });
}
template <class Body>
void expect(si::defect kind) {
    expect<Body>({kind});
}
template <class Body>
void expect_clean(float result) {
    under_each_schedule([&](const si::launch_options& options) {
        si::executor gpu(options);
        alignas(16) float x[64];
        for (int i = 0; i < 64; ++i) x[i] = static_cast<float>(i);
        gpu.memory().lend(x, sizeof x, true);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(64 * sizeof(float)).data());
        CHECK(gpu.launch<Body>({.blocks = 1, .threads = 64, .shared = 64 * sizeof(float)}, {x, y}));
        CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
        CHECK(y[0] == result);
    });
}
}  // namespace

TEST_CASE("simt: a missing barrier is a race, with both lines; the whole kernel is clean") {
    expect_clean<tree_sum<0>>(2016);
    under_each_schedule([](const si::launch_options& options) {  // what is read first may also be unwritten, by the schedule
        si::executor gpu(options);
        float x[64] = {};
        gpu.memory().lend(x, sizeof x, true);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(4).data());
        gpu.launch<tree_sum<1>>({.blocks = 1, .threads = 64, .shared = 256}, {x, y});
        INFO(gpu.report().summary());
        REQUIRE(!gpu.report().clean());
        CHECK(gpu.report().findings().front().where.line == fault);
    });
    expect<tree_sum<2>>(si::defect::race);
}
TEST_CASE("simt: divergent barriers and warp operations are named") {
    expect<divergent<false>>(si::defect::divergence);
    expect<divergent<true>>(si::defect::divergence);
    expect<divergent_warp>(si::defect::divergence);
}
TEST_CASE("simt: accesses outside, of inputs, of what nobody wrote, misaligned") {
    expect<wild_access<wild::behind>>(si::defect::out_of_bounds);
    expect<wild_access<wild::before>>(si::defect::out_of_bounds);
    expect<wild_access<wild::shared>>(si::defect::out_of_bounds);
    expect<wild_access<wild::wide>>(si::defect::misaligned);
    expect<wild_access<wild::input>>(si::defect::read_only);
    expect<wild_access<wild::fresh>>(si::defect::uninitialised);
    expect<wild_access<wild::fresh_shared>>(si::defect::uninitialised);
    under_each_schedule([](const si::launch_options& options) {
        si::executor gpu(options);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(4 * sizeof(float)).data());
        gpu.launch<left_by_a_block>({.blocks = 4, .threads = 32, .shared = 256}, {nullptr, y});
        REQUIRE(gpu.report().has(si::defect::uninitialised));
        CHECK(gpu.report().findings().front().where.line == fault);
    });
}
TEST_CASE("simt: asynchronous copies arrive when they are waited for, and for others after a barrier") {
    expect_clean<async_tiles<copying::right>>(63);
    expect<async_tiles<copying::no_wait>>(si::defect::copy_in_flight);
    expect<async_tiles<copying::one_group_too_few>>(si::defect::copy_in_flight);
    expect<async_tiles<copying::never>>(si::defect::copy_not_waited);
    // What is found of the missing barrier depends on who comes first: bytes that nobody wrote, or that are under way, or a race.
    expect<async_tiles<copying::no_barrier>>({si::defect::race, si::defect::copy_in_flight, si::defect::uninitialised});
}

namespace {
template <bool Writer, bool Reader>
bool finish_is_ordered() {
    bool clean = true;
    under_each_schedule([&](const si::launch_options& options) {
        si::executor gpu(options);
        auto* const parts = reinterpret_cast<float*>(gpu.memory().allocate(4 * sizeof(float)).data());
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(sizeof(float)).data());
        std::uint32_t counter = 0;
        gpu.memory().lend(&counter, sizeof counter, false);
        gpu.launch<last_block_adds<Writer, Reader>>({.blocks = 4, .threads = 32}, {parts, &counter, y});
        CHECK(counter == 0);
        CHECK(*y == 10.0f);
        if (!gpu.report().clean()) {
            clean = false;
            INFO(gpu.report().summary());
            CHECK(gpu.report().has(si::defect::race));
            CHECK(gpu.report().findings().front().where.line == fault);
        }
    });
    return clean;
}
}  // namespace

TEST_CASE("simt: the last block needs the fence of the writer and that of the reader [G06]") {
    CHECK(finish_is_ordered<true, true>());
    CHECK_FALSE(finish_is_ordered<true, false>());
    CHECK_FALSE(finish_is_ordered<false, true>());
    CHECK_FALSE(finish_is_ordered<false, false>());
}

TEST_CASE("simt: launches that a GPU refuses") {
    si::executor gpu;
    CHECK_FALSE(gpu.launch<tree_sum<0>>({.blocks = 0, .threads = 64}, {}));
    CHECK_FALSE(gpu.launch<tree_sum<0>>({.blocks = 1, .threads = 1025}, {}));
    CHECK_FALSE(gpu.launch<tree_sum<0>>({.blocks = 1, .threads = 64, .shared = 48 * 1024 + 1}, {}));
    CHECK(gpu.report().has(si::defect::configuration));
}
TEST_CASE("simt: an asynchronous copy has no more valid bytes than bytes, and races as a load does") {
    expect_clean<partial_copy<8>>(1);
    expect_clean<partial_copy<0>>(0);
    expect<partial_copy<20>>(si::defect::out_of_bounds);
    expect<partial_copy<-4>>(si::defect::out_of_bounds);
    expect<unordered_copy>(si::defect::race);
}
TEST_CASE("simt: what an asynchronous copy reads stays until the copy is waited for, under every schedule") {
    expect_clean<overwritten_source<overwriting::after_wait>>(1);
    expect<overwritten_source<overwriting::before_wait>>(si::defect::race);
    expect<overwritten_source<overwriting::by_itself>>(si::defect::race);
    under_each_schedule([](const si::launch_options& options) {  // found at the copy or at the write, whichever ends last
        si::executor gpu(options);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(64 * sizeof(float)).data());
        gpu.launch<overwritten_source<overwriting::at_any_time>>({.blocks = 1, .threads = 64, .shared = 256}, {nullptr, y});
        CHECK_MESSAGE(gpu.report().has(si::defect::race), gpu.report().summary());
    });
}
TEST_CASE("simt: what plain pointers write beside memory is found when the launch ends") {
    const auto text_of = [](const auto& launch) {
        si::executor gpu;
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(64 * sizeof(float)).data());
        launch(gpu, y);
        REQUIRE(gpu.report().has(si::defect::out_of_bounds));
        CHECK(gpu.report().findings().front().where.line == fault);
        return gpu.report().findings().front().text;
    };
    const si::launch_shape shape{.blocks = 1, .threads = 32, .shared = 256};
    const auto beside_shared =
        text_of([&](si::executor& gpu, float* y) { (fault = __LINE__, gpu.launch<unchecked<true>>(shape, {nullptr, y})); });
    CHECK(beside_shared.find("beside its shared memory") != std::string::npos);
    const auto beside_global =
        text_of([&](si::executor& gpu, float* y) { (fault = __LINE__, gpu.launch<unchecked<false>>(shape, {nullptr, y})); });
    CHECK(beside_global.find("beside the 256 bytes from defects.cpp") != std::string::npos);
}
TEST_CASE("simt: what load_once and load_pack read is global and does not change") {
    expect<inconstant<false>>(si::defect::race);
    expect<inconstant<true>>(si::defect::out_of_bounds);
}
TEST_CASE("simt: what a thread throws comes out of the launch, and the GPU works on") {
    under_each_schedule([](const si::launch_options& options) {
        si::executor gpu(options);
        auto* const y = reinterpret_cast<float*>(gpu.memory().allocate(64 * sizeof(float)).data());
        CHECK_THROWS_WITH_AS(gpu.launch<throwing>({.blocks = 2, .threads = 64}, {nullptr, y}), "eleventh thread", std::runtime_error);
        CHECK(gpu.report().clean());
        float x[64] = {3};
        gpu.memory().lend(x, sizeof x, true);
        CHECK(gpu.launch<tree_sum<0>>({.blocks = 1, .threads = 64, .shared = 256}, {x, y}));
        CHECK(y[0] == 3);
    });
}
TEST_CASE("simt: operands may lie interleaved, and their ends still count") {
    for (const int shift : {0, 1}) {  // which of the two starts first
        float both[128];
        for (int i = 0; i < 128; ++i) both[i] = static_cast<float>(i);
        si::executor gpu;
        gpu.memory().lend(both + shift, 127 * sizeof(float), true);
        gpu.memory().lend(both + 1 - shift, 127 * sizeof(float), false);
        CHECK(gpu.launch<every_second>({.blocks = 1, .threads = 64}, {both + shift, both + 1 - shift}));
        CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
        CHECK(both[1 - shift + 126] == static_cast<float>(shift + 126));
        CHECK_FALSE(gpu.launch<every_second>({.blocks = 1, .threads = 65}, {both + shift, both + 1 - shift}));
        CHECK(gpu.report().has(si::defect::out_of_bounds));
    }
}
