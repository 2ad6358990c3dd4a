// SPDX-License-Identifier: Apache-2.0
// What is measured: a problem (an op with shapes and a type), and one execution of it (backend, ISA, threads).
#pragma once

#include <cstdint>     // std::int64_t
#include <functional>  // std::function
#include <memory>      // std::unique_ptr
#include <optional>    // std::optional
#include <string>      // std::string
#include <vector>      // std::vector

#include "peers/peer.hpp"  // peer

namespace tenfold::bench {

class operand_pool;

/// Each suite holds the problems of the ones before it.
enum class suite { quick, standard, full };

/// The measured roof that a result is divided by.
enum class roof_kind {
    arithmetic,      // FMA peak of the ISA and type; for operands beyond the caches, the read bandwidth where that is lower
    read_bandwidth,  // every input byte once
    copy_bandwidth,  // every byte read and written once
};

/// Who computes, with how many threads.
struct execution {
    std::string backend;         // "reference", "cpu", or the name of a peer
    std::string isa;             // what runs; "" for the reference backend
    int threads = 1;
    const peer* other = nullptr;  // the peer library; null: a backend of tenfold
};

/// How far a result was from the reference backend's, in units of the bound that is allowed.
struct verification {
    double max_error_ratio = 0;
    std::string complaint;  // empty: within the bound everywhere
    [[nodiscard]] bool passed() const { return complaint.empty(); }
};

/// A problem with its operands in memory.
class prepared_problem {
public:
    prepared_problem() = default;
    prepared_problem(const prepared_problem&) = delete;
    prepared_problem& operator=(const prepared_problem&) = delete;
    virtual ~prepared_problem() = default;

    /// Calls the op so many times; each call uses the next set of operands.
    virtual void run(const execution& how, std::int64_t calls) = 0;

    /// Calls the op once and compares what it wrote with the reference backend.
    virtual verification verify(const execution& how) = 0;
};

struct problem {
    std::string name;          // "matmul:f32:m128n3072k768:nt"
    std::string workload;      // where it occurs: "BERT-base ffn1, 128 tokens"
    std::string kernel_class;  // matmul, conv, depthwise, reduction, softmax, normalisation
    std::string dtype;
    std::int64_t flops = 0;    // of one call
    std::int64_t bytes = 0;    // of one call: each operand once
    roof_kind roof = roof_kind::arithmetic;
    bool cold = false;         // operands come from memory: sets of them are rotated beyond the last-level cache
    suite first_suite = suite::full;

    /// Why an execution cannot be measured; nothing: it can.
    std::function<std::optional<std::string>(const execution&)> declines;

    /// Reserves operands in the pool. run() and verify() may be called once the pool is filled.
    std::function<std::unique_ptr<prepared_problem>(operand_pool&)> prepare;
};

using problem_list = std::vector<problem>;

/// The unit of the rate that a class is judged by: operations or bytes per second.
inline bool counts_bytes(const problem& p) { return p.roof != roof_kind::arithmetic; }

}  // namespace tenfold::bench
