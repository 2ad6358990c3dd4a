// SPDX-License-Identifier: Apache-2.0
// Eigen as a peer: patches of the image as an expression, contracted with the weights, as its users write a convolution. One thread;
// channels last, without groups.
#include <unsupported/Eigen/CXX11/Tensor>

#include "peers/conv/conv_peer.hpp"  // conv_peer

namespace tenfold::bench {
namespace {

std::unique_ptr<ready_call> prepare(const contest_layer& l, const conv_operands& o, int threads) {
    if (threads != 1 || !l.channels_last || l.groups != 1 || l.epilogue) return nullptr;
    // Row-major from the outside is column-major from the inside: (c, w, h, n), (c kw kh, oc), (oc, pixels).
    return repeat_call([l, o] {
        using Eigen::Index;
        const Index c = l.in, k = l.window, side = l.extent, s = l.stride, d = l.dilation, p = l.padding();
        const Index pixels = l.images * l.out_extent() * l.out_extent();
        const Eigen::TensorMap<const Eigen::Tensor<const float, 4>> x(o.x, c, side, side, l.images);
        const Eigen::TensorMap<const Eigen::Tensor<const float, 2>> w(o.w, c * k * k, l.out);
        Eigen::TensorMap<Eigen::Tensor<float, 2>> y(o.y, l.out, pixels);
        const Eigen::array<Eigen::IndexPair<Index>, 1> inner{Eigen::IndexPair<Index>(0, 0)};
        y = w.contract(x.extract_image_patches(k, k, s, s, d, d, 1, 1, p, p, p, p, 0.0f).reshape(Eigen::array<Index, 2>{c * k * k, pixels}),
                       inner);
    });
}

}  // namespace

extern "C" void tenfold_conv_peers(std::vector<conv_peer>& peers) {
    peers.push_back(
        {"", std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." + std::to_string(EIGEN_MINOR_VERSION),
         &prepare});
}

}  // namespace tenfold::bench
