// SPDX-License-Identifier: Apache-2.0
// Which access of one GPU thread is ordered before which access of another: barriers, warp barriers, fences.   [floor 6]
//
// Time of a thread is (block barriers passed, own steps since). Whatever a thread did before a block barrier is ordered before
// what any thread of its block does after it; a warp barrier orders the lanes of its mask; a fence before an atomic publishes,
// a fence after an atomic on the same address receives. Shuffles and votes order nothing, as the CUDA guide says.
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstdint>
#include <map>

TENFOLD_BEGIN
namespace testing::simt {
inline constexpr unsigned warp_lanes = 32;

/// Who did it, when. `thread` counts over the whole launch.
struct time_stamp {
    std::uint32_t thread = 0;
    std::uint32_t block = 0;
    std::uint32_t epoch = 0;  ///< block barriers passed
    std::uint32_t step = 0;
};

/// What is known of threads elsewhere: of a block, everything before an epoch; of a thread, everything up to a step.
class knowledge {
public:
    [[nodiscard]] bool covers(const time_stamp& s) const {
        if (const auto b = before_.find(s.block); b != before_.end() && s.epoch < b->second) return true;
        const auto t = up_to_.find(s.thread);
        return t != up_to_.end() && (s.epoch < t->second.epoch || (s.epoch == t->second.epoch && s.step <= t->second.step));
    }
    void add_block(std::uint32_t block, std::uint32_t epoch) {
        std::uint32_t& known = before_[block];
        if (known < epoch) known = epoch;
    }
    void add_thread(const time_stamp& s) {
        time_stamp& known = up_to_.try_emplace(s.thread, s).first->second;
        if (known.epoch < s.epoch || (known.epoch == s.epoch && known.step < s.step)) known = s;
    }
    void add(const knowledge& other) {
        for (const auto& [block, epoch] : other.before_) add_block(block, epoch);
        for (const auto& entry : other.up_to_) add_thread(entry.second);
    }
    [[nodiscard]] bool empty() const noexcept { return before_.empty() && up_to_.empty(); }
    void clear() noexcept {
        before_.clear();
        up_to_.clear();
    }

private:
    std::map<std::uint32_t, std::uint32_t> before_;
    std::map<std::uint32_t, time_stamp> up_to_;
};

/// The clock of one thread.
struct thread_clock {
    time_stamp now;
    std::uint32_t seen[warp_lanes] = {};  ///< steps of the lanes of its warp, in this epoch, that are ordered before
    knowledge elsewhere;                  ///< received since the last block barrier
    knowledge touched;                    ///< published at addresses it used atomically; received by the next fence
    bool publishes = false;               ///< a fence stands before its next atomic

    /// `block_knows`: what the block received before its last barrier.
    [[nodiscard]] bool after(const time_stamp& s, const knowledge& block_knows) const {
        if (s.thread == now.thread) return true;
        if (s.block == now.block) {
            if (s.epoch < now.epoch) return true;
            const std::uint32_t first = now.thread - lane();
            if (s.thread >= first && s.thread < first + warp_lanes && s.step < seen[s.thread - first]) return true;
        } else if (!block_knows.empty() && block_knows.covers(s)) {
            return true;
        }
        return !elsewhere.empty() && elsewhere.covers(s);
    }
    [[nodiscard]] unsigned lane() const noexcept { return in_block % warp_lanes; }
    unsigned in_block = 0;

    void pass_block_barrier() {
        ++now.epoch;
        now.step = 0;
        for (auto& s : seen) s = 0;
        elsewhere.clear();
    }
    /// What a release makes known: all of the block before its last barrier, and the thread itself until now.
    void publish_into(knowledge& address, const knowledge& block_knows) {
        address.add(block_knows);
        address.add(elsewhere);
        address.add_block(now.block, now.epoch);
        address.add_thread(now);
        ++now.step;
    }
};
}  // namespace testing::simt
TENFOLD_END
