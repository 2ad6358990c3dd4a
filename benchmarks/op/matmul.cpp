// SPDX-License-Identifier: Apache-2.0
// Problems of matmul: those of the list in op/matmul_catalog.cpp that are of float or double.
#include <fmt/format.h>  // fmt::format
#include <tenfold/tenfold.hpp>

#include <map>  // std::map
#include <set>  // std::set

#include "op/list.hpp"                  // matmul_problems
#include "op/matmul_catalog.hpp"        // matmul_catalog
#include "peers/tenfold_matmul.hpp"     // repeat_tenfold
#include "support/executions.hpp"       // on_backend, decline_backend
#include "support/matmul_operands.hpp"  // reserve_matmul, place_matmul, matmul_bytes, verify_matmul

namespace tenfold::bench {
namespace {

template <class T>
class prepared_matmul final : public prepared_problem {
    matmul_shape shape_;
    operand_pool& pool_;
    std::map<std::string, std::unique_ptr<ready_matmul>> ready_;  // of each execution

    [[nodiscard]] std::unique_ptr<ready_matmul> make(const execution& how) const {
        const matmul_operands operands = place_matmul(pool_, shape_);
        if (how.other != nullptr) return how.other->prepare_matmul(shape_, operands, how.threads);
        std::unique_ptr<ready_matmul> made;
        on_backend(how, [&](const auto& where) { made = repeat_tenfold<T, T, T>(shape_, operands, where); });
        return made;
    }

public:
    prepared_matmul(operand_pool& pool, const matmul_shape& shape) : shape_(shape), pool_(pool) { reserve_matmul(pool, shape); }

    void run(const execution& how, std::int64_t calls) override {
        std::unique_ptr<ready_matmul>& ready = ready_[fmt::format("{}/{}/{}", how.backend, how.isa, how.threads)];
        if (!ready) ready = make(how);
        ready->run(calls);
    }

    verification verify(const execution& how) override { return verify_matmul(shape_, place_matmul(pool_, shape_), *make(how)); }
};

template <class T>
problem problem_of(const listed_matmul& listed) {
    const matmul_shape& s = listed.shape;
    problem p;
    p.dtype = dtype_traits<T>::name;
    p.name = fmt::format("matmul:{}:m{}n{}k{}:{}{}", p.dtype, s.m, s.n, s.k, forms_of(s), storage_of(s));
    p.workload = listed.workload;
    p.cold = s.cold;
    p.kernel_class = "matmul";
    p.flops = s.flops();
    p.bytes = matmul_bytes(s);
    p.roof = roof_kind::arithmetic;
    p.first_suite = listed.first_suite;
    p.declines = [flops = p.flops](const execution& how) -> std::optional<std::string> {
        if (how.other != nullptr && how.other->prepare_matmul == nullptr) return how.backend + " has no matmul";
        return decline_backend<matmul_op>(how, flops);
    };
    p.prepare = [s](operand_pool& pool) { return std::make_unique<prepared_matmul<T>>(pool, s); };
    return p;
}

}  // namespace

problem_list matmul_problems() {
    problem_list list;
    std::set<std::string> names;  // what is listed twice, from a cache and from memory, has one name here: the first stays
    for (const listed_matmul& one : matmul_catalog()) {
        if (one.shape.types != matmul_types::f32 && one.shape.types != matmul_types::f64) continue;
        problem p = one.shape.types == matmul_types::f32 ? problem_of<float>(one) : problem_of<double>(one);
        if (names.insert(p.name).second) list.push_back(std::move(p));
    }
    return list;
}

}  // namespace tenfold::bench
