// SPDX-License-Identifier: Apache-2.0
// Times the cuda backend beside CUB, cuBLAS (TENFOLD_WITH_CUBLAS) and a device-to-device copy: one line of JSON per row.
//
// Samples of both sides alternate; before each one more than the L2 cache is overwritten. Medians, and the 10th and 90th percentile
// of the ratio. Data are random. scripts/gpu-verify builds and runs it. The peer "copy" is cudaMemcpy, device to device, of as many
// bytes as the op must move: half of them read, half written.
#include <tenfold/backends/cuda.cuh>

#include <cub/cub.cuh>
#if defined(TENFOLD_WITH_CUBLAS)
#include <cublas_v2.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace tf = tenfold;
using tf::index_t;

namespace {
void require(cudaError_t e, const char* what) {
    if (e == cudaSuccess) return;
    std::fprintf(stderr, "%s: %s\n", what, cudaGetErrorString(e));
    std::exit(1);
}
class device_bytes {
public:
    explicit device_bytes(std::size_t bytes) { require(cudaMalloc(&data_, bytes), "cudaMalloc"); }
    ~device_bytes() { static_cast<void>(cudaFree(data_)); }
    device_bytes(const device_bytes&) = delete;
    device_bytes& operator=(const device_bytes&) = delete;
    template <class T>
    [[nodiscard]] T* as() const {
        return static_cast<T*>(data_);
    }

private:
    void* data_ = nullptr;
};
template <class T>
tf::tensor<T, 1, tf::device_space> random_elements(index_t n) {
    std::mt19937 random(7);
    constexpr float most = std::is_integral_v<T> ? 127 : 1;
    std::uniform_real_distribution<float> draw(-most, most);
    tf::tensor<T, 1> host(tf::index_array<1>{n});
    const index_t drawn = std::min<index_t>(n, 1 << 20);
    for (index_t i = 0; i < n; ++i) host.data()[i] = i < drawn ? T(draw(random)) : host.data()[i - drawn];
    return tf::copy_to(tf::cuda{}, host);
}
template <class T, std::size_t Rank>
auto shaped(const tf::tensor<T, 1, tf::device_space>& x, const tf::index_array<Rank>& extents) {
    return tf::tensor_view<T, Rank, tf::device_space>(const_cast<T*>(x.data()), extents);
}

/// Cold times of one launch, in microseconds.
class clock {
public:
    clock() : flush_(flush_bytes()) {
        require(cudaEventCreate(&start_), "cudaEventCreate");
        require(cudaEventCreate(&stop_), "cudaEventCreate");
    }
    double sample(const std::function<void()>& work) {
        require(cudaMemsetAsync(flush_.as<void>(), ++round_ & 0xff, flush_bytes()), "cudaMemsetAsync");
        require(cudaEventRecord(start_), "cudaEventRecord");
        work();
        require(cudaEventRecord(stop_), "cudaEventRecord");
        require(cudaEventSynchronize(stop_), "cudaEventSynchronize");
        float milliseconds = 0;
        require(cudaEventElapsedTime(&milliseconds, start_, stop_), "cudaEventElapsedTime");
        return 1000.0 * static_cast<double>(milliseconds);
    }

private:
    static std::size_t flush_bytes() {
        int bytes = 0;
        require(cudaDeviceGetAttribute(&bytes, cudaDevAttrL2CacheSize, 0), "cudaDeviceGetAttribute");
        return 2 * static_cast<std::size_t>(std::max(bytes, 1 << 20));
    }
    cudaEvent_t start_{}, stop_{};
    device_bytes flush_;
    int round_ = 0;
};
double quantile(std::vector<double> x, double q) {
    std::sort(x.begin(), x.end());
    return x[static_cast<std::size_t>(q * static_cast<double>(x.size() - 1) + 0.5)];
}

/// One row; `work` is bytes moved or operations done. No peer: an empty function.
void row(const char* kernel, const std::string& problem, double work, const char* unit, const std::function<void()>& ours, const char* peer,
         const std::function<void()>& theirs) {
    static clock timer;
    std::vector<double> own, other, ratio;
    for (int i = 0; i < 3; ++i) {
        timer.sample(ours);
        if (theirs) timer.sample(theirs);
    }
    const auto begin = std::chrono::steady_clock::now();
    while (own.size() < 200 && (own.size() < 7 || std::chrono::steady_clock::now() - begin < std::chrono::milliseconds(700))) {
        own.push_back(timer.sample(ours));
        if (!theirs) continue;
        other.push_back(timer.sample(theirs));
        ratio.push_back(other.back() / own.back());
    }
    const double median = quantile(own, 0.5);
    std::printf("{\"kernel\": \"%s\", \"problem\": \"%s\", \"samples\": %zu, \"microseconds\": %.3f, \"%s\": %.4g", kernel, problem.c_str(),
                own.size(), median, unit, work / median * 1e-6);
    if (theirs) {
        std::printf(", \"peer\": \"%s\", \"peer_microseconds\": %.3f, \"peer_over_ours\": [%.3f, %.3f, %.3f]", peer, quantile(other, 0.5),
                    quantile(ratio, 0.1), quantile(ratio, 0.5), quantile(ratio, 0.9));
    }
    std::printf("}\n");
    std::fflush(stdout);
}
void must(const tf::status& s) {
    if (s.ok()) return;
    std::fprintf(stderr, "%s\n", std::string(s.message()).c_str());
    std::exit(1);
}
/// A copy on the device, of `bytes` that are read and as many that are written.
std::function<void()> copy_of(const void* from, const void* to, std::size_t bytes) {
    return [=] { require(cudaMemcpyAsync(const_cast<void*>(to), from, bytes, cudaMemcpyDeviceToDevice), "cudaMemcpyAsync"); };
}
struct sum_of {
    template <class V>
    TENFOLD_ANYWHERE V operator()(V x, V y) const {
        return x + y;
    }
};

void reductions(const tf::cuda& gpu) {
    const auto x = random_elements<float>(index_t{1} << 28);
    const device_bytes y(1 << 24), temporary(1 << 24);
    for (const int power : {16, 20, 24, 28}) {
        const index_t n = index_t{1} << power;
        row(
            "reduce_block", "sum f32 2^" + std::to_string(power), 4.0 * static_cast<double>(n), "TB_per_s",
            [&] {
                must(tf::sum(std::nothrow, gpu, shaped<float, 1>(x, {n}), tf::axes{0},
                             tf::tensor_view<float, 0, tf::device_space>(y.as<float>(), {})));
            },
            "CUB DeviceReduce",
            [&] {
                std::size_t bytes = 1 << 24;
                require(cub::DeviceReduce::Sum(temporary.as<void>(), bytes, x.data(), y.as<float>(), n), "cub");
            });
    }
}
/// `call(input, axes, output)` for both axes of three shapes: square, narrow and flat, beside a copy.
template <class T, class Y, class Call>
void along_axes(const char* op, const Call& call) {
    constexpr index_t long_side = 1 << 20, edge = 8192;
    const auto x = random_elements<T>(edge * edge);
    const auto copy_to = random_elements<T>(edge * edge / 2);
    const device_bytes y(sizeof(Y) * long_side);
    for (const auto& extents : {tf::index_array<2>{edge, edge}, tf::index_array<2>{long_side, 8}, tf::index_array<2>{8, long_side}}) {
        const auto in = shaped<T, 2>(x, extents);
        const std::size_t bytes = sizeof(T) * static_cast<std::size_t>(in.size());
        for (const int axis : {0, 1}) {
            const tf::tensor_view<Y, 1, tf::device_space> out(y.as<Y>(), {extents[axis == 0 ? 1 : 0]});
            row(
                "reduce_block",
                std::string(op) + " " + tf::dtype_traits<T>::name + " " + std::to_string(extents[0]) + "x" + std::to_string(extents[1]) +
                    " axis " + std::to_string(axis),
                static_cast<double>(bytes), "TB_per_s", [&] { must(call(in, tf::axes{axis}, out)); }, "copy",
                copy_of(x.data(), copy_to.data(), bytes / 2));
        }
    }
}
void axis_reductions(const tf::cuda& gpu) {
    const auto sum = [&](const auto& x, const auto& axes, const auto& y) { return tf::sum(std::nothrow, gpu, x, axes, y); };
    along_axes<float, float>("sum", sum);
    along_axes<double, double>("sum", sum);
    along_axes<std::int8_t, index_t>("sum", sum);
    along_axes<float, float>("max", [&](const auto& x, const auto& axes, const auto& y) { return tf::max(std::nothrow, gpu, x, axes, y); });
    along_axes<float, index_t>("argmax",
                               [&](const auto& x, const auto& axes, const auto& y) { return tf::argmax(std::nothrow, gpu, x, axes, y); });
}
void elementwise(const tf::cuda& gpu) {
    constexpr index_t edge = 8192;
    const auto x = random_elements<float>(edge * edge);
    const auto y = random_elements<float>(edge * edge);
    const auto from = shaped<float, 2>(x, {edge, edge});
    const auto to = shaped<float, 2>(y, {edge, edge});
    constexpr double bytes = 8.0 * edge * edge;
    const auto copied = copy_of(x.data(), y.data(), 4 * edge * edge);
    row("elementwise_block", "copy f32 8192x8192", bytes, "TB_per_s", [&] { must(tf::copy(std::nothrow, gpu, from, to)); }, "copy", copied);
    row("elementwise_block", "transform x + y f32 8192x8192", 1.5 * bytes, "TB_per_s",
        [&] { must(tf::transform(std::nothrow, gpu, sum_of{}, from, to, to)); }, "", {});
    row(
        "transpose_block", "copy f32 8192x8192 transposed", bytes, "TB_per_s",
        [&] { must(tf::copy(std::nothrow, gpu, from.transposed(), to)); }, "copy", copied);
}
template <class T>
void rows(const tf::cuda& gpu) {
    constexpr index_t elements = index_t{1} << 26;
    const auto x = random_elements<T>(elements);
    const auto y = random_elements<T>(elements);
    for (const index_t n : {index_t{128}, index_t{1023}, index_t{4096}, index_t{16384}, index_t{65536}, index_t{262144}}) {
        const auto from = shaped<T, 2>(x, {elements / n, n});
        const auto to = shaped<T, 2>(y, {elements / n, n});
        const double bytes = 2.0 * sizeof(T) * static_cast<double>(elements / n * n);
        const auto copied = copy_of(from.data(), to.data(), static_cast<std::size_t>(bytes / 2));
        const std::string problem = std::string(" ") + tf::dtype_traits<T>::name + " rows of " + std::to_string(n);
        row(
            "row_block", "softmax" + problem, bytes, "TB_per_s", [&] { must(tf::softmax(std::nothrow, gpu, from, 1, to)); }, "copy",
            copied);
        row(
            "row_block", "layer_norm" + problem, bytes, "TB_per_s", [&] { must(tf::layer_norm(std::nothrow, gpu, from, 1, to)); }, "copy",
            copied);
        row(
            "scan_block", "cumulative_sum" + problem, bytes, "TB_per_s", [&] { must(tf::cumulative_sum(std::nothrow, gpu, from, 1, to)); },
            "copy", copied);
    }
}
void products(const tf::cuda& gpu) {
#if defined(TENFOLD_WITH_CUBLAS)
    cublasHandle_t handle = nullptr;
    if (cublasCreate(&handle) != CUBLAS_STATUS_SUCCESS) std::exit(1);
#endif
    constexpr index_t most = 8192;
    const auto a = random_elements<float>(most * most);
    const auto b = random_elements<float>(most * most);
    const device_bytes c(4 * most * most);
    for (const index_t n : {index_t{256}, index_t{512}, index_t{1024}, index_t{2048}, index_t{4096}, index_t{8192}}) {
        std::function<void()> theirs;
#if defined(TENFOLD_WITH_CUBLAS)
        theirs = [&, n] {
            const float one = 1, zero = 0;
            const int e = static_cast<int>(n);  // column-major: the product of the transposes
            if (cublasSgemm(handle, CUBLAS_OP_N, CUBLAS_OP_N, e, e, e, &one, b.data(), e, a.data(), e, &zero, c.as<float>(), e) !=
                CUBLAS_STATUS_SUCCESS)
                std::exit(1);
        };
#endif
        const double edge = static_cast<double>(n);
        row(
            "gemm_tile", "matmul f32 " + std::to_string(n) + "^3", 2 * edge * edge * edge, "TFLOP_per_s",
            [&] {
                must(tf::matmul(std::nothrow, gpu, shaped<float, 2>(a, {n, n}), shaped<float, 2>(b, {n, n}),
                                tf::tensor_view<float, 2, tf::device_space>(c.as<float>(), {n, n})));
            },
            "cuBLAS SGEMM", theirs);
    }
}
}  // namespace

int main() {
    tf::stream_workspace workspace;
    must(workspace.allocate({}, std::size_t{64} << 20));
    const tf::cuda gpu = workspace.on();
    reductions(gpu);
    axis_reductions(gpu);
    elementwise(gpu);
    rows<float>(gpu);
    rows<tf::bfloat16>(gpu);
    products(gpu);
}
