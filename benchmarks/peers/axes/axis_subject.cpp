// SPDX-License-Identifier: Apache-2.0
// Ops along axes as the subject of a contest; their roof is the bandwidth of the memory.
#include "peers/axes/axis_subject.hpp"

#include <map>  // std::map

#include "machine/bandwidth.hpp"           // measure_bandwidth
#include "peers/axes/axis_operands.hpp"    // reserve_axis, place_axis, verify_axis, axis_bytes
#include "peers/contest/typed_peers.hpp"   // typed_peers
#include "peers/contest/wishes.hpp"        // choose_shapes

namespace tenfold::bench {
namespace {

struct axis_terms {
    using shape = axis_shape;
    using peer = axis_peer;
    static constexpr const char* entry = "tenfold_axis_peers";
    static axis_operands place(const operand_pool& pool, const axis_shape& s) { return place_axis(pool, s); }
    static verification verify(const axis_shape& s, const axis_operands& operands, ready_call& ready) {
        return verify_axis(s, operands, ready);
    }
};

struct wanted_axis_shape {
    axis_shape shape;
    std::string workload;
};

class axis_subject final : public contest_subject {
    std::vector<wanted_axis_shape> wanted_;
    std::vector<axis_shape> shapes_;
    std::map<int, memory_roofs> roofs_;  // by threads
    std::int64_t cache_bytes_ = 0;

public:
    explicit axis_subject(std::vector<wanted_axis_shape> wanted) : wanted_(std::move(wanted)) {
        for (const wanted_axis_shape& one : wanted_) shapes_.push_back(one.shape);
    }
    [[nodiscard]] std::string_view title() const override { return "reductions, softmax and norms"; }
    [[nodiscard]] std::string_view rate_unit() const override { return "GB/s (inputs read once and the result written once)"; }
    [[nodiscard]] std::string_view roof_meaning() const override {
        return "the measured bandwidth of memory, reading for reductions and copying for the rest, where operands are beyond the caches";
    }
    [[nodiscard]] std::string_view value_names() const override { return "op,type,outer,along,inner,ends"; }
    [[nodiscard]] std::string_view module_folder() const override { return "axes"; }
    [[nodiscard]] std::vector<contest_case> cases() const override {
        std::vector<contest_case> cases;
        for (const auto& [s, workload] : wanted_)
            cases.push_back({text_of(s), workload,
                             fmt::format("{},{},{},{},{},{}", s.op, name_of(s.type), s.outer, s.along, s.inner, s.ends ? 1 : 0),
                             static_cast<double>(axis_bytes(s))});
        return cases;
    }
    void reserve(operand_pool& pool) const override {
        for (const axis_shape& s : shapes_) reserve_axis(pool, s);
    }
    [[nodiscard]] std::unique_ptr<module_peers> open(void* module, const operand_pool& pool, int threads) const override {
        return std::make_unique<typed_peers<axis_terms>>(module, shapes_, pool, threads);
    }
    void measure_roofs(int threads, const machine_limits& limits) override {
        cache_bytes_ = limits.cache_bytes;
        const auto beyond = [&](const axis_shape& s) { return axis_bytes(s) > cache_bytes_; };
        if (std::none_of(shapes_.begin(), shapes_.end(), beyond)) return;
        const memory_roofs now = measure_bandwidth(bandwidth_array_bytes(limits.cache_bytes, limits.memory_bytes), threads);
        memory_roofs& best = roofs_[threads];
        best.read_bytes_per_second = std::max(best.read_bytes_per_second, now.read_bytes_per_second);
        best.copy_bytes_per_second = std::max(best.copy_bytes_per_second, now.copy_bytes_per_second);
    }
    [[nodiscard]] std::vector<std::string> roof_lines() const override {
        std::vector<std::string> lines;
        for (const auto& [threads, roof] : roofs_)
            lines.push_back(fmt::format("memory, {} {}: {:.1f} GB/s read, {:.1f} GB/s read and written by a copy", threads,
                                        threads == 1 ? "thread" : "threads", roof.read_bytes_per_second * 1e-9,
                                        roof.copy_bytes_per_second * 1e-9));
        return lines;
    }
    [[nodiscard]] std::optional<double> seconds_at_roof(std::size_t shape, int threads) const override {
        const axis_shape& s = shapes_[shape];
        const auto roof = roofs_.find(threads);
        if (roof == roofs_.end() || axis_bytes(s) <= cache_bytes_) return std::nullopt;
        const auto bytes = static_cast<double>(axis_bytes(s));
        return bytes / (op_named(s.op)->reduces ? roof->second.read_bytes_per_second : roof->second.copy_bytes_per_second);
    }
};

}  // namespace

std::unique_ptr<contest_subject> make_axis_subject(const contest_wishes& wishes) {
    const std::vector<std::string> type_names{"f32", "f64", "bf16"};
    return std::make_unique<axis_subject>(choose_shapes<wanted_axis_shape>(
        wishes, type_names, axis_set_names(), axis_catalog(), &parse_axis_shape, [](const axis_shape& s) { return name_of(s.type); }));
}

}  // namespace tenfold::bench
