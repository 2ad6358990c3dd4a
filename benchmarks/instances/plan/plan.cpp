// SPDX-License-Identifier: Apache-2.0
#include "instances/plan/plan.hpp"

#include <fmt/format.h>
#include <algorithm>          // std::find_if
#include <charconv>           // std::from_chars
#include <cmath>              // std::ceil, std::sqrt, std::exp
#include <initializer_list>   // std::initializer_list
#include <nlohmann/json.hpp>  // nlohmann::ordered_json
#include <set>                // std::set
#include <string_view>        // std::string_view

#include "instances/decisions/amounts.hpp"    // charge, scaled
#include "instances/decisions/decision.hpp"   // inputs, which parses amounts, times and shares
#include "instances/errors.hpp"               // usage_error, data_error
#include "instances/price/catalog.hpp"        // price_catalog
#include "instances/price/date.hpp"           // today_utc
#include "instances/price/fresh.hpp"          // require_fresh
#include "instances/report/numbers.hpp"       // percent
#include "instances/statistics/interval.hpp"  // t_quantile

namespace tenfold::bench {
namespace {

constexpr const char* plan_schema = "tenfold.plan/1";
constexpr std::size_t most_slots = 200;
/// Of a machine: the last two of its minutes belong to the upload.
constexpr int least_minutes = 4, most_minutes = 1440;

/// Minutes of a suite on two cores; docs/benchmarks/methodology.md. `full` depends on the machine.
int suite_minutes(const std::string& suite) {
    if (suite == "quick") return 3;
    if (suite == "standard") return 16;
    if (suite == "full") return 80;
    throw usage_error("--suite \"" + suite + "\" is unknown; give quick, standard or full");
}

inputs parsed(const plan_options& options) {
    inputs values;
    values.set({"budget-usd", quantity::money, "", ""}, options.budget);
    values.set({"overhead", quantity::time, "", ""}, options.overhead);
    values.set({"delta", quantity::share, "", ""}, options.delta);
    return values;
}

/// The whole part of a number of the catalog; 0 where it is not known.
int whole(const std::string& text) {
    int value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Devices that a machine shows to its programs: an eighth of a GPU is one device.
int devices(const std::string& count) {
    double value = 0;
    std::from_chars(count.data(), count.data() + count.size(), value);
    return static_cast<int>(std::ceil(value));
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> allowed) {
    return std::find(allowed.begin(), allowed.end(), text) != allowed.end();
}

}  // namespace

std::string slug(const std::string& text) {
    std::string result;
    for (char c : text) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        const bool keeps = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
        if (keeps)
            result += lower;
        else if (!result.empty() && result.back() != '-')
            result += '-';
    }
    while (!result.empty() && result.back() == '-') result.pop_back();
    return result;
}

namespace {

/// What stands in names, keys and scripts.
bool is_name(const std::string& text, std::size_t longest) { return !text.empty() && text.size() <= longest && slug(text) == text; }
bool is_campaign(const std::string& text) { return is_name(text, 20); }

/// What is emitted stands in scripts and templates: nothing but plain names and known words may get there.
void check_slot(const plan_slot& slot) {
    if (!is_name(slot.id, 60)) throw data_error("id \"" + slot.id + "\" is no plain name");
    if (!is_name(slot.provider, 40)) throw data_error("provider \"" + slot.provider + "\" is no plain name");
    if (slot.region.size() > 60 || slug(slot.region).size() != slot.region.size() ||
        slot.region.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
        throw data_error("region \"" + slot.region + "\" is no plain name");
    if (slot.type.empty() || slot.type.size() > 60 ||
        slot.type.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ") != std::string::npos)
        throw data_error("\"" + slot.type + "\" is no instance type");
    if (!is_one_of(slot.allocation, {"on_demand", "spot"}))
        throw data_error("allocation is \"" + slot.allocation + "\"; it must be on_demand or spot");
    if (!is_one_of(slot.arch, {"x86_64", "arm64", ""}))
        throw data_error("arch is \"" + slot.arch + "\"; it must be x86_64, arm64 or empty");
    if (slot.minutes < least_minutes || slot.minutes > most_minutes)
        throw data_error(fmt::format("minutes of {} must be {} to {}", slot.id, least_minutes, most_minutes));
    if (slot.accelerators < 0 || slot.vcpus < 0 || slot.memory_gib < 0)
        throw data_error("accelerators, vcpus and memory_gib of " + slot.id + " must not be negative");
    if (slot.per_hour <= usd() || slot.at_most < usd()) throw data_error("the amounts of " + slot.id + " must be above zero");
}

}  // namespace

bench_plan make_plan(const plan_options& options) {
    if (options.types.empty()) throw usage_error("--types is missing; give one or more, such as aws/g6.xlarge,aws/g6e.xlarge");
    if (options.budget.empty()) throw usage_error("--budget-usd is missing; a plan without a limit is not made");
    if (options.machines < 1) throw usage_error("--k must be 1 or more machines of each type");
    if (options.types.size() * static_cast<std::size_t>(options.machines) > most_slots)
        throw usage_error("the plan has more than 200 launches; lower --k or name fewer types");
    if (!is_campaign(options.campaign))
        throw usage_error("--campaign \"" + options.campaign + "\" must be 1 to 20 lower-case letters, digits and hyphens");
    const std::string today = options.today.empty() ? today_utc() : options.today;
    const inputs values = parsed(options);
    const double overhead = values.number("overhead") * 60;  // min
    const double busy = overhead + suite_minutes(options.suite);
    if (busy * 1.5 > most_minutes)
        throw usage_error("--overhead \"" + options.overhead + "\" is too long: no machine of a plan may run longer than a day");
    const price_catalog catalog = price_catalog::load(options.catalog);

    bench_plan plan{options.campaign, options.suite, values.money("budget-usd"), {}, {}, {}};
    std::set<std::string> seen, ids;
    for (const std::string& name : options.types) {
        const std::size_t slash = name.find('/');
        if (slash == std::string::npos) throw usage_error("--types: \"" + name + "\" must be provider/type, such as aws/g6.xlarge");
        const std::string provider = name.substr(0, slash), type = name.substr(slash + 1);
        const instance_type* known = catalog.find_type(provider, type);
        if (!known) throw usage_error("--types: \"" + name + "\" is not in the catalog; `tenfold-bench catalog` lists it");
        if (known->runnable == "none") throw usage_error("--types: \"" + name + "\" cannot be measured: a price reference only");
        if (!seen.insert(name).second) throw usage_error("--types: \"" + name + "\" is named twice; --k says how many of each");
        if (!ids.insert(slug(type)).second)
            throw usage_error("--types: \"" + name +
                              "\" would share its names and keys with another type of the plan; make a plan for each");
        if (known->runnable == "cuda" && !options.allow_idle_gpus)
            throw usage_error("--types: \"" + name + "\" has GPUs, and " + idle_gpus +
                              ". To pay for the machine and measure its CPU all the same: --allow-idle-gpus");
        const price_row* row = catalog.find_price(provider, type, options.region, options.allocation);
        if (!row) throw usage_error(no_price_text(catalog, provider, type, options.region, options.allocation));
        const std::string age = require_fresh(*row, today, options.allow_stale);
        for (int k = 0; k < options.machines; ++k) {
            plan_slot slot{slug(type) + "-" + std::to_string(k),
                           provider,
                           type,
                           options.region,
                           options.allocation,
                           known->arch,
                           known->runnable == "cuda" ? devices(known->accelerator_count) : 0,
                           whole(known->vcpus),
                           whole(known->memory_gib),
                           // Half as long again, so that the switch ends what hangs, not what is slow.
                           static_cast<int>(std::ceil(busy * 1.5)),
                           effective_per_hour(*row),
                           {},
                           row->source_id + ", " + age};
            slot.at_most = charge(slot.per_hour, slot.minutes / 60.0);
            plan.expected = plan.expected + charge(slot.per_hour, busy / 60);
            plan.at_most = plan.at_most + slot.at_most;
            plan.slots.push_back(slot);
        }
    }
    if (plan.at_most > plan.budget) {
        std::size_t fits = 0;
        usd sum;
        for (const plan_slot& slot : plan.slots) {
            sum = sum + slot.at_most;
            if (sum > plan.budget) break;
            ++fits;
        }
        throw data_error(
            fmt::format("the plan may cost {} USD, if every machine runs until its switch; the budget is {} USD, and {} of its {} "
                        "launches fit. Lower --k, choose a shorter --suite, or name cheaper types",
                        plan.at_most.text(2), plan.budget.text(2), fits, plan.slots.size()));
    }
    return plan;
}

bool has_idle_gpus(const bench_plan& plan) {
    return std::any_of(plan.slots.begin(), plan.slots.end(), [](const plan_slot& slot) { return slot.accelerators > 0; });
}

std::string plan_text(const bench_plan& plan, const plan_options& options) {
    text_table launches{
        fmt::format("Plan {}: {} launches", plan.campaign, plan.slots.size()),
        fmt::format("Suite {}, {} min of it, and {} until it starts: estimates. Nothing has been launched.", plan.suite,
                    suite_minutes(plan.suite), options.overhead),
        {{"slot"}, {"type"}, {"region"}, {"bought"}, {"GPUs", true}, {"USD/h", true}, {"ends after", true}, {"USD at most", true}},
        {}};
    for (const plan_slot& slot : plan.slots)
        launches.rows.push_back({slot.id, slot.provider + "/" + slot.type, slot.region, slot.allocation,
                                 slot.accelerators > 0 ? std::to_string(slot.accelerators) : "", slot.per_hour.significant(4),
                                 fmt::format("{} min", slot.minutes), slot.at_most.text(2)});
    std::string text = terminal_table(launches);
    const plan_slot* before = nullptr;
    for (const plan_slot& slot : plan.slots) {  // those of a type follow each other
        if (!before || before->provider != slot.provider || before->type != slot.type)
            text += wrapped(fmt::format("Price of {}/{}: {}", slot.provider, slot.type, slot.price_from), terminal_width, 2) + "\n";
        before = &slot;
    }
    text += "\n";
    text += wrapped(fmt::format("Expected {} USD; {} USD if every machine runs until its switch, of a budget of {} USD.",
                                plan.expected.text(2), plan.at_most.text(2), plan.budget.text(2))) +
            "\n\n";
    if (has_idle_gpus(plan))
        text += wrapped("Warning: " + std::string(idle_gpus) + ". GPUs of this plan are paid for and stand idle.") + "\n\n";
    const int k = options.machines;
    text_table sight{fmt::format("What {} machines of each type can tell", k),
                     "Half the width of the 95 % interval of a ratio, for a spread between machines of one type.",
                     {{"spread", true}, {"half width", true}, {"machines that decide " + options.delta, true}},
                     {}};
    const double delta = parsed(options).number("delta");
    for (double spread : {0.01, 0.03, 0.10}) {
        const auto needed = machines_to_decide(1, spread, delta, 1);
        sight.rows.push_back(
            {percent(100 * spread),
             k > 1 ? percent(100 * std::expm1(t_quantile(0.975, 2 * k - 2) * spread * std::sqrt(2.0 / k))) : "nothing: k = 1",
             needed ? std::to_string(*needed) : "more than 200"});
    }
    text += terminal_table(sight);
    text += wrapped("Not known: whether the types can be had there today, and whether the account's quotas allow them.") + "\n";
    return text;
}

std::string plan_json(const bench_plan& plan) {
    nlohmann::ordered_json document{{"schema", plan_schema},
                                    {"campaign", plan.campaign},
                                    {"suite", plan.suite},
                                    {"budget_usd", plan.budget.text()},
                                    {"expected_usd", plan.expected.text()},
                                    {"usd_at_most", plan.at_most.text()}};
    auto& slots = document["slots"] = nlohmann::ordered_json::array();
    for (const plan_slot& slot : plan.slots)
        slots.push_back({{"id", slot.id},
                         {"provider", slot.provider},
                         {"type", slot.type},
                         {"region", slot.region},
                         {"allocation", slot.allocation},
                         {"arch", slot.arch},
                         {"accelerators", slot.accelerators},
                         {"vcpus", slot.vcpus},
                         {"memory_gib", slot.memory_gib},
                         {"minutes", slot.minutes},
                         {"usd_per_hour", slot.per_hour.text()},
                         {"usd_at_most", slot.at_most.text()},
                         {"price_from", slot.price_from}});
    return document.dump(2) + "\n";
}

bench_plan read_plan(const std::filesystem::path& file) {
    try {
        const auto document = nlohmann::json::parse(read_file(file));
        if (document.at("schema") != plan_schema) throw data_error(file.string() + ": schema is not " + plan_schema);
        bench_plan plan{document.at("campaign"),
                        document.at("suite"),
                        usd::parse(document.at("budget_usd").get<std::string>()),
                        usd::parse(document.at("expected_usd").get<std::string>()),
                        usd::parse(document.at("usd_at_most").get<std::string>()),
                        {}};
        suite_minutes(plan.suite);
        if (!is_campaign(plan.campaign))
            throw data_error(file.string() + ": \"campaign\" must be 1 to 20 lower-case letters, digits and hyphens");
        std::set<std::string> ids;
        for (const auto& one : document.at("slots")) {
            plan_slot slot{one.at("id"),
                           one.at("provider"),
                           one.at("type"),
                           one.at("region"),
                           one.at("allocation"),
                           one.at("arch"),
                           one.at("accelerators"),
                           one.at("vcpus"),
                           one.at("memory_gib"),
                           one.at("minutes"),
                           usd::parse(one.at("usd_per_hour").get<std::string>()),
                           usd::parse(one.at("usd_at_most").get<std::string>()),
                           one.at("price_from")};
            try {
                check_slot(slot);
            } catch (const data_error& problem) { throw data_error(file.string() + ": " + problem.what()); }
            if (!ids.insert(slot.id).second) throw data_error(file.string() + ": two slots have the id \"" + slot.id + "\"");
            plan.slots.push_back(slot);
        }
        if (plan.slots.empty() || plan.slots.size() > most_slots) throw data_error(file.string() + ": the plan must have 1 to 200 slots");
        return plan;
    } catch (const nlohmann::json::exception& problem) {
        throw data_error(file.string() + ": is no plan: " + problem.what());
    } catch (const usage_error& problem) { throw data_error(file.string() + ": " + problem.what()); }
}

}  // namespace tenfold::bench
