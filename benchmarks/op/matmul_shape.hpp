// SPDX-License-Identifier: Apache-2.0
// What a measured matmul looks like: extents, element types, storage of the operands; and its name. Plain data, for peers too.
#pragma once

#include <cstdint>      // std::int64_t
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench {

/// Element types of A and B, and of C.
enum class matmul_types {
    f32,   // float, float -> float
    f64,   // double, double -> double
    bf16,  // bfloat16, bfloat16 -> float
    u8s8,  // uint8, int8 -> int32
    s8,    // int8, int8 -> int32
};

/// C (m, n) <- A (m, k) B (k, n), `batch` of them one after the other in memory. Row-major; a transposed operand is stored as
/// (k, m) or (n, k). Each stored row is followed by `gap` elements that belong to nobody; `leading`, if it is not 0, is the
/// distance of stored rows in all three matrices instead.
struct matmul_shape {
    std::int64_t m = 0, n = 0, k = 0;
    std::int64_t batch = 1;
    bool a_transposed = false, b_transposed = false;
    matmul_types types = matmul_types::f32;
    std::int64_t gap = 0;
    std::int64_t leading = 0;
    bool cold = false;  // operands come from memory: each call uses another set

    [[nodiscard]] std::int64_t distance(std::int64_t row) const { return leading > 0 ? leading : row + gap; }
    [[nodiscard]] std::int64_t lda() const { return distance(a_transposed ? m : k); }
    [[nodiscard]] std::int64_t ldb() const { return distance(b_transposed ? k : n); }
    [[nodiscard]] std::int64_t ldc() const { return distance(n); }
    /// From one matrix of the batch to the next.
    [[nodiscard]] std::int64_t a_elements() const { return lda() * (a_transposed ? k : m); }
    [[nodiscard]] std::int64_t b_elements() const { return ldb() * (b_transposed ? n : k); }
    [[nodiscard]] std::int64_t c_elements() const { return ldc() * m; }

    /// A multiply-add counts 2.
    [[nodiscard]] std::int64_t flops() const { return 2 * batch * m * n * k; }

    bool operator==(const matmul_shape&) const = default;
};

std::string_view name_of(matmul_types types);      // "u8s8"
std::string_view forms_of(const matmul_shape& s);  // "nt": A as it is, B transposed

/// ":x4096" (batch), ":pad13" (gap), ":ld2048" (leading): what differs from one matrix without gaps.
std::string storage_of(const matmul_shape& s);

/// "128,3072,768:nt:f32", the storage, and ":cold".
std::string text_of(const matmul_shape& s);

/// The inverse. Forms and types may be left out: nn, f32. usage_error for anything else, with the remedy.
matmul_shape parse_matmul_shape(std::string_view text);

}  // namespace tenfold::bench
