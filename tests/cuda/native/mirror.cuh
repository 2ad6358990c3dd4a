// SPDX-License-Identifier: Apache-2.0
// native_cuda: the cuda backend as a backend of host tensors, so that conformance cases run on a GPU as they are.
//
// A call copies the bytes its operands reach to the device, runs there, and copies those of its outputs back. Gaps between elements
// come along, so that what a kernel writes into them comes back too.
#pragma once

#include <tenfold/backends/cuda.cuh>

#include <vector>

TENFOLD_BEGIN
namespace testing {
struct native_cuda {
    using space = host_space;
    static constexpr const char* name = "native_cuda";
};

/// The operands of one call.
class mirror {
public:
    mirror() = default;
    ~mirror() {
        for (const range& r : ranges_) static_cast<void>(cudaFree(r.device));
    }
    mirror(const mirror&) = delete;
    mirror& operator=(const mirror&) = delete;

    template <class T, std::size_t Rank>
    tensor_view<T, Rank, device_space> operator()(const tensor_view<T, Rank>& host) {
        if (host.empty() || host.data() == nullptr) return {nullptr, host.extents(), host.strides()};
        offset_range reach{};
        check_shape(host.extents(), host.strides(), sizeof(T), reach);
        auto* const first = reinterpret_cast<unsigned char*>(const_cast<std::remove_const_t<T>*>(host.data() + reach.low));
        range& r = known(first, static_cast<std::size_t>(reach.high - reach.low + 1) * sizeof(T));
        r.written |= !std::is_const_v<T>;
        auto* const data = r.device + r.lead + (reinterpret_cast<const unsigned char*>(host.data()) - r.host);
        return {reinterpret_cast<T*>(data), host.extents(), host.strides()};
    }
    /// Waits, and brings the outputs back.
    status finish(const char* op, const status& enqueued) {
        const cudaError_t waited = cudaDeviceSynchronize();
        for (const range& r : ranges_) {
            if (r.written && waited == cudaSuccess) note(cudaMemcpy(r.host, r.device + r.lead, r.bytes, cudaMemcpyDeviceToHost));
        }
        if (!enqueued.ok()) return enqueued;
        note(waited);
        if (failed_ != cudaSuccess) return failure(status_code::device, op) << cudaGetErrorName(failed_);
        return {};
    }

private:
    struct range {
        unsigned char* host;
        std::size_t bytes;
        unsigned char* device;
        std::size_t lead;  ///< so that device addresses are aligned as those on the host
        bool written;
    };
    range& known(unsigned char* first, std::size_t bytes) {
        for (range& r : ranges_) {
            if (first >= r.host && first + bytes <= r.host + r.bytes) return r;
        }
        range r{first, bytes, nullptr, reinterpret_cast<std::uintptr_t>(first) % 256, false};
        void* device = nullptr;
        note(cudaMalloc(&device, bytes + r.lead));
        r.device = static_cast<unsigned char*>(device);
        if (device != nullptr) note(cudaMemcpy(r.device + r.lead, first, bytes, cudaMemcpyHostToDevice));
        ranges_.push_back(r);
        return ranges_.back();
    }
    void note(cudaError_t e) {
        if (failed_ == cudaSuccess) failed_ = e;
    }

    std::vector<range> ranges_;
    cudaError_t failed_ = cudaSuccess;
};

// Epilogues with operands.
template <class E>
E mirrored(mirror&, const E& epilogue) {
    return epilogue;
}
template <class T, class Apply>
auto mirrored(mirror& to, const channel_functor<T, Apply, host_space>& e) {
    channel_functor<T, Apply, device_space> result(to(e.values));
    result.axis = e.axis;
    return result;
}
template <class T, std::size_t Rank>
auto mirrored(mirror& to, const add_functor<T, Rank, host_space>& e) {
    return add_functor<T, Rank, device_space>(to(e.residual));
}
template <class Inner, class Outer>
auto mirrored(mirror& to, const joined_epilogue<Inner, Outer>& e) {
    auto inner = mirrored(to, e.inner);
    auto outer = mirrored(to, e.outer);
    return joined_epilogue<decltype(inner), decltype(outer)>(inner, outer);
}
}  // namespace testing

template <>
struct kernel<reduce_op, testing::native_cuda> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const testing::native_cuda&, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        testing::mirror to;
        const reduce_arguments<T, Rank, Y, OutRank, Reducer, device_space> b{to(a.x), to(a.y), a.axes, a.reducer};
        return to.finish(Reducer::name, kernel<reduce_op, cuda>::run(cuda{}, b));
    }
};
template <>
struct kernel<arg_reduce_op, testing::native_cuda> {
    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    static status run(const testing::native_cuda&, const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
        testing::mirror to;
        const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, device_space> b{to(a.x), to(a.value), to(a.index), a.axes, a.nan};
        return to.finish(arg_reduce_op::name, kernel<arg_reduce_op, cuda>::run(cuda{}, b));
    }
};
template <>
struct kernel<transform_op, testing::native_cuda> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const testing::native_cuda&, const transform_arguments<F, Y, Rank, Space, X...>& a) {
        testing::mirror to;
        const auto inputs = std::apply([&](const auto&... x) { return std::tuple{to(x)...}; }, a.inputs);
        const transform_arguments<F, Y, Rank, device_space, X...> b{a.functor, inputs, to(a.y), {}};
        return to.finish(transform_op::name, kernel<transform_op, cuda>::run(cuda{}, b));
    }
};
template <>
struct kernel<copy_op, testing::native_cuda> {
    template <class T, std::size_t Rank, class Space>
    static status run(const testing::native_cuda&, const movement_arguments<T, T, Rank, Space>& a) {
        testing::mirror to;
        const movement_arguments<T, T, Rank, device_space> b{to(a.x), to(a.y), a.saturate, {}};
        return to.finish(copy_op::name, kernel<copy_op, cuda>::run(cuda{}, b));
    }
};
template <>
struct kernel<convert_op, testing::native_cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const testing::native_cuda&, const movement_arguments<X, Y, Rank, Space>& a) {
        testing::mirror to;
        const movement_arguments<X, Y, Rank, device_space> b{to(a.x), to(a.y), a.saturate, {}};
        return to.finish(convert_op::name, kernel<convert_op, cuda>::run(cuda{}, b));
    }
};
namespace testing {
template <class Op>
struct native_softmax {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const native_cuda&, const softmax_arguments<X, Y, Rank, Space>& a) {
        mirror to;
        const softmax_arguments<X, Y, Rank, device_space> b{to(a.x), to(a.y), a.axis};
        return to.finish(Op::name, kernel<Op, cuda>::run(cuda{}, b));
    }
};
template <class Op>
struct native_norm {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const native_cuda&, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        mirror to;
        const normalise_arguments<X, Scale, Bias, Y, Rank, device_space> b{to(a.x),     to(a.y),    a.axis,      a.options,
                                                                           a.has_scale, a.has_bias, to(a.scale), to(a.bias)};
        return to.finish(Op::name, kernel<Op, cuda>::run(cuda{}, b));
    }
};
}  // namespace testing
template <>
struct kernel<softmax_op, testing::native_cuda> : testing::native_softmax<softmax_op> {};
template <>
struct kernel<log_softmax_op, testing::native_cuda> : testing::native_softmax<log_softmax_op> {};
template <>
struct kernel<layer_norm_op, testing::native_cuda> : testing::native_norm<layer_norm_op> {};
template <>
struct kernel<rms_norm_op, testing::native_cuda> : testing::native_norm<rms_norm_op> {};
template <>
struct kernel<scan_op, testing::native_cuda> {
    template <class T, class Y, std::size_t Rank, class Space>
    static status run(const testing::native_cuda&, const scan_arguments<T, Y, Rank, Space>& a) {
        testing::mirror to;
        const scan_arguments<T, Y, Rank, device_space> b{to(a.x), to(a.y), a.axis, {}};
        return to.finish(scan_op::name, kernel<scan_op, cuda>::run(cuda{}, b));
    }
};
template <>
struct kernel<matmul_op, testing::native_cuda> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const testing::native_cuda&, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& a) {
        testing::mirror to;
        const auto c = to(a.c);  // first: a residual may be c itself
        const auto epilogue = testing::mirrored(to, a.epilogue);
        matmul_arguments<A, B, C, Rank, std::remove_const_t<decltype(epilogue)>, device_space> b(c, a.options, epilogue);
        b.a = to(a.a);
        b.b = to(a.b);
        return to.finish(matmul_op::name, kernel<matmul_op, cuda>::run(cuda{}, b));
    }
};
TENFOLD_END
