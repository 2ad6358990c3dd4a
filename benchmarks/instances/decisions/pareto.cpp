// SPDX-License-Identifier: Apache-2.0
// Machines that no other beats in both time and money, and how sure that is.
#include <fmt/format.h>
#include <algorithm>  // std::sort
#include <cmath>      // std::sqrt, std::log
#include <numbers>    // std::numbers::pi
#include <random>     // std::mt19937_64

#include "instances/compare/comparison.hpp"  // work_name, work_amount
#include "instances/decisions/amounts.hpp"   // dollars
#include "instances/decisions/list.hpp"      // pareto
#include "instances/decisions/offers.hpp"    // offers_of
#include "instances/report/numbers.hpp"      // duration, percent

namespace tenfold::bench {
namespace {

/// Standard normal numbers that are the same with every standard library.
class normal_numbers {
    std::mt19937_64 engine_;

    double uniform() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }

public:
    explicit normal_numbers(std::uint64_t seed) : engine_(seed) {}
    double operator()() { return std::sqrt(-2 * std::log(uniform())) * std::cos(2 * std::numbers::pi * uniform()); }
};

/// log of the rate, drawn from Student's t around the measured mean; without an interval the figure itself.
double drawn_log_rate(const offer& one, normal_numbers& normal) {
    const double mean = std::log(one.rate);
    if (!one.interval || one.machines < 2) return mean;
    const int degrees = one.machines - 1;
    const double scale = (std::log(one.interval->high) - std::log(one.interval->low)) / 2 / t_quantile(0.975, degrees);
    const double numerator = normal();
    double squares = 0;
    for (int i = 0; i < degrees; ++i) {
        const double z = normal();
        squares += z * z;
    }
    return mean + scale * numerator / std::sqrt(squares / degrees);
}

struct point {
    double log_time, log_cost;
};

bool beats(const point& a, const point& b) {
    return a.log_time <= b.log_time && a.log_cost <= b.log_cost && (a.log_time < b.log_time || a.log_cost < b.log_cost);
}

std::vector<bool> on_front(const std::vector<point>& points) {
    std::vector<bool> front;
    for (const point& one : points)
        front.push_back(std::none_of(points.begin(), points.end(), [&](const point& other) { return beats(other, one); }));
    return front;
}

answer answer_pareto(const inputs& in) {
    answer out;
    std::vector<std::string> without_price;
    const auto classes = offers_of(in.table("offers"), without_price);
    const int draws = static_cast<int>(std::clamp(in.number("draws"), 100.0, 1e6));
    normal_numbers normal(static_cast<std::uint64_t>(in.number("seed")));
    const double enough = in.number("keep");
    std::string kept_all;
    for (const auto& [key, offers] : classes) {
        const auto point_of = [&](const offer& one, double log_rate) {
            return point{-log_rate, std::log(dollars(one.per_hour)) - log_rate};
        };
        std::vector<point> points;
        for (const offer& one : offers) points.push_back(point_of(one, std::log(one.rate)));
        const std::vector<bool> measured = on_front(points);
        std::vector<int> hits(offers.size());
        for (int draw = 0; draw < draws; ++draw) {
            for (std::size_t i = 0; i < offers.size(); ++i) points[i] = point_of(offers[i], drawn_log_rate(offers[i], normal));
            const std::vector<bool> front = on_front(points);
            for (std::size_t i = 0; i < offers.size(); ++i) hits[i] += front[i];
        }
        text_table table{
            key.name,
            "",
            {{"machine"}, {"k", true}, {"time per " + work_name(key.unit), true}, {"USD", true}, {"measured"}, {"P(front)", true}},
            {}};
        std::string kept;
        std::vector<std::size_t> order(offers.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return offers[a].rate > offers[b].rate; });
        for (std::size_t i : order) {
            const offer& one = offers[i];
            const double probability = static_cast<double>(hits[i]) / draws;
            table.rows.push_back({one.machine, std::to_string(one.machines), duration(work_amount(key.unit) / one.rate),
                                  cost_of_work(one, key.unit, one.rate).significant(4), measured[i] ? "on the front" : "beaten",
                                  percent(100 * probability)});
            out.figures.emplace_back("p " + key.name + " " + one.machine, probability);
            if (probability >= enough) kept += (kept.empty() ? "" : ", ") + one.machine;
            if (one.machines < 2)
                table.note = "k = 1: the figure of that machine is taken as exact, because nothing is known of others of its type.";
        }
        out.tables.push_back(table);
        kept_all += (kept_all.empty() ? "" : "; ") + key.name + ": " + kept;
    }
    out.choice = kept_all;
    out.recommendation = "Worth a choice between time and money: " + kept_all + ".";
    out.path.push_back("Is a machine beaten in time and in money by another? Then it is out, as far as the intervals allow to say.");
    out.reasons.push_back(fmt::format("Kept is what lies on the front in at least {} of {} draws from the intervals between machines.",
                                      percent(100 * enough), draws));
    out.changes.push_back("More machines per type narrow the intervals, and so the set.");
    for (const std::string& one : without_price) out.not_counted.push_back("No price: " + one + ".");
    return out;
}

}  // namespace

decision decisions::pareto() {
    return {"pareto",
            "Which machines does no other beat in both time and money?",
            {{"offers", quantity::table, "required", "Measured machines: `tenfold-bench compare ... --format csv`", "", offer_columns},
             {"keep", quantity::share, "10%", "Least probability of being on the front"},
             {"draws", quantity::count, "2000", "From the intervals"},
             {"seed", quantity::count, "1", "Of the draws"}},
            answer_pareto,
            "--offers tests/bench/report/golden/several.csv"};
}

}  // namespace tenfold::bench
