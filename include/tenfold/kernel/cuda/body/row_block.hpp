// SPDX-License-Identifier: Apache-2.0
// The kernel of softmax, log_softmax, layer_norm and rms_norm: a group of threads per row, two folds, one store. [floor 4]
//
// A thread holds 16 elements of its row in registers. A row that its group holds as a whole is loaded once; a longer one is taken
// in chunks of that size and loaded once per pass. Long rows of which there are few are cut into parts, a block each: then every
// pass is a launch of its own, and blocks combine the results of the pass before, all in the same order. Who takes what, and so the
// order of every sum, follows from the shape.
#pragma once

#include <tenfold/kernel/cuda/body/convert_element.hpp>
#include <tenfold/kernel/cuda/body/row_policies.hpp>
#include <tenfold/kernel/cuda/body/thread_groups.hpp>
#include <tenfold/kernel/cuda/strided_axes.hpp>

TENFOLD_BEGIN
namespace gpu_kernels {
/// Which passes over its rows a launch makes.
enum class row_passes : unsigned char { all, first_fold, second_fold, results };

template <class Policy, class X, class Y, class Scale, class Bias>
struct row_block {
    using value = typename Policy::value;
    using first_state = typename Policy::first;
    using second_state = typename Policy::second;
    static constexpr unsigned threads = 256;
    static constexpr unsigned slots = 16;  ///< elements a thread holds
    static constexpr unsigned pack_elements = 16 / sizeof(X);
    static constexpr unsigned y_pack_elements = 16 / sizeof(Y);
    static constexpr std::size_t shared_bytes = threads * sizeof(second_state);  ///< never smaller than the first

    struct arguments {
        strided_axes<2> rows;  ///< of y, then of x
        thread_groups groups;
        index_t n;
        double share;  ///< 1 / n
        const X* x;
        index_t x_stride;
        Y* y;
        index_t y_stride;
        bool x_packs;  ///< of 16 bytes are legal: unit stride, aligned rows
        bool y_packs;
        double epsilon;
        const Scale* scale;  ///< null: none
        index_t scale_stride;
        const Bias* bias;
        index_t bias_stride;
        row_passes passes;
        unsigned parts;         ///< blocks per row
        index_t part;           ///< elements of a part, whole chunks
        first_state* firsts;    ///< (rows, parts): what the folds of parts gave; null where a block has whole rows
        second_state* seconds;
    };

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        const index_t row = static_cast<index_t>(self.block() / a.parts) * a.groups.per_block + a.groups.output(self.thread());
        const auto offset = a.rows.at(row < a.rows.elements ? row : 0);
        const X* const x = a.x + offset.of[1];
        const bool valid = row < a.rows.elements;  // threads without a row meet the others at barriers
        const index_t chunk = static_cast<index_t>(a.groups.group) * slots;
        const index_t part = self.block() % a.parts;
        const index_t from = part * a.part;
        const index_t to = from + a.part < a.n ? from + a.part : a.n;
        const index_t at = row * a.parts + part;
        const bool keeps = valid && a.groups.member(self.thread()) == 0;
        const bool whole = a.passes == row_passes::all && a.n <= chunk;
        value held[slots];

        first_state first = Policy::first_identity();
        if constexpr (Policy::has_first) {
            if (a.passes <= row_passes::first_fold) {
                for (index_t begin = from; begin < to; begin += chunk) {
                    const unsigned left = elements_left(a, valid, begin, to);
                    load(self, a, x + begin * a.x_stride, left, held);
                    TENFOLD_DEVICE_UNROLL
                    for (unsigned i = 0; i < slots; ++i) {
                        if (place(self, a, i) < left) first = Policy::fold_first(first, held[i]);
                    }
                }
            } else {
                for (unsigned p = a.groups.member(self.thread()); p < a.parts && valid; p += a.groups.group)
                    first = Policy::combine_first(first, self.load(a.firsts + row * a.parts + p));
            }
            first = combine_and_share(self, a.groups, first,
                                      [](first_state low, first_state high) { return Policy::combine_first(low, high); });
            if (a.passes == row_passes::first_fold) {
                if (keeps) self.store(a.firsts + at, first);
                return;
            }
            first = Policy::close_first(first, a.share);
        }
        second_state second = Policy::second_identity();
        if (a.passes != row_passes::results) {
            for (index_t begin = from; begin < to; begin += chunk) {
                const unsigned left = elements_left(a, valid, begin, to);
                if (!whole || !Policy::has_first) load(self, a, x + begin * a.x_stride, left, held);
                TENFOLD_DEVICE_UNROLL
                for (unsigned i = 0; i < slots; ++i) {
                    held[i] = Policy::prepared(held[i], first);
                    if (place(self, a, i) < left) second = Policy::fold_second(second, held[i], first);
                }
            }
        } else {
            for (unsigned p = a.groups.member(self.thread()); p < a.parts && valid; p += a.groups.group)
                second = Policy::combine_second(second, self.load(a.seconds + row * a.parts + p));
        }
        second = combine_and_share(self, a.groups, second,
                                   [](second_state low, second_state high) { return Policy::combine_second(low, high); });
        if (a.passes == row_passes::second_fold) {
            if (keeps) self.store(a.seconds + at, second);
            return;
        }
        const typename Policy::row closed = Policy::close(first, second, a.share, a.epsilon);
        for (index_t begin = from; begin < to; begin += chunk) {
            const unsigned left = elements_left(a, valid, begin, to);
            if (!whole) {
                load(self, a, x + begin * a.x_stride, left, held);
                TENFOLD_DEVICE_UNROLL
                for (unsigned i = 0; i < slots; ++i) held[i] = Policy::prepared(held[i], first);
            }
            store(self, a, a.y + offset.of[0] + begin * a.y_stride, begin, left, closed, held);
        }
    }

private:
    /// Elements of the part that ends at `to`, from `begin` on, that belong to its chunk.
    TENFOLD_DEVICE static unsigned elements_left(const arguments& a, bool valid, index_t begin, index_t to) {
        const index_t left = to - begin;
        const unsigned chunk = a.groups.group * slots;
        return !valid ? 0 : left < chunk ? static_cast<unsigned>(left) : chunk;
    }
    /// The element of a slot, counted from the start of its chunk: packs of neighbours in turn, or elements in turn.
    template <class Thread>
    TENFOLD_DEVICE static unsigned place(const Thread& self, const arguments& a, unsigned slot) {
        const unsigned member = a.groups.member(self.thread());
        if (!a.groups.rows) return slot * a.groups.group + member;
        return (slot / pack_elements * a.groups.group + member) * pack_elements + slot % pack_elements;
    }
    template <class Thread>
    TENFOLD_DEVICE static void load(const Thread& self, const arguments& a, const X* x, unsigned left, value (&held)[slots]) {
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < slots; i += pack_elements) {
            const unsigned first = place(self, a, i);
            if (a.x_packs && first + pack_elements <= left) {
                const auto p = self.load(reinterpret_cast<const pack<X, pack_elements>*>(x + first));
                TENFOLD_DEVICE_UNROLL
                for (unsigned k = 0; k < pack_elements; ++k) held[i + k] = widened(p.element[k]);
            } else {
                TENFOLD_DEVICE_UNROLL
                for (unsigned k = 0; k < pack_elements; ++k) {
                    const unsigned e = place(self, a, i + k);
                    held[i + k] = e < left ? static_cast<value>(widened(self.load(x + e * a.x_stride))) : value{};
                }
            }
        }
    }
    template <class Thread>
    TENFOLD_DEVICE static void store(const Thread& self, const arguments& a, Y* y, index_t begin, unsigned left,
                                     const typename Policy::row& closed, const value (&held)[slots]) {
        constexpr unsigned count = y_pack_elements < pack_elements ? y_pack_elements : pack_elements;
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < slots; i += count) {
            pack<Y, count> result;
            const unsigned first = place(self, a, i);
            const bool together = a.y_packs && first + count <= left;
            TENFOLD_DEVICE_UNROLL
            for (unsigned k = 0; k < count; ++k) {
                const unsigned e = place(self, a, i + k);
                if (e >= left) continue;
                value v = Policy::finished(held[i + k], closed);
                if (a.scale != nullptr) v = v * static_cast<value>(widened(self.load(a.scale + (begin + e) * a.scale_stride)));
                if (a.bias != nullptr) v = v + static_cast<value>(widened(self.load(a.bias + (begin + e) * a.bias_stride)));
                result.element[k] = static_cast<Y>(v);
                if (!together) self.store(y + e * a.y_stride, result.element[k]);
            }
            if (together) self.store(reinterpret_cast<pack<Y, count>*>(y + first), result);
        }
    }
};
}  // namespace gpu_kernels
TENFOLD_END
