// SPDX-License-Identifier: Apache-2.0
// What the user states about the machine and what tests replace: the environment of the probe.
#include "instances/identity/settings.hpp"

#include <algorithm>  // std::all_of
#include <cstdlib>    // std::getenv

#include "instances/facts/system_files.hpp"         // split
#include "instances/identity/metadata_service.hpp"  // plain_value

namespace tenfold::bench {
namespace {

constexpr const char* instance_variable = "TENFOLD_BENCH_INSTANCE";
constexpr const char* base_variable = "TENFOLD_BENCH_IMDS_BASE";
constexpr const char* sysroot_variable = "TENFOLD_BENCH_SYSROOT";
constexpr const char* key_variable = "TENFOLD_BENCH_CAMPAIGN_KEY";  // no flag: other users see the flags of a process

bool is_provider_name(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// The stated instance, or what is wrong with it.
std::optional<stated_instance> parse_stated(std::string_view text, std::string& complaint) {
    const auto parts = split(text, '/');
    stated_instance stated;
    if (parts.size() > 5) {
        complaint = "has " + std::to_string(parts.size()) + " parts";
        return std::nullopt;
    }
    if (!is_provider_name(parts[0])) {
        complaint = "begins with no provider name (letters a-z, digits, -)";
        return std::nullopt;
    }
    stated.provider = parts[0];
    std::optional<std::string>* const facts[] = {&stated.instance_type, &stated.region, &stated.zone};
    for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i].empty()) continue;
        if (i == 4) {
            if (parts[i] != "spot" && parts[i] != "on_demand") {
                complaint = "has the lifecycle \"" + std::string(parts[i]) + "\", which is neither spot nor on_demand";
                return std::nullopt;
            }
            stated.lifecycle = parts[i] == "spot" ? lifecycle::spot : lifecycle::on_demand;
        } else if (!(*facts[i - 1] = plain_value(parts[i]))) {
            complaint = "has a character in part " + std::to_string(i + 1) + " that is no letter, digit, dot, colon, - or _";
            return std::nullopt;
        }
    }
    return stated;
}

}  // namespace

probe_settings read_probe_settings(const std::function<std::optional<std::string>(const char*)>& environment) {
    probe_settings settings;
    const auto value = [&](const char* name) { return environment(name).value_or(""); };  // empty = unset
    if (const auto text = value(instance_variable); !text.empty()) {
        std::string complaint;
        settings.stated = parse_stated(text, complaint);
        if (!settings.stated) {
            settings.warnings.push_back(
                std::string(instance_variable) + " " + complaint +
                "; it is not used. Write provider/type/region/zone/lifecycle, for example aws/g6.xlarge/us-east-1/use1-az4/spot.");
        }
    }
    if (const auto text = value(base_variable); !text.empty()) {
        settings.metadata_base = parse_endpoint(text);
        if (!settings.metadata_base) {
            settings.use_metadata = false;
            settings.warnings.push_back(std::string(base_variable) +
                                        " is not of the form http://ADDRESS:PORT with a numeric address; no metadata service is asked.");
        }
    }
    settings.sysroot = value(sysroot_variable);
    settings.campaign_key = value(key_variable);
    return settings;
}

probe_settings read_probe_settings() {
    return read_probe_settings([](const char* name) -> std::optional<std::string> {
        const char* const value = std::getenv(name);
        if (value == nullptr) return std::nullopt;
        return value;
    });
}

}  // namespace tenfold::bench
