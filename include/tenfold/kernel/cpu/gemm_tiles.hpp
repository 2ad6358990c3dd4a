// SPDX-License-Identifier: Apache-2.0
// The tiles of each instruction set, by height and width, and how a block of C is cut into them.            [floor 4]
//
// Columns are cut into strips: as many of full width as fit, then one of the narrowest width that holds the rest, so
// n = 65 costs 4 1/4 vectors and not 6. Full strips have tiles for every height up to 8 and for the largest: 8 x 32 already
// runs at the peak, 14 x 32 reads less of B, and what lies between is two of the former. Narrow ones have heights 8, 4, 2, 1.
// Where registers allow, ragged ones end in half a vector, for products that are not packed and have 4 rows or more.
#pragma once

#include <tenfold/kernel/cpu/body/gemm_tile.hpp>
#include <tenfold/kernel/cpu/body/ragged_tile.hpp>
#include <tenfold/kernel/cpu/dispatch.hpp>

#include <utility>  // index_sequence

TENFOLD_BEGIN
/// Rows and columns of the largest tile.
struct tile_shape {
    int rows;
    int columns;
};

/// Tiles of one width, for operands of T and sums of Sum.
template <class T, class Sum = T>
struct tile_strip {
    using function = void (*)(const gemm_tile_arguments<T, Sum>*) noexcept;
    int columns;
    int last;                  // columns from the first to the last vector
    int rows;                  // of the largest tile
    bool every_height;         // by_height[h - 1] for h <= 8 and h == rows; otherwise by_height[0 .. 3] are heights 8, 4, 2, 1
    const function* by_height;

    /// Any number of rows up to `rows`.
    TENFOLD_INLINE void run(index_t height, gemm_tile_arguments<T, Sum>& t) const noexcept {
        if (every_height ? height <= 8 || height == rows : height == 8) {
            by_height[every_height ? height - 1 : 0](&t);
            return;
        }
        const T* const a = t.a;
        Sum* const c = t.c;
        index_t row = 0;
        if (every_height) {
            const index_t upper = ceil_divide(height, 2);
            by_height[upper - 1](&t);
            t.a = a + upper * t.a_row;
            t.c = c + upper * t.c_row;
            by_height[height - upper - 1](&t);
            row = height;
        }
        for (int i = 0; i < 4; ++i) {
            const index_t tall = index_t{8} >> i;
            for (; height - row >= tall; row += tall) {
                t.a = a + row * t.a_row;
                t.c = c + row * t.c_row;
                by_height[i](&t);
            }
        }
        t.a = a;
        t.c = c;
    }
};

/// Rows of the next panel when `rest` are left and a tile takes `most`: cut evenly, or 14s while what remains is not awkward.
TENFOLD_INLINE constexpr index_t panel_height(index_t rest, index_t most) noexcept {
    if (most <= 8) return ceil_divide(rest, ceil_divide(rest, most));
    if (rest == most || rest > 16) return most;
    return rest <= 8 ? rest : ceil_divide(rest, 2);
}

template <class T, class Sum = T>
struct tile_set {
    tile_shape full;
    tile_strip<T, Sum> strips[4];  // from the widest to the narrowest
    int count;
    tile_strip<T, Sum> ragged[3];  // 2 1/2 vectors, 1 1/2, and two halves, which may overlap: heights 4 to 8
    int ragged_count;

    /// The one for `columns`: its edge begins half a vector before them. Null: whole vectors do as well.
    TENFOLD_INLINE const tile_strip<T, Sum>* ragged_for(index_t columns) const noexcept {
        const index_t vector = strips[1].columns;
        for (int i = 0; i < ragged_count; ++i) {
            if (columns <= ragged[i].columns && columns > ragged[i].columns - vector / 2 && columns != vector) return &ragged[i];
        }
        return nullptr;
    }

    /// The narrowest strip that holds `columns`, or the widest.
    TENFOLD_INLINE const tile_strip<T, Sum>& for_columns(index_t columns) const noexcept {
        int i = 0;
        while (i + 1 < count && strips[i + 1].columns >= columns) ++i;
        return strips[i];
    }
    /// Columns of n with the last strip padded to its tile.
    TENFOLD_INLINE index_t padded(index_t n) const noexcept {
        const index_t whole = n / full.columns * full.columns;
        return whole < n ? whole + for_columns(n - whole).columns : n;
    }
};

/// A kind of tile: what it multiplies, what it sums in, and the body of each height and width.
template <class T>
struct generic_tile {
    using unit = T;
    using sum = T;
    template <int Rows, int Vectors, int Bytes>
    using body = gemm_tile<T, Rows, Vectors, Bytes>;
    template <int Rows, int Vectors, int Bytes>
    using ragged_body = ragged_tile<T, Rows, Vectors, Bytes>;
};

/// Strips of an instruction set, as a constant of dispatch.hpp.
template <class Kind>
struct tile_set_of {
    using T = typename Kind::unit;
    using Sum = typename Kind::sum;

    template <class Isa>
    static constexpr tile_set<T, Sum> of() noexcept {
        tile_set<T, Sum> set{{Isa::tile_rows, Isa::tile_vectors * Isa::bytes / static_cast<int>(sizeof(T))}, {}, 0, {}, 0};
        set.strips[set.count++] = strip<Isa, Isa::tile_vectors, Isa::bytes>(full_heights<Isa>);
        add_narrow<Isa, Isa::bytes>(set);
        if constexpr (Isa::bytes >= 32 && Isa::tile_rows >= 8 && requires { typename Kind::template ragged_body<1, 1, Isa::bytes>; }) {
            constexpr int lanes = Isa::bytes / static_cast<int>(sizeof(T));
            set.ragged[set.ragged_count++] = {2 * lanes + lanes / 2, 2 * lanes, 8, true, ragged_table<ragged_tile_of<Isa, 2>>::tiles};
            set.ragged[set.ragged_count++] = {lanes + lanes / 2, lanes, 8, true, ragged_table<ragged_tile_of<Isa, 1>>::tiles};
            set.ragged[set.ragged_count++] = {lanes, lanes / 2, 8, true, ragged_table<halves_tile_of<Isa>>::tiles};
        }
        return set;
    }

private:
    using function = typename tile_strip<T, Sum>::function;

    template <class Isa, int Rows, int Vectors, int Bytes>
    static constexpr function tile =
        &Isa::template call<typename Kind::template body<Rows, Vectors, Bytes>, const gemm_tile_arguments<T, Sum>*>;

    template <class Isa, class Heights = std::make_index_sequence<Isa::tile_rows>>
    struct full_table;
    template <class Isa, int Rows>
    static constexpr function full_tile() noexcept {
        if constexpr (Rows <= 8 || Rows == Isa::tile_rows) {
            return tile<Isa, Rows, Isa::tile_vectors, Isa::bytes>;
        } else {
            return nullptr;
        }
    }
    template <class Isa, std::size_t... Row>
    struct full_table<Isa, std::index_sequence<Row...>> {
        static constexpr function tiles[] = {full_tile<Isa, static_cast<int>(Row) + 1>()...};
    };
    template <class Isa>
    static constexpr const function* full_heights = full_table<Isa>::tiles;

    template <class Isa, int Bytes>
    struct narrow_table {
        static constexpr function tiles[] = {tile<Isa, 8, 1, Bytes>, tile<Isa, 4, 1, Bytes>, tile<Isa, 2, 1, Bytes>,
                                             tile<Isa, 1, 1, Bytes>};
    };

    template <class Isa, int Vectors>
    struct ragged_tile_of {
        template <int Rows>
        static constexpr function height =
            &Isa::template call<typename Kind::template ragged_body<Rows, Vectors, Isa::bytes>, const gemm_tile_arguments<T, Sum>*>;
    };
    template <class Isa>
    struct halves_tile_of {
        template <int Rows>
        static constexpr function height = tile<Isa, Rows, 2, Isa::bytes / 2>;
    };
    template <class Tile>
    struct ragged_table {
        static constexpr function tiles[] = {nullptr,
                                             nullptr,
                                             nullptr,
                                             Tile::template height<4>,
                                             Tile::template height<5>,
                                             Tile::template height<6>,
                                             Tile::template height<7>,
                                             Tile::template height<8>};
    };

    template <class Isa, int Vectors, int Bytes>
    static constexpr tile_strip<T, Sum> strip(const function* by_height) noexcept {
        constexpr int lanes = Bytes / static_cast<int>(sizeof(T));
        return {Vectors * lanes, (Vectors - 1) * lanes, Isa::tile_rows, Vectors > 1, by_height};
    }
    template <class Isa, int Bytes>
    static constexpr void add_narrow(tile_set<T, Sum>& set) noexcept {
        set.strips[set.count++] = strip<Isa, 1, Bytes>(narrow_table<Isa, Bytes>::tiles);
        if constexpr (Bytes > 16) add_narrow<Isa, Bytes / 2>(set);
    }
};

template <class T>
TENFOLD_INLINE const tile_set<T>& tiles_of(int isa) noexcept {
    return isa_constant<tile_set_of<generic_tile<T>>>(isa);
}
TENFOLD_END
