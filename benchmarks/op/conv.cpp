// SPDX-License-Identifier: Apache-2.0
// Problems of conv: the layers of ResNet-50 and of MobileNet v1 and v2, one image and more, in both layouts.
#include <tenfold/op/conv.hpp>
#include <tenfold/tenfold.hpp>

#include "op/list.hpp"                   // conv_problems
#include "support/check_result.hpp"      // check_result, sample_axis
#include "support/executions.hpp"        // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {
namespace {

/// Square images and windows; padding keeps the extent divided by the stride.
struct conv_shape {
    index_t images, extent, in, out, window, stride, groups;
    layout order;

    [[nodiscard]] index_t padding() const { return (window - 1) / 2; }
    [[nodiscard]] index_t out_extent() const { return (extent + 2 * padding() - window) / stride + 1; }
    [[nodiscard]] index_array<4> with_channels(index_t n, index_t side, index_t channels) const {
        return order == layout::nhwc ? index_array<4>{n, side, side, channels} : index_array<4>{n, channels, side, side};
    }
    [[nodiscard]] index_array<4> x() const { return with_channels(images, extent, in); }
    [[nodiscard]] index_array<4> w() const { return with_channels(out, window, in / groups); }
    [[nodiscard]] index_array<4> y() const { return with_channels(images, out_extent(), out); }
    [[nodiscard]] bool depthwise() const { return groups == in && groups > 1; }
    [[nodiscard]] index_t depth() const { return window * window * (in / groups); }
    [[nodiscard]] conv_options<2> options(index_t with_groups) const {
        const index_t p = padding();
        return {.stride = {stride, stride}, .padding = {{p, p}, {p, p}}, .groups = with_groups, .layout = order};
    }
};

template <class T>
class prepared_conv final : public prepared_problem {
    conv_shape shape_;
    rotated_operands<T> operands_;
    tensor<T, 4> expected_, magnitude_;  // on the grid; empty until they are first needed

    [[nodiscard]] tensor_view<const T, 4> x() const { return {operands_.input(0), shape_.x()}; }
    [[nodiscard]] tensor_view<const T, 4> w() const { return {operands_.input(1), shape_.w()}; }
    [[nodiscard]] tensor_view<T, 4> y() const { return {operands_.output(), shape_.y()}; }

public:
    prepared_conv(operand_pool& pool, const conv_shape& shape)
        : shape_(shape), operands_(pool, {element_count(shape.x()), element_count(shape.w())}, element_count(shape.y()), false) {}

    void run(const execution& how, std::int64_t calls) override {
        const conv_options<2> options = shape_.options(shape_.groups);
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) conv(where, x(), w(), y(), options);
        });
    }

    /// The grid: some output channels, and one image of several. A depthwise channel needs its own input channel only.
    verification verify(const execution& how) override {
        constexpr index_t grid_products = 4'000'000;
        const std::size_t channel = channel_axis(shape_.order, 4);
        const index_t per_channel = shape_.out_extent() * shape_.out_extent() * shape_.depth();
        const sampled_axis images = sample_axis(shape_.images, 1);
        const bool by_channel = shape_.groups == 1 || shape_.depthwise();
        const sampled_axis channels = by_channel ? sample_axis(shape_.out, grid_products / per_channel + 1) : sampled_axis{};
        operands_.first();
        if (expected_.empty()) {
            auto grid_x = sampled(x(), 0, images);
            if (shape_.depthwise()) grid_x = sampled(grid_x, channel, channels);
            const auto grid_w = sampled(w(), 0, channels);
            const conv_options<2> options = shape_.options(shape_.depthwise() ? grid_x.extent(channel) : shape_.groups);
            expected_ = conv(reference{}, grid_x, grid_w, options);
            magnitude_ = conv(reference{}, magnitudes(grid_x), magnitudes(grid_w), options);
        }
        mark_unwritten(y());
        run(how, 1);
        operands_.first();
        const tensor_view<const T, 4> whole = y();
        return check_result(whole, sampled(sampled(whole, 0, images), channel, channels), expected_, magnitude_, shape_.depth());
    }
};

void add(problem_list& list, suite first, const std::string& workload, const conv_shape& s) {
    using T = float;
    problem p;
    p.dtype = dtype_traits<T>::name;
    const auto text = [](index_t n) { return std::to_string(n); };
    p.name = "conv:" + p.dtype + ":n" + text(s.images) + "h" + text(s.extent) + "w" + text(s.extent) + "c" + text(s.in) + "oc" +
             text(s.out) + "k" + text(s.window) + "s" + text(s.stride) + (s.groups > 1 ? "g" + text(s.groups) : "") +
             (s.order == layout::nhwc ? ":nhwc" : ":nchw");
    p.workload = workload;
    p.kernel_class = s.depthwise() ? "depthwise" : "conv";
    p.flops = conv_op::flops(element_count(s.y()), s.depth());
    p.bytes = (element_count(s.x()) + element_count(s.w()) + element_count(s.y())) * static_cast<index_t>(sizeof(T));
    p.roof = roof_kind::arithmetic;
    p.first_suite = first;
    p.declines = [flops = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr) return how.backend + " has no convolution";
        return decline_backend<conv_op>(how, flops);
    };
    p.prepare = [s](operand_pool& pool) { return std::make_unique<prepared_conv<T>>(pool, s); };
    list.push_back(std::move(p));
}

/// A layer in nhwc as given, in nchw one suite later, and with 16 images in the full suite.
void add_layer(problem_list& list, suite first, const std::string& workload, conv_shape s) {
    add(list, first, workload, s);
    s.order = layout::nchw;
    add(list, first == suite::quick ? suite::standard : suite::full, workload, s);
    s.order = layout::nhwc;
    s.images = 16;
    add(list, suite::full, workload + ", 16 images", s);
}

struct layer {
    index_t extent, in, out, window, stride;
    suite first;
};

// He et al. 2016: the distinct convolutions of ResNet-50.
constexpr layer resnet_50[] = {
    {224, 3, 64, 7, 2, suite::standard},   {56, 64, 64, 1, 1, suite::full},        {56, 64, 64, 3, 1, suite::quick},
    {56, 64, 256, 1, 1, suite::standard},  {56, 256, 64, 1, 1, suite::full},       {56, 256, 128, 1, 1, suite::full},
    {56, 128, 128, 3, 2, suite::standard}, {28, 128, 512, 1, 1, suite::full},      {28, 512, 128, 1, 1, suite::standard},
    {28, 128, 128, 3, 1, suite::standard}, {56, 256, 512, 1, 2, suite::full},      {28, 512, 256, 1, 1, suite::full},
    {28, 256, 256, 3, 2, suite::full},     {14, 256, 1024, 1, 1, suite::standard}, {14, 1024, 256, 1, 1, suite::quick},
    {14, 256, 256, 3, 1, suite::quick},    {28, 512, 1024, 1, 2, suite::full},     {14, 1024, 512, 1, 1, suite::full},
    {14, 512, 512, 3, 2, suite::full},     {7, 512, 2048, 1, 1, suite::standard},  {7, 2048, 512, 1, 1, suite::standard},
    {7, 512, 512, 3, 1, suite::standard},  {14, 1024, 2048, 1, 2, suite::full}};

struct mobile_layer {
    int version;
    index_t extent, channels, stride;
    suite first;
};
// Howard et al. 2017, Sandler et al. 2018: depthwise 3x3.
constexpr mobile_layer mobilenet_depthwise[] = {
    {1, 112, 32, 1, suite::standard}, {1, 112, 64, 2, suite::standard}, {1, 56, 128, 1, suite::quick}, {1, 56, 128, 2, suite::full},
    {1, 28, 256, 1, suite::standard}, {1, 28, 256, 2, suite::full},     {1, 14, 512, 1, suite::quick}, {1, 14, 512, 2, suite::full},
    {1, 7, 1024, 1, suite::standard}, {2, 112, 96, 2, suite::standard}, {2, 56, 144, 1, suite::full},  {2, 56, 144, 2, suite::full},
    {2, 28, 192, 1, suite::standard}, {2, 14, 384, 1, suite::full},     {2, 14, 576, 2, suite::full},  {2, 7, 960, 1, suite::standard}};

// The 1x1 convolutions between them.
constexpr layer mobilenet_pointwise[] = {{112, 32, 64, 1, 1, suite::standard},  {56, 64, 128, 1, 1, suite::full},
                                         {56, 128, 128, 1, 1, suite::standard}, {28, 256, 256, 1, 1, suite::full},
                                         {14, 512, 512, 1, 1, suite::quick},    {7, 1024, 1024, 1, 1, suite::standard},
                                         {56, 24, 144, 1, 1, suite::full},      {14, 64, 384, 1, 1, suite::full},
                                         {14, 576, 96, 1, 1, suite::full},      {7, 960, 160, 1, 1, suite::standard}};

}  // namespace

problem_list conv_problems() {
    problem_list list;
    for (const layer& l : resnet_50) add_layer(list, l.first, "ResNet-50", {1, l.extent, l.in, l.out, l.window, l.stride, 1, layout::nhwc});
    for (const mobile_layer& l : mobilenet_depthwise)
        add_layer(list, l.first, "MobileNet v" + std::to_string(l.version) + " depthwise",
                  {1, l.extent, l.channels, l.channels, 3, l.stride, l.channels, layout::nhwc});
    for (const layer& l : mobilenet_pointwise)
        add_layer(list, l.first, "MobileNet pointwise", {1, l.extent, l.in, l.out, l.window, l.stride, 1, layout::nhwc});
    return list;
}

}  // namespace tenfold::bench
