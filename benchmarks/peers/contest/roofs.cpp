// SPDX-License-Identifier: Apache-2.0
// Measuring the roofs of a contest, and choosing the one that a shape runs against.
#include "peers/contest/roofs.hpp"

#include <fmt/format.h>  // fmt::format

#include <algorithm>  // std::any_of, std::max

#include "machine/bandwidth.hpp"        // measure_bandwidth
#include "machine/fma_peak.hpp"         // measure_fma_peak
#include "support/matmul_operands.hpp"  // matmul_bytes

namespace tenfold::bench {
namespace {

bool beyond_caches(const matmul_shape& s, std::int64_t cache_bytes) { return s.cold || matmul_bytes(s) > cache_bytes; }

}  // namespace

void measure_roofs(const std::vector<matmul_shape>& shapes, int threads, const machine_limits& limits, contest_roofs& roofs) {
    roofs.cache_bytes = limits.cache_bytes;
    for (const matmul_types types : {matmul_types::f32, matmul_types::f64}) {
        if (std::none_of(shapes.begin(), shapes.end(), [&](const matmul_shape& s) { return s.types == types; })) continue;
        double& peak = roofs.flops_per_second[{types, threads}];
        peak = std::max(peak, measure_fma_peak(name_of(types), limits.isas[0], threads));
    }
    if (std::any_of(shapes.begin(), shapes.end(), [&](const matmul_shape& s) { return beyond_caches(s, limits.cache_bytes); })) {
        const std::int64_t array = bandwidth_array_bytes(limits.cache_bytes, limits.memory_bytes);
        double& read = roofs.read_bytes_per_second[threads];
        read = std::max(read, measure_bandwidth(array, threads).read_bytes_per_second);
    }
}

std::optional<double> seconds_at_roof(const contest_roofs& roofs, const matmul_shape& s, int threads) {
    double seconds = 0;
    const auto peak = roofs.flops_per_second.find({s.types, threads});
    if (peak != roofs.flops_per_second.end()) seconds = static_cast<double>(s.flops()) / peak->second;
    const auto read = roofs.read_bytes_per_second.find(threads);
    if (read != roofs.read_bytes_per_second.end() && beyond_caches(s, roofs.cache_bytes))
        seconds = std::max(seconds, static_cast<double>(matmul_bytes(s)) / read->second);
    if (!(seconds > 0)) return std::nullopt;
    return seconds;
}

std::vector<std::string> lines_of(const contest_roofs& roofs) {
    std::vector<std::string> lines;
    for (const auto& [which, peak] : roofs.flops_per_second)
        lines.push_back(fmt::format("FMA peak of {}, {} {}: {:.1f} GFLOP/s", name_of(which.first), which.second,
                                    which.second == 1 ? "thread" : "threads", peak * 1e-9));
    for (const auto& [threads, read] : roofs.read_bytes_per_second)
        lines.push_back(fmt::format("read bandwidth, {} {}: {:.1f} GB/s", threads, threads == 1 ? "thread" : "threads", read * 1e-9));
    return lines;
}

}  // namespace tenfold::bench
