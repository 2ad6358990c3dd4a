// SPDX-License-Identifier: Apache-2.0
// The products of products.hpp.
#include <tenfold/core/dtype/bfloat16.hpp>
#include <tenfold/core/dtype/half.hpp>
#include <tenfold/kernel/cpu/matmul.hpp>
#include <tenfold/testing/data.hpp>

#include <determinism/products.hpp>
#include <memory>
#include <support/bits.hpp>
#include <support/settings.hpp>

namespace {
using tenfold::cpu;
using tenfold::index_t;
using tenfold::tensor;
using tenfold::tensor_view;

enum class element_type { f32, f64, bf16, f16, s8, u8, s32 };
using enum element_type;

/// What happens to the sums: stored as they are; or alpha, beta and an epilogue (of floats).
enum class ending { plain, finished };

struct product_row {
    const char* form;  ///< of the driver, or what is special
    element_type type;
    index_t m, n, k;
    const char* order = "nnn";  ///< of a, b and c: n rows are contiguous, t columns are
    index_t batches = 1;
    ending end = ending::plain;
};

// THE list: a form of matmul joins with one line.
constexpr product_row product_rows[] = {
    {"tiny", f32, 3, 5, 7},
    {"tiny, whole tiles", f32, 16, 16, 16},
    {"one element", f32, 1, 1, 3000},
    {"one row, b along memory", f32, 1, 1030, 900},
    {"one row, b transposed", f32, 1, 700, 900, "ntn"},
    {"one column", f32, 900, 1, 1030},
    {"one column, a transposed", f32, 900, 1, 700, "tnn"},
    {"few rows, b along memory", f32, 4, 800, 900},
    {"few rows, b transposed", f32, 7, 500, 900, "ntn"},
    {"few rows, b transposed", f32, 12, 300, 900, "ntn"},
    {"rows of about a tile", f32, 17, 600, 500},
    {"few columns", f32, 500, 3, 900},
    {"where it lies", f32, 200, 210, 300},
    {"where it lies, fewer rows than threads want", f32, 16, 500, 384},
    {"rows a page apart", f32, 100, 150, 1024},
    {"strips of columns", f32, 40, 700, 900},
    {"edge tiles", f32, 150, 131, 67},
    {"one column beyond whole vectors", f32, 64, 33, 63},
    {"several depths", f32, 33, 65, 1100},
    {"both transposed", f32, 130, 150, 500, "ttn"},
    {"result transposed", f32, 130, 150, 500, "nnt"},
    {"large", f32, 420, 390, 800},
    {"deep and narrow: k is cut", f32, 16, 16, 100'000},
    {"outer product", f32, 300, 310, 1},
    {"one row", f64, 1, 700, 900},
    {"few rows, b along memory", f64, 3, 500, 600},
    {"where it lies", f64, 70, 90, 200},
    {"edge tiles", f64, 70, 90, 600},
    {"deep and narrow: k is cut", f64, 16, 16, 30'000},
    {"one row, b transposed", bf16, 1, 700, 900, "ntn"},
    {"edge tiles", bf16, 90, 100, 500},
    {"deep and narrow: k is cut", bf16, 16, 16, 30'000},
    {"one row, b transposed", f16, 1, 700, 900, "ntn"},
    {"edge tiles", f16, 90, 100, 500},
    {"one row", s8, 1, 700, 900},
    {"edge tiles", s8, 90, 100, 500},
    {"deep and narrow: k is cut", s8, 16, 16, 30'000},
    {"edge tiles", u8, 90, 100, 500},
    {"edge tiles", s32, 90, 100, 500},
    {"batches", f32, 45, 37, 450, "nnn", 9},
    {"many small batches", f32, 13, 11, 70, "nnn", 300},
    {"batches, b transposed", bf16, 1, 200, 300, "ntn", 20},
    {"edge tiles", f32, 150, 131, 800, "nnn", 1, ending::finished},
    {"one row, b transposed", f32, 1, 700, 900, "ntn", 1, ending::finished},
    {"deep and narrow: k is cut", f32, 16, 16, 30'000, "nnn", 1, ending::finished},
    {"batches", f16, 45, 37, 450, "ntn", 9, ending::finished},
};

/// A (batches, rows, columns) operand at its place; its elements depend on their indices alone.
template <class T>
class operand {
public:
    operand(index_t batches, index_t rows, index_t columns, char order, const support::placement& where, index_t number) {
        const index_t length = order == 't' ? rows : columns;
        const index_t lines = order == 't' ? columns : rows;
        // A gap between lines of one element would be a step along the other axis: not padding, but other strides.
        const index_t pitch = length == 1 ? 1 : length + where.gap;
        const index_t before = where.offset * (2 * number + 1) % (64 / static_cast<index_t>(sizeof(T)));
        memory_ = tensor<T, 1>({before + batches * lines * pitch});
        view_ = {memory_.data() + before,
                 {batches, rows, columns},
                 {lines * pitch, order == 't' ? 1 : pitch, order == 't' ? pitch : index_t{1}}};
        tenfold::testing::generator random(support::seed() + static_cast<std::uint64_t>(number));
        tenfold::testing::fill_random(view_, random, tenfold::testing::distribution::logarithmic);
        if constexpr (std::is_same_v<T, float>) {
            for (index_t i = 0; i < columns; i += 101) view_(0, 0, i) = 0x1p-140f;  // subnormal
        }
    }
    operand(const operand& other)
        : memory_(other.memory_.clone()),
          view_(memory_.data() + (other.view_.data() - other.memory_.data()), other.view_.extents(), other.view_.strides()) {}
    operand& operator=(const operand&) = delete;

    [[nodiscard]] tensor_view<const T, 3> view() const { return view_; }
    [[nodiscard]] tensor_view<T, 3> written() const { return view_; }

private:
    tensor<T, 1> memory_{{0}};  // on a 64-byte boundary
    tensor_view<T, 3> view_;
};

template <class T>
support::placed_product placed(const product_row& row, const support::placement& where) {
    const auto a = std::make_shared<const operand<T>>(row.batches, row.m, row.k, row.order[0], where, 0);
    const auto b = std::make_shared<const operand<T>>(row.batches, row.k, row.n, row.order[1], where, 1);
    using C = tenfold::matmul_value<tensor<T, 2>, tensor<T, 2>>;
    const auto old = std::make_shared<const operand<C>>(row.batches, row.m, row.n, row.order[2], where, 2);
    return [a, b, old, row](const cpu& setting) {
        const operand<C> c = *old;  // not made here: the caller may run in an odd floating-point mode
        if (row.end == ending::plain) {
            tenfold::matmul(setting, a->view(), b->view(), c.written());
        } else if constexpr (tenfold::is_floating_v<T>) {
            tenfold::matmul(setting, a->view(), b->view(), c.written(), {.alpha = 0.3, .beta = 0.7},
                            tenfold::scale(0.7f) | tenfold::relu{});
        }
        return support::bits_of(c.view());
    };
}

template <class T>
support::product make_product(const product_row& row) {
    std::string name = "matmul " + std::string(tenfold::dtype_traits<T>::name) + " " + row.form + ", ";
    if (row.batches > 1) name += std::to_string(row.batches) + " of ";
    name += std::to_string(row.m) + " x " + std::to_string(row.n) + " x " + std::to_string(row.k) + " " + row.order;
    if (row.end == ending::finished) name += ", with an epilogue";
    return {name, static_cast<index_t>(sizeof(T)), [row](const support::placement& where) { return placed<T>(row, where); }};
}

support::product make_product(const product_row& row) {
    switch (row.type) {
        case f64: return make_product<double>(row);
        case bf16: return make_product<tenfold::bfloat16>(row);
        case f16: return make_product<tenfold::half>(row);
        case s8: return make_product<std::int8_t>(row);
        case u8: return make_product<std::uint8_t>(row);
        case s32: return make_product<std::int32_t>(row);
        case f32: break;
    }
    return make_product<float>(row);
}
}  // namespace

std::vector<support::product> support::products() {
    std::vector<product> list;
    for (const product_row& row : product_rows) list.push_back(make_product(row));
    return list;
}
