// SPDX-License-Identifier: Apache-2.0
// Which accelerator, by the cost roofline: both of its ceilings, peak and bandwidth, divided by the price of an hour.
#include <fmt/format.h>
#include <algorithm>  // std::min, std::sort
#include <cmath>      // std::abs

#include "instances/decisions/amounts.hpp"  // charge, dollars
#include "instances/decisions/list.hpp"     // accelerator
#include "instances/errors.hpp"             // usage_error, data_error
#include "instances/report/numbers.hpp"     // significant

namespace tenfold::bench {
namespace {

struct card {
    std::string name;
    usd per_hour;
    double flops = 0, bytes = 0;  // per second, of all accelerators of the offer
    double memory = 0;            // GB of one; 0 unknown

    [[nodiscard]] double attainable(double intensity) const { return std::min(flops, bytes * intensity); }
    [[nodiscard]] double ridge() const { return flops / bytes; }
    [[nodiscard]] usd per_pflop(double intensity) const { return charge(per_hour, 1e15 / attainable(intensity) / 3600); }
};

answer answer_accelerator(const inputs& in) {
    answer out;
    const csv_file& table = in.table("offers");
    const double intensity = in.number("intensity"), efficiency = in.number("efficiency"), needed = in.number("memory");
    if (!(intensity > 0 && efficiency > 0)) throw usage_error("--intensity and --efficiency must be above zero");
    std::vector<card> cards;
    std::size_t too_small = 0;
    for (std::size_t row = 0; row < table.size(); ++row) {
        card one{table.at(row, "name"), money_in(table, row, "usd_per_hour"), number_in(table, row, "tflops") * 1e12 * efficiency,
                 number_in(table, row, "gb_per_s") * 1e9 * efficiency, number_in(table, row, "memory_gb", 0)};
        if (!(one.flops > 0 && one.bytes > 0) || one.per_hour <= usd())
            throw data_error(table.where(row) + ": tflops, gb_per_s and usd_per_hour must be above zero");
        if (one.memory > 0 && one.memory < needed)
            ++too_small;
        else
            cards.push_back(one);
    }
    out.path.push_back(needed > 0
                           ? fmt::format("Does it fit {} GB? {} of {} do.", significant(needed, 3), cards.size(), cards.size() + too_small)
                           : "Does it fit the memory? Not asked; --memory GB does.");
    if (cards.empty()) throw data_error(fmt::format("no offer has {} GB per accelerator", significant(needed, 3)));
    std::sort(cards.begin(), cards.end(), [&](const card& a, const card& b) {
        const usd cost_a = a.per_pflop(intensity), cost_b = b.per_pflop(intensity);
        return cost_a != cost_b ? cost_a < cost_b : a.name < b.name;
    });
    const card& best = cards.front();
    const bool by_memory = intensity < best.ridge();
    out.path.push_back(fmt::format("Does memory or arithmetic limit it? {} FLOP per byte is {} the ridge of {} ({}).",
                                   significant(intensity, 3), by_memory ? "below" : "above", best.name, significant(best.ridge(), 3)));
    out.choice = best.name;
    out.objective_name = "USD per PFLOP";
    out.objective = dollars(best.per_pflop(intensity));
    out.recommendation =
        fmt::format("{}: {} USD per PFLOP at {} FLOP per byte, if it reaches {} of its ceilings. Measure the first three.", best.name,
                    best.per_pflop(intensity).significant(4), significant(intensity, 3), percent(100 * efficiency));
    text_table ranked{"The cheapest per unit of work",
                      "Ceilings are those of the table that was given; what a kernel reaches of them has to be measured.",
                      {{"offer"}, {"USD/h", true}, {"ridge FLOP/B", true}, {"TFLOP/s here", true}, {"USD per PFLOP", true}, {"limit"}},
                      {}};
    for (std::size_t i = 0; i < std::min<std::size_t>(cards.size(), 12); ++i) {
        const card& one = cards[i];
        ranked.rows.push_back({one.name, one.per_hour.significant(5), significant(one.ridge(), 3),
                               significant(one.attainable(intensity) / 1e12, 3), one.per_pflop(intensity).significant(4),
                               intensity < one.ridge() ? "memory" : "arithmetic"});
    }
    out.tables.push_back(ranked);
    for (const card& one : cards) {
        out.figures.emplace_back("usd " + one.name, one.per_pflop(intensity));
        // One with more arithmetic and one with more bandwidth per dollar cross where their slanted and flat roofs meet.
        const card& more_flops = one.flops / dollars(one.per_hour) > best.flops / dollars(best.per_hour) ? one : best;
        const card& more_bytes = &more_flops == &best ? one : best;
        if (&one == &best || more_bytes.bytes / dollars(more_bytes.per_hour) <= more_flops.bytes / dollars(more_flops.per_hour)) continue;
        const double cross = more_bytes.flops / dollars(more_bytes.per_hour) / (more_flops.bytes / dollars(more_flops.per_hour));
        out.figures.emplace_back("crossing " + one.name, cross);
        if (out.changes.size() < 3)
            out.changes.push_back(fmt::format("{} and {} cost the same at {} FLOP per byte; below it {} wins.", more_flops.name,
                                              more_bytes.name, significant(cross, 3), more_bytes.name));
    }
    out.reasons.push_back(by_memory
                              ? fmt::format("Below the ridge, bandwidth is what is paid for: {} moves a TB for {} USD.", best.name,
                                            charge(best.per_hour, 1e12 / best.bytes / 3600).significant(3))
                              : fmt::format("Above the ridge, arithmetic is what is paid for: {} does a PFLOP for {} USD at its peak.",
                                            best.name, charge(best.per_hour, 1e15 / best.flops / 3600).significant(3)));
    out.not_counted.push_back("Whether the type can be had at all, interconnects, and the share of its ceilings that each reaches.");
    return out;
}

}  // namespace

decision decisions::accelerator() {
    return {"accelerator",
            "Which accelerator does this intensity of arithmetic for least?",
            {{"offers", quantity::table, "required", "Ceilings and prices; from --catalog where not given", "",
              "name,usd_per_hour,tflops,gb_per_s"},
             {"precision", quantity::text, "bf16", "Of the catalog's peaks: fp32, tf32, bf16, fp16, fp8, int8"},
             {"intensity", quantity::number, "required",
              "FLOP per byte of memory traffic; large matmuls have hundreds, reductions less than 1"},
             {"efficiency", quantity::share, "1", "Share of its ceilings that a kernel reaches, measured"},
             {"memory", quantity::number, "0", "GB that one accelerator must hold"}},
            answer_accelerator,
            "--offers tests/bench/decisions/inputs/cards.csv --intensity 300",
            accelerator_offers};
}

}  // namespace tenfold::bench
