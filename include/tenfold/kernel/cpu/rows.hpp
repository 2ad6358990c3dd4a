// SPDX-License-Identifier: Apache-2.0
// Ops along one axis on the CPU: rows in place where the axis is contiguous, through scratch in groups else. [floor 4]
//
//                       the axis contiguous                    another axis contiguous, or short rows
//   fits the cache      groups of rows where they are          strips of rows copied side by side, a row per lane
//   does not fit        pieces of one row, twice               pieces of a strip's rows, twice
//
// Strips are wide, so that each element of the axis is a run of a page in memory; what is copied is transposed or widened on the way.
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/kernel/cpu/body/convert_plane.hpp>
#include <tenfold/kernel/cpu/body/copy_plane.hpp>
#include <tenfold/kernel/cpu/body/row_vectors.hpp>  // upcoming
#include <tenfold/kernel/cpu/body/special/stream.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>
#include <tenfold/kernel/cpu/elementwise.hpp>
#include <tenfold/kernel/cpu/scratch.hpp>
#include <tenfold/kernel/cpu/streaming.hpp>

#include <utility>

TENFOLD_BEGIN
/// Elements of a plane from one place to another, converted; loops run along whichever axis both sides prefer.
template <class To, class From>
void move_plane(int isa, convert_plane_arguments<To, From> p) noexcept {
    const auto size = [](index_t step) { return step < 0 ? -step : step; };
    const bool rows_first = p.x_step == 1 && p.y_step == 1;
    const bool transposed = p.x_row == 1 && p.y_step == 1;
    const bool along_rows = size(p.x_row) + size(p.y_row) < size(p.x_step) + size(p.y_step);
    if (!rows_first && !transposed && (along_rows || (p.x_step == 1 && p.y_row == 1))) {
        std::swap(p.rows, p.count);
        std::swap(p.x_row, p.x_step);
        std::swap(p.y_row, p.y_step);
    }
    if constexpr (std::is_same_v<To, From>) {
        const copy_plane_arguments plane{p.x, p.x_row, p.x_step, p.y, p.y_row, p.y_step, p.rows, p.count, p.streamed};
        dispatch<copy_plane<sizeof(To)>>(isa, &plane);
    } else {
        dispatch<convert_plane<To, From>>(isa, &p);
    }
}

/// Rows a kernel is given at once, at most: it may keep a few numbers per row on its stack.
inline constexpr index_t most_rows = 64;

/// Elements from a group of `rows` to the next, which is asked for while this one is computed: 0 for groups so long that what
/// comes after them would be gone when it is needed.
template <class C>
TENFOLD_INLINE index_t ahead_of(index_t rows, index_t n, index_t step) noexcept {
    return rows * n * index_t{sizeof(C)} <= 256 * 1024 ? rows * step : 0;
}

/// Nothing is asked for but what is there.
template <class T>
TENFOLD_INLINE upcoming nothing_next(const T* x) noexcept {
    return {reinterpret_cast<const char*>(x), 0, 0};
}

/// How a group of rows lies before a kernel.
enum class row_direction : unsigned char {
    along,     ///< each row contiguous, at least one vector long; rows `step` elements apart
    streamed,  ///< the same, y in whole cache lines that are written past the caches, not the memory of x
    across     ///< each row a lane; elements of a row `step` apart, a multiple of the vector's lanes side by side
};

struct vector_bytes {
    template <class Isa>
    static constexpr int of() noexcept {
        return Isa::bytes;
    }
};

/// Rows of an op along one axis, in the type C that it computes in. The op is a kernel:
///     whole(direction, x, x_step, y, y_step, rows, next)    rows that stay in cache; x and y may be one memory
///     absorb(direction, x, x_step, rows, first, count, state, next)             the elements [first, first + count) of rows, in order,
///     finish(direction, x, x_step, y, y_step, rows, first, count, state, next)  and, when all have been seen, their results
///     state                                                 what it keeps of a row meanwhile
/// `next` is what is read after that. For at most most_rows rows at once, each computed as it would be by itself: workers decide which
/// rows meet, and lanes that no row fills hold zeros.
template <class C>
class row_walk {
public:
    template <class X, class Y, std::size_t Rank, class Space>
    row_walk(int isa, const tensor_view<const X, Rank, Space>& x, const tensor_view<Y, Rank, Space>& y, std::size_t along) noexcept
        : isa_(isa), lanes_(isa_constant<vector_bytes>(isa) / static_cast<int>(sizeof(C))), n_(x.extent(along)) {
        step_[0] = n_ == 1 ? 0 : x.stride(along);
        step_[1] = n_ == 1 ? 0 : y.stride(along);
        for (std::size_t axis = 0; axis < Rank; ++axis) {
            if (axis != along) nest_.push(x.extent(axis), x.stride(axis), y.stride(axis));
        }
        nest_.simplify();
    }

    /// Results of more bytes than that are streamed, in place of those that the caches cannot hold.
    void stream_above(index_t bytes) noexcept { stream_above_ = bytes; }

    /// Where types, strides or lengths do not suit the kernel, the rows are copies in scratch.
    template <class X, class Y, class Kernel>
    status run(const char* op, const cpu& where, const X* x, Y* y, const Kernel& kernel) const {
        using state = typename Kernel::state;
        int workers = workers_for_bytes(where, 2 * nest_.size() * n_ * index_t{sizeof(C)});
        constexpr bool converts = !std::is_same_v<X, C> || !std::is_same_v<Y, C>;
        strip_shape strip = shape_of_strips<converts>(workers);
        strip.streamed = static_cast<const void*>(x) != y && is_streamed(nest_.size() * n_ * index_t{sizeof(Y)});
        if constexpr (!converts) {
            if (strip.direct && !strip.in_pieces) {
                run_along(where, workers, x, y, strip.streamed, kernel);
                return {};
            }
        }
        const tile_grid<2> grid(nest_, strip.rows, strip.rows);
        if (workers > grid.size()) workers = static_cast<int>(grid.size());
        const index_t copy_bytes = strip.direct ? 0 : round_up(strip.pitch * strip.longest * index_t{sizeof(C)}, index_t{tensor_alignment});
        const index_t state_bytes = strip.in_pieces ? round_up(strip.pitch * index_t{sizeof(state)}, index_t{tensor_alignment}) : 0;
        const index_t bytes_per_worker = copy_bytes + state_bytes;
        const scratch_buffer scratch(workers * bytes_per_worker);
        if (!scratch) return scratch_failure(op, workers * bytes_per_worker);
        parallel_for_tiles(
            where, workers, grid, n_,
            [&](int worker, const index_t(&offset)[2], index_t, index_t rows) {
                C* const copy = scratch.template at<C>(worker * bytes_per_worker);
                const X* from = x + offset[0];
                Y* to = y + offset[1];
                if (strip.in_place) {
                    const index_t whole = rows / lanes_ * lanes_;
                    run_in_place(from, to, whole, kernel);
                    if (whole == rows) return;
                    from += whole;
                    to += whole;
                    rows -= whole;
                }
                if (strip.in_pieces) {
                    run_pieces(strip, copy, scratch.template at<state>(worker * bytes_per_worker + copy_bytes), from, to, rows, kernel);
                } else {
                    load(strip, copy, from, rows, 0, n_);
                    const X* const next = from + rows * nest_.stride[nest_.rank - 1][0];
                    each_group(strip, rows, n_, [&](index_t first, index_t at, index_t step, index_t many) {
                        kernel.whole(strip.direction(), copy + at, step, copy + at, step, many, next_of(strip, next, first));
                    });
                    store(strip, copy, to, rows, 0, n_);
                }
            },
            [&strip] {
                if (strip.streamed) stream_fence();
            });
        return {};
    }

private:
    /// Rows that are taken at once, and how they lie in scratch.
    struct strip_shape {
        bool across;       ///< each row a lane
        bool in_pieces;    ///< the rows do not fit the cache
        bool direct;       ///< no copies
        bool in_place;     ///< across: no copies but of the lanes that do not fill a vector
        index_t rows;      ///< of a strip
        index_t longest;   ///< elements of a row in scratch
        index_t pitch;     ///< across: lanes between elements; along: 1
        index_t lanes;     ///< of a vector
        bool streamed;     ///< whole cache lines of y are written past the caches
        [[nodiscard]] row_direction direction() const noexcept { return across ? row_direction::across : row_direction::along; }
        [[nodiscard]] index_t filled(index_t many) const noexcept { return across ? round_up(many, lanes) : many; }
    };
    static index_t size(index_t step) noexcept { return step < 0 ? -step : step; }
    static index_t bounded(index_t value, index_t low, index_t high) noexcept { return value < low ? low : value > high ? high : value; }
    /// Below two vectors the end of a row costs more than the way through scratch.
    [[nodiscard]] index_t shortest_row() const noexcept { return 2 * lanes_; }

    /// The strips' lengths follow from the shape alone. Their widths follow from the workers too, so which rows share a group does:
    /// no bit of a row may depend on the rows beside it.
    template <bool Converts>
    [[nodiscard]] strip_shape shape_of_strips(int workers) const noexcept {
        constexpr index_t cached = 256 * 1024 / index_t{sizeof(C)};  // elements that are read again, while as many are asked for
        constexpr index_t widest = 1024;                             // rows of a strip: pages of memory
        constexpr index_t enough = 128;                              // rows that still stream
        const index_t(&row)[2] = nest_.stride[nest_.rank - 1];
        const index_t count = nest_.extent[nest_.rank - 1];
        const bool contiguous = step_[0] == 1 && step_[1] == 1 && n_ >= shortest_row();
        strip_shape s{};
        s.lanes = lanes_;
        s.across = !contiguous && (n_ < shortest_row() || (size(row[0]) < size(step_[0]) && count >= lanes_));
        s.direct = !Converts && contiguous;
        if (s.across) {
            s.in_pieces = n_ * (count < enough ? count : enough) > cached;
            constexpr index_t few = 65536 / index_t{sizeof(C)};  // then strides of powers of two do no harm
            s.in_place = !Converts && row[0] == 1 && row[1] == 1 && nest_.size() * n_ <= few;
            const bool transposed = size(step_[0]) < size(row[0]);
            s.rows = s.in_pieces ? widest : bounded(cached / n_, lanes_, transposed ? most_rows : widest);
            const index_t share = ceil_divide(count, ceil_divide(2 * index_t{workers}, ceil_divide(nest_.size(), count)));
            if (workers > 1 && s.rows > share) s.rows = share;
            s.rows = s.rows > most_rows ? s.rows / most_rows * most_rows : s.rows;
            if (s.rows > count) s.rows = count;
            // Rows of lanes a power of two apart would meet in the same places of the cache.
            s.pitch = round_up(s.rows, lanes_) + (s.rows > most_rows ? 64 / index_t{sizeof(C)} : 0);
        } else {
            s.in_pieces = n_ > 2 * cached;
            s.rows = s.in_pieces ? 1 : bounded(16 * 1024 / (n_ * index_t{sizeof(C)}), 1, most_rows);
            if (s.rows > count) s.rows = count;
            s.pitch = s.rows;
        }
        s.longest = s.in_pieces ? 2 * piece_elements(s.across) : n_;
        return s;
    }
    /// The last piece of a row takes what is left, up to twice as many.
    static index_t piece_elements(bool across) noexcept { return (across ? 256 : 65536) / index_t{sizeof(C)}; }

    template <class Kernel>
    void run_along(const cpu& where, int workers, const C* x, C* y, bool streamed, const Kernel& kernel) const {
        const index_t(&row)[2] = nest_.stride[nest_.rank - 1];
        const index_t(&outer)[2] = nest_.stride[nest_.rank - 2];
        // A group is read again while it is in the first-level cache.
        const tile_grid<2> grid(nest_, bounded(16 * 1024 / (n_ * index_t{sizeof(C)}), 1, most_rows), most_rows);
        const auto groups = [&](int, const index_t(&offset)[2], index_t rows, index_t count) {
            for (index_t i = 0; i < rows; ++i) {
                C* const to = y + offset[1] + i * outer[1];
                const bool lines = streamed && is_whole_lines(to, row[1], n_);
                const C* const from = x + offset[0] + i * outer[0];
                const index_t ahead = ahead_of<C>(count, n_, row[0]);
                const upcoming next{reinterpret_cast<const char*>(from + ahead), row[0] * index_t{sizeof(C)}, sizeof(C)};
                kernel.whole(lines ? row_direction::streamed : row_direction::along, from, row[0], to, row[1], count, next);
            }
        };
        parallel_for_tiles(where, workers, grid, n_, groups, [streamed] {
            if (streamed) stream_fence();
        });
    }
    [[nodiscard]] bool is_streamed(index_t bytes) const noexcept {
        return stream_above_ >= 0 ? bytes > stream_above_ : tenfold::is_streamed(bytes);
    }

    /// Once through all pieces, then back through them: the last ones may still be in a cache.
    template <class X, class Y, class Kernel>
    void run_pieces(const strip_shape& strip, C* copy, typename Kernel::state* states, const X* x, Y* y, index_t rows,
                    const Kernel& kernel) const {
        const index_t length = piece_elements(strip.across);
        const index_t pieces = n_ / length > 1 ? n_ / length : 1;
        const auto count_of = [&](index_t piece) { return piece + 1 < pieces ? length : n_ - piece * length; };
        for (index_t piece = 0; piece < pieces; ++piece) {
            const index_t count = count_of(piece);
            const C* const in = load(strip, copy, x, rows, piece * length, count);
            each_group(strip, rows, count, [&](index_t first, index_t at, index_t step, index_t many) {
                const X* const next = x + (piece + 1 < pieces ? piece + 1 : piece) * length * step_[0];
                kernel.absorb(strip.direction(), in + at, step, many, piece * length, count, states + first, next_of(strip, next, first));
            });
        }
        for (index_t piece = pieces; piece-- > 0;) {
            const index_t count = count_of(piece);
            const C* const in = piece + 1 < pieces || strip.direct ? load(strip, copy, x, rows, piece * length, count) : copy;
            C* out = copy;
            row_direction direction = strip.direction();
            if constexpr (std::is_same_v<Y, C>) {
                if (strip.direct) out = y + piece * length;
                if (strip.direct && is_whole_lines(out, 0, count) && strip.streamed) direction = row_direction::streamed;
            }
            each_group(strip, rows, count, [&](index_t first, index_t at, index_t step, index_t many) {
                const X* const next = x + (piece > 0 ? piece - 1 : 0) * length * step_[0];
                kernel.finish(direction, in + at, step, out + at, step, many, piece * length, count, states + first,
                              next_of(strip, next, first));
            });
            if (!strip.direct) store(strip, copy, y, rows, piece * length, count);
        }
    }

    /// Whole vectors of lanes.
    template <class X, class Y, class Kernel>
    void run_in_place([[maybe_unused]] const X* x, [[maybe_unused]] Y* y, index_t rows, [[maybe_unused]] const Kernel& kernel) const {
        if constexpr (std::is_same_v<X, C> && std::is_same_v<Y, C>) {
            for (index_t first = 0; first < rows; first += most_rows) {
                const index_t many = rows - first < most_rows ? rows - first : most_rows;
                kernel.whole(row_direction::across, x + first, step_[0], y + first, step_[1], many, nothing_next(x));
            }
        }
    }

    /// What a group of rows from `first` on reads when x is where its strip begins.
    template <class X>
    [[nodiscard]] upcoming next_of(const strip_shape& strip, const X* x, index_t first) const noexcept {
        constexpr index_t bytes = sizeof(X);
        const index_t row = nest_.stride[nest_.rank - 1][0];
        const char* const at = reinterpret_cast<const char*>(x) + first * row * bytes;
        return strip.across ? upcoming{at, step_[0] * bytes, row * bytes} : upcoming{at, row * bytes, step_[0] * bytes};
    }

    /// Calls f(first row, its place in scratch, step, rows) for groups of at most most_rows rows; across they are whole vectors.
    template <class F>
    static void each_group(const strip_shape& strip, index_t rows, index_t count, const F& f) {
        if (strip.across) {
            for (index_t first = 0; first < rows; first += most_rows) {
                const index_t lanes = strip.filled(rows) - first;
                f(first, first, strip.pitch, lanes < most_rows ? lanes : most_rows);
            }
        } else {
            f(0, 0, count, rows);
        }
    }
    /// The elements [first, first + count) of rows that begin at x, as kernels want them.
    template <class X>
    const C* load(const strip_shape& strip, C* copy, const X* x, index_t rows, index_t first, index_t count) const {
        if constexpr (std::is_same_v<X, C>) {
            if (strip.direct) return x + first;
        }
        const index_t row = nest_.stride[nest_.rank - 1][0];
        // Lanes that no row fills hold zeros.
        for (index_t i = 0; strip.across && i < count; ++i) {
            for (index_t r = rows; r < strip.filled(rows); ++r) copy[i * strip.pitch + r] = C{};
        }
        move_plane<C, X>(isa_, {x + first * step_[0], row, step_[0], copy, strip.across ? 1 : count, strip.across ? strip.pitch : 1, rows,
                                count, false});
        return copy;
    }
    template <class Y>
    void store(const strip_shape& strip, const C* copy, Y* y, index_t rows, index_t first, index_t count) const {
        const index_t row = nest_.stride[nest_.rank - 1][1];
        Y* const to = y + first * step_[1];
        const bool lines = strip.across ? row == 1 && is_whole_lines(to, step_[1], rows) : step_[1] == 1 && is_whole_lines(to, row, count);
        move_plane<Y, C>(isa_, {copy, strip.across ? 1 : count, strip.across ? strip.pitch : 1, to, row, step_[1], rows, count, false,
                                strip.streamed && lines});
    }

    int isa_;
    index_t lanes_;
    index_t n_;
    index_t step_[2];     // between elements of a row, of x and of y
    loop_nest<2> nest_;   // over rows
    index_t stream_above_ = -1;  // bytes; below zero: as is_streamed() has it
};
TENFOLD_END
