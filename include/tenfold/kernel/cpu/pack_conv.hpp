// SPDX-License-Identifier: Apache-2.0
// Packed weights of convolution on the CPU: what a call would arrange for itself, kept.                     [floor 4]
#pragma once

#include <tenfold/kernel/cpu/conv.hpp>
#include <tenfold/kernel/cpu/elementwise.hpp>  // workers_for_bytes
#include <tenfold/op/pack_conv.hpp>

TENFOLD_BEGIN
template <>
struct kernel<pack_conv_op, cpu> {
    template <class T, std::size_t Rank, class Space>
    static status run(const cpu& where, const packing_conv_arguments<T, Rank, Space>& a) {
        int isa = 0;
        if (status s = choose_isa(pack_conv_op::name, where, isa); !s.ok()) return s;
        return with_format(isa, a.w, a.options, [&](const auto& format, const packed_weights_layout& layout) -> status {
            const index_t bytes = format.bytes();
            packed_weights<T, Rank, Space> made;
            if (status s = packed_weights<T, Rank, Space>::allocate(a.w.extents(), layout, bytes, made, a.resource); !s.ok()) return s;
            if (a.resource == nullptr && bytes >= (index_t{1} << 21)) prefer_huge_pages(made.data(), bytes);
            if (bytes > 0) format.pack_into(where, workers_for_bytes(where, 2 * bytes), static_cast<tile_type<T>*>(made.data()));
            *a.result = std::move(made);
            return {};
        });
    }

    /// use(format, layout) for the kernel that convolves with such weights.
    template <class T, std::size_t Rank, class Space, class Use>
    static status with_format(int isa, const tensor_view<const T, Rank, Space>& w, const conv_options<Rank - 2>& options, const Use& use) {
        if (status s = check_weight_count<T>(pack_conv_op::name, w.extents()); !s.ok()) return s;
        packed_weights_layout layout;
        set_name(layout.backend, cpu::name);
        set_name(layout.isa, isa_names(isa_list{})[static_cast<std::size_t>(isa)]);
        layout.groups = options.groups;
        layout.order = options.layout;
        const conv_filters<T> filters = kernel<conv_op, cpu>::filters_of(w, options.layout, options.groups);
        const auto as = [&](const auto& format) {
            set_name(layout.kernel, format.kernel_name);
            layout.channels = format.channels();
            layout.columns = format.columns();
            return use(format, layout);
        };
        if constexpr (is_floating_v<T>) {
            if (options.algorithm == conv_algorithm::winograd) return as(filter_winograd<T>(isa, filters));
        }
        if (has_small_groups(filters)) return as(filter_lanes<T>(isa, filters));
        return as(filter_panels<T>(isa, filters));
    }
};

template <>
struct kernel<packed_conv_op, cpu> {
    using plan_type = conv_plan;

    template <class Arguments>
    static status run(const cpu& where, const Arguments& a) {
        if (status s = check_layout(where, a); !s.ok()) return s;
        return kernel<conv_op, cpu>::run(where, a);
    }
    template <class Arguments>
    static status plan(const cpu& where, const Arguments& a, conv_plan& plan) {
        if (status s = check_layout(where, a); !s.ok()) return s;
        return kernel<conv_op, cpu>::plan(where, a, plan);
    }
    template <class Arguments>
    static status run(const cpu& where, const Arguments& a, const conv_plan& plan, unsigned char* workspace) {
        if (status s = check_layout(where, a); !s.ok()) return s;
        return kernel<conv_op, cpu>::run(where, a, plan, workspace);
    }
    template <class Arguments>
    static void explain(const cpu& where, const Arguments& a, const conv_plan& plan, explanation& e) noexcept {
        kernel<conv_op, cpu>::explain(where, a, plan, e);
    }

private:
    template <class Arguments>
    static status check_layout(const cpu& where, const Arguments& a) noexcept {
        int isa = 0;
        if (status s = choose_isa(packed_conv_op::name, where, isa); !s.ok()) return s;
        return kernel<pack_conv_op, cpu>::with_format(isa, a.w, a.options, [&](const auto&, const packed_weights_layout& wanted) -> status {
            if (same_layout(a.layout, wanted)) return {};
            return packed_conv_op::layout_failure(a.layout, wanted);
        });
    }
};
TENFOLD_END
