// SPDX-License-Identifier: Apache-2.0
// Ops along one axis on the CPU: rows in place where the axis is contiguous, through scratch in groups else. [floor 4]
//
// A group of rows that lie side by side is transposed into scratch (and back) by tiles, so that an axis with a large
// stride costs one more pass in cache, not a cache line per element. 16-bit elements are widened on the way.
#pragma once

#include <tenfold/core/tensor_view.hpp>
#include <tenfold/kernel/cpu/body/convert_plane.hpp>
#include <tenfold/kernel/cpu/body/copy_plane.hpp>
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
        const copy_plane_arguments plane{p.x, p.x_row, p.x_step, p.y, p.y_row, p.y_step, p.rows, p.count};
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

/// Rows of an op along one axis, in the type C that it computes in.
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

    /// Calls process(direction, x, x_step, y, y_step, rows) for groups of at most most_rows rows; x and y may be one memory.
    /// Where types, strides or lengths do not suit the kernel, the rows are copies in scratch.
    template <class X, class Y, class Process>
    status run(const char* op, const cpu& where, const X* x, Y* y, const Process& process) const {
        const int workers = workers_for_bytes(where, 2 * nest_.size() * n_ * index_t{sizeof(C)});
        if constexpr (std::is_same_v<X, C> && std::is_same_v<Y, C>) {
            if (step_[0] == 1 && step_[1] == 1 && n_ >= shortest_row()) {
                run_along(where, workers, x, y, process);
                return {};
            }
        }
        const index_t(&row)[2] = nest_.stride[nest_.rank - 1];
        constexpr bool plain = std::is_same_v<X, C> && std::is_same_v<Y, C>;
        const bool across = n_ < shortest_row() || (size(row[0]) < size(step_[0]) && nest_.extent[nest_.rank - 1] >= lanes_);
        // In place, but for the lanes that do not fill a vector. Long columns far apart evict each other: they are copied.
        const bool in_place = plain && across && row[0] == 1 && row[1] == 1 && (n_ <= 64 || nest_.extent[nest_.rank - 1] <= most_rows);
        const index_t cached = (across ? 512 : 16) * 1024 / (n_ * index_t{sizeof(C)});
        const index_t together = across ? bounded(cached / lanes_ * lanes_, lanes_, most_rows) : bounded(cached, 1, most_rows);
        const index_t bytes_per_worker = round_up((in_place ? lanes_ : together) * n_ * index_t{sizeof(C)}, index_t{tensor_alignment});
        const scratch_buffer scratch(workers * bytes_per_worker);
        if (!scratch) return scratch_failure(op, workers * bytes_per_worker);
        const index_t count = nest_.extent[nest_.rank - 1];
        const index_t longest = in_place ? most_rows : together;
        const tile_grid<2> grid(nest_, count < longest ? count : longest, longest);
        parallel_for_tiles(where, workers, grid, n_, [&](int worker, const index_t(&offset)[2], index_t, index_t rows) {
            const X* from = x + offset[0];
            Y* to = y + offset[1];
            if (in_place) {
                const index_t whole = rows / lanes_ * lanes_;
                run_lanes(from, to, whole, process);
                from += whole;
                to += whole;
                rows -= whole;
            }
            if (rows > 0) run_copies(scratch.at<C>(worker * bytes_per_worker), across, from, to, rows, process);
        });
        return {};
    }

private:
    static index_t size(index_t step) noexcept { return step < 0 ? -step : step; }
    static index_t bounded(index_t value, index_t low, index_t high) noexcept { return value < low ? low : value > high ? high : value; }
    /// Below two vectors the end of a row costs more than the way through scratch.
    [[nodiscard]] index_t shortest_row() const noexcept { return 2 * lanes_; }

    template <class Process>
    void run_along(const cpu& where, int workers, const C* x, C* y, const Process& process) const {
        const index_t(&row)[2] = nest_.stride[nest_.rank - 1];
        const index_t(&outer)[2] = nest_.stride[nest_.rank - 2];
        // A group is read again while it is in the first-level cache.
        const tile_grid<2> grid(nest_, bounded(16 * 1024 / (n_ * index_t{sizeof(C)}), 1, most_rows), most_rows);
        const index_t bytes = nest_.size() * n_ * index_t{sizeof(C)};
        const bool streamed = x != y && is_whole_lines(y, row[1], n_) && (stream_above_ >= 0 ? bytes > stream_above_ : is_streamed(bytes));
        const auto groups = [&](int, const index_t(&offset)[2], index_t rows, index_t count) {
            for (index_t i = 0; i < rows; ++i) {
                C* const to = y + offset[1] + i * outer[1];
                const bool lines = streamed && is_whole_lines(to, row[1], n_);
                process(lines ? row_direction::streamed : row_direction::along, x + offset[0] + i * outer[0], row[0], to, row[1], count);
            }
        };
        parallel_for_tiles(where, workers, grid, n_, groups, [streamed] {
            if (streamed) stream_fence();
        });
    }

    /// Rows that are whole vectors of lanes already.
    template <class X, class Y, class Process>
    void run_lanes([[maybe_unused]] const X* x, [[maybe_unused]] Y* y, index_t rows, [[maybe_unused]] const Process& process) const {
        if constexpr (std::is_same_v<X, C> && std::is_same_v<Y, C>) {
            if (rows > 0) process(row_direction::across, x, step_[0], y, step_[1], rows);
        }
    }

    template <class X, class Y, class Process>
    void run_copies(C* copy, bool across, const X* x, Y* y, index_t rows, const Process& process) const {
        const index_t(&row)[2] = nest_.stride[nest_.rank - 1];
        // Lanes that no row fills hold zeros.
        const index_t filled = across ? round_up(rows, lanes_) : rows;
        const index_t copy_row = across ? 1 : n_;
        const index_t copy_step = across ? filled : 1;
        if (filled > rows) {
            for (index_t i = 0; i < n_; ++i) {
                for (index_t r = rows; r < filled; ++r) copy[i * filled + r] = C{};
            }
        }
        move_plane<C, X>(isa_, {x, row[0], step_[0], copy, copy_row, copy_step, rows, n_, false});
        process(across ? row_direction::across : row_direction::along, copy, across ? copy_step : copy_row, copy,
                across ? copy_step : copy_row, filled);
        move_plane<Y, C>(isa_, {copy, copy_row, copy_step, y, row[1], step_[1], rows, n_, false});
    }

    int isa_;
    index_t lanes_;
    index_t n_;
    index_t step_[2];     // between elements of a row, of x and of y
    loop_nest<2> nest_;   // over rows
    index_t stream_above_ = -1;  // bytes; below zero: as is_streamed() has it
};
TENFOLD_END
