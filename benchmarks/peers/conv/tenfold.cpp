// SPDX-License-Identifier: Apache-2.0
// tenfold's convolution as a contender: the call that a user writes. Compiled without any -march.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/op/pack_conv.hpp>

#include "peers/conv/conv_peer.hpp"  // conv_peer

namespace tenfold::bench {
namespace {

struct conv_call {
    tensor_view<const float, 4> x, w;
    tensor_view<const float, 1> values;
    tensor_view<float, 4> y;
    conv_options<2> options;
    cpu where;
};

template <class Epilogue>
std::unique_ptr<ready_call> repeat_with(const contest_layer& l, const conv_call& c, const Epilogue& epilogue) {
    if (l.packed) {
        return repeat_call(
            [c, epilogue, packed = pack_conv(c.where, c.w, c.options)] { conv(c.where, c.x, packed, c.y, c.options, epilogue); });
    }
    return repeat_call([c, epilogue] { conv(c.where, c.x, c.w, c.y, c.options, epilogue); });
}

std::unique_ptr<ready_call> prepare(const contest_layer& l, const conv_operands& o, int threads) {
    const auto images = [&](index_t side, index_t channels) {
        return l.channels_last ? index_array<4>{l.images, side, side, channels} : index_array<4>{l.images, channels, side, side};
    };
    const index_t c = l.in / l.groups, p = l.padding();
    const index_array<4> filter =
        l.channels_last ? index_array<4>{l.out, l.window, l.window, c} : index_array<4>{l.out, c, l.window, l.window};
    const conv_call call{{o.x, images(l.extent, l.in)},
                         {o.w, filter},
                         {o.bias, {l.out}},
                         {o.y, images(l.out_extent(), l.out)},
                         {.stride = {l.stride, l.stride},
                          .padding = {{p, p}, {p, p}},
                          .dilation = {l.dilation, l.dilation},
                          .groups = l.groups,
                          .layout = l.channels_last ? layout::nhwc : layout::nchw},
                         {.threads = threads}};
    if (l.epilogue) return repeat_with(l, call, bias(call.values) | relu{});
    return repeat_with(l, call, identity{});
}

}  // namespace

extern "C" void tenfold_conv_peers(std::vector<conv_peer>& peers) { peers.push_back({"", active_isa(), &prepare}); }

}  // namespace tenfold::bench
