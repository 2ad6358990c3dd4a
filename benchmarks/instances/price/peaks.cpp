// SPDX-License-Identifier: Apache-2.0
// Decimal figures are compared as whole billionths, like money: no binary fraction decides what is equal.
#include "instances/price/peaks.hpp"

#include <fmt/format.h>
#include <cstdint>      // std::int64_t
#include <map>          // std::map
#include <string_view>  // std::string_view
#include <utility>      // std::pair

#include "instances/errors.hpp"          // data_error
#include "instances/price/csv_file.hpp"  // csv_file
#include "instances/price/money.hpp"     // usd, which reads decimals

namespace tenfold::bench {
namespace {

using findings = std::vector<price_finding>;

/// Billionths; 0 where the cell is empty.
std::int64_t figure_in(const csv_file& table, std::size_t row, std::string_view column) {
    const std::string& text = table.at(row, column);
    try {
        return text.empty() ? 0 : usd::parse(text).nano();
    } catch (const data_error&) {
        throw data_error(fmt::format("{}: {} is \"{}\"; it must be a decimal number or empty", table.where(row), column, text));
    }
}

/// Tensor cores do twice the work at half the width. A factor of four is a figure for sparse operands in a dense column.
void check_steps(const csv_file& peaks, findings& found) {
    static constexpr std::pair<std::string_view, std::string_view> steps[] = {{"tf32_dense_tflops", "bf16_dense_tflops"},
                                                                              {"bf16_dense_tflops", "fp8_dense_tflops"},
                                                                              {"fp16_dense_tflops", "int8_dense_tops"},
                                                                              {"fp8_dense_tflops", "fp4_dense_tflops"}};
    for (std::size_t row = 0; row < peaks.size(); ++row) {
        if (peaks.at(row, "compute_capability").empty()) continue;  // other makers' units need not double
        for (const auto& [wide, narrow] : steps) {
            const std::int64_t a = figure_in(peaks, row, wide), b = figure_in(peaks, row, narrow);
            if (a > 0 && b > 0 && (b * 10 < a * 18 || b * 10 > a * 22))
                found.push_back({"sparse_or_wrong", false, peaks.where(row),
                                 fmt::format("{}: {} is {} and {} is {}; half the width is twice the dense peak",
                                             peaks.at(row, "accelerator"), wide, peaks.at(row, wide), narrow, peaks.at(row, narrow))});
        }
    }
}

/// Are these one memory, where one may be in GB and the other in GiB? To 0.3 %, so that 180 and 192 differ.
bool same_memory(std::int64_t a, std::int64_t b) {
    const auto close = [](std::int64_t x, std::int64_t y) { return std::abs(x - y) * 1000 <= y * 3; };
    constexpr std::int64_t gib_in_mb = 1'073'742;  // 10^-6 GB
    const auto in_gb = [](std::int64_t gib) { return gib / 1'000'000 * gib_in_mb; };
    return close(a, b) || close(in_gb(a), b) || close(in_gb(b), a);
}

void check_memory(const price_catalog& catalog, const csv_file& peaks, findings& found) {
    struct statement {
        std::int64_t memory;
        std::string text, who;
    };
    std::map<std::string, statement> known;  // by accelerator: the datasheet, else the first type
    for (std::size_t row = 0; row < peaks.size(); ++row)
        if (const std::int64_t memory = figure_in(peaks, row, "memory_gb"); memory > 0)
            known.emplace(peaks.at(row, "accelerator"), statement{memory, peaks.at(row, "memory_gb"), peaks.where(row)});
    for (const instance_type& type : catalog.types()) {
        if (type.accelerator_memory_gib.empty()) continue;
        const std::string name = datasheet_name(type.accelerator), who = type.provider + "/" + type.name;
        const std::int64_t memory = usd::parse(type.accelerator_memory_gib).nano();
        const auto [first, is_new] = known.emplace(name, statement{memory, type.accelerator_memory_gib, who});
        if (!is_new && !same_memory(memory, first->second.memory))
            found.push_back({"memory", false, who,
                             fmt::format("{} has {} here and {} in {}", type.accelerator, type.accelerator_memory_gib, first->second.text,
                                         first->second.who)});
    }
}

/// "A10G is not A10": figures copied from the neighbour.
void check_neighbours(const csv_file& peaks, findings& found) {
    static constexpr std::pair<std::string_view, std::string_view> neighbours[] = {
        {"A10", "A10G"}, {"L4", "L40S"}, {"H100-PCIe", "H100-SXM5"}, {"H100-NVL", "H100-SXM5"}};
    std::map<std::string, std::size_t> rows;
    for (std::size_t row = 0; row < peaks.size(); ++row) rows.emplace(peaks.at(row, "accelerator"), row);
    for (const auto& [a, b] : neighbours) {
        const auto one = rows.find(std::string(a)), other = rows.find(std::string(b));
        if (one == rows.end() || other == rows.end()) continue;
        const std::string& peak = peaks.at(one->second, "bf16_dense_tflops");
        if (!peak.empty() && peak == peaks.at(other->second, "bf16_dense_tflops"))
            found.push_back({"wrong_card", false, peaks.where(other->second), fmt::format("{} and {} both have {} TFLOP/s", a, b, peak)});
    }
}

}  // namespace

std::string datasheet_name(const std::string& accelerator) {
    static const std::map<std::string, std::string> names = {
        {"A100-40GB", "A100-40GB-SXM"}, {"A100-80GB", "A100-80GB-SXM"}, {"H100", "H100-SXM5"}, {"H100 NVL", "H100-NVL"},
        {"H100 PCIe", "H100-PCIe"},     {"H200", "H200-SXM"},           {"V100", "V100-SXM2"}};
    const auto found = names.find(accelerator);
    return found == names.end() ? accelerator : found->second;
}

std::vector<price_finding> check_peaks(const price_catalog& catalog, const std::filesystem::path& file) {
    const csv_file peaks(file, {"accelerator", "compute_capability", "memory_gb", "tf32_dense_tflops", "bf16_dense_tflops",
                                "fp16_dense_tflops", "fp8_dense_tflops", "int8_dense_tops", "fp4_dense_tflops"});
    findings found;
    check_steps(peaks, found);
    check_memory(catalog, peaks, found);
    check_neighbours(peaks, found);
    return found;
}

}  // namespace tenfold::bench
