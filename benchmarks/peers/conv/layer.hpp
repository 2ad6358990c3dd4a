// SPDX-License-Identifier: Apache-2.0
// A convolution as the contest sees it: square images and windows, padded so that the extent is divided by the stride.
#pragma once

#include <cstdint>      // std::int64_t
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

struct contest_layer {
    std::int64_t images = 1, extent = 1, in = 1, out = 1, window = 1;
    std::int64_t stride = 1, groups = 1, dilation = 1;
    bool channels_last = true;  // nhwc; otherwise nchw
    bool packed = false;        // who can may arrange the weights before; otherwise each call begins with them as they are
    bool epilogue = false;      // a bias and max(0, .) follow
    [[nodiscard]] std::int64_t padding() const { return (window - 1) * dilation / 2; }
    [[nodiscard]] std::int64_t out_extent() const { return (extent + 2 * padding() - (window - 1) * dilation - 1) / stride + 1; }
    [[nodiscard]] std::int64_t x_elements() const { return images * extent * extent * in; }
    [[nodiscard]] std::int64_t w_elements() const { return out * window * window * (in / groups); }
    [[nodiscard]] std::int64_t y_elements() const { return images * out_extent() * out_extent() * out; }

    bool operator==(const contest_layer&) const = default;
};

/// "1,56,64,64,3:s2:g64:d2:nchw:packed:relu", what is usual left out.
std::string text_of(const contest_layer& l);
/// The inverse; usage_error for anything else, with the remedy.
contest_layer parse_layer(std::string_view text);

struct listed_layer {
    contest_layer shape;
    std::string workload;
    std::vector<std::string> sets;
};
/// Every layer in each layout, with its weights as they are and packed.
const std::vector<listed_layer>& layer_catalog();
std::vector<std::string> layer_set_names();

}  // namespace tenfold::bench
