// SPDX-License-Identifier: Apache-2.0
// Problems of conv: the layers of ResNet-50 and of MobileNet v1 and v2, one image and more, in both layouts.
#include <tenfold/op/conv.hpp>
#include <tenfold/tenfold.hpp>

#include <optional>  // std::optional

#include "op/conv_layers.hpp"            // resnet_50, mobilenet_depthwise, mobilenet_pointwise
#include "op/conv_shape.hpp"             // conv_shape, conv_grid
#include "op/list.hpp"                   // conv_problems
#include "support/executions.hpp"        // on_backend, decline_backend
#include "support/rotated_operands.hpp"  // rotated_operands

namespace tenfold::bench {
namespace {

template <class T>
class prepared_conv final : public prepared_problem {
    conv_shape shape_;
    rotated_operands<T> operands_;
    std::optional<conv_grid<T>> grid_;  // once it is needed

    [[nodiscard]] tensor_view<const T, 4> x() const { return {operands_.input(0), shape_.x()}; }
    [[nodiscard]] tensor_view<const T, 4> w() const { return {operands_.input(1), shape_.w()}; }
    [[nodiscard]] tensor_view<T, 4> y() const { return {operands_.output(), shape_.y()}; }

public:
    prepared_conv(operand_pool& pool, const conv_shape& shape)
        : shape_(shape), operands_(pool, {element_count(shape.x()), element_count(shape.w())}, element_count(shape.y()), false) {}

    void run(const execution& how, std::int64_t calls) override {
        const conv_options<2> options = shape_.options();
        on_backend(how, [&](const auto& where) {
            for (std::int64_t i = 0; i < calls; ++i, operands_.next()) conv(where, x(), w(), y(), options);
        });
    }

    verification verify(const execution& how) override {
        operands_.first();
        if (!grid_) grid_.emplace(shape_, x(), w(), tensor_view<const T, 1>(nullptr, {0}), [](const auto&) { return identity{}; });
        mark_unwritten(y());
        run(how, 1);
        operands_.first();
        return grid_->check(y());
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
    p.flops = s.flops();
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

}  // namespace

problem_list conv_problems() {
    problem_list list;
    for (const conv_layer& l : resnet_50)
        add_layer(list, l.first, "ResNet-50", {1, l.extent, l.in, l.out, l.window, l.stride, 1, layout::nhwc});
    for (const depthwise_layer& l : mobilenet_depthwise)
        add_layer(list, l.first, "MobileNet v" + std::to_string(l.version) + " depthwise",
                  {1, l.extent, l.channels, l.channels, 3, l.stride, l.channels, layout::nhwc});
    for (const conv_layer& l : mobilenet_pointwise)
        add_layer(list, l.first, "MobileNet pointwise", {1, l.extent, l.in, l.out, l.window, l.stride, 1, layout::nhwc});
    return list;
}

}  // namespace tenfold::bench
