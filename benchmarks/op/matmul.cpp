// SPDX-License-Identifier: Apache-2.0
// Problems of matmul: squares, and the layers of BERT and LLaMA with weights stored as (n, k).
#include <tenfold/op/matmul.hpp>
#include <tenfold/tenfold.hpp>

#include "op/list.hpp"               // matmul_problems
#include "support/check_result.hpp"  // check_result, sample_axis
#include "support/executions.hpp"    // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {
namespace {

struct matmul_shape {
    index_t m, n, k;
    bool b_transposed;  // B is stored as (n, k)
};

template <class T>
class prepared_matmul final : public prepared_problem {
    matmul_shape shape_;
    rotated_operands<T> operands_;
    tensor<T, 2> expected_, magnitude_;  // on the grid; empty until they are first needed

    [[nodiscard]] tensor_view<const T, 2> a() const { return {operands_.input(0), {shape_.m, shape_.k}}; }
    [[nodiscard]] tensor_view<const T, 2> b() const {
        if (shape_.b_transposed) return tensor_view<const T, 2>(operands_.input(1), {shape_.n, shape_.k}).transposed();
        return {operands_.input(1), {shape_.k, shape_.n}};
    }
    [[nodiscard]] tensor_view<T, 2> c() const { return {operands_.output(), {shape_.m, shape_.n}}; }

public:
    prepared_matmul(operand_pool& pool, const matmul_shape& shape, bool cold)
        : shape_(shape), operands_(pool, {shape.m * shape.k, shape.k * shape.n}, shape.m * shape.n, cold) {}

    void run(const execution& how, std::int64_t calls) override {
        if (how.other != nullptr) {
            const auto multiply = how.other->matmul(T{});
            for (std::int64_t i = 0; i < calls; ++i, operands_.next())
                multiply({shape_.m, shape_.n, shape_.k, operands_.input(0), operands_.input(1), operands_.output(), shape_.b_transposed,
                          how.threads});
            return;
        }
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) matmul(where, a(), b(), c());
        });
    }

    verification verify(const execution& how) override {
        constexpr index_t grid_products = 1'000'000;
        const index_t grid_elements = grid_products / shape_.k + 1;
        const sampled_axis rows = sample_axis(shape_.m, 32);
        const sampled_axis columns = sample_axis(shape_.n, grid_elements / ceil_divide(shape_.m - rows.begin, rows.step) + 1);
        operands_.first();
        const auto grid_a = sampled(a(), 0, rows);
        const auto grid_b = sampled(b(), 1, columns);
        if (expected_.empty()) {
            expected_ = matmul(reference{}, grid_a, grid_b);
            magnitude_ = matmul(reference{}, magnitudes(grid_a), magnitudes(grid_b));
        }
        mark_unwritten(c());
        run(how, 1);
        operands_.first();
        const tensor_view<const T, 2> whole = c();
        return check_result(whole, sampled(sampled(whole, 0, rows), 1, columns), expected_, magnitude_, shape_.k);
    }
};

template <class T>
void add(problem_list& list, suite first, const std::string& workload, const matmul_shape& s, bool cold = false) {
    problem p;
    p.dtype = dtype_traits<T>::name;
    p.name = "matmul:" + p.dtype + ":m" + std::to_string(s.m) + "n" + std::to_string(s.n) + "k" + std::to_string(s.k) +
             (s.b_transposed ? ":nt" : ":nn");
    p.workload = workload;
    p.cold = cold;
    p.kernel_class = "matmul";
    p.flops = matmul_op::flops(1, s.m, s.n, s.k);
    p.bytes = (s.m * s.k + s.k * s.n + s.m * s.n) * static_cast<index_t>(sizeof(T));
    p.roof = roof_kind::arithmetic;
    p.first_suite = first;
    p.declines = [flops = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr && how.other->matmul(T{}) == nullptr) return how.backend + " has no matmul of this type";
        return decline_backend<matmul_op>(how, flops);
    };
    p.prepare = [s, cold](operand_pool& pool) { return std::make_unique<prepared_matmul<T>>(pool, s, cold); };
    list.push_back(std::move(p));
}

void add_squares(problem_list& list) {
    const auto square = [&](suite first, index_t n) { add<float>(list, first, "square", {n, n, n, false}); };
    for (const index_t n : {128, 1024}) square(suite::quick, n);
    for (const index_t n : {32, 64, 256, 512, 2048}) square(suite::standard, n);
    for (const index_t n : {8, 16, 24, 48, 96, 192, 384, 768, 1536, 3072, 4096}) square(suite::full, n);
    for (const index_t n : {127, 129, 255, 257, 511, 513, 1000, 1023, 2047}) square(suite::full, n);
    const auto square_f64 = [&](suite first, index_t n) { add<double>(list, first, "square", {n, n, n, false}); };
    square_f64(suite::quick, 512);
    for (const index_t n : {128, 1024}) square_f64(suite::standard, n);
    for (const index_t n : {2048, 3072}) square_f64(suite::full, n);
}

void add_transformers(problem_list& list) {
    struct layer {
        const char* name;
        index_t n, k;
        suite first;
    };
    // Devlin et al. 2019: hidden 768, feed-forward 3072. Touvron et al. 2023: hidden 4096, feed-forward 11008.
    const layer bert[] = {{"attention output", 768, 768, suite::quick},
                          {"query, key, value", 2304, 768, suite::standard},
                          {"feed-forward up", 3072, 768, suite::quick},
                          {"feed-forward down", 768, 3072, suite::standard}};
    for (const layer& l : bert) add<float>(list, l.first, std::string("BERT-base ") + l.name + ", 128 tokens", {128, l.n, l.k, true});
    for (const layer& l : bert) add<float>(list, suite::full, std::string("BERT-base ") + l.name + ", 512 tokens", {512, l.n, l.k, true});
    const layer llama[] = {{"attention output", 4096, 4096, suite::quick},
                           {"query, key, value", 12288, 4096, suite::full},
                           {"feed-forward up", 11008, 4096, suite::standard},
                           {"feed-forward down", 4096, 11008, suite::standard}};
    for (const index_t tokens : {1, 16, 128}) {
        const std::string count = tokens == 1 ? ", 1 token" : ", " + std::to_string(tokens) + " tokens";
        for (const layer& l : llama) {
            const suite first = tokens == 128 && l.first == suite::quick ? suite::standard : l.first;
            // A model is larger than any cache: while tokens are generated, each weight comes from memory.
            add<float>(list, first, std::string("LLaMA-7B ") + l.name + count, {tokens, l.n, l.k, true}, tokens <= 16);
        }
    }
}

void add_skinny(problem_list& list) {
    const matmul_shape shapes[] = {{1000000, 16, 16, false}, {16, 1000000, 16, false}, {64, 64, 65536, false},  {100000, 50, 10, false},
                                   {4096, 4, 4096, false},   {6, 1024, 1024, false},   {1024, 16, 1024, false}, {1024, 1024, 4, false}};
    for (const matmul_shape& s : shapes) add<float>(list, suite::full, "skinny", s);
}

}  // namespace

problem_list matmul_problems() {
    problem_list list;
    add_squares(list);
    add_transformers(list);
    add_skinny(list);
    return list;
}

}  // namespace tenfold::bench
