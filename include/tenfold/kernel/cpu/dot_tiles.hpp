// SPDX-License-Identifier: Apache-2.0
// The dot tiles of each instruction set, by height.                                                         [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/dot_tile.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <algorithm>  // min
#include <utility>    // index_sequence

TENFOLD_BEGIN
/// Dot tiles of 1 .. rows rows; where few rows take wide ones, those that no even cut of more rows needs are null.
template <class From, class T, class Sum = T>
struct dot_set {
    using function = void (*)(const dot_tile_arguments<From, T, Sum>*) noexcept;
    int rows, columns;
    const function* by_rows;
    int wide_rows, wide_columns;    // of tiles for so few rows
    const function* wide_by_rows;
};

/// A kind of dot tile: elements of B, units of A, sums, and the body of each height.
template <class From, class T>
struct generic_dot {
    using element = From;
    using unit = T;
    using sum = T;
    static constexpr bool has_wide_tiles = true;
    template <int Rows, int Columns>
    using body = dot_tile<From, T, Rows, Columns>;
};

/// Dot tiles of an instruction set, as a constant of dispatch.hpp.
template <class Kind>
struct dot_set_of {
    using set = dot_set<typename Kind::element, typename Kind::unit, typename Kind::sum>;

    template <class Isa>
    static constexpr set of() noexcept {
        using shape = dot_shape<Isa>;
        constexpr int fewest = Kind::has_wide_tiles ? (std::min)(shape::wide_rows + 1, (shape::rows + 1) / 2) : 1;
        set s{shape::rows, shape::columns, table<Isa, shape::columns, fewest, std::make_index_sequence<shape::rows>>::tiles, 0, 0, nullptr};
        if constexpr (Kind::has_wide_tiles) {
            s.wide_rows = shape::wide_rows;
            s.wide_columns = 2 * shape::columns;
            s.wide_by_rows = table<Isa, 2 * shape::columns, 1, std::make_index_sequence<shape::wide_rows>>::tiles;
        }
        return s;
    }

private:
    template <class Isa, int Columns, int Fewest, int Rows>
    static constexpr typename set::function tile() noexcept {
        if constexpr (Rows >= Fewest) {
            return &Isa::template call<typename Kind::template body<Rows, Columns>,
                                       const dot_tile_arguments<typename Kind::element, typename Kind::unit, typename Kind::sum>*>;
        } else {
            return nullptr;
        }
    }
    template <class Isa, int Columns, int Fewest, class Heights>
    struct table;
    template <class Isa, int Columns, int Fewest, std::size_t... Row>
    struct table<Isa, Columns, Fewest, std::index_sequence<Row...>> {
        static constexpr typename set::function tiles[] = {tile<Isa, Columns, Fewest, static_cast<int>(Row) + 1>()...};
    };
};
TENFOLD_END
