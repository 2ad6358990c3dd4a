// SPDX-License-Identifier: Apache-2.0
// conformance_report: counts the points that were checked and keeps a line that reproduces each early failure. [floor 6]
#pragma once

#include <tenfold/testing/compare.hpp>

#include <algorithm>
#include <concepts>
#include <map>
#include <string>
#include <vector>

TENFOLD_BEGIN
namespace testing {
/// One run of conformance cases. A run that checked nothing has not passed.
class conformance_report {
public:
    /// `setting` says how `where` was configured ("cpu isa avx2 threads 3"); it opens every failure line.
    explicit conformance_report(std::uint64_t seed = 1, std::string setting = "") : seed_(seed), setting_(std::move(setting)) {}

    /// Where the cases draw their data from; failure lines name it.
    [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
    void set_setting(std::string setting) { setting_ = std::move(setting); }

    /// Counts one point. `describe` is a line (op, dtype, shape, options, what differs), or a functor that makes it:
    /// it is called for failures only.
    template <class Describe>
    bool check(bool ok, const Describe& describe) {
        ++points_;
        if (ok) return true;
        ++failures_;
        if (lines_.size() < kept) {
            std::string line = setting_.empty() ? "" : setting_ + ": ";
            if constexpr (std::invocable<const Describe&>) {
                line += describe();
            } else {
                line += describe;
            }
            lines_.push_back(line + " [seed " + std::to_string(seed_) + "]");
        }
        return false;
    }
    /// Counts one compared result; bounded results also enter max_ratio under `key`, such as "matmul f32".
    template <class Describe>
    bool check(const comparison& result, const std::string& key, const Describe& describe) {
        double& worst = ratio_[key];
        worst = (std::max)(worst, result.max_ratio);
        elements_ += result.elements;
        return check(result.ok(), [&] {
            std::string line;
            if constexpr (std::invocable<const Describe&>) {
                line = describe();
            } else {
                line = describe;
            }
            return line + ": " + std::to_string(result.wrong) + " of " + std::to_string(result.elements) + " wrong, " + result.worst;
        });
    }

    [[nodiscard]] index_t points() const noexcept { return points_; }
    [[nodiscard]] index_t failures() const noexcept { return failures_; }
    [[nodiscard]] bool passed() const noexcept { return points_ > 0 && failures_ == 0; }
    [[nodiscard]] const std::vector<std::string>& failure_lines() const noexcept { return lines_; }
    /// Largest error / bound per key.
    [[nodiscard]] const std::map<std::string, double>& ratios() const noexcept { return ratio_; }

    /// "1200 points, 340000 elements compared, 0 failures; matmul f32: rho 0.07", then the failure lines.
    [[nodiscard]] std::string summary() const {
        std::string text = std::to_string(points_) + " points, " + std::to_string(elements_) + " elements compared, " +
                           std::to_string(failures_) + " failures";
        for (const auto& [key, ratio] : ratio_) text += "; " + key + ": rho " + number(ratio);
        for (const auto& line : lines_) text += "\n  " + line;
        if (failures_ > static_cast<index_t>(lines_.size()))
            text += "\n  ... and " + std::to_string(failures_ - static_cast<index_t>(lines_.size())) + " more";
        if (points_ == 0) text += "\n  nothing was checked: this backend implements no op";
        return text;
    }

private:
    static constexpr std::size_t kept = 10;

    std::uint64_t seed_;
    std::string setting_;
    index_t points_ = 0;
    index_t elements_ = 0;
    index_t failures_ = 0;
    std::vector<std::string> lines_;
    std::map<std::string, double> ratio_;
};
}  // namespace testing
TENFOLD_END
