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
};

/// A kind of dot tile: elements of B, units of A, sums, and the body of each height.
template <class From, class T>
struct generic_dot {
    using element = From;
    using unit = T;
    using sum = T;
    template <int Rows>
    using body = dot_tile<From, T, Rows>;
};

/// Dot tiles of an instruction set, as a constant of dispatch.hpp.
template <class Kind>
struct dot_set_of {
    using set = dot_set<typename Kind::element, typename Kind::unit, typename Kind::sum>;

    template <class Isa>
    static constexpr set of() noexcept {
        return {dot_shape<Isa>::rows, dot_shape<Isa>::columns, table<Isa, std::make_index_sequence<dot_shape<Isa>::rows>>::tiles};
    }

private:
    template <class Isa, class Heights>
    struct table;
    template <class Isa, std::size_t... Row>
    struct table<Isa, std::index_sequence<Row...>> {
        static constexpr typename set::function tiles[] = {
            &Isa::template call<typename Kind::template body<static_cast<int>(Row) + 1>,
                                const dot_tile_arguments<typename Kind::element, typename Kind::unit, typename Kind::sum>*>...};
    };
};
TENFOLD_END
