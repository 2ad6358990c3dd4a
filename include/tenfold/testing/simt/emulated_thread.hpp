// SPDX-License-Identifier: Apache-2.0
// What a kernel body sees of the GPU when it runs on the CPU: the operations of device_thread, checked.       [floor 6]
#pragma once

#include <tenfold/testing/simt/matrix.hpp>

TENFOLD_BEGIN
namespace testing::simt {
using tenfold::gpu_kernels::all_lanes;
using tenfold::gpu_kernels::pack;

/// One GPU thread. Every operation that touches memory or other threads takes the place of its call, for reports.
class emulated_thread {
public:
    emulated_thread(block_run& run, unsigned thread) noexcept : run_(&run), thread_(thread) {}

    [[nodiscard]] unsigned thread() const noexcept { return thread_; }
    [[nodiscard]] unsigned threads() const noexcept { return run_->threads(); }
    [[nodiscard]] unsigned block() const noexcept { return run_->block(); }
    [[nodiscard]] unsigned blocks() const noexcept { return run_->blocks(); }
    [[nodiscard]] unsigned lane() const noexcept { return thread_ % warp_lanes; }
    [[nodiscard]] unsigned warp() const noexcept { return thread_ / warp_lanes; }

    /// The block's dynamic shared memory from a byte offset on.
    template <class T>
    [[nodiscard]] T* shared(std::size_t offset) const noexcept {
        return reinterpret_cast<T*>(run_->shared().data() + offset);
    }

    void block_sync(site where = site::here()) const {
        const unwatched executor;
        if (!run_->left_out(where)) run_->block_barrier(thread_, where);
    }
    void warp_sync(unsigned mask = all_lanes, site where = site::here()) const {
        const unwatched executor;
        if (run_->left_out(where)) return;
        run_->warp_operation(thread_, mask, where, &complete_warp_sync);
    }
    /// Memory of the device, of the block: what is before is visible before what follows.
    void fence_device(site where = site::here()) const {
        const unwatched executor;
        if (!run_->left_out(where)) run_->pass_fence(thread_);
    }
    void fence_block(site where = site::here()) const { fence_device(where); }

    template <class T>
    [[nodiscard]] T load(const T* address, site where = site::here()) const {
        check(address, access::read, where);
        return *address;
    }
    template <class T>
    void store(T* address, T value, site where = site::here()) const {
        check(address, access::write, where);
        *address = value;
    }
    /// From memory that nobody writes during the launch, and which will not be read again soon.
    template <class T>
    [[nodiscard]] T load_once(const T* address, site where = site::here()) const {
        check(address, access::read, where);
        check_constant(address, where);
        return *address;
    }
    template <unsigned Count, class T>
    [[nodiscard]] pack<T, Count> load_pack(const T* address, site where = site::here()) const {
        return load_once(reinterpret_cast<const pack<T, Count>*>(address), where);
    }

    template <class T>
    T atomic_add(T* address, T value, site where = site::here()) const {
        return update(address, where, [value](T old) { return static_cast<T>(old + value); });
    }
    template <class T>
    T atomic_min(T* address, T value, site where = site::here()) const {
        return update(address, where, [value](T old) { return value < old ? value : old; });
    }
    template <class T>
    T atomic_max(T* address, T value, site where = site::here()) const {
        return update(address, where, [value](T old) { return old < value ? value : old; });
    }
    template <class T>
    T atomic_exchange(T* address, T value, site where = site::here()) const {
        return update(address, where, [value](T) { return value; });
    }
    template <class T>
    T atomic_compare_exchange(T* address, T expected, T value, site where = site::here()) const {
        return update(address, where, [expected, value](T old) { return old == expected ? value : old; });
    }
    /// old < last ? old + 1 : 0. A counter that is zero again when all have come.
    std::uint32_t atomic_count(std::uint32_t* address, std::uint32_t last, site where = site::here()) const {
        return update(address, where, [last](std::uint32_t old) { return old >= last ? 0 : old + 1; });
    }

    /// The value of another lane: of `source`, of lane + distance, - distance, or lane xor distance, within groups of `width` lanes;
    /// the lane's own value where that is outside of its group.
    template <class T>
    [[nodiscard]] T shuffle(T value, unsigned source, unsigned mask = all_lanes, unsigned width = 32, site where = site::here()) const {
        return exchange(value, source, mask, width, where, &complete_shuffle<shuffle_index>);
    }
    template <class T>
    [[nodiscard]] T shuffle_up(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32,
                               site where = site::here()) const {
        return exchange(value, distance, mask, width, where, &complete_shuffle<shuffle_from_below>);
    }
    template <class T>
    [[nodiscard]] T shuffle_down(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32,
                                 site where = site::here()) const {
        return exchange(value, distance, mask, width, where, &complete_shuffle<shuffle_from_above>);
    }
    template <class T>
    [[nodiscard]] T shuffle_xor(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32,
                                site where = site::here()) const {
        return exchange(value, distance, mask, width, where, &complete_shuffle<shuffle_across>);
    }

    /// The lanes of the mask for which it holds.
    [[nodiscard]] unsigned ballot(bool holds, unsigned mask = all_lanes, site where = site::here()) const {
        return static_cast<unsigned>(collect(holds ? 1 : 0, mask, where, &complete_ballot));
    }
    [[nodiscard]] bool any(bool holds, unsigned mask = all_lanes, site where = site::here()) const {
        return ballot(holds, mask, where) != 0;
    }
    [[nodiscard]] bool all(bool holds, unsigned mask = all_lanes, site where = site::here()) const {
        return ballot(holds, mask, where) == mask;
    }
    /// The lanes of the mask with the same value.
    [[nodiscard]] unsigned match_any(std::uint32_t value, unsigned mask = all_lanes, site where = site::here()) const {
        return static_cast<unsigned>(collect(value, mask, where, &complete_match));
    }
    [[nodiscard]] std::uint32_t reduce_add(std::uint32_t value, unsigned mask = all_lanes, site where = site::here()) const {
        return static_cast<std::uint32_t>(collect(value, mask, where, &complete_reduction<reduce_by_sum>));
    }
    [[nodiscard]] std::uint32_t reduce_min(std::uint32_t value, unsigned mask = all_lanes, site where = site::here()) const {
        return static_cast<std::uint32_t>(collect(value, mask, where, &complete_reduction<reduce_by_smallest>));
    }
    [[nodiscard]] std::uint32_t reduce_max(std::uint32_t value, unsigned mask = all_lanes, site where = site::here()) const {
        return static_cast<std::uint32_t>(collect(value, mask, where, &complete_reduction<reduce_by_largest>));
    }

    /// Bytes from global to shared memory, there when copy_wait() has ended their group; those behind `valid` are zero.
    template <int Bytes>
    void copy_async(void* to, const void* from, int valid = Bytes, site where = site::here()) const {
        static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16, "tenfold: asynchronous copies are of 4, 8 or 16 bytes");
        const unwatched executor;
        run_->start_copy(thread_, {static_cast<unsigned char*>(to), static_cast<const unsigned char*>(from), Bytes,
                                   static_cast<std::size_t>(valid), where});
    }
    void copy_commit(site where = site::here()) const {
        const unwatched executor;
        if (run_->left_out(where)) return;
        emulated_lane& self = run_->lane(thread_);
        self.copy_groups.push_back(std::move(self.open_copies));
        self.open_copies.clear();
    }
    /// Waits until all but the newest Left groups of this thread are there. Other threads see them after a barrier.
    template <int Left>
    void copy_wait(site where = site::here()) const {
        const unwatched executor;
        if (!run_->left_out(where)) run_->finish_copies(thread_, Left);
    }

    /// One to four 8 x 8 matrices of 16-bit elements from shared memory; see matrix.hpp for who gets what.
    template <bool Transposed = false, unsigned Count>
    void load_matrix(std::uint32_t (&registers)[Count], const void* row, site where = site::here()) const {
        static_assert(Count == 1 || Count == 2 || Count == 4, "tenfold: ldmatrix loads 1, 2 or 4 matrices");
        const unwatched executor;
        emulated_lane& self = run_->lane(thread_);
        self.fragment = registers;
        self.value = reinterpret_cast<std::uintptr_t>(row);
        run_->warp_operation(thread_, all_lanes, where, &complete_load_matrix<Count, Transposed>);
    }
    /// c += a b of an m16 n8 kK tile spread over the warp.
    template <class E, unsigned K, class C>
    void multiply_add(C (&c)[4], const std::uint32_t (&a)[a_registers<E, K>], const std::uint32_t (&b)[b_registers<E, K>],
                      site where = site::here()) const {
        const unwatched executor;
        product_fragments<C> fragments{a, b, c};
        run_->lane(thread_).fragment = &fragments;
        run_->warp_operation(thread_, all_lanes, where, &complete_product<E, K, C>);
    }

private:
    template <class T>
    void check(const T* address, access kind, const site& where) const {
        const unwatched executor;
        run_->check_access(thread_, address, sizeof(T), alignof(T), kind, where);
    }
    template <class T>
    void check_constant(const T* address, const site& where) const {
        const unwatched executor;
        run_->check_constant(thread_, address, sizeof(T), where);
    }
    template <class T, class F>
    T update(T* address, const site& where, const F& f) const {
        const unwatched executor;
        run_->check_access(thread_, address, sizeof(T), alignof(T), access::atomic, where);
        run_->pass_atomic(thread_, address);
        const T old = *address;
        *address = f(old);
        return old;
    }
    std::uint64_t collect(std::uint64_t value, unsigned mask, const site& where, block_run::completion complete) const {
        const unwatched executor;
        run_->lane(thread_).value = value;
        run_->warp_operation(thread_, mask, where, complete);
        return run_->lane(thread_).result;
    }
    template <class T>
    T exchange(T value, unsigned other, unsigned mask, unsigned width, const site& where, block_run::completion complete) const {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8, "tenfold: lanes exchange values of 4 or 8 bytes");
        using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
        run_->lane(thread_).argument = static_cast<std::int64_t>(other) | static_cast<std::int64_t>(width) << 32;
        return std::bit_cast<T>(static_cast<bits>(collect(std::bit_cast<bits>(value), mask, where, complete)));
    }

    static unsigned shuffle_index(unsigned lane, unsigned n, unsigned width) { return (lane & ~(width - 1)) + (n & (width - 1)); }
    static unsigned shuffle_from_below(unsigned lane, unsigned n, unsigned width) { return lane % width >= n ? lane - n : lane; }
    static unsigned shuffle_from_above(unsigned lane, unsigned n, unsigned width) { return lane % width + n < width ? lane + n : lane; }
    static unsigned shuffle_across(unsigned lane, unsigned n, unsigned width) {
        return (lane ^ n) < (lane & ~(width - 1)) + width ? lane ^ n : lane;
    }
    template <unsigned (*Source)(unsigned, unsigned, unsigned)>
    static void complete_shuffle(block_run& run, unsigned first, unsigned mask, const site& where) {
        block_run::for_lanes(mask, [&](unsigned l) {
            emulated_lane& self = run.lane(first + l);
            const unsigned source =
                Source(l, static_cast<unsigned>(self.argument & 0xffffffff), static_cast<unsigned>(self.argument >> 32));
            if ((mask >> source & 1u) == 0)
                run.give_up(defect::bad_mask, where,
                            run.who(first + l) + " takes the value of lane " + std::to_string(source) + ", which is not in the mask");
            self.result = run.lane(first + source).value;
        });
    }
    static void complete_ballot(block_run& run, unsigned first, unsigned mask, const site&) {
        unsigned votes = 0;
        block_run::for_lanes(mask, [&](unsigned l) { votes |= static_cast<unsigned>(run.lane(first + l).value) << l; });
        block_run::for_lanes(mask, [&](unsigned l) { run.lane(first + l).result = votes; });
    }
    static void complete_match(block_run& run, unsigned first, unsigned mask, const site&) {
        block_run::for_lanes(mask, [&](unsigned l) {
            unsigned same = 0;
            block_run::for_lanes(mask,
                                 [&](unsigned o) { same |= (run.lane(first + o).value == run.lane(first + l).value ? 1u : 0u) << o; });
            run.lane(first + l).result = same;
        });
    }
    static std::uint32_t reduce_by_sum(std::uint32_t a, std::uint32_t b) { return a + b; }
    static std::uint32_t reduce_by_smallest(std::uint32_t a, std::uint32_t b) { return b < a ? b : a; }
    static std::uint32_t reduce_by_largest(std::uint32_t a, std::uint32_t b) { return a < b ? b : a; }
    template <std::uint32_t (*Combine)(std::uint32_t, std::uint32_t)>
    static void complete_reduction(block_run& run, unsigned first, unsigned mask, const site&) {
        bool started = false;
        std::uint32_t total = 0;
        block_run::for_lanes(mask, [&](unsigned l) {
            const auto value = static_cast<std::uint32_t>(run.lane(first + l).value);
            total = started ? Combine(total, value) : value;
            started = true;
        });
        block_run::for_lanes(mask, [&](unsigned l) { run.lane(first + l).result = total; });
    }
    static void complete_warp_sync(block_run& run, unsigned first, unsigned mask, const site&) { run.join_lanes(first, mask); }

    block_run* run_;
    unsigned thread_;
};
}  // namespace testing::simt
TENFOLD_END
