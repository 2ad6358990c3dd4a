// SPDX-License-Identifier: Apache-2.0
// PyTorch as a peer, through the C++ functions that its Python calls end in: no interpreter between the calls. What returns a new
// tensor in PyTorch does so here.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/headeronly/version.h>

#include "peers/axes/axis_peer.hpp"  // axis_peer

namespace tenfold::bench {
namespace {

at::ScalarType type_of(axis_type type) {
    return type == axis_type::f64 ? at::kDouble : type == axis_type::f32 ? at::kFloat : at::kBFloat16;
}

struct torch_operands {
    at::Tensor x, scale, bias, y;

    torch_operands(const axis_shape& s, const axis_operands& o, std::vector<std::int64_t> result) {
        const auto wrap = [&](const void* p, const std::vector<std::int64_t>& extents) {
            return at::from_blob(const_cast<void*>(p), extents, at::TensorOptions().dtype(type_of(s.type)));
        };
        // Without unit axes, as its users would have it; norms want the axis last.
        std::vector<std::int64_t> extents{s.outer, s.along};
        if (s.inner > 1) extents.push_back(s.inner);
        x = wrap(o.x, extents);
        scale = wrap(o.scale, {s.along});
        bias = wrap(o.bias, {s.along});
        y = wrap(o.y, result.empty() ? extents : result);
    }
};

/// A function that returns a tensor of its own.
template <class Call>
class returning_call final : public ready_call {
    torch_operands operands_;
    Call call_;
    at::Tensor result_;

public:
    returning_call(torch_operands operands, Call call) : operands_(std::move(operands)), call_(std::move(call)) {}
    void run(std::int64_t calls) override {
        const c10::InferenceMode no_gradients;
        for (std::int64_t i = 0; i < calls; ++i) result_ = call_(operands_);
    }
    void deliver() override { operands_.y.copy_(result_); }
};
template <class Call>
std::unique_ptr<ready_call> repeat_returning(torch_operands operands, Call call) {
    return std::make_unique<returning_call<Call>>(std::move(operands), std::move(call));
}

template <class Call>
std::unique_ptr<ready_call> repeat_writing(torch_operands operands, Call call) {
    return repeat_call([operands = std::move(operands), call]() mutable {
        const c10::InferenceMode no_gradients;
        call(operands);
    });
}

std::unique_ptr<ready_call> prepare_reduction(const axis_shape& s, const axis_operands& o) {
    std::vector<std::int64_t> axes{1}, result{s.outer};
    if (s.inner > 1) result.push_back(s.inner);
    if (s.ends) {
        axes = {0};
        if (s.inner > 1) axes.push_back(2);
        result = {s.along};
    }
    const torch_operands operands(s, o, result);
    if (s.op == "sum") return repeat_writing(operands, [axes](torch_operands& t) { at::sum_out(t.y, t.x, axes); });
    if (s.op == "max") return repeat_writing(operands, [axes](torch_operands& t) { at::amax_out(t.y, t.x, axes); });
    return repeat_writing(operands, [axes](torch_operands& t) { at::var_out(t.y, t.x, axes, /*unbiased=*/false); });
}

std::unique_ptr<ready_call> prepare(const axis_shape& s, const axis_operands& o, int threads) {
    at::set_num_threads(threads);
    if (s.op == "sum" || s.op == "max" || s.op == "variance") return prepare_reduction(s, o);
    const torch_operands operands(s, o, {});
    if (s.op == "softmax") return repeat_writing(operands, [](torch_operands& t) { at::_softmax_out(t.y, t.x, 1, false); });
    if (s.op == "log_softmax") return repeat_writing(operands, [](torch_operands& t) { at::_log_softmax_out(t.y, t.x, 1, false); });
    if (s.inner > 1) return nullptr;  // norms of PyTorch are of the last axes
    const std::vector<std::int64_t> last{s.along};
    if (s.op == "layer_norm")
        return repeat_returning(operands,
                                [last](torch_operands& t) { return at::layer_norm(t.x, last, t.scale, t.bias, contest_epsilon); });
    if (s.op == "rms_norm")
        return repeat_returning(operands, [last](torch_operands& t) { return at::rms_norm(t.x, last, t.scale, contest_epsilon); });
    return nullptr;
}

}  // namespace

extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers) { peers.push_back({"", TORCH_VERSION, &prepare}); }

}  // namespace tenfold::bench
