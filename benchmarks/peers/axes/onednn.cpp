// SPDX-License-Identifier: Apache-2.0
// oneDNN as a peer, of version 2 or 3: reductions, softmax and layer normalisation, with the primitive made beforehand.
#include <oneapi/dnnl/dnnl.hpp>
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#include <omp.h>
#endif

#include <unordered_map>  // std::unordered_map

#include "peers/axes/axis_peer.hpp"  // axis_peer

namespace tenfold::bench {
namespace {

using dnnl::memory;
using arguments = std::unordered_map<int, memory>;

class onednn_call final : public ready_call {
    dnnl::stream stream_;
    dnnl::primitive primitive_;
    arguments arguments_;

public:
    onednn_call(const dnnl::engine& engine, dnnl::primitive primitive, arguments given)
        : stream_(engine), primitive_(std::move(primitive)), arguments_(std::move(given)) {}

    void run(std::int64_t calls) override {
        for (std::int64_t i = 0; i < calls; ++i) {
            primitive_.execute(stream_, arguments_);
            constexpr std::int64_t queue = 16;  // costs nothing where calls are finished when they return
            if (i % queue == queue - 1) stream_.wait();
        }
        stream_.wait();
    }
};

memory::data_type type_of(axis_type type) { return type == axis_type::bf16 ? memory::data_type::bf16 : memory::data_type::f32; }

/// Row-major, without unit axes behind: with them some of its fast kernels are not found.
memory::desc layout(const axis_shape& s, std::int64_t outer, std::int64_t along, std::int64_t inner) {
    const memory::data_type type = type_of(s.type);
    if (s.inner == 1) return {{outer, along}, type, memory::format_tag::ab};
    return {{outer, along, inner}, type, memory::format_tag::abc};
}

std::unique_ptr<ready_call> prepare_reduction(const axis_shape& s, const axis_operands& o, const dnnl::engine& engine) {
    const memory::desc x = layout(s, s.outer, s.along, s.inner);
    const memory::desc y = s.ends ? layout(s, 1, s.along, 1) : layout(s, s.outer, 1, s.inner);
    const dnnl::algorithm algorithm = s.op == "sum" ? dnnl::algorithm::reduction_sum : dnnl::algorithm::reduction_max;
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::reduction::primitive_desc description(engine, algorithm, x, y, 0.0f, 0.0f);
#else
    const dnnl::reduction::primitive_desc description({algorithm, x, y, 0.0f, 0.0f}, engine);
#endif
    return std::make_unique<onednn_call>(engine, dnnl::reduction(description),
                                         arguments{{DNNL_ARG_SRC, {x, engine, const_cast<void*>(o.x)}}, {DNNL_ARG_DST, {y, engine, o.y}}});
}

std::unique_ptr<ready_call> prepare_softmax(const axis_shape& s, const axis_operands& o, const dnnl::engine& engine) {
    const memory::desc x = layout(s, s.outer, s.along, s.inner);
    const dnnl::algorithm algorithm = s.op == "softmax" ? dnnl::algorithm::softmax_accurate : dnnl::algorithm::softmax_log;
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::softmax_forward::primitive_desc description(engine, dnnl::prop_kind::forward_inference, algorithm, x, x, 1);
    const dnnl::softmax_forward made(description);
#else
    const dnnl::softmax_v2_forward::primitive_desc description({dnnl::prop_kind::forward_inference, algorithm, x, x, 1}, engine);
    const dnnl::softmax_v2_forward made(description);
#endif
    return std::make_unique<onednn_call>(engine, made,
                                         arguments{{DNNL_ARG_SRC, {x, engine, const_cast<void*>(o.x)}}, {DNNL_ARG_DST, {x, engine, o.y}}});
}

std::unique_ptr<ready_call> prepare_layer_norm(const axis_shape& s, const axis_operands& o, const dnnl::engine& engine) {
    if (s.inner != 1 || s.type != axis_type::f32) return nullptr;  // of the last axis; its parameters are float
    using flags = dnnl::normalization_flags;
    const memory::desc x = layout(s, s.outer, s.along, s.inner);
    const memory::desc parameter({s.along}, memory::data_type::f32, memory::format_tag::a);
    constexpr auto epsilon = static_cast<float>(contest_epsilon);
#if DNNL_VERSION_MAJOR >= 3
    const dnnl::layer_normalization_forward::primitive_desc description(engine, dnnl::prop_kind::forward_inference, x, x, epsilon,
                                                                        flags::use_scale | flags::use_shift);
#else
    const dnnl::layer_normalization_forward::primitive_desc description(
        {dnnl::prop_kind::forward_inference, x, epsilon, flags::use_scale | flags::use_shift}, engine);
#endif
    return std::make_unique<onednn_call>(engine, dnnl::layer_normalization_forward(description),
                                         arguments{{DNNL_ARG_SRC, {x, engine, const_cast<void*>(o.x)}},
                                                   {DNNL_ARG_SCALE, {parameter, engine, const_cast<void*>(o.scale)}},
                                                   {DNNL_ARG_SHIFT, {parameter, engine, const_cast<void*>(o.bias)}},
                                                   {DNNL_ARG_DST, {x, engine, o.y}}});
}

std::unique_ptr<ready_call> prepare(const axis_shape& s, const axis_operands& o, int threads) {
    if (s.type == axis_type::f64) return nullptr;
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
    omp_set_num_threads(threads);
#else
    static_cast<void>(threads);  // the affinity of the process decides
#endif
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    try {
        if (s.op == "sum" || s.op == "max") return prepare_reduction(s, o, engine);
        if (s.op == "softmax" || s.op == "log_softmax") return prepare_softmax(s, o, engine);
        if (s.op == "layer_norm") return prepare_layer_norm(s, o, engine);
        return nullptr;
    } catch (const dnnl::error& e) {
        if (e.status == dnnl_unimplemented) return nullptr;
        throw;
    }
}

}  // namespace

extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers) {
    const dnnl_version_t& v = *dnnl::version();
    peers.push_back({"", std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch) + " " + v.hash, &prepare});
}

}  // namespace tenfold::bench
