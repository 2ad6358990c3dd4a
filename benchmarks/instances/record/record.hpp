// SPDX-License-Identifier: Apache-2.0
// One run of the benchmark on one machine, as the record file (tenfold.record/1) holds it.
#pragma once

#include <cstdint>      // std::int64_t
#include <filesystem>   // std::filesystem::path
#include <map>          // std::map
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

inline constexpr std::string_view record_schema = "tenfold.record/1";

struct record_cache {
    std::string type;  // Data, Instruction, Unified
    int level = 0;
    std::int64_t size = 0;  // bytes
    int num_sharing = 0;
};

struct record_gpu {
    std::string name;
    std::optional<std::int64_t> memory_bytes;
    std::optional<std::string> compute_capability, driver;
};

struct record_step {
    std::string step, outcome;
    double ms = 0;
};

struct record_identity {
    std::string provider = "unknown";
    std::optional<std::string> instance_type, region, zone;
    std::string lifecycle = "unknown";  // on_demand, spot
    std::string detected_by = "none";
    std::optional<std::string> machine_hash;
    std::optional<std::string> boot_hash;  // another one after each boot
    bool contradicted = false;             // what was stated is not what the machine says
    bool simulated = false;                // a test hook replaced files or services of the machine
    std::vector<record_step> steps;
};

struct record_machine {
    std::optional<std::string> cpu_model, vendor;
    std::optional<int> family, model, stepping, sockets, cores, threads;
    std::optional<bool> smt;
    std::vector<record_cache> caches;
    std::optional<int> numa_nodes;
    std::vector<std::string> isa_available;
    std::optional<int> affinity_cpus;
    std::optional<double> cgroup_cpu_quota;  // CPUs
    std::optional<std::int64_t> memory_bytes;
    std::optional<std::string> hypervisor;
    bool container = false;
    std::optional<std::string> kernel, governor;
    std::vector<record_gpu> gpus;
};

struct record_settings {
    std::string suite;
    std::uint64_t seed = 0;
    int threads = 0;
    double min_time_s = 0;
    int repetitions = 0;
    std::string order;
    std::string flags{};  // of the command line: those that choose what is measured and how
};

struct record_roof {
    double value = 0;
    std::string unit;  // FLOP/s or B/s
};

/// "threads_1" -> "fma_f32_avx512" -> value.
using record_roofs = std::map<std::string, std::map<std::string, record_roof>>;

/// Each roof becomes the higher of the two: a roof is the best that was seen.
inline void raise_roofs(record_roofs& roofs, const record_roofs& others) {
    for (const auto& [group, members] : others)
        for (const auto& [name, roof] : members)
            if (record_roof& mine = roofs[group][name]; roof.value > mine.value) mine = roof;
}

struct record_price {
    std::string usd_per_hour;  // decimal text
    std::string allocation;
    std::string source_id;
    std::optional<std::string> observed_at;
    std::string stated_by;  // catalog or user
};

struct record_context {
    std::string date;  // RFC 3339
    int num_cpus = 0;
    double mhz_per_cpu = 0;
    bool cpu_scaling_enabled = false;
    std::vector<record_cache> caches;
    std::vector<double> load_avg;
    std::string library_build_type;  // release or debug
    std::string version, commit;
    bool dirty = false;
    std::string compiler, flags, build_type;
    record_identity identity;
    record_machine machine;
    record_settings settings;
    record_roofs roofs;
    std::optional<record_price> price;
};

struct record_verified {
    std::string against;
    double max_error_ratio = 0, bound = 1;
    bool passed = false;
};

struct record_case {
    std::string name;  // problem, backend, ISA and threads in one string
    std::int64_t iterations = 0;
    std::string workload, kernel_class, problem, dtype, backend, isa;
    int threads = 1;
    std::string kernel;
    std::int64_t flops = 0, bytes = 0;  // of one call
    std::optional<record_verified> verified;  // nothing: a foreign record
    std::optional<std::string> error;         // why there is no time
    // Of a verified case; without meaning where `error` is set.
    std::vector<double> samples_ns;
    double median_ns = 0, p10_ns = 0, p90_ns = 0, cpu_time_ns = 0;
    double rate = 0;
    std::string rate_unit;  // FLOP/s, B/s; call/s in a foreign record
    std::optional<std::string> roof;
    std::optional<double> percent_of_roof;

    [[nodiscard]] bool timed() const { return !error; }
};

struct record_skipped {
    std::string problem, reason;
};

/// One process that worked on the record.
struct record_attempt {
    std::string started;  // RFC 3339
    std::string ended;    // "complete", "signal SIGTERM", "notice ...", "killed"
    int cases = 0;        // that it finished
};

/// May its figures be used? Reasons are sentences for people.
struct record_validity {
    std::string verdict;  // VALID, DEGRADED, INVALID
    std::vector<std::string> reasons;
};

/// Of a class: what the processors used while its cases were sampled.
struct record_energy {
    double joules = 0, seconds = 0;
};

struct bench_record {
    std::string file;      // where it was read from; not written
    std::string record_id;  // 16 hex digits, random: two files with one id are copies of one record
    bool foreign = false;  // plain Google Benchmark JSON: no accuracy check, no machine
    bool complete = true;  // false: the run was interrupted, and holds the cases it got to
    record_context context;
    std::vector<record_attempt> attempts;    // more than one: it was interrupted and resumed
    std::map<std::string, double> phases_s;  // "verify" -> seconds, of the last attempt
    std::map<std::string, record_energy> energy;  // by class; empty: the machine does not tell
    std::optional<record_validity> validity;  // nothing: written by a program that did not judge
    std::vector<record_case> cases;
    std::vector<record_skipped> skipped;
};

/// Reads one file. Unreadable, not JSON, another schema, a missing or wrongly typed field, a number that is no time:
/// data_error that names the file and the field. JSON of Google Benchmark itself is read as a foreign record.
bench_record read_record(const std::filesystem::path& file);
/// The same for text in memory; `name` stands for the file in messages.
bench_record parse_record(const std::string& name, const std::string& text);

/// Is this a readable record of which nothing is missing?
bool is_complete_record(const std::filesystem::path& file);

/// The record files of these paths: files as they are, folders searched for *.json. Nothing found: data_error.
std::vector<std::filesystem::path> find_records(const std::vector<std::filesystem::path>& paths);

/// The record as JSON text.
std::string record_text(const bench_record& record);

/// Writes the text whole or not at all: into a temporary file of the same folder, which then takes the name.
/// Unwritable: disk_failure, which is a data_error, and nothing is left behind.
void write_whole_file(const std::filesystem::path& file, std::string_view text);
inline void write_record(const std::filesystem::path& file, const bench_record& record) { write_whole_file(file, record_text(record)); }

}  // namespace tenfold::bench
