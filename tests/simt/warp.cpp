// SPDX-License-Identifier: Apache-2.0
// Warp operations against their definitions, lane by lane; fibers on both kinds of switch.
#include <tenfold/testing/simt/executor.hpp>

#include <doctest/doctest.h>

namespace si = tenfold::testing::simt;

namespace {
struct results {
    std::uint32_t* out;  // (operation, lane)
};
constexpr unsigned odd_lanes = 0xaaaaaaaau;

struct every_operation {
    using arguments = results;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const unsigned l = self.lane();
        const std::uint32_t v = 100 + l;
        unsigned row = 0;
        const auto put = [&](std::uint32_t x) { self.store(a.out + 32 * row++ + l, x); };
        put(self.shuffle(v, 5));
        put(self.shuffle(v, l + 1, si::all_lanes, 8));
        put(self.shuffle_up(v, 3, si::all_lanes, 16));
        put(self.shuffle_down(v, 3, si::all_lanes, 16));
        put(self.shuffle_xor(v, 5));
        put(static_cast<std::uint32_t>(self.shuffle_xor(static_cast<double>(v), 16)));
        put(self.ballot(l % 3 == 0));
        put(self.any(l == 31) ? 1 : 0);
        put(self.all(l < 31) ? 1 : 0);
        put(self.match_any(l / 4));
        put(self.reduce_add(v));
        put(self.reduce_min(v));
        put(self.reduce_max(v));
        put(l % 2 == 1 ? self.reduce_add(l, odd_lanes) : 0);  // part of a warp
    }
};
std::uint32_t expected(unsigned row, unsigned l) {
    switch (row) {
        case 0: return 105;
        case 1: return 100 + l / 8 * 8 + (l + 1) % 8;
        case 2: return 100 + (l % 16 >= 3 ? l - 3 : l);
        case 3: return 100 + (l % 16 + 3 < 16 ? l + 3 : l);
        case 4: return 100 + (l ^ 5u);
        case 5: return 100 + (l ^ 16u);
        case 6: return 0x49249249u;
        case 7: return 1;
        case 8: return 0;
        case 9: return 0xfu << l / 4 * 4;
        case 10: return 32 * 100 + 31 * 16;
        case 11: return 100;
        case 12: return 131;
        default: return l % 2 == 1 ? 256 : 0;
    }
}
/// Neighbours exchange through shared memory, ordered by a warp barrier.
template <bool Barrier>
struct neighbours {
    using arguments = results;
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        auto* const s = self.template shared<std::uint32_t>(0);
        self.store(s + self.thread(), self.thread());
        if (Barrier) self.warp_sync();
        if (!Barrier) static_cast<void>(self.shuffle(1u, 0));  // brings the lanes together and orders nothing
        self.store(a.out + self.thread(), self.load(s + (self.thread() ^ 1u)));
    }
};
/// Each atomic operation by all threads of all blocks; `plain` adds a store that nothing orders.
struct every_atomic {
    struct arguments {
        std::uint32_t* cell;  // one per operation
        double* sum;
        bool plain;
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const std::uint32_t number = self.block() * self.threads() + self.thread();
        self.atomic_add(a.cell, 2u);
        self.atomic_min(a.cell + 1, 1000 - number);
        self.atomic_max(a.cell + 2, number);
        self.atomic_add(a.sum, 0.5);
        if (self.atomic_compare_exchange(a.cell + 3, 0u, number + 1) == 0) self.atomic_add(a.cell + 4, 1u);  // one thread is first
        self.atomic_add(a.cell + 5, self.atomic_exchange(a.cell + 6, 1u));                                   // all but the first find 1
        self.atomic_count(a.cell + 7, 99);
        if (a.plain && number == 77) self.store(a.cell, 0u);
    }
};
struct bad_masks {
    struct arguments {
        int which;
    };
    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (a.which == 0) static_cast<void>(self.ballot(true, 0xfffffffeu));        // lane 0 is not in it
        if (a.which == 1) static_cast<void>(self.ballot(true));                     // the block ends at lane 19
        if (a.which == 2) static_cast<void>(self.shuffle(1u, 31, 0xfffffu));        // from a lane that is not in it
    }
};
}  // namespace

TEST_CASE("simt: warp operations give each lane what the CUDA guide says") {
    for (const si::schedule order : {si::schedule::ascending, si::schedule::descending, si::schedule::seeded}) {
        si::executor gpu({.order = order});
        auto* const out = reinterpret_cast<std::uint32_t*>(gpu.memory().allocate(14 * 32 * 4).data());
        REQUIRE(gpu.launch<every_operation>({.blocks = 1, .threads = 32}, {out}));
        CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
        for (unsigned row = 0; row < 14; ++row) {
            for (unsigned l = 0; l < 32; ++l) {
                CAPTURE(row);
                CAPTURE(l);
                CHECK(out[32 * row + l] == expected(row, l));
            }
        }
    }
}

TEST_CASE("simt: a warp barrier orders memory, a shuffle does not") {
    for (const bool barrier : {true, false}) {
        si::executor gpu;
        auto* const out = reinterpret_cast<std::uint32_t*>(gpu.memory().allocate(64 * 4).data());
        if (barrier) {
            gpu.launch<neighbours<true>>({.blocks = 1, .threads = 64, .shared = 256}, {out});
        } else {
            gpu.launch<neighbours<false>>({.blocks = 1, .threads = 64, .shared = 256}, {out});
        }
        CHECK(out[6] == 7);
        CHECK(gpu.report().clean() == barrier);
        CHECK(gpu.report().has(si::defect::race) != barrier);
    }
}

TEST_CASE("simt: atomic operations of 128 threads in two blocks, and a plain store beside them") {
    for (const bool plain : {false, true}) {
        si::executor gpu({.order = si::schedule::seeded, .seed = 5});
        std::uint32_t cell[8] = {0, 0xffffffffu, 0, 0, 0, 0, 0, 0};
        double sum = 0;
        gpu.memory().lend(cell, sizeof cell, false);
        gpu.memory().lend(&sum, sizeof sum, false);
        REQUIRE(gpu.launch<every_atomic>({.blocks = 2, .threads = 64}, {cell, &sum, plain}));
        CHECK(gpu.report().has(si::defect::race) == plain);
        if (plain) continue;
        CHECK_MESSAGE(gpu.report().clean(), gpu.report().summary());
        CHECK(cell[0] == 256);
        CHECK(cell[1] == 1000 - 127);
        CHECK(cell[2] == 127);
        CHECK(cell[4] == 1);
        CHECK(cell[5] == 127);
        CHECK(cell[7] == 28);
        CHECK(sum == 64);
    }
}

TEST_CASE("simt: masks without the caller, with lanes that do not exist, without the source") {
    for (const int which : {0, 1, 2}) {
        CAPTURE(which);
        si::executor gpu;
        CHECK_FALSE(gpu.launch<bad_masks>({.blocks = 1, .threads = 20}, {which}));
        CHECK_MESSAGE(gpu.report().has(si::defect::bad_mask), gpu.report().summary());
    }
}

TEST_CASE_TEMPLATE("simt: fibers take turns, keep their stacks and can be started anew", Switch, si::machine_switch, si::ucontext_switch) {
    using fiber = si::basic_fiber<Switch>;
    struct state {
        fiber run;
        std::vector<int> seen;
        double carried = 0;
    } s;
    const auto call = [](void* p) {
        auto& own = *static_cast<state*>(p);
        double kept = 0.5;  // lives across the switches
        for (int i = 0; i < 5; ++i) {
            own.seen.push_back(i);
            kept *= 2;
            own.run.suspend();
        }
        own.carried = kept;
    };
    for (int start = 0; start < 2; ++start) {
        s.run.start(call, &s);
        s.run.resume();
        s.run.resume();
    }
    CHECK(s.seen == std::vector<int>{0, 1, 0, 1});
    while (!s.run.finished()) s.run.resume();
    CHECK(s.seen == std::vector<int>{0, 1, 0, 1, 2, 3, 4});
    CHECK(s.carried == 16);
}
