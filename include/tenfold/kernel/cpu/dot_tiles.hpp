// SPDX-License-Identifier: Apache-2.0
// The dot tiles of each instruction set, by height.                                                         [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/dot_tile.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <utility>  // index_sequence

TENFOLD_BEGIN
/// Dot tiles of 1 .. rows rows.
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
        set s{shape::rows, shape::columns, table<Isa, shape::columns, std::make_index_sequence<shape::rows>>::tiles, 0, 0, nullptr};
        if constexpr (Kind::has_wide_tiles) {
            s.wide_rows = shape::wide_rows;
            s.wide_columns = 2 * shape::columns;
            s.wide_by_rows = table<Isa, 2 * shape::columns, std::make_index_sequence<shape::wide_rows>>::tiles;
        }
        return s;
    }

private:
    template <class Isa, int Columns, class Heights>
    struct table;
    template <class Isa, int Columns, std::size_t... Row>
    struct table<Isa, Columns, std::index_sequence<Row...>> {
        static constexpr typename set::function tiles[] = {
            &Isa::template call<typename Kind::template body<static_cast<int>(Row) + 1, Columns>,
                                const dot_tile_arguments<typename Kind::element, typename Kind::unit, typename Kind::sum>*>...};
    };
};
TENFOLD_END
