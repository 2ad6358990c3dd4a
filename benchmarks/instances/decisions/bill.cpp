// SPDX-License-Identifier: Apache-2.0
// What is the bill of some work made of, and where does saving begin?
#include <fmt/format.h>
#include <algorithm>  // std::max
#include <cmath>      // std::llround, std::ceil
#include <string>     // std::string
#include <vector>     // std::vector

#include "instances/decisions/amounts.hpp"  // charge, scaled, dollars
#include "instances/decisions/list.hpp"     // bill
#include "instances/errors.hpp"             // usage_error
#include "instances/price/billing.hpp"      // machine_charge
#include "instances/report/numbers.hpp"     // percent, duration

namespace tenfold::bench {
namespace {

struct item {
    std::string name;
    usd cost;
    std::string remedy;
};

std::uint64_t milliseconds(double hours) { return static_cast<std::uint64_t>(std::llround(std::min(hours, 1e9) * 3.6e6)); }

/// A step of a waterfall: blank up to what stands before it, then its own part. One mark is 1/40 of the whole.
std::string waterfall_step(usd before, usd cost, usd whole) {
    constexpr double width = 40;
    if (whole <= usd() || cost <= usd()) return "";
    const auto at = [&](usd amount) { return static_cast<std::size_t>(std::llround(width * ratio(amount, whole))); };
    const std::size_t begin = at(before), end = std::max(at(before + cost), begin + 1);
    return std::string(begin, '.') + std::string(end - begin, '#');
}

/// A quantity without its price is said to be missing instead of costing nothing.
usd priced(const inputs& in, answer& out, double quantity, const char* price, const char* what) {
    if (!(quantity > 0)) return {};
    if (in.has(price)) return scaled(in.money(price), quantity);
    out.not_counted.push_back(fmt::format("Not priced: {}; give --{} USD.", what, price));
    return {};
}

answer answer_bill(const inputs& in) {
    answer out;
    const usd hour = in.money("price");
    const double launches = in.number("launches"), start = in.number("start"), work = in.number("work"), idle = in.number("idle");
    if (launches < 1) throw usage_error("--launches is 0; give the machines that ran, 1 or more");
    if (!(work > 0)) throw usage_error("--work is zero; give the time that each machine works, such as 16min");
    const double up = start + work + idle;  // of one machine, hours
    const billing_terms terms{static_cast<std::uint64_t>(std::llround(in.number("granularity") * 3600)),
                              static_cast<std::uint64_t>(std::llround(in.number("minimum") * 3600))};
    if (terms.granularity_s < 1) throw usage_error("--granularity is below a second; providers count in 1s, 60s or 1h");
    const usd machines = scaled(machine_charge(hour, milliseconds(up), terms), launches);
    const usd used = scaled(charge(hour, up), launches);
    const usd working = scaled(charge(hour, work), launches), idling = scaled(charge(hour, idle), launches);
    const usd starting = start > 0 ? used - working - idling : usd();  // so that the parts add up to the last digit

    const double disk_months = in.number("disk-gb") * launches * up / hours_per_month;
    const std::vector<item> items = {
        {"work", working, "a faster or cheaper machine: `cost unit`, `cost spot`"},
        {"start", starting, "smaller images, fewer launches with more work each"},
        {"idle", idling, "ending the machine with its work"},
        {"rounding", machines > used ? machines - used : usd(), "longer runs on fewer machines"},
        {"disk", priced(in, out, disk_months, "disk-price", "the disks"), "smaller disks, or objects instead"},
        {"traffic out", priced(in, out, in.number("egress-gb") * launches, "egress-price", "traffic out of the cloud"),
         "results near the machines: `cost gravity`"},
        {"address", scaled(charge(in.money("address-price"), up), launches), "private addresses"}};

    usd whole;
    const item* largest = nullptr;
    for (const item& one : items) {
        whole = whole + one.cost;
        if (!largest || one.cost > largest->cost) largest = &one;
    }
    text_table table{"The bill, step by step", "", {{"item"}, {"USD", true}, {"so far", true}, {"share", true}, {"waterfall"}}, {}};
    usd before;
    for (const item& one : items) {
        if (one.cost > usd())
            table.rows.push_back({one.name, one.cost.text(4), (before + one.cost).text(4),
                                  percent(whole > usd() ? 100 * ratio(one.cost, whole) : 0), waterfall_step(before, one.cost, whole)});
        out.figures.emplace_back("usd " + one.name, one.cost);
        before = before + one.cost;
    }
    table.rows.push_back({"in all", whole.text(4), "", "", whole > usd() ? std::string(40, '#') : ""});
    out.tables.push_back(table);
    out.figures.emplace_back("usd", whole);
    out.figures.emplace_back("billed_s", static_cast<double>(billed_seconds(milliseconds(up), terms)));

    out.choice = largest->name;
    out.objective_name = "USD";
    out.objective = dollars(whole);
    const double share = whole > usd() ? 100 * ratio(largest->cost, whole) : 0;
    out.recommendation = fmt::format("{} USD in all. Begin to save with \"{}\", {} of it: {}.", whole.text(4), largest->name,
                                     percent(share), largest->remedy);
    out.path.push_back(
        fmt::format("How long is a machine up? {}; {} s are on the bill.", duration(up * 3600), billed_seconds(milliseconds(up), terms)));
    out.path.push_back(fmt::format("How much of what is paid for is work? {}.", percent(whole > usd() ? 100 * ratio(working, whole) : 0)));
    if (in.number("failed") > 0)
        out.path.push_back(fmt::format("Do the {:.0f} launches that failed cost anything? No: a machine that never ran is not billed.",
                                       in.number("failed")));
    out.reasons.push_back(
        fmt::format("An hour costs {} USD; {:.0f} machines are up for {} each.", hour.text(), launches, duration(up * 3600)));
    out.not_counted.push_back("Taxes, support plans, traffic between zones, and the time of people.");
    return out;
}

}  // namespace

decision decisions::bill() {
    return {"bill",
            "What is the bill of some work made of, and where does saving begin?",
            {{"price", quantity::money, "required", "An hour of the machine, USD", "on_demand"},
             {"work", quantity::time, "required", "Time that each machine works"},
             {"start", quantity::time, "4min", "Time from launch to work: boot, image pull"},
             {"idle", quantity::time, "0s", "Time that each machine stays up after its work"},
             {"launches", quantity::count, "1", "Machines that ran"},
             {"failed", quantity::count, "0", "Launches refused for lack of capacity or quota"},
             {"granularity", quantity::time, "1s", "Step in which time is counted"},
             {"minimum", quantity::time, "60s", "Least time on the bill of a machine that ran"},
             {"disk-gb", quantity::number, "0", "Disk of each machine, GB"},
             {"disk-price", quantity::money, "", "A GB of disk for a month, USD"},
             {"egress-gb", quantity::number, "0", "Traffic out of the cloud per machine, GB"},
             {"egress-price", quantity::money, "", "A GB of it, USD"},
             {"address-price", quantity::money, "0", "An hour of a public address, USD"}},
            answer_bill,
            "--price 0.8048 --work 16min --idle 10min --launches 6 --disk-gb 50 --disk-price 0.08 --egress-gb 0.1 --egress-price 0.09"};
}

}  // namespace tenfold::bench
