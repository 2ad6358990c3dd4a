// SPDX-License-Identifier: Apache-2.0
// Matmuls as the subject of a contest: the catalog's shapes or any, verified as support/matmul_operands says.
#include "peers/contest/matmul_subject.hpp"

#include "op/matmul_catalog.hpp"          // matmul_catalog
#include "peers/contest/roofs.hpp"        // measure_roofs
#include "peers/contest/typed_peers.hpp"  // typed_peers
#include "peers/contest/wishes.hpp"       // choose_shapes
#include "peers/matmul_peer.hpp"          // matmul_peer
#include "support/matmul_operands.hpp"    // reserve_matmul, place_matmul, verify_matmul

namespace tenfold::bench {
namespace {

struct matmul_terms {
    using shape = matmul_shape;
    using peer = matmul_peer;
    static constexpr const char* entry = "tenfold_matmul_peers";
    static matmul_operands place(const operand_pool& pool, const matmul_shape& s) { return place_matmul(pool, s); }
    static verification verify(const matmul_shape& s, const matmul_operands& operands, ready_call& ready) {
        return verify_matmul(s, operands, ready);
    }
};

class matmul_subject final : public contest_subject {
    std::vector<wanted_shape> wanted_;
    std::vector<matmul_shape> shapes_;
    contest_roofs roofs_;

public:
    explicit matmul_subject(std::vector<wanted_shape> wanted) : wanted_(std::move(wanted)) {
        for (const wanted_shape& one : wanted_) shapes_.push_back(one.shape);
    }
    [[nodiscard]] std::string_view title() const override { return "matmul"; }
    [[nodiscard]] std::string_view rate_unit() const override { return "GFLOP/s (GOP/s for integers)"; }
    [[nodiscard]] std::string_view roof_meaning() const override {
        return "what the measured FMA peak and, beyond the caches, the read bandwidth allow";
    }
    [[nodiscard]] std::string_view value_names() const override { return "types,m,n,k,batch,forms,lda,ldb,ldc,cold"; }
    [[nodiscard]] std::string_view module_folder() const override { return ""; }
    [[nodiscard]] std::vector<contest_case> cases() const override {
        std::vector<contest_case> cases;
        for (const wanted_shape& one : wanted_) cases.push_back(case_of(one));
        return cases;
    }
    void reserve(operand_pool& pool) const override {
        for (const matmul_shape& s : shapes_) reserve_matmul(pool, s);
    }
    [[nodiscard]] std::unique_ptr<module_peers> open(void* module, const operand_pool& pool, int threads) const override {
        return std::make_unique<typed_peers<matmul_terms>>(module, shapes_, pool, threads);
    }
    void measure_roofs(int threads, const machine_limits& limits) override { bench::measure_roofs(shapes_, threads, limits, roofs_); }
    [[nodiscard]] std::vector<std::string> roof_lines() const override { return lines_of(roofs_); }
    [[nodiscard]] std::optional<double> seconds_at_roof(std::size_t shape, int threads) const override {
        return bench::seconds_at_roof(roofs_, shapes_[shape], threads);
    }
};

}  // namespace

std::vector<wanted_shape> wanted_shapes(const contest_wishes& wishes) {
    std::vector<std::string> type_names;
    for (const matmul_types types : {matmul_types::f32, matmul_types::f64, matmul_types::bf16, matmul_types::u8s8, matmul_types::s8})
        type_names.emplace_back(name_of(types));
    return choose_shapes<wanted_shape>(wishes, type_names, matmul_set_names(), matmul_catalog(), &parse_matmul_shape,
                                       [](const matmul_shape& s) { return name_of(s.types); });
}

contest_case case_of(const wanted_shape& wanted) {
    const matmul_shape& s = wanted.shape;
    return {text_of(s), wanted.workload,
            fmt::format("{},{},{},{},{},{},{},{},{},{}", name_of(s.types), s.m, s.n, s.k, s.batch, forms_of(s), s.lda(), s.ldb(), s.ldc(),
                        s.cold ? 1 : 0),
            static_cast<double>(s.flops())};
}

std::unique_ptr<contest_subject> make_matmul_subject(const contest_wishes& wishes) {
    return std::make_unique<matmul_subject>(wanted_shapes(wishes));
}

}  // namespace tenfold::bench
