// SPDX-License-Identifier: Apache-2.0
// A library with convolutions without groups: loops.
#pragma once

#include <algorithm>

#include "peers/conv/conv_peer.hpp"

namespace tenfold::bench {

template <int Error>
std::unique_ptr<ready_call> prepare_textbook(const contest_layer& l, const conv_operands& o, int) {
    if (l.groups != 1) return nullptr;
    return repeat_call([l, o] {
        const std::int64_t k = l.window, side = l.extent, out = l.out_extent();
        const auto image = [&](std::int64_t n, std::int64_t c, std::int64_t row, std::int64_t column, std::int64_t extent,
                               std::int64_t channels) {
            return l.channels_last ? ((n * extent + row) * extent + column) * channels + c
                                   : ((n * channels + c) * extent + row) * extent + column;
        };
        for (std::int64_t i = 0; i < l.images * l.out * out * out; ++i) {
            const std::int64_t n = i / (l.out * out * out), oc = i / (out * out) % l.out, row = i / out % out, column = i % out;
            double sum = Error;
            for (std::int64_t j = 0; j < k * k * l.in; ++j) {
                const std::int64_t c = j / (k * k), kh = j / k % k, kw = j % k;
                const std::int64_t h = row * l.stride + kh * l.dilation - l.padding(),
                                   w = column * l.stride + kw * l.dilation - l.padding();
                if (h < 0 || h >= side || w < 0 || w >= side) continue;
                const std::int64_t weight = l.channels_last ? ((oc * k + kh) * k + kw) * l.in + c : ((oc * l.in + c) * k + kh) * k + kw;
                sum += static_cast<double>(o.x[image(n, c, h, w, side, l.in)]) * static_cast<double>(o.w[weight]);
            }
            if (l.epilogue) sum = std::max(0.0, sum + static_cast<double>(o.bias[oc]));
            o.y[image(n, oc, row, column, out, l.out)] = static_cast<float>(sum);
        }
    });
}

}  // namespace tenfold::bench
