// SPDX-License-Identifier: Apache-2.0
// emulated_cuda: the kernels of the cuda backend as a backend of host tensors, run on an emulated GPU.        [floor 6]
//
// So every test of a backend is a test of the CUDA kernels, on a machine without a GPU:
//     tenfold::testing::simt::emulated_gpu gpu;
//     run_conformance(tenfold::testing::simt::emulated_cuda{&gpu}, report);
// A call lends its operands to the GPU, byte range by byte range, waits, and fails if the GPU found a defect.
#pragma once

#include <tenfold/exec/cuda.hpp>  // gpu_workspace
#include <tenfold/kernel/cuda/driver/elementwise.hpp>
#include <tenfold/kernel/cuda/driver/matmul.hpp>
#include <tenfold/kernel/cuda/driver/reduce.hpp>
#include <tenfold/kernel/cuda/driver/rows.hpp>
#include <tenfold/kernel/cuda/driver/scan.hpp>
#include <tenfold/testing/simt/stream.hpp>

TENFOLD_BEGIN
namespace testing::simt {
struct emulated_cuda {
    using space = host_space;
    static constexpr const char* name = "emulated_cuda";
    emulated_gpu* gpu;
    int stream = 0;
    gpu_workspace workspace{};
};

/// A stream as drivers see a runtime.
class emulated_stream {
public:
    explicit emulated_stream(const emulated_cuda& where) : gpu_(where.gpu), stream_(where.stream), workspace_(where.workspace) {}
    ~emulated_stream() {
        for (const lent_range& range : lent_) {
            if (gpu_->capturing(stream_)) {
                gpu_->keep_lent(stream_, range);
            } else {
                gpu_->run().memory().take_back(range);
            }
        }
    }
    emulated_stream(const emulated_stream&) = delete;
    emulated_stream& operator=(const emulated_stream&) = delete;

    [[nodiscard]] static runtime_answer ready() noexcept { return runtime_answer::success; }
    [[nodiscard]] const gpu_workspace& workspace() const noexcept { return workspace_; }
    [[nodiscard]] runtime_answer capture_state() const noexcept {
        return gpu_->capturing(stream_) ? runtime_answer::capturing : runtime_answer::success;
    }
    runtime_answer allocate(void** result, std::size_t bytes) { return gpu_->allocate(result, bytes, stream_); }
    /// The failures here are those that were asked for.
    [[nodiscard]] static const char* why() noexcept { return "injected"; }
    void free(void* pointer, std::size_t) { gpu_->free(pointer, stream_); }
    runtime_answer clear(void* to, std::size_t bytes) { return gpu_->clear(to, bytes, stream_); }
    template <class Body>
    runtime_answer launch(const launch_shape& shape, const typename Body::arguments& arguments) {
        return gpu_->launch<Body>(shape, arguments, stream_);
    }

    /// Makes the bytes a view reaches known to the GPU, for as long as this lives.
    template <class T, std::size_t Rank>
    void lend(tensor_view<T, Rank> operand) {
        offset_range range{};
        check_shape(operand.extents(), operand.strides(), sizeof(T), range);
        if (operand.empty() || operand.data() == nullptr) return;
        lent_.push_back({const_cast<std::remove_const_t<T>*>(operand.data() + range.low),
                         static_cast<std::size_t>(range.high - range.low + 1) * sizeof(T), std::is_const_v<T>});
        gpu_->run().memory().lend(lent_.back().data, lent_.back().bytes, lent_.back().read_only);
    }
    /// Waits for the call's work. What the GPU found wrong becomes the call's failure.
    status finish(const char* op, const status& enqueued) {
        const runtime_answer answer = gpu_->capturing(stream_) ? runtime_answer::success : gpu_->synchronise(stream_);
        if (!gpu_->report().clean()) return failure(status_code::device, op) << gpu_->report().summary();
        if (!enqueued.ok()) return enqueued;
        return tenfold::gpu_kernels::answer_failure(op, "waiting for the stream", answer, why());
    }

private:
    emulated_gpu* gpu_;
    int stream_;
    gpu_workspace workspace_;
    std::vector<lent_range> lent_;
};
}  // namespace testing::simt

template <>
struct kernel<reduce_op, testing::simt::emulated_cuda> {
    template <class T, std::size_t Rank, class Y, std::size_t OutRank, class Reducer, class Space>
    static status run(const testing::simt::emulated_cuda& where, const reduce_arguments<T, Rank, Y, OutRank, Reducer, Space>& a) {
        testing::simt::emulated_stream gpu(where);
        gpu.lend(a.x);
        gpu.lend(a.y);
        return gpu.finish(Reducer::name, gpu_kernels::reduce_on(gpu, a));
    }
};
template <>
struct kernel<arg_reduce_op, testing::simt::emulated_cuda> {
    template <class T, std::size_t Rank, std::size_t OutRank, bool Largest, bool WithValue, class Space>
    static status run(const testing::simt::emulated_cuda& where,
                      const arg_reduce_arguments<T, Rank, OutRank, Largest, WithValue, Space>& a) {
        testing::simt::emulated_stream gpu(where);
        gpu.lend(a.x);
        gpu.lend(a.index);
        if (WithValue) gpu.lend(a.value);
        return gpu.finish(arg_reduce_op::call<Largest, WithValue>, gpu_kernels::arg_reduce_on(gpu, a));
    }
};
/// Runs a driver on operands of one call.
namespace testing::simt {
template <class Drive, class... Operand>
status run_emulated(const emulated_cuda& where, const char* op, const Drive& drive, const Operand&... operand) {
    emulated_stream gpu(where);
    (gpu.lend(operand), ...);
    return gpu.finish(op, drive(gpu));
}
}  // namespace testing::simt
template <>
struct kernel<transform_op, testing::simt::emulated_cuda> {
    template <class F, class Y, std::size_t Rank, class Space, class... X>
    static status run(const testing::simt::emulated_cuda& where, const transform_arguments<F, Y, Rank, Space, X...>& a) {
        return std::apply(
            [&](const auto&... x) {
                return testing::simt::run_emulated(
                    where, transform_op::name, [&](auto& gpu) { return gpu_kernels::transform_on(gpu, a); }, x..., a.y);
            },
            a.inputs);
    }
};
template <>
struct kernel<copy_op, testing::simt::emulated_cuda> {
    template <class T, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const movement_arguments<T, T, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, copy_op::name, [&](auto& gpu) { return gpu_kernels::convert_on(gpu, copy_op::name, a); }, a.x, a.y);
    }
};
template <>
struct kernel<convert_op, testing::simt::emulated_cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const movement_arguments<X, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, convert_op::name, [&](auto& gpu) { return gpu_kernels::convert_on(gpu, convert_op::name, a); }, a.x, a.y);
    }
};
template <>
struct kernel<softmax_op, testing::simt::emulated_cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, softmax_op::name, [&](auto& gpu) { return gpu_kernels::softmax_on<false>(gpu, a); }, a.x, a.y);
    }
};
template <>
struct kernel<log_softmax_op, testing::simt::emulated_cuda> {
    template <class X, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const softmax_arguments<X, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, log_softmax_op::name, [&](auto& gpu) { return gpu_kernels::softmax_on<true>(gpu, a); }, a.x, a.y);
    }
};
template <>
struct kernel<layer_norm_op, testing::simt::emulated_cuda> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, layer_norm_op::name, [&](auto& gpu) { return gpu_kernels::normalise_on<true>(gpu, a); }, a.x, a.scale, a.bias, a.y);
    }
};
template <>
struct kernel<rms_norm_op, testing::simt::emulated_cuda> {
    template <class X, class Scale, class Bias, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const normalise_arguments<X, Scale, Bias, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(
            where, rms_norm_op::name, [&](auto& gpu) { return gpu_kernels::normalise_on<false>(gpu, a); }, a.x, a.scale, a.bias, a.y);
    }
};
template <>
struct kernel<scan_op, testing::simt::emulated_cuda> {
    template <class T, class Y, std::size_t Rank, class Space>
    static status run(const testing::simt::emulated_cuda& where, const scan_arguments<T, Y, Rank, Space>& a) {
        return testing::simt::run_emulated(where, scan_op::name, [&](auto& gpu) { return gpu_kernels::scan_on(gpu, a); }, a.x, a.y);
    }
};
template <>
struct kernel<matmul_op, testing::simt::emulated_cuda> {
    template <class A, class B, class C, std::size_t Rank, class Epilogue, class Space>
    static status run(const testing::simt::emulated_cuda& where, const matmul_arguments<A, B, C, Rank, Epilogue, Space>& a) {
        return testing::simt::run_emulated(
            where, matmul_op::name, [&](auto& gpu) { return gpu_kernels::matmul_on(gpu, a); }, a.a, a.b, a.c);
    }
};
TENFOLD_END
