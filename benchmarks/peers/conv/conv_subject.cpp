// SPDX-License-Identifier: Apache-2.0
// Convolutions as the subject of a contest; their roof is the peak of multiply-adds.
#include "peers/conv/conv_subject.hpp"

#include <map>  // std::map

#include "machine/fma_peak.hpp"           // measure_fma_peak
#include "op/conv_shape.hpp"              // conv_shape, conv_grid
#include "peers/contest/typed_peers.hpp"  // typed_peers
#include "peers/contest/wishes.hpp"       // choose_shapes
#include "peers/conv/conv_peer.hpp"       // conv_peer, conv_operands

namespace tenfold::bench {
namespace {

conv_shape shape_of(const contest_layer& l) {
    return {l.images, l.extent, l.in, l.out, l.window, l.stride, l.groups, l.channels_last ? layout::nhwc : layout::nchw, l.dilation};
}

conv_operands place(const operand_pool& pool, const contest_layer& l) {
    const float* const x = pool.inputs<float>();
    const float* const w = x + operand_pool::padded(l.x_elements());
    return {x, w, w + operand_pool::padded(l.w_elements()), pool.outputs<float>()};
}

/// Computes once and compares.
verification verify(const contest_layer& l, const conv_operands& o, ready_call& computed) {
    const conv_shape s = shape_of(l);
    const tensor_view<const float, 4> x(o.x, s.x()), w(o.w, s.w());
    const tensor_view<float, 4> y(o.y, s.y());
    mark_unwritten(y);
    computed.run(1);
    computed.deliver();
    if (l.epilogue) {
        const tensor_view<const float, 1> values(o.bias, {s.out});
        return conv_grid<float>(s, x, w, values, [](const auto& v) { return bias(v) | relu{}; }).check(y);
    }
    return conv_grid<float>(s, x, w, {nullptr, {0}}, [](const auto&) { return identity{}; }).check(y);
}

struct conv_terms {
    using shape = contest_layer;
    using peer = conv_peer;
    static constexpr const char* entry = "tenfold_conv_peers";
    static conv_operands place(const operand_pool& pool, const contest_layer& l) { return bench::place(pool, l); }
    static verification verify(const contest_layer& l, const conv_operands& o, ready_call& ready) { return bench::verify(l, o, ready); }
};

struct wanted_layer {
    contest_layer shape;
    std::string workload;
};

class conv_subject final : public contest_subject {
    std::vector<wanted_layer> wanted_;
    std::vector<contest_layer> shapes_;
    std::map<int, double> peaks_;  // by threads

public:
    explicit conv_subject(std::vector<wanted_layer> wanted) : wanted_(std::move(wanted)) {
        for (const wanted_layer& one : wanted_) shapes_.push_back(one.shape);
    }
    [[nodiscard]] std::string_view title() const override { return "convolution"; }
    [[nodiscard]] std::string_view rate_unit() const override { return "GFLOP/s, products with padding counted as work"; }
    [[nodiscard]] std::string_view roof_meaning() const override {
        return "the measured FMA peak of f32; who leaves out products with padding, or has fewer of them, can exceed it";
    }
    [[nodiscard]] std::string_view value_names() const override {
        return "images,extent,in,out,window,stride,groups,dilation,layout,packed,epilogue";
    }
    [[nodiscard]] std::string_view module_folder() const override { return "conv"; }
    [[nodiscard]] std::vector<contest_case> cases() const override {
        std::vector<contest_case> cases;
        for (const auto& [l, workload] : wanted_)
            cases.push_back({text_of(l), workload,
                             fmt::format("{},{},{},{},{},{},{},{},{},{},{}", l.images, l.extent, l.in, l.out, l.window, l.stride, l.groups,
                                         l.dilation, l.channels_last ? "nhwc" : "nchw", l.packed ? 1 : 0, l.epilogue ? 1 : 0),
                             static_cast<double>(shape_of(l).flops())});
        return cases;
    }
    void reserve(operand_pool& pool) const override {
        for (const contest_layer& l : shapes_) {
            pool.reserve_inputs<float>(operand_pool::padded(l.x_elements()) + operand_pool::padded(l.w_elements()) +
                                       operand_pool::padded(l.out));
            pool.reserve_outputs<float>(l.y_elements());
        }
    }
    [[nodiscard]] std::unique_ptr<module_peers> open(void* module, const operand_pool& pool, int threads) const override {
        return std::make_unique<typed_peers<conv_terms>>(module, shapes_, pool, threads);
    }
    void measure_roofs(int threads, const machine_limits& limits) override {
        peaks_[threads] = std::max(peaks_[threads], measure_fma_peak("f32", limits.isas[0], threads));
    }
    [[nodiscard]] std::vector<std::string> roof_lines() const override {
        std::vector<std::string> lines;
        for (const auto& [threads, peak] : peaks_)
            lines.push_back(
                fmt::format("FMA peak of f32, {} {}: {:.1f} GFLOP/s", threads, threads == 1 ? "thread" : "threads", peak * 1e-9));
        return lines;
    }
    [[nodiscard]] std::optional<double> seconds_at_roof(std::size_t shape, int threads) const override {
        const auto peak = peaks_.find(threads);
        if (peak == peaks_.end()) return std::nullopt;
        return static_cast<double>(shape_of(shapes_[shape]).flops()) / peak->second;
    }
};

}  // namespace

std::unique_ptr<contest_subject> make_conv_subject(const contest_wishes& wishes) {
    return std::make_unique<conv_subject>(choose_shapes<wanted_layer>(wishes, {"f32"}, layer_set_names(), layer_catalog(), &parse_layer,
                                                                      [](const contest_layer&) { return std::string_view("f32"); }));
}

}  // namespace tenfold::bench
