// SPDX-License-Identifier: Apache-2.0
// executor: launches a kernel body block by block on the CPU and reports what is wrong with it.               [floor 6]
//
//     struct doubled {                                            // a kernel body: written once, also what nvcc compiles
//         struct arguments { const float* x; float* y; int count; };
//         template <class Thread>
//         TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
//             const int i = static_cast<int>(self.block() * self.threads() + self.thread());
//             if (i < a.count) self.store(a.y + i, 2 * self.load(a.x + i));
//         }
//     };
//     executor gpu;
//     ... gpu.launch<doubled>({.blocks = 4, .threads = 128}, {x, y, 500});
//     if (!gpu.report().clean()) puts(gpu.report().summary().c_str());
#pragma once

#include <tenfold/kernel/cuda/runtime.hpp>
#include <tenfold/testing/simt/emulated_thread.hpp>

#include <numeric>

TENFOLD_BEGIN
namespace testing::simt {
using tenfold::gpu_kernels::launch_shape;

/// An emulated GPU: its memory, how it schedules, what it found. Blocks run one after the other, so a block may not wait for
/// another one; what one block may know of another is checked all the same.
class executor {
public:
    explicit executor(const launch_options& options = {}) : options_(options), block_(memory_, report_) {}
    executor(const executor&) = delete;
    executor& operator=(const executor&) = delete;

    [[nodiscard]] global_memory& memory() noexcept { return memory_; }
    [[nodiscard]] const launch_report& report() const noexcept { return report_; }
    [[nodiscard]] launch_options& options() noexcept { return options_; }
    /// A finding from outside of a kernel.
    void add_finding(defect kind, const site& where, std::string text) { report_.add(kind, where, std::move(text)); }
    void forget_findings() { report_ = {}; }

    /// Runs Body::run(thread, arguments) for each thread. False: the launch was refused or given up. What a functor throws ends the
    /// launch and comes out of here.
    template <class Body>
    bool launch(const launch_shape& shape, const typename Body::arguments& arguments, site where = site::here()) {
        const unwatched own;
        if (!check_shape(shape, where)) return false;
        report_.add_kernel(type_name<Body>(), shape.shared);
        launch_state state;
        state.number = ++launches_;
        memory_region shared(shape.shared, where);
        const auto body = [](block_run& block, unsigned thread, const void* given) {
            Body::run(emulated_thread(block, thread), *static_cast<const typename Body::arguments*>(given));
        };
        bool whole = true;
        // A step coprime to the number of blocks visits each once.
        unsigned step = options_.order == schedule::seeded ? static_cast<unsigned>(options_.seed % shape.blocks) : 1;
        while (std::gcd(step, shape.blocks) != 1) ++step;
        for (unsigned b = 0; whole && b < shape.blocks; ++b) {
            const auto number = static_cast<unsigned>(std::uint64_t{b} * step % shape.blocks);
            const unsigned block = options_.order == schedule::descending ? shape.blocks - 1 - number : number;
            shared.fill_poison();
            whole = block_.run(options_, state, block, shape.blocks, shape.threads, shared, body, &arguments);
            if (!shared.red_zones_intact())
                report_.add(defect::out_of_bounds, where,
                            "block " + std::to_string(block) + " wrote beside its shared memory, not through store()");
        }
        if (const memory_region* const beside = memory_.written_beside()) {
            report_.add(defect::out_of_bounds, where,
                        "the launch wrote beside the " + std::to_string(beside->bytes()) + " bytes from " + to_string(beside->made()) +
                            ", not through store()");
        }
        return whole;
    }

private:
    bool check_shape(const launch_shape& shape, const site& where) {
        const auto refuse = [&](const std::string& text) {
            report_.add(defect::configuration, where, text);
            return false;
        };
        if (shape.blocks == 0 || shape.blocks > 0x7fffffffu)
            return refuse(std::to_string(shape.blocks) + " blocks; a grid has 1 to 2147483647");
        if (shape.threads == 0 || shape.threads > 1024) return refuse(std::to_string(shape.threads) + " threads; a block has 1 to 1024");
        if (shape.shared > options_.shared_limit) {
            return refuse(std::to_string(shape.shared) + " bytes of shared memory; this GPU gives a block " +
                          std::to_string(options_.shared_limit));
        }
        return true;
    }

    launch_options options_;
    global_memory memory_;
    launch_report report_;
    block_run block_;  ///< with the stacks of its threads
    std::uint64_t launches_ = 0;
};
}  // namespace testing::simt
TENFOLD_END
