// SPDX-License-Identifier: Apache-2.0
// What a contest is about: its shapes, how their operands lie in memory, what a right result is, and what the machine allows.
// Timing, taking turns, ratios and tables know no more of it than this.
#pragma once

#include <memory>       // std::unique_ptr
#include <optional>     // std::optional
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <utility>      // std::pair
#include <vector>       // std::vector

#include "peers/ready_call.hpp"        // ready_call
#include "support/machine_limits.hpp"  // machine_limits
#include "support/operand_pool.hpp"    // operand_pool
#include "support/problem.hpp"         // verification

namespace tenfold::bench {

/// A shape as the tables show it.
struct contest_case {
    std::string text;      // as the command line takes it
    std::string workload;  // where it occurs
    std::string values;    // fields of the comma-separated values, in the order of contest_subject::value_names()
    double work = 0;       // of one call: multiply-adds counted twice, or bytes; per second it is the rate
};

/// The peers of one module, in the process that has loaded it.
class module_peers {
public:
    virtual ~module_peers() = default;
    /// What each adds to the module's name, and its version.
    [[nodiscard]] virtual std::vector<std::pair<std::string, std::string>> introduce() const = 0;
    /// Null: this peer has no such call.
    virtual std::unique_ptr<ready_call> prepare(std::size_t peer, std::size_t shape) = 0;
    /// Runs once and compares.
    virtual verification verify(std::size_t shape, ready_call& ready) = 0;
};

/// What the user asks for, as text.
struct contest_wishes {
    std::vector<std::string> sets{};    // of the catalog
    std::vector<std::string> shapes{};  // any
    std::vector<std::string> types{};   // only these; empty: all
};

class contest_subject {
public:
    virtual ~contest_subject() = default;

    [[nodiscard]] virtual std::string_view title() const = 0;      // "matmul"
    [[nodiscard]] virtual std::string_view rate_unit() const = 0;  // of 1e9 units of work in a second
    [[nodiscard]] virtual std::string_view roof_meaning() const = 0;
    [[nodiscard]] virtual std::string_view value_names() const = 0;
    [[nodiscard]] virtual std::string_view module_folder() const = 0;  // in the folder of modules; "": that itself
    [[nodiscard]] virtual std::vector<contest_case> cases() const = 0;

    /// Before the pool is filled.
    virtual void reserve(operand_pool& pool) const = 0;
    /// A module that dlopen() has loaded; throws where it lacks the entry.
    [[nodiscard]] virtual std::unique_ptr<module_peers> open(void* module, const operand_pool& pool, int threads) const = 0;

    /// Measures what the shapes need; called before and after, and the better stays.
    virtual void measure_roofs(int threads, const machine_limits& limits) = 0;
    [[nodiscard]] virtual std::vector<std::string> roof_lines() const = 0;
    /// The least time that the roofs leave a shape; nothing where none was measured for it.
    [[nodiscard]] virtual std::optional<double> seconds_at_roof(std::size_t shape, int threads) const = 0;
};

/// A subject, and what it is called on the command line.
struct listed_subject {
    std::string name;
    std::unique_ptr<contest_subject> (*make)(const contest_wishes&);  // usage_error for wishes that nothing fulfils
    std::vector<std::string> (*set_names)();
};
/// THE list of subjects, the default first.
const std::vector<listed_subject>& subjects();

}  // namespace tenfold::bench
