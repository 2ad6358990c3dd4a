// SPDX-License-Identifier: Apache-2.0
// One block of an emulated launch: a fiber per thread, barriers, warp operations, checked memory.            [floor 6]
#pragma once

#include <tenfold/testing/simt/fiber.hpp>
#include <tenfold/testing/simt/memory.hpp>

#include <deque>
#include <exception>
#include <map>
#include <memory>
#include <utility>

TENFOLD_BEGIN
namespace testing::simt {
/// In which order threads that could run do run; results must not depend on it.
enum class schedule { ascending, descending, seeded };

struct launch_options {
    schedule order = schedule::ascending;
    std::uint64_t seed = 1;                  ///< of schedule::seeded
    bool watch_races = true;                 ///< stamps on every access: five times as slow
    std::size_t shared_limit = 48 * 1024;    ///< bytes of shared memory a block may ask for
    site without{};                          ///< the synchronising call here does nothing: for mutation tests
};

/// An asynchronous copy to shared memory that nobody has waited for yet.
struct pending_copy {
    unsigned char* to;
    const unsigned char* from;
    std::size_t bytes;
    std::size_t valid;  ///< the rest is filled with zeros
    site where;
    std::uint64_t turn = 0;  ///< when it was issued
};

enum class thread_state { ready, at_barrier, in_warp_operation, returned };

struct emulated_lane {
    fiber run;
    thread_clock clock;
    thread_state state = thread_state::returned;
    site where;                   ///< what it waits at
    const void* operation = nullptr;  ///< which warp operation, by the function that completes it
    unsigned mask = 0;
    std::uint64_t value = 0;      ///< what it brings to the warp operation
    std::int64_t argument = 0;
    void* fragment = nullptr;
    std::uint64_t result = 0;
    std::vector<pending_copy> open_copies;
    std::deque<std::vector<pending_copy>> copy_groups;
};

/// Orders of one launch that outlive a block: what was published at which address.
struct launch_state {
    std::uint64_t number = 0;
    std::map<const void*, knowledge> published;
    char threads_done = 0;  // a token: its address
};

/// Unwinds the stack of a thread that cannot go on.
struct launch_given_up {};

class block_run {
public:
    using body = void (*)(block_run&, unsigned thread, const void* arguments);

    block_run(global_memory& memory, launch_report& report) : memory_(memory), report_(report) {}

    /// Runs one block. False: it was given up, and what it wrote is of no use. What a thread throws ends the block and comes out here.
    bool run(const launch_options& options, launch_state& launch, unsigned block, unsigned blocks, unsigned threads, memory_region& shared,
             body call, const void* arguments) {
        options_ = &options;
        launch_ = &launch;
        block_ = block;
        blocks_ = blocks;
        threads_ = threads;
        shared_ = &shared;
        call_ = call;
        arguments_ = arguments;
        given_up_ = false;
        arrived_ = 0;
        epoch_ = 0;
        received_.clear();
        random_ = options.seed * 0x9e3779b97f4a7c15u + block + 1;
        while (lanes_.size() < threads) lanes_.push_back(std::make_unique<emulated_lane>());
        for (unsigned t = 0; t < threads; ++t) start(t);
        while (!given_up_ && pass()) {}
        for (unsigned t = 0; t < threads && !given_up_; ++t) check_copies_done(t);
        receive(&launch.threads_done);
        if (thrown_ != nullptr) std::rethrow_exception(std::exchange(thrown_, nullptr));
        return !given_up_;
    }

    [[nodiscard]] unsigned block() const noexcept { return block_; }
    [[nodiscard]] unsigned blocks() const noexcept { return blocks_; }
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    [[nodiscard]] memory_region& shared() const noexcept { return *shared_; }
    [[nodiscard]] emulated_lane& lane(unsigned thread) const noexcept { return *lanes_[thread]; }

    /// Reports and ends the running thread: the launch is given up.
    [[noreturn]] void give_up(defect kind, const site& where, std::string text) {
        report_.add(kind, where, std::move(text));
        given_up_ = true;
        throw launch_given_up{};
    }
    [[nodiscard]] std::string who(unsigned thread) const {
        return "thread " + std::to_string(thread) + " of block " + std::to_string(block_);
    }

    /// Notes a synchronising call; true: it is the one that is to do nothing.
    [[nodiscard]] bool left_out(const site& where) {
        report_.add_sync_site(where);
        return options_->without == where;
    }

    void block_barrier(unsigned thread, const site& where) {
        emulated_lane& self = lane(thread);
        self.where = where;
        publish(&tokens_[epoch_ % 2]);
        const std::uint32_t generation = epoch_;
        if (++arrived_ < threads_) {
            self.state = thread_state::at_barrier;
            self.run.suspend();
        } else {
            open_barrier(where);
        }
        receive(&tokens_[generation % 2]);
    }

    /// Waits until all lanes of the mask are here with the same operation; the last one completes it for all of them.
    using completion = void (*)(block_run&, unsigned first_thread, unsigned mask, const site& where);
    void warp_operation(unsigned thread, unsigned mask, const site& where, completion complete) {
        emulated_lane& self = lane(thread);
        const unsigned first = thread - thread % warp_lanes;
        check_mask(thread, mask, where);
        self.operation = reinterpret_cast<const void*>(complete);
        self.mask = mask;
        self.where = where;
        self.state = thread_state::in_warp_operation;
        bool complete_now = true;
        for_lanes(mask, [&](unsigned l) {
            const emulated_lane& other = lane(first + l);
            complete_now &= other.state == thread_state::in_warp_operation && other.operation == self.operation && other.mask == mask;
        });
        if (!complete_now) {
            self.run.suspend();
            return;
        }
        complete(*this, first, mask, where);
        for_lanes(mask, [&](unsigned l) { lane(first + l).state = thread_state::ready; });
    }
    template <class F>
    static void for_lanes(unsigned mask, const F& f) {
        for (unsigned l = 0; l < warp_lanes; ++l) {
            if ((mask >> l & 1u) != 0) f(l);
        }
    }

    /// An access of a thread to memory: in bounds, aligned, alive, written before it is read, and ordered.
    void check_access(unsigned thread, const void* address, std::size_t bytes, std::size_t alignment, access kind, const site& where) {
        if (reinterpret_cast<std::uintptr_t>(address) % alignment != 0) {
            give_up(defect::misaligned, where,
                    who(thread) + verb(kind) + std::to_string(bytes) + " bytes at an address that is no multiple of " +
                        std::to_string(alignment));
        }
        memory_region& region = find(thread, address, bytes, kind, where);
        const auto offset = static_cast<std::size_t>(static_cast<const unsigned char*>(address) - region.data());
        if (kind != access::read && region.read_only()) {
            give_up(defect::read_only, where, who(thread) + verb(kind) + place(region, offset, bytes) + ", which is an input");
        }
        if (region.any_in_flight(offset, bytes)) {
            give_up(
                defect::copy_in_flight, where,
                who(thread) + verb(kind) + place(region, offset, bytes) + ", where an asynchronous copy is under way; wait for its group");
        }
        if (kind != access::write && !region.all_written(offset, bytes)) {
            give_up(defect::uninitialised, where, who(thread) + verb(kind) + place(region, offset, bytes) + ", which nobody has written");
        }
        if (kind != access::read) region.set_written(offset, bytes);
        if (options_->watch_races && !region.read_only()) check_order(thread, region, offset, bytes, kind, where);
    }

    /// A load through the read-only path of a GPU: of global memory that this launch does not write.
    void check_constant(unsigned thread, const void* address, std::size_t bytes, const site& where) {
        memory_region& region = find(thread, address, bytes, access::read, where);
        const auto offset = static_cast<std::size_t>(static_cast<const unsigned char*>(address) - region.data());
        const auto what = [&] { return who(thread) + " reads " + place(region, offset, bytes) + " as memory that does not change"; };
        if (&region == shared_) give_up(defect::out_of_bounds, where, what() + "; only global memory can be read so, use load()");
        if (!options_->watch_races || region.read_only()) return;
        for (const access_cell& cell : region.cells(offset, bytes)) {
            if (cell.launch == life_of(region) + 1 && cell.written) {
                report_.add(defect::race, where, what() + ", but the launch wrote it at " + to_string(cell.write.where) + "; use load()");
            }
        }
    }

    /// An atomic operation publishes if a fence precedes it, and receives if a fence follows.
    void pass_atomic(unsigned thread, const void* address) {
        thread_clock& clock = lane(thread).clock;
        knowledge& published = launch_->published[address];
        clock.touched.add(published);
        if (clock.publishes) {
            clock.publish_into(published, received_);
            publish(const_cast<void*>(address));
            clock.publishes = false;
        }
        touched_address_ = address;
    }
    void pass_fence(unsigned thread) {
        thread_clock& clock = lane(thread).clock;
        clock.publishes = true;
        clock.elsewhere.add(clock.touched);
        if (!clock.touched.empty() && touched_address_ != nullptr) receive(const_cast<void*>(touched_address_));
        clock.touched.clear();
    }
    /// Lanes that met in a warp barrier are ordered.
    void join_lanes(unsigned first, unsigned mask) {
        std::uint32_t joined[warp_lanes] = {};
        knowledge received;
        for_lanes(mask, [&](unsigned l) {
            thread_clock& clock = lane(first + l).clock;
            for (unsigned i = 0; i < warp_lanes; ++i) joined[i] = clock.seen[i] > joined[i] ? clock.seen[i] : joined[i];
            received.add(clock.elsewhere);
        });
        for_lanes(mask, [&](unsigned l) { joined[l] = ++lane(first + l).clock.now.step; });
        for_lanes(mask, [&](unsigned l) {
            thread_clock& clock = lane(first + l).clock;
            for (unsigned i = 0; i < warp_lanes; ++i) clock.seen[i] = joined[i];
            clock.elsewhere = received;
        });
    }

    /// Ends asynchronous copies: all but the newest `left` groups. Only now their bytes arrive.
    void finish_copies(unsigned thread, std::size_t left) {
        auto& groups = lane(thread).copy_groups;
        for (; groups.size() > left; groups.pop_front()) {
            for (const pending_copy& c : groups.front()) {
                memory_region& to = find(thread, c.to, c.bytes, access::write, c.where);
                const auto offset = static_cast<std::size_t>(c.to - to.data());
                if (c.valid > 0) {
                    check_source(thread, c);
                    std::memcpy(c.to, c.from, c.valid);
                }
                std::memset(c.to + c.valid, 0, c.bytes - c.valid);
                to.set_written(offset, c.bytes);
                if (options_->watch_races) check_order(thread, to, offset, c.bytes, access::write, c.where);
            }
        }
    }
    void start_copy(unsigned thread, const pending_copy& copy) {
        if (copy.valid > copy.bytes) {
            give_up(defect::out_of_bounds, copy.where,
                    who(thread) + " copies " + std::to_string(static_cast<std::int64_t>(copy.valid)) + " valid bytes; 0 to " +
                        std::to_string(copy.bytes) + " are possible");
        }
        check_access(thread, copy.to, copy.bytes, copy.bytes, access::write, copy.where);
        if (copy.valid > 0) {
            if (reinterpret_cast<std::uintptr_t>(copy.from) % copy.bytes != 0)
                give_up(defect::misaligned, copy.where,
                        who(thread) + " copies from an address that is no multiple of " + std::to_string(copy.bytes));
            memory_region& source = find(thread, copy.from, copy.valid, access::read, copy.where);
            const auto at = static_cast<std::size_t>(copy.from - source.data());
            if (!source.all_written(at, copy.valid))
                give_up(defect::uninitialised, copy.where,
                        who(thread) + " copies " + place(source, at, copy.valid) + ", which nobody has written");
            if (options_->watch_races && !source.read_only()) check_order(thread, source, at, copy.valid, access::read, copy.where);
        }
        memory_region& to = find(thread, copy.to, copy.bytes, access::write, copy.where);
        to.set_in_flight(static_cast<std::size_t>(copy.to - to.data()), copy.bytes);
        lane(thread).open_copies.push_back(copy);
        lane(thread).open_copies.back().turn = turn_;
    }

private:
    /// A copy reads at any time until it is waited for: what it reads must not have changed since it was issued, and a write that only comes
    /// must be ordered after the wait.
    void check_source(unsigned thread, const pending_copy& copy) {
        memory_region& source = find(thread, copy.from, copy.valid, access::read, copy.where);
        if (!options_->watch_races || source.read_only()) return;
        const auto at = static_cast<std::size_t>(copy.from - source.data());
        for (const access_cell& cell : source.cells(at, copy.valid)) {
            if (cell.launch == life_of(source) + 1 && cell.written && cell.write.turn > copy.turn) {
                report_.add(defect::race, copy.where,
                            who(thread) + " copies " + place(source, at, copy.valid) + ", written at " + to_string(cell.write.where) +
                                " while the copy was under way; wait for its group before that");
                return;
            }
        }
        check_order(thread, source, at, copy.valid, access::read, copy.where);
    }
    void start(unsigned thread) {
        emulated_lane& self = lane(thread);
        self.clock = {};
        self.clock.now = {block_ * threads_ + thread, block_, 0, 0};
        self.clock.in_block = thread;
        self.state = thread_state::ready;
        self.open_copies.clear();
        self.copy_groups.clear();
        self.run.start(
            [](void* run) {
                auto* const self_run = static_cast<block_run*>(run);
                const unsigned own = self_run->resumed_;
                try {
                    self_run->call_(*self_run, own, self_run->arguments_);
                } catch (const launch_given_up&) {
                } catch (...) {
                    const unwatched executor;
                    self_run->thrown_ = std::current_exception();
                    self_run->given_up_ = true;
                }
                publish(&self_run->launch_->threads_done);
            },
            this);
    }

    /// Lets each thread that can run do so once; false: none could.
    bool pass() {
        std::vector<unsigned> order(threads_);
        for (unsigned i = 0; i < threads_; ++i) order[i] = options_->order == schedule::descending ? threads_ - 1 - i : i;
        if (options_->order == schedule::seeded) {
            for (unsigned i = threads_; i > 1; --i) std::swap(order[i - 1], order[draw() % i]);
        }
        bool progress = false;
        bool waiting = false;
        for (const unsigned thread : order) {
            emulated_lane& self = lane(thread);
            if (self.state == thread_state::ready) {
                progress = true;
                resumed_ = thread;
                self.run.resume();
                if (given_up_) return false;
                if (self.run.finished()) self.state = thread_state::returned;
            }
            waiting |= self.state != thread_state::returned;
        }
        if (!progress && waiting) report_stuck();
        return progress && waiting;
    }
    std::uint64_t draw() noexcept {
        random_ ^= random_ << 13;
        random_ ^= random_ >> 7;
        random_ ^= random_ << 17;
        return random_;
    }

    void open_barrier(const site& where) {
        for (unsigned t = 0; t < threads_; ++t) {
            if (!(lane(t).where == where)) {
                report_.add(
                    defect::divergence, where,
                    "threads of block " + std::to_string(block_) + " meet in different barriers: here and at " + to_string(lane(t).where));
            }
            received_.add(lane(t).clock.elsewhere);
        }
        for (unsigned t = 0; t < threads_; ++t) {
            lane(t).clock.pass_block_barrier();
            if (lane(t).state == thread_state::at_barrier) lane(t).state = thread_state::ready;
        }
        ++epoch_;
        arrived_ = 0;
    }

    void report_stuck() {
        given_up_ = true;
        std::map<std::string, unsigned> groups;
        site where;
        unsigned returned = 0;
        for (unsigned t = 0; t < threads_; ++t) {
            const emulated_lane& self = lane(t);
            if (self.state == thread_state::returned) {
                ++returned;
            } else {
                where = self.where;
                ++groups[(self.state == thread_state::at_barrier ? "wait in a barrier at " : "wait in a warp operation at ") +
                         to_string(self.where)];
            }
        }
        std::string text = "block " + std::to_string(block_) + ": ";
        for (const auto& [what, count] : groups) text += std::to_string(count) + " threads " + what + ", ";
        report_.add(defect::divergence, where, text + std::to_string(returned) + " have returned; none can go on");
    }
    void check_copies_done(unsigned thread) {
        const emulated_lane& self = lane(thread);
        const pending_copy* left = nullptr;
        if (!self.open_copies.empty()) left = &self.open_copies.front();
        if (!self.copy_groups.empty() && !self.copy_groups.front().empty()) left = &self.copy_groups.front().front();
        if (left != nullptr) report_.add(defect::copy_not_waited, left->where, who(thread) + " ends without waiting for this copy");
    }
    void check_mask(unsigned thread, unsigned mask, const site& where) {
        const unsigned first = thread - thread % warp_lanes;
        const unsigned exist = threads_ - first >= warp_lanes ? 0xffffffffu : (1u << (threads_ - first)) - 1;
        if ((mask >> thread % warp_lanes & 1u) == 0) give_up(defect::bad_mask, where, who(thread) + " is not in the mask it passes");
        if ((mask & ~exist) != 0) {
            give_up(defect::bad_mask, where,
                    who(thread) + ": the mask names lanes that do not exist; the block has " + std::to_string(threads_) + " threads");
        }
    }

    static std::string verb(access kind) { return kind == access::read ? " reads " : kind == access::write ? " writes " : " updates "; }
    [[nodiscard]] std::string place(const memory_region& region, std::size_t offset, std::size_t bytes) const {
        return std::to_string(bytes) + " bytes at offset " + std::to_string(offset) +
               (&region == shared_ ? " of shared memory"
                                   : " of the " + std::to_string(region.bytes()) + " bytes from " + to_string(region.made()));
    }
    memory_region& find(unsigned thread, const void* address, std::size_t bytes, access kind, const site& where) {
        const auto* const at = static_cast<const unsigned char*>(address);
        memory_region* region = shared_;
        const auto near_shared = [&] {
            return at + memory_region::red_zone >= shared_->data() && at < shared_->data() + shared_->bytes() + memory_region::red_zone;
        };
        if (!near_shared()) region = memory_.around(address, bytes);
        if (region == nullptr || at < region->data() || at + bytes > region->data() + region->bytes()) {
            std::string text = who(thread) + verb(kind) + std::to_string(bytes) + " bytes ";
            if (region == nullptr) {
                text += "in no allocation";
            } else if (at < region->data()) {
                text += std::to_string(region->data() - at) + " bytes before the start of ";
            } else {
                text += std::to_string(at - region->data()) + " bytes behind the start of ";
            }
            if (region == shared_) {
                text += "the " + std::to_string(region->bytes()) + " bytes of shared memory";
            } else if (region != nullptr) {
                text += "the " + std::to_string(region->bytes()) + " bytes from " + to_string(region->made()) +
                        ", the nearest allocation below";
            }
            give_up(defect::out_of_bounds, where, text);
        }
        if (region->freed()) {
            const auto offset = static_cast<std::size_t>(at - region->data());
            give_up(defect::use_after_free, where,
                    who(thread) + verb(kind) + place(*region, offset, bytes) + ", freed at " + to_string(region->freed_at()));
        }
        return *region;
    }
    /// Shared memory is one region for all blocks, which live one after the other.
    [[nodiscard]] std::uint64_t life_of(const memory_region& region) const noexcept {
        return &region == shared_ ? launch_->number << 32 | block_ : launch_->number << 32;
    }
    void check_order(unsigned thread, memory_region& region, std::size_t offset, std::size_t bytes, access kind, const site& where) {
        const thread_clock& clock = lane(thread).clock;
        const access_stamp own{clock.now, where, kind == access::atomic, ++turn_};
        const std::uint64_t life = life_of(region);
        const auto conflicts = [&](const access_stamp& other) {
            return !(own.atomic && other.atomic) && !clock.after(other.when, received_);
        };
        for (access_cell& cell : region.cells(offset, bytes)) {
            if (cell.launch != life + 1) cell = {life + 1, false, 0, {}, {}};
            const access_stamp* rival = cell.written && conflicts(cell.write) ? &cell.write : nullptr;
            for (int r = 0; kind != access::read && r < cell.readers; ++r) {
                if (conflicts(cell.read[r])) rival = &cell.read[r];
            }
            if (rival != nullptr) {
                const std::uint32_t in_block = rival->when.thread % threads_;
                report_.add(defect::race, where,
                            who(thread) + verb(kind) + place(region, offset, bytes) + "; thread " + std::to_string(in_block) +
                                " of block " + std::to_string(rival->when.block) + (rival == &cell.write ? " wrote" : " read") +
                                " them at " + to_string(rival->where) + ", and nothing orders the two");
            }
            if (kind != access::read) {
                cell.write = own;
                cell.written = true;
                cell.readers = 0;
            } else if (cell.readers == 0 || cell.read[0].when.thread == own.when.thread) {
                cell.read[0] = own;
                if (cell.readers == 0) cell.readers = 1;
            } else {
                cell.read[1] = own;
                cell.readers = 2;
            }
        }
    }

    global_memory& memory_;
    launch_report& report_;
    const launch_options* options_ = nullptr;
    launch_state* launch_ = nullptr;
    unsigned block_ = 0;
    unsigned blocks_ = 0;
    unsigned threads_ = 0;
    memory_region* shared_ = nullptr;
    body call_ = nullptr;
    const void* arguments_ = nullptr;
    bool given_up_ = false;
    std::exception_ptr thrown_;  ///< by the kernel
    unsigned arrived_ = 0;
    std::uint32_t epoch_ = 0;
    knowledge received_;
    std::uint64_t random_ = 1;
    std::uint64_t turn_ = 0;
    unsigned resumed_ = 0;  ///< a thread learns its number from here
    const void* touched_address_ = nullptr;
    char tokens_[2] = {};  ///< addresses that stand for a barrier's even and odd generations
    std::vector<std::unique_ptr<emulated_lane>> lanes_;
};
}  // namespace testing::simt
TENFOLD_END
