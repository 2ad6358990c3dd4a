// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/priced.hpp"

#include <algorithm>  // std::sort
#include <utility>    // std::move

#include "instances/price/check.hpp"  // days_until_stale
#include "instances/price/date.hpp"   // day_number

namespace tenfold::bench {
namespace {

void judge_age(stated_price& price, const std::string& today) {
    const auto observed = day_number(price.observed_at), now = day_number(today);
    if (!observed) price.flaws.push_back("price undated");
    if (!observed || !now) return;
    price.age_days = *now - *observed;
    if (is_in_future(*observed, *now)) price.flaws.push_back("price dated in the future");
    if (*price.age_days > days_until_stale(price.allocation)) price.flaws.push_back("price stale");
}

stated_price from_row(const price_row& row, const std::string& today) {
    stated_price price{effective_per_hour(row), row.allocation, row.region, row.source_id, row.observed_at, std::nullopt, {}};
    if (row.estimate) price.flaws.push_back("price estimated");
    judge_age(price, today);
    return price;
}

stated_price from_record(const record_context& context, const std::string& source, const std::string& today) {
    const record_price& quoted = *context.price;
    stated_price price{usd::parse(quoted.usd_per_hour),
                       quoted.allocation,
                       context.identity.region.value_or(""),
                       source,
                       quoted.observed_at.value_or(""),
                       std::nullopt,
                       {}};
    judge_age(price, today);
    return price;
}

}  // namespace

std::optional<stated_price> price_of(const record_context& context, const price_catalog& catalog, const std::optional<usd>& stated_by_flag,
                                     const std::string& today) {
    const record_identity& identity = context.identity;
    // Of a machine whose lifecycle is unknown, only the list price can be meant.
    const std::string allocation = identity.lifecycle == "spot" ? "spot" : "on_demand";
    if (stated_by_flag) return stated_price{*stated_by_flag, "stated", identity.region.value_or(""), "--price", today, 0, {}};
    if (context.price && context.price->stated_by == "user") {
        stated_price price = from_record(context, "stated in the record", today);
        if (price.observed_at.empty()) {  // the user said it when the record was made
            price.observed_at = context.date.substr(0, 10);
            price.flaws.clear();
            judge_age(price, today);
        }
        return price;
    }
    if (identity.instance_type)
        if (const price_row* row = catalog.find_price(identity.provider, *identity.instance_type, identity.region.value_or(""), allocation))
            return from_row(*row, today);
    if (context.price) return from_record(context, context.price->source_id + ", quoted in the record", today);
    return std::nullopt;
}

std::map<std::string, stated_price> prices_by_allocation(const record_identity& identity, const price_catalog& catalog,
                                                         const std::string& today) {
    std::map<std::string, stated_price> prices;
    if (!identity.instance_type) return prices;
    for (const std::string_view allocation : {"on_demand", "reserved_1y", "reserved_3y", "spot"})
        if (const price_row* row = catalog.find_price(identity.provider, *identity.instance_type, identity.region.value_or(""), allocation))
            prices.emplace(allocation, from_row(*row, today));
    return prices;
}

std::vector<catalog_offer> offers_of_size(const price_catalog& catalog, int vcpus, const std::optional<stated_price>& own,
                                          const std::string& today, std::size_t at_most) {
    std::vector<catalog_offer> offers;
    for (const instance_type& type : catalog.types()) {
        if (type.vcpus != std::to_string(vcpus) || !type.accelerator.empty() || type.runnable == "none") continue;
        const price_row* cheapest = nullptr;
        for (const price_row* row : catalog.prices_of(type.provider, type.name, "on_demand"))
            if (!cheapest || effective_per_hour(*row) < effective_per_hour(*cheapest)) cheapest = row;
        if (!cheapest) continue;
        catalog_offer offer{type.provider, type.name, type.arch, type.memory_gib, from_row(*cheapest, today), type.burstable, std::nullopt};
        if (own) offer.break_even_speed = static_cast<double>(offer.price.per_hour.nano()) / static_cast<double>(own->per_hour.nano());
        offers.push_back(std::move(offer));
    }
    std::sort(offers.begin(), offers.end(), [](const catalog_offer& a, const catalog_offer& b) {
        return a.price.per_hour != b.price.per_hour ? a.price.per_hour < b.price.per_hour : a.type < b.type;
    });
    if (offers.size() > at_most) offers.resize(at_most);
    return offers;
}

}  // namespace tenfold::bench
