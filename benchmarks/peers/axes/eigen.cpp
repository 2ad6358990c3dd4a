// SPDX-License-Identifier: Apache-2.0
// Eigen's Tensor module as a peer, on its own thread pool: reductions, and softmax as an expression with one temporary per row.
#define EIGEN_USE_THREADS
#include <unsupported/Eigen/CXX11/Tensor>

#include "peers/axes/axis_peer.hpp"  // axis_peer

namespace tenfold::bench {
namespace {

template <class T, int Rank>
using map_of = Eigen::TensorMap<Eigen::Tensor<T, Rank, Eigen::RowMajor>>;
template <class T>
using input_map = map_of<const T, 3>;

/// Calls f(device) on the calling thread or on a pool of so many.
template <class Call>
std::unique_ptr<ready_call> repeat_on(int threads, const Call& call) {
    if (threads == 1) return repeat_call([call] { call(Eigen::DefaultDevice{}); });
    const auto pool = std::make_shared<Eigen::ThreadPool>(threads);
    const auto device = std::make_shared<Eigen::ThreadPoolDevice>(pool.get(), threads);
    return repeat_call([pool, device, call] { call(*device); });
}

template <class T, int Rank, class Axes, class Reduce>
std::unique_ptr<ready_call> repeat_reduction(const axis_shape& s, const axis_operands& o, int threads,
                                             const Eigen::array<Eigen::Index, static_cast<std::size_t>(Rank)>& kept, const Axes& axes,
                                             const Reduce& reduce) {
    return repeat_on(threads, [s, o, kept, axes, reduce](const auto& device) {
        const input_map<T> x(static_cast<const T*>(o.x), s.outer, s.along, s.inner);
        map_of<T, Rank> y(static_cast<T*>(o.y), kept);
        y.device(device) = reduce(x, axes);
    });
}

template <class T, class Reduce>
std::unique_ptr<ready_call> reduce_axes(const axis_shape& s, const axis_operands& o, int threads, const Reduce& reduce) {
    using Eigen::type2index;
    if (s.ends) return repeat_reduction<T, 1>(s, o, threads, {s.along}, Eigen::IndexList<type2index<0>, type2index<2>>{}, reduce);
    return repeat_reduction<T, 2>(s, o, threads, {s.outer, s.inner}, Eigen::IndexList<type2index<1>>{}, reduce);
}

template <class T>
std::unique_ptr<ready_call> repeat_softmax(const axis_shape& s, const axis_operands& o, int threads) {
    return repeat_on(threads, [s, o](const auto& device) {
        const input_map<T> x(static_cast<const T*>(o.x), s.outer, s.along, s.inner);
        map_of<T, 3> y(static_cast<T*>(o.y), s.outer, s.along, s.inner);
        const Eigen::IndexList<Eigen::type2index<1>> axis;
        const Eigen::array<Eigen::Index, 3> one{s.outer, 1, s.inner}, all{1, s.along, 1};
        y.device(device) = (x - x.maximum(axis).eval().reshape(one).broadcast(all)).exp();
        y.device(device) = y * y.sum(axis).inverse().eval().reshape(one).broadcast(all);
    });
}

template <class T>
std::unique_ptr<ready_call> prepare_of(const axis_shape& s, const axis_operands& o, int threads) {
    if (s.op == "sum") return reduce_axes<T>(s, o, threads, [](const auto& x, const auto& axes) { return x.sum(axes); });
    if (s.op == "max") return reduce_axes<T>(s, o, threads, [](const auto& x, const auto& axes) { return x.maximum(axes); });
    if (s.op == "softmax") return repeat_softmax<T>(s, o, threads);
    return nullptr;
}

std::unique_ptr<ready_call> prepare(const axis_shape& s, const axis_operands& o, int threads) {
    if (s.type == axis_type::f32) return prepare_of<float>(s, o, threads);
    if (s.type == axis_type::f64) return prepare_of<double>(s, o, threads);
    return nullptr;
}

}  // namespace

extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers) {
    peers.push_back({"",
                     std::to_string(EIGEN_WORLD_VERSION) + "." + std::to_string(EIGEN_MAJOR_VERSION) + "." +
                         std::to_string(EIGEN_MINOR_VERSION) + " Tensor",
                     &prepare});
}

}  // namespace tenfold::bench
