// SPDX-License-Identifier: Apache-2.0
// Finds out which cloud and which instance type this is, in at most 1.5 s, and says how it knows.
#include "instances/identity/probe.hpp"

#include <algorithm>     // std::find_if
#include <exception>     // std::exception
#include <system_error>  // std::system_error
#include <thread>        // std::thread

#include "instances/identity/machine_hash.hpp"    // hash_machine
#include "instances/identity/providers/list.hpp"  // all_providers

namespace tenfold::bench {
namespace {

using std::chrono::steady_clock;

// Leaves 0.1 s of the promised 1.5 s for starting threads and hashing.
constexpr std::chrono::milliseconds metadata_limit{1400};

double milliseconds_since(steady_time begin) { return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count(); }

struct answer {
    const provider* from = nullptr;
    std::optional<instance_facts> facts;
    metadata_error error = metadata_error::unreachable;  // if there are no facts
    double ms = 0;
};

answer ask(const provider& cloud, const probe_settings& settings, steady_time deadline, bool hinted) {
    const auto begin = steady_clock::now();
    answer result;
    result.from = &cloud;
    try {
        http_client client;
        metadata_service service(client, metadata_servers(cloud, settings), deadline, hinted);
        result.facts = cloud.ask(service);
    } catch (const metadata_failure& failure) {
        result.error = failure.error;
    } catch (const std::exception&) {  // out of memory, say: an answer that cannot be read
        result.error = metadata_error::malformed;
    }
    result.ms = milliseconds_since(begin);
    return result;
}

// All of them at once; where no thread can be had, one after the other until the time is over.
std::vector<answer> ask_all(const std::vector<const provider*>& clouds, const probe_settings& settings, steady_time deadline, bool hinted) {
    std::vector<answer> answers(clouds.size());
    std::vector<std::thread> threads;
    threads.reserve(clouds.size());
    for (std::size_t i = 0; i < clouds.size(); ++i) {
        const auto work = [&, i] { answers[i] = ask(*clouds[i], settings, deadline, hinted); };
        bool started = false;
        if (clouds.size() > 1) {
            try {
                threads.emplace_back(work);
                started = true;
            } catch (const std::system_error&) {
                // A process limit: the work is done below, by this thread.
            }
        }
        if (!started) work();
    }
    for (auto& thread : threads) thread.join();
    return answers;
}

template <typename T>
void fill(std::optional<T>& known, const std::optional<T>& further) {
    if (!known) known = further;
}

void fill(identity& who, const instance_facts& facts) {
    fill(who.instance_type, facts.instance_type);
    fill(who.region, facts.region);
    fill(who.zone, facts.zone);
    if (who.lifecycle == lifecycle::unknown) who.lifecycle = facts.lifecycle;
}

struct observation {  // what the machine itself says, before it is compared with what the user states
    const provider* cloud = nullptr;
    detection how = detection::none;
    instance_facts facts;
};

class probe {
    const probe_settings& settings_;
    identity who_;
    observation seen_;
    std::vector<const provider*> candidates_;  // the firmware's hint; empty = none

    void step(std::string name, std::string outcome, double ms) { who_.steps.push_back({std::move(name), std::move(outcome), ms}); }

    void take_stated() {
        if (!settings_.stated) return;
        const auto& stated = *settings_.stated;
        who_.provider = stated.provider;
        who_.instance_type = stated.instance_type;
        who_.region = stated.region;
        who_.zone = stated.zone;
        who_.lifecycle = stated.lifecycle;
        who_.detected_by = detection::stated;
        step("override", "ok", 0);
    }

    void ask_firmware(const system_files& files) {
        const auto begin = steady_clock::now();
        const auto table = read_dmi(files);
        std::string outcome;
        for (const auto* const cloud : all_providers) {
            const auto matches = [&](const dmi_rule& rule) { return rule.matches(table); };
            if (std::find_if(cloud->dmi.begin(), cloud->dmi.end(), matches) == cloud->dmi.end()) continue;
            candidates_.push_back(cloud);
            outcome += (outcome.empty() ? "hint: " : " or ") + std::string(cloud->name);
        }
        if (candidates_.size() == 1) {
            seen_.cloud = candidates_.front();
            seen_.how = detection::dmi;
            if (seen_.cloud->facts_of_dmi != nullptr) seen_.facts = seen_.cloud->facts_of_dmi(table);
        }
        if (outcome.empty()) outcome = table.empty() ? "not readable: no hint" : "no known cloud: no hint";
        step("dmi", outcome, milliseconds_since(begin));
    }

    void take(const answer& from) {
        if (seen_.facts.instance_type && from.facts->instance_type && *seen_.facts.instance_type != *from.facts->instance_type) {
            who_.warnings.push_back("The firmware names the type " + *seen_.facts.instance_type + ", the metadata service " +
                                    *from.facts->instance_type + "; the latter is taken.");
        }
        auto facts = *from.facts;
        fill(facts.instance_type, seen_.facts.instance_type);
        fill(facts.instance_id, seen_.facts.instance_id);
        seen_.facts = std::move(facts);
        seen_.cloud = from.from;
        seen_.how = candidates_.empty() ? detection::metadata : detection::dmi_and_metadata;
    }

    void ask_services(steady_time deadline) {
        if (!settings_.use_metadata) return step("metadata", "off", 0);
        // A simulated machine must not be asked about in the real network.
        if (settings_.simulated() && !settings_.metadata_base) return step("metadata", "off: only the files are simulated", 0);
        const bool hinted = !candidates_.empty();
        const auto clouds = hinted ? candidates_ : std::vector<const provider*>(all_providers.begin(), all_providers.end());
        const auto answers = ask_all(clouds, settings_, deadline, hinted);
        const answer* first = nullptr;
        for (const auto& one : answers) {
            step(std::string(one.from->name), one.facts ? "ok" : to_string(one.error), one.ms);
            if (one.facts && first != nullptr) {
                who_.warnings.push_back("The metadata services of " + std::string(first->from->name) + " and " +
                                        std::string(one.from->name) + " both answer; the first is taken.");
            }
            if (one.facts && first == nullptr) first = &one;
            if (!one.facts && clouds.size() == 1) warn_about(one);
        }
        if (first != nullptr) take(*first);
    }

    // Only for the service that should be there: elsewhere, silence is the normal answer.
    void warn_about(const answer& silent) {
        std::string text = "The metadata service of " + std::string(silent.from->name) + " does not help: " + to_string(silent.error);
        switch (silent.error) {
            case metadata_error::timeout:
                if (!silent.from->timeout_remedy.empty()) text += "; " + std::string(silent.from->timeout_remedy);
                break;
            case metadata_error::forbidden:
                text += "; it is switched off for this machine, or refuses requests that went through a proxy";
                break;
            case metadata_error::header_refused: text += "; something between here and the service removes or adds headers"; break;
            case metadata_error::unreachable:
            case metadata_error::refused: text += "; a firewall or network policy may forbid link-local addresses"; break;
            default: break;
        }
        who_.warnings.push_back(text + ". Without it, state what you know in TENFOLD_BENCH_INSTANCE=provider/type/region/zone/lifecycle.");
    }

    void contradict(const std::string& what, const std::string& stated, const std::string& seen) {
        who_.contradicted = true;
        who_.warnings.push_back(what + " contradicted: TENFOLD_BENCH_INSTANCE states " + stated + ", the machine says " + seen +
                                ". Correct or unset the variable.");
    }

    void conclude() {
        if (!settings_.stated) {
            if (seen_.cloud == nullptr) return;
            who_.provider = seen_.cloud->name;
            who_.detected_by = seen_.how;
            fill(who_, seen_.facts);
            return;
        }
        if (seen_.cloud == nullptr) return;
        if (who_.provider != seen_.cloud->name) return contradict("provider", who_.provider, std::string(seen_.cloud->name));
        const auto compare = [&](const char* what, const std::optional<std::string>& stated, const std::optional<std::string>& seen) {
            if (stated && seen && *stated != *seen) contradict(what, *stated, *seen);
        };
        compare("instance type", who_.instance_type, seen_.facts.instance_type);
        compare("region", who_.region, seen_.facts.region);
        compare("zone", who_.zone, seen_.facts.zone);
        if (who_.lifecycle != lifecycle::unknown && seen_.facts.lifecycle != lifecycle::unknown &&
            who_.lifecycle != seen_.facts.lifecycle) {
            contradict("lifecycle", to_string(who_.lifecycle), to_string(seen_.facts.lifecycle));
        }
        fill(who_, seen_.facts);
    }

public:
    explicit probe(const probe_settings& settings) : settings_(settings) {}

    identity run(const system_files& files) {
        const auto deadline = steady_clock::now() + metadata_limit;
        who_.simulated = settings_.simulated();
        who_.warnings = settings_.warnings;
        take_stated();
        ask_firmware(files);
        ask_services(deadline);
        conclude();
        const std::string_view cloud = seen_.cloud != nullptr ? seen_.cloud->name : "unknown";
        const auto hashes = hash_machine(files, settings_.campaign_key, cloud, seen_.facts.instance_id);
        who_.machine_hash = hashes.machine;
        who_.boot_hash = hashes.boot;
        return std::move(who_);
    }
};

}  // namespace

std::vector<endpoint> metadata_servers(const provider& cloud, const probe_settings& settings) {
    if (settings.metadata_base) return {*settings.metadata_base};
    std::vector<endpoint> servers;
    for (const auto address : cloud.addresses) servers.push_back({std::string(address), 80});
    return servers;
}

identity probe_identity(const system_files& files, const probe_settings& settings) { return probe(settings).run(files); }

}  // namespace tenfold::bench
