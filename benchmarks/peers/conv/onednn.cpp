// SPDX-License-Identifier: Apache-2.0
// oneDNN as a peer, of version 2 or 3: convolution with the primitive made beforehand. It chooses how weights lie; they are put so
// before, or at the begin of each call.
#include <oneapi/dnnl/dnnl.hpp>
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

#include <unordered_map>  // std::unordered_map

#include "peers/conv/conv_peer.hpp"  // conv_peer

namespace tenfold::bench {
namespace {

using dnnl::memory;

memory::dims strides_of(const contest_layer& l, std::int64_t side, std::int64_t channels) {
    if (l.channels_last) return {side * side * channels, 1, side * channels, channels};
    return {channels * side * side, side * side, side, 1};
}

/// (oc, c, kh, kw), or (g, oc, c, kh, kw).
memory::desc weights_of(const contest_layer& l, bool any) {
    const std::int64_t c = l.in / l.groups, k = l.window;
    memory::dims dims{l.out / l.groups, c, k, k};
    memory::dims strides = l.channels_last ? memory::dims{k * k * c, 1, k * c, c} : memory::dims{c * k * k, k * k, k, 1};
    if (l.groups > 1) {
        dims.insert(dims.begin(), l.groups);
        strides.insert(strides.begin(), l.out / l.groups * c * k * k);
    }
    constexpr auto f32 = memory::data_type::f32;
    return any ? memory::desc(dims, f32, memory::format_tag::any) : memory::desc(dims, f32, strides);
}

dnnl::convolution_forward::primitive_desc describe(const dnnl::engine& engine, const contest_layer& l) {
    constexpr auto f32 = memory::data_type::f32;
    constexpr auto inference = dnnl::prop_kind::forward_inference;
    constexpr auto direct = dnnl::algorithm::convolution_direct;
    const memory::desc x({l.images, l.in, l.extent, l.extent}, f32, strides_of(l, l.extent, l.in));
    const memory::desc y({l.images, l.out, l.out_extent(), l.out_extent()}, f32, strides_of(l, l.out_extent(), l.out));
    const memory::desc w = weights_of(l, true), bias({l.out}, f32, memory::format_tag::a);
    const memory::dims strides{l.stride, l.stride}, dilation{l.dilation - 1, l.dilation - 1}, padding{l.padding(), l.padding()};
    dnnl::primitive_attr attributes;
    if (l.epilogue) {
        dnnl::post_ops relu;
#if DNNL_VERSION_MAJOR >= 3
        relu.append_eltwise(dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#else
        relu.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
#endif
        attributes.set_post_ops(relu);
    }
#if DNNL_VERSION_MAJOR >= 3
    if (l.epilogue) return {engine, inference, direct, x, w, bias, y, strides, dilation, padding, padding, attributes};
    return {engine, inference, direct, x, w, y, strides, dilation, padding, padding, attributes};
#else
    using description = dnnl::convolution_forward::desc;
    if (l.epilogue) return {description(inference, direct, x, w, bias, y, strides, dilation, padding, padding), attributes, engine};
    return {description(inference, direct, x, w, y, strides, dilation, padding, padding), attributes, engine};
#endif
}

class onednn_conv final : public ready_call {
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    dnnl::convolution_forward::primitive_desc description_;
    dnnl::convolution_forward primitive_;
    memory user_weights_, weights_;
    bool arranges_;  // in each call
    dnnl::reorder arrange_;
    std::unordered_map<int, memory> arguments_;

public:
    onednn_conv(const contest_layer& l, const conv_operands& o)
        : description_(describe(engine_, l)),
          primitive_(description_),
          user_weights_(weights_of(l, false), engine_, const_cast<float*>(o.w)),
          weights_(description_.weights_desc() == user_weights_.get_desc() ? user_weights_ : memory(description_.weights_desc(), engine_)),
          arranges_(!l.packed && !(description_.weights_desc() == user_weights_.get_desc())),
          arrange_(user_weights_, weights_) {
        arguments_ = {{DNNL_ARG_SRC, {description_.src_desc(), engine_, const_cast<float*>(o.x)}},
                      {DNNL_ARG_WEIGHTS, weights_},
                      {DNNL_ARG_DST, {description_.dst_desc(), engine_, o.y}}};
        if (l.epilogue) arguments_.insert({DNNL_ARG_BIAS, memory(description_.bias_desc(), engine_, const_cast<float*>(o.bias))});
        if (!(weights_ == user_weights_)) arrange_.execute(stream_, user_weights_, weights_);
        stream_.wait();
    }

    void run(std::int64_t calls) override {
        for (std::int64_t i = 0; i < calls; ++i) {
            if (arranges_) arrange_.execute(stream_, user_weights_, weights_);
            primitive_.execute(stream_, arguments_);
            constexpr std::int64_t queue = 16;  // costs nothing where calls are finished when they return
            if (i % queue == queue - 1) stream_.wait();
        }
        stream_.wait();
    }
};

std::unique_ptr<ready_call> prepare(const contest_layer& l, const conv_operands& o, int threads) {
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
    omp_set_num_threads(threads);
#else
    static_cast<void>(threads);  // the affinity of the process decides
#endif
    try {
        return std::make_unique<onednn_conv>(l, o);
    } catch (const dnnl::error& e) {
        if (e.status == dnnl_unimplemented) return nullptr;
        throw;
    }
}

}  // namespace

extern "C" void tenfold_conv_peers(std::vector<conv_peer>& peers) {
    const dnnl_version_t& v = *dnnl::version();
    peers.push_back({"", std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch) + " " + v.hash, &prepare});
}

}  // namespace tenfold::bench
