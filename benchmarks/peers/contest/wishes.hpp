// SPDX-License-Identifier: Apache-2.0
// Names that a user gives, against those that there are.
#pragma once

#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join

#include <algorithm>  // std::find

#include "instances/errors.hpp"       // usage_error
#include "peers/contest/subject.hpp"  // contest_wishes

namespace tenfold::bench {

template <class T>
bool contains(const std::vector<T>& list, const T& one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

inline void require_known(const char* flag, const std::vector<std::string>& given, const std::vector<std::string>& known) {
    for (const std::string& one : given) {
        if (!contains(known, one)) throw usage_error(fmt::format("{} {}: there is none; use {}", flag, one, fmt::join(known, ", ")));
    }
}

/// The shapes given as text, then those of the sets; only of the types that are wanted, each once. `Wanted` has members shape and
/// workload, the catalog's entries in addition sets; type_of(shape) is a name.
template <class Wanted, class Catalog, class Parse, class TypeOf>
std::vector<Wanted> choose_shapes(const contest_wishes& wishes, const std::vector<std::string>& type_names,
                                  const std::vector<std::string>& set_names, const Catalog& catalog, const Parse& parse,
                                  const TypeOf& type_of) {
    require_known("--set", wishes.sets, set_names);
    require_known("--types", wishes.types, type_names);
    std::vector<Wanted> shapes;
    const auto add = [&](const auto& s, const std::string& workload) {
        if (!wishes.types.empty() && !contains(wishes.types, std::string(type_of(s)))) return;
        if (std::none_of(shapes.begin(), shapes.end(), [&](const Wanted& one) { return one.shape == s; })) shapes.push_back({s, workload});
    };
    for (const std::string& text : wishes.shapes) add(parse(text), "given");
    for (const auto& one : catalog) {
        if (std::any_of(one.sets.begin(), one.sets.end(), [&](const std::string& set) { return contains(wishes.sets, set); }))
            add(one.shape, one.workload);
    }
    if (shapes.empty()) throw usage_error("no shape is left; give --set or --shape, and --types that they have");
    return shapes;
}

}  // namespace tenfold::bench
