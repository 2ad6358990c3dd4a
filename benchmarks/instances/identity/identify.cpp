// SPDX-License-Identifier: Apache-2.0
// The verb `identify`: gathers what is known about this machine and chooses the form in which it is written.
#include "instances/identity/identify.hpp"

#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include <chrono>   // std::chrono::steady_clock
#include <ostream>  // std::ostream

#include "instances/facts/noise.hpp"           // check_noise
#include "instances/identity/json_report.hpp"  // noise_json
#include "instances/identity/probe.hpp"        // probe_identity
#include "instances/identity/text_report.hpp"  // write_text

namespace tenfold::bench {
namespace {

using std::chrono::steady_clock;

double milliseconds_since(steady_time begin) { return std::chrono::duration<double, std::milli>(steady_clock::now() - begin).count(); }

}  // namespace

identification identify(const identify_options& options, const probe_settings& settings) {
    identification found;
    found.isa_available = options.isa_available;
    const system_files files(settings.sysroot);
    auto wanted = settings;
    wanted.use_metadata = settings.use_metadata && !options.no_imds;
    found.who = probe_identity(files, wanted);

    auto begin = steady_clock::now();
    found.machine = read_machine(files, files.simulated() ? no_machine_probes() : real_machine_probes());
    found.who.steps.push_back({"machine", "ok", milliseconds_since(begin)});

    begin = steady_clock::now();
    if (options.nvml_library) {
        found.gpu = read_gpus(options.nvml_library->c_str());
    } else if (files.simulated()) {
        found.gpu.outcome = "off: the files are simulated";
    } else {
        found.gpu = read_gpus();
    }
    found.who.steps.push_back({"nvml", found.gpu.outcome, milliseconds_since(begin)});
    return found;
}

int identify_command(const identify_options& options, std::ostream& out) { return identify_command(options, read_probe_settings(), out); }

int identify_command(const identify_options& options, const probe_settings& settings, std::ostream& out) {
    const auto found = identify(options, settings);
    const auto findings = options.check ? check_noise(found.machine) : std::vector<noise_finding>();
    if (options.json) {
        nlohmann::ordered_json document = {{"identity", identity_json(found.who)}, {"machine", machine_json(found)}};
        if (options.check) document["noise"] = noise_json(findings);
        // A driver may put any bytes into a name: what is no UTF-8 is replaced, not an error.
        out << document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
    } else {
        write_text(found, options.explain, out);
        if (options.check) write_noise(findings, out);
    }
    return 0;
}

}  // namespace tenfold::bench
