// SPDX-License-Identifier: Apache-2.0
// PyTorch as a peer, through the C++ function that its Python call ends in: no interpreter between the calls. It returns a new tensor,
// as it does for its users, and takes weights as they are.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <torch/headeronly/version.h>

#include "peers/conv/conv_peer.hpp"  // conv_peer

namespace tenfold::bench {
namespace {

at::Tensor wrap(const contest_layer& l, const float* p, std::int64_t n, std::int64_t channels, std::int64_t side) {
    const std::vector<std::int64_t> last{side * side * channels, 1, side * channels, channels};
    const std::vector<std::int64_t> first{side * side * channels, side * side, side, 1};
    return at::from_blob(const_cast<float*>(p), {n, channels, side, side}, l.channels_last ? last : first,
                         at::TensorOptions().dtype(at::kFloat));
}

class torch_conv final : public ready_call {
    contest_layer layer_;
    at::Tensor x_, w_, y_, result_;
    std::optional<at::Tensor> bias_;

public:
    torch_conv(const contest_layer& l, const conv_operands& o)
        : layer_(l),
          x_(wrap(l, o.x, l.images, l.in, l.extent)),
          w_(wrap(l, o.w, l.out, l.in / l.groups, l.window)),
          y_(wrap(l, o.y, l.images, l.out, l.out_extent())) {
        if (l.epilogue) bias_ = at::from_blob(const_cast<float*>(o.bias), {l.out}, at::TensorOptions().dtype(at::kFloat));
    }
    void run(std::int64_t calls) override {
        const c10::InferenceMode no_gradients;
        const contest_layer& l = layer_;
        const std::int64_t stride[] = {l.stride, l.stride}, padding[] = {l.padding(), l.padding()}, dilation[] = {l.dilation, l.dilation};
        for (std::int64_t i = 0; i < calls; ++i) {
            result_ = at::conv2d(x_, w_, bias_, stride, at::IntArrayRef(padding), dilation, l.groups);
            if (l.epilogue) result_.relu_();
        }
    }
    void deliver() override { y_.copy_(result_); }
};

std::unique_ptr<ready_call> prepare(const contest_layer& l, const conv_operands& o, int threads) {
    at::set_num_threads(threads);
    return std::make_unique<torch_conv>(l, o);
}

}  // namespace

extern "C" void tenfold_conv_peers(std::vector<conv_peer>& peers) { peers.push_back({"", TORCH_VERSION, &prepare}); }

}  // namespace tenfold::bench
