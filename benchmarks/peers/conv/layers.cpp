// SPDX-License-Identifier: Apache-2.0
// THE list of layers of the contest: those of published networks, and kinds of layers that these do not have.
#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::none_of
#include <tuple>      // std::tuple

#include "op/conv_layers.hpp"    // resnet_50, mobilenet_depthwise, mobilenet_pointwise
#include "peers/conv/layer.hpp"  // listed_layer

namespace tenfold::bench {
namespace {

void add(std::vector<listed_layer>& list, const std::string& workload, std::vector<std::string> sets, contest_layer l) {
    const auto same = [&](const listed_layer& one) { return one.shape == l; };
    for (const bool last : {true, false}) {
        for (const bool packed : {true, false}) {
            l.channels_last = last;
            l.packed = packed;
            if (std::none_of(list.begin(), list.end(), same)) list.push_back({l, workload, sets});
        }
    }
}

std::vector<listed_layer> all_layers() {
    std::vector<listed_layer> list;
    const auto sets_of = [](const char* name, suite first) {
        std::vector<std::string> sets{name};
        if (first != suite::full) sets.emplace_back("quick");
        return sets;
    };
    for (const conv_layer& l : resnet_50)
        add(list, "ResNet-50", sets_of("resnet", l.first), {1, l.extent, l.in, l.out, l.window, l.stride});
    for (const depthwise_layer& l : mobilenet_depthwise)
        add(list, fmt::format("MobileNet v{} depthwise", l.version), sets_of("depthwise", l.first),
            {1, l.extent, l.channels, l.channels, 3, l.stride, l.channels});
    for (const conv_layer& l : mobilenet_pointwise)
        add(list, "MobileNet pointwise", sets_of("pointwise", l.first), {1, l.extent, l.in, l.out, l.window, l.stride});
    // Tan & Le 2019: depthwise 5x5; Liu et al. 2022: depthwise 7x7.
    using wide_window = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    for (const auto& [extent, channels, window, stride] : {wide_window{56, 144, 5, 2},
                                                           {28, 240, 5, 1},
                                                           {14, 480, 5, 1},
                                                           {14, 672, 5, 1},
                                                           {7, 1152, 5, 1},
                                                           {56, 96, 7, 1},
                                                           {28, 192, 7, 1},
                                                           {14, 384, 7, 1},
                                                           {7, 768, 7, 1}})
        add(list, window == 5 ? "EfficientNet" : "ConvNeXt", {"depthwise"}, {1, extent, channels, channels, window, stride, channels});
    // Simonyan & Zisserman 2014.
    using dense = std::tuple<std::int64_t, std::int64_t, std::int64_t>;
    for (const auto& [extent, in, out] :
         {dense{224, 3, 64}, {224, 64, 64}, {112, 64, 128}, {56, 128, 256}, {28, 256, 512}, {28, 512, 512}, {14, 512, 512}})
        add(list, "VGG", {"vgg"}, {1, extent, in, out, 3});
    // Xie et al. 2017: 32 groups.
    for (const auto& [extent, channels] : {std::pair<std::int64_t, std::int64_t>{56, 128}, {28, 256}, {14, 512}, {7, 1024}})
        add(list, "ResNeXt", {"grouped"}, {1, extent, channels, channels, 3, 1, 32});
    for (const std::int64_t dilation : {2, 4, 8}) add(list, "segmentation, dilated", {"dilated"}, {1, 64, 512, 512, 3, 1, 1, dilation});
    // What follows a convolution in a network, and batches.
    for (const contest_layer& l :
         {contest_layer{1, 56, 64, 64, 3}, {1, 56, 64, 256, 1}, {1, 112, 32, 32, 3, 1, 32}, {1, 7, 960, 960, 3, 1, 960}}) {
        contest_layer followed = l;
        followed.epilogue = true;
        add(list, "with bias and relu", {"relu"}, followed);
    }
    for (const contest_layer& l :
         {contest_layer{16, 56, 64, 64, 3}, {16, 14, 256, 256, 3}, {16, 7, 512, 512, 3}, {16, 7, 960, 960, 3, 1, 960}})
        add(list, "16 images", {"batches"}, l);
    return list;
}

}  // namespace

const std::vector<listed_layer>& layer_catalog() {
    static const std::vector<listed_layer> catalog = all_layers();
    return catalog;
}

std::vector<std::string> layer_set_names() {
    return {"quick", "resnet", "depthwise", "pointwise", "vgg", "grouped", "dilated", "relu", "batches"};
}

}  // namespace tenfold::bench
