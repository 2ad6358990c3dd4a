// SPDX-License-Identifier: Apache-2.0
// The kernel of matmul on the arithmetic units of every GPU: a tile of c per block, two stages of k in shared memory. [floor 4]
//
// A block makes a tile; each of its threads micro tiles of 4 x 4, in 1 or 2 x 2 places of the tile, so that 16-byte loads of shared
// memory meet no bank twice. While a stage is multiplied the next one is on its way: by asynchronous copies where an element needs
// no conversion, through registers otherwise. Operands may lie any way in memory; neighbouring threads load along the closer axis.
//
// Where there are fewer tiles than a GPU has multiprocessors, k is split among blocks: partial sums lie in workspace and the last
// block of a tile adds them in the order of k, so bits do not depend on which one that is.
#pragma once

#include <tenfold/kernel/cuda/body/convert_element.hpp>
#include <tenfold/kernel/cuda/body/last_block.hpp>

#include <utility>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Threads along m and n, and places of micro tiles per thread and axis.
template <unsigned ThreadsM, unsigned ThreadsN, unsigned Places>
struct gemm_tiling {
    static constexpr unsigned threads_m = ThreadsM, threads_n = ThreadsN, places = Places;
    static constexpr unsigned threads = ThreadsM * ThreadsN;
    static constexpr unsigned m = ThreadsM * 4 * Places, n = ThreadsN * 4 * Places;
    static constexpr unsigned k = 8;
};

/// A leading axis, which numbers products.
struct batch_axis {
    index_t extent;
    index_t a, b, c;  ///< strides
};
/// One operand: `outer` is m of a, n of b.
template <class T>
struct gemm_operand {
    const T* data;
    index_t outer_stride;
    index_t k_stride;
    std::int32_t zero;  ///< zero point
    bool along_k;       ///< threads load along k, which is closer
    bool packs;         ///< 16-byte copies along `outer` are legal
};

/// Sums of products: integers modulo 2^32.
template <class Accumulator>
using product_sum_t = std::conditional_t<std::is_same_v<Accumulator, std::int32_t>, std::uint32_t, Accumulator>;
TENFOLD_DEVICE float multiplied_and_added(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
TENFOLD_DEVICE double multiplied_and_added(double a, double b, double c) { return __builtin_fma(a, b, c); }
TENFOLD_DEVICE std::uint32_t multiplied_and_added(std::uint32_t a, std::uint32_t b, std::uint32_t c) { return a * b + c; }

/// An element of c as a sum. Floats become integers by way of signed ones: a negative float has no unsigned value.
template <class Sum, class T>
TENFOLD_DEVICE constexpr Sum as_sum(T x) {
    using through = std::conditional_t<std::is_integral_v<Sum> && std::is_floating_point_v<T>, std::int64_t, Sum>;
    return static_cast<Sum>(static_cast<through>(x));
}

template <class Tiling, class A, class B, class C, std::size_t Rank, class Accumulator, class Epilogue>
struct gemm_tile {
    using sum = product_sum_t<Accumulator>;
    static constexpr unsigned threads = Tiling::threads;
    static constexpr unsigned edge = 4 * Tiling::places;  ///< sums of a thread along m and along n
    static constexpr unsigned vector = 16 / sizeof(sum);
    static constexpr unsigned pitch_a = Tiling::m + 4;
    static constexpr unsigned pitch_b = Tiling::n + 4;
    static constexpr std::size_t stage_bytes = Tiling::k * (pitch_a + pitch_b) * sizeof(sum);
    static constexpr std::size_t flag_offset = 2 * stage_bytes;
    static constexpr std::size_t shared_bytes = flag_offset + 16;
    /// Of a slice of k in workspace: thread by thread, so that neighbours store to neighbours.
    static constexpr index_t partial_elements = index_t{edge} * edge * threads;

    struct arguments {
        gemm_operand<A> a;
        gemm_operand<B> b;
        C* c;
        index_t c_row, c_column;  ///< strides
        index_t m, n, k;
        batch_axis batch[Rank > 2 ? Rank - 2 : 1];
        unsigned tiles_m, tiles_n;
        unsigned splits;  ///< of k, into slices
        index_t slice;    ///< a multiple of Tiling::k
        sum* partial;
        std::uint32_t* arrived;  ///< per tile, zero before and after
        sum alpha, beta;
        Epilogue epilogue;
    };

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const unsigned split = self.block() % a.splits;
        const unsigned tile = self.block() / a.splits;
        index_t index[Rank];
        index_t at_a = 0, at_b = 0, at_c = 0;
        find_product(a, tile / (a.tiles_m * a.tiles_n), index, at_a, at_b, at_c);
        const unsigned in_product = tile % (a.tiles_m * a.tiles_n);
        const index_t row = static_cast<index_t>(in_product / a.tiles_n) * Tiling::m;
        const index_t column = static_cast<index_t>(in_product % a.tiles_n) * Tiling::n;

        sum sums[edge][edge];
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < edge; ++i) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned j = 0; j < edge; ++j) sums[i][j] = 0;
        }
        const index_t begin = split * a.slice;
        const index_t end = begin + a.slice < a.k ? begin + a.slice : a.k;
        multiply(self, a, a.a.data + at_a + row * a.a.outer_stride, a.m - row, a.b.data + at_b + column * a.b.outer_stride, a.n - column,
                 begin, end, sums);
        if (a.splits > 1 && !add_slices(self, a, tile, split, sums)) return;
        finish(self, a, a.c + at_c, row, column, index, sums);
    }

private:
    /// The indices of leading axes of the product with this number, and where its operands begin.
    TENFOLD_DEVICE static void find_product(const arguments& a, unsigned number, index_t (&index)[Rank], index_t& at_a, index_t& at_b,
                                            index_t& at_c) {
        TENFOLD_DEVICE_UNROLL
        for (std::size_t i = Rank - 2; i-- > 0;) {
            const batch_axis& axis = a.batch[i];
            const auto extent = static_cast<unsigned>(axis.extent);
            const unsigned step = number % extent;
            number /= extent;
            index[i] = step;
            at_a += step * axis.a;
            at_b += step * axis.b;
            at_c += step * axis.c;
        }
    }

    /// What a thread takes of a stage of one operand, `extent` wide, and where it goes.
    template <class T, unsigned Extent, unsigned Pitch>
    struct loader {
        static constexpr bool direct = std::is_same_v<T, sum> && (sizeof(T) == 4 || sizeof(T) == 8);
        static constexpr unsigned count = Extent * Tiling::k / threads;  ///< elements per thread
        static constexpr unsigned packs = (Extent / vector * Tiling::k + threads - 1) / threads;
        sum held[direct ? 1 : count];

        TENFOLD_DEVICE static void place(const gemm_operand<T>& x, unsigned number, unsigned& outer, unsigned& k) {
            outer = x.along_k ? number / Tiling::k : number % Extent;
            k = x.along_k ? number % Tiling::k : number / Extent;
        }
        /// Starts on the elements [0, outer_left) x [k, end) of an operand.
        template <class Thread>
        TENFOLD_DEVICE void begin(const Thread& self, const gemm_operand<T>& x, const T* from, index_t outer_left, index_t k, index_t end,
                                  sum* stage) {
            const unsigned left = outer_left < Extent ? static_cast<unsigned>(outer_left) : Extent;
            const unsigned depth = end - k < Tiling::k ? static_cast<unsigned>(end - k) : Tiling::k;
            from += k * x.k_stride;
            if constexpr (direct) {
                if (x.packs) {
                    copy_packs(self, x, from, left, depth, stage);
                    return;
                }
            }
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < count; ++i) {
                unsigned outer, step;
                place(x, self.thread() + i * threads, outer, step);
                const bool inside = outer < left && step < depth;
                const T* const source = inside ? from + outer * x.outer_stride + step * x.k_stride : from;
                if constexpr (direct) {
                    self.template copy_async<sizeof(T)>(stage + step * Pitch + outer, source, inside ? static_cast<int>(sizeof(T)) : 0);
                } else {
                    held[i] = inside ? element(self.load(source), x.zero) : sum{0};
                }
            }
        }
        template <class Thread>
        TENFOLD_DEVICE static void copy_packs(const Thread& self, const gemm_operand<T>& x, const T* from, unsigned left, unsigned depth,
                                              sum* stage) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < packs; ++i) {
                const unsigned number = self.thread() + i * threads;
                const unsigned outer = number % (Extent / vector) * vector;
                const unsigned step = number / (Extent / vector);
                if (step >= Tiling::k) break;
                const unsigned valid = step >= depth || outer >= left ? 0 : left - outer < vector ? left - outer : vector;
                const T* const source = valid > 0 ? from + outer + step * x.k_stride : from;
                self.template copy_async<16>(stage + step * Pitch + outer, source, static_cast<int>(valid * sizeof(T)));
            }
        }
        /// Puts what went through registers where the others find it.
        template <class Thread>
        TENFOLD_DEVICE void end(const Thread& self, const gemm_operand<T>& x, sum* stage) const {
            if constexpr (!direct) {
                TENFOLD_DEVICE_UNROLL
                for (unsigned i = 0; i < count; ++i) {
                    unsigned outer, step;
                    place(x, self.thread() + i * threads, outer, step);
                    self.store(stage + step * Pitch + outer, held[i]);
                }
            }
        }
        TENFOLD_DEVICE static sum element(T x, std::int32_t zero) {
            if constexpr (is_floating_v<T>) {
                return static_cast<sum>(widened(x));
            } else {
                return static_cast<sum>(x) - static_cast<sum>(zero);
            }
        }
    };

    /// sums += a b over [begin, end) of k, for the tile that starts at these elements.
    template <class Thread>
    TENFOLD_DEVICE static void multiply(const Thread& self, const arguments& a, const A* from_a, index_t left_m, const B* from_b,
                                        index_t left_n, index_t begin, index_t end, sum (&sums)[edge][edge]) {
        loader<A, Tiling::m, pitch_a> load_a;
        loader<B, Tiling::n, pitch_b> load_b;
        const auto stage = [&](unsigned number) { return self.template shared<sum>(number % 2 * stage_bytes); };
        const auto start = [&](unsigned number, index_t k) {
            load_a.begin(self, a.a, from_a, left_m, k, end, stage(number));
            load_b.begin(self, a.b, from_b, left_n, k, end, stage(number) + Tiling::k * pitch_a);
            self.copy_commit();
        };
        const auto complete = [&](unsigned number) {
            load_a.end(self, a.a, stage(number));
            load_b.end(self, a.b, stage(number) + Tiling::k * pitch_a);
        };
        if (begin < end) {
            start(0, begin);
            complete(0);
        }
        unsigned number = 0;
        for (index_t k = begin; k < end; k += Tiling::k, ++number) {
            self.template copy_wait<0>();
            self.block_sync();  // the stage is there, and nobody reads the other one any more
            const bool more = k + Tiling::k < end;
            if (more) start(number + 1, k + Tiling::k);
            const sum* const tile_a = stage(number);
            const sum* const tile_b = tile_a + Tiling::k * pitch_a;
            TENFOLD_DEVICE_UNROLL
            for (unsigned step = 0; step < Tiling::k; ++step) {
                sum row[edge], column[edge];
                fragment(self, tile_a + step * pitch_a + self.thread() / Tiling::threads_n * 4, Tiling::threads_m * 4, row);
                fragment(self, tile_b + step * pitch_b + self.thread() % Tiling::threads_n * 4, Tiling::threads_n * 4, column);
                TENFOLD_DEVICE_UNROLL
                for (unsigned i = 0; i < edge; ++i) {
                    TENFOLD_DEVICE_UNROLL
                    for (unsigned j = 0; j < edge; ++j) sums[i][j] = multiplied_and_added(row[i], column[j], sums[i][j]);
                }
            }
            if (more) complete(number + 1);
        }
    }
    /// Four neighbours of each place.
    template <class Thread>
    TENFOLD_DEVICE static void fragment(const Thread& self, const sum* from, unsigned apart, sum (&held)[edge]) {
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < edge; i += vector) {
            const auto p = self.load(reinterpret_cast<const pack<sum, vector>*>(from + i / 4 * apart + i % 4));
            TENFOLD_DEVICE_UNROLL
            for (unsigned v = 0; v < vector; ++v) held[i + v] = p.element[v];
        }
    }

    /// Stores this block's slice. True in the last block of the tile, which then holds the sums over all of k.
    template <class Thread>
    TENFOLD_DEVICE static bool add_slices(const Thread& self, const arguments& a, unsigned tile, unsigned split, sum (&sums)[edge][edge]) {
        sum* const first = a.partial + static_cast<index_t>(tile) * a.splits * partial_elements + self.thread();
        const auto place = [&](unsigned slice, unsigned i, unsigned j) {
            return first + slice * partial_elements + (i * edge + j) * threads;
        };
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < edge; ++i) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned j = 0; j < edge; ++j) self.store(place(split, i, j), sums[i][j]);
        }
        if (!last_to_come(self, a.arrived + tile, a.splits, flag_offset)) return false;
        for (unsigned slice = 0; slice < a.splits; ++slice) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < edge; ++i) {
                TENFOLD_DEVICE_UNROLL
                for (unsigned j = 0; j < edge; ++j) {
                    const sum part = self.load(place(slice, i, j));
                    sums[i][j] = slice == 0 ? part : sums[i][j] + part;
                }
            }
        }
        return true;
    }

    template <class Thread>
    TENFOLD_DEVICE static void finish(const Thread& self, const arguments& a, C* c, index_t row, index_t column, index_t (&index)[Rank],
                                      const sum (&sums)[edge][edge]) {
        const unsigned own_row = self.thread() / Tiling::threads_n * 4;
        const unsigned own_column = self.thread() % Tiling::threads_n * 4;
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < edge; ++i) {
            TENFOLD_DEVICE_UNROLL
            for (unsigned j = 0; j < edge; ++j) {
                index[Rank - 2] = row + i / 4 * Tiling::threads_m * 4 + own_row + i % 4;
                index[Rank - 1] = column + j / 4 * Tiling::threads_n * 4 + own_column + j % 4;
                if (index[Rank - 2] >= a.m || index[Rank - 1] >= a.n) continue;
                C* const to = c + index[Rank - 2] * a.c_row + index[Rank - 1] * a.c_column;
                sum value = a.k > 0 ? a.alpha * sums[i][j] : sum{0};  // a sum of nothing is +0, whatever alpha
                if (a.beta != 0) value += a.beta * as_sum<sum>(widened(self.load(to)));
                self.store(to, result(a.epilogue, static_cast<Accumulator>(value), index, std::make_index_sequence<Rank>{}));
            }
        }
    }
    template <std::size_t... Axis>
    TENFOLD_DEVICE static C result(const Epilogue& epilogue, Accumulator value, const index_t (&index)[Rank],
                                   std::index_sequence<Axis...>) {
        return converted<C>(held_as_element(epilogue(value, index[Axis]...)));
    }
};
}  // namespace gpu_kernels
TENFOLD_END
