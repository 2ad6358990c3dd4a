// SPDX-License-Identifier: Apache-2.0
// The ops by name, and all their shapes.
#include "peers/axes/axis_ops.hpp"

#include "peers/axes/op_list.hpp"  // axis_op_list, for_each_op

namespace tenfold::bench {
namespace {

const std::vector<axis_op>& all_ops() {
    static const std::vector<axis_op> ops = [] {
        std::vector<axis_op> list;
        for_each_op(axis_op_list{}, [&]<class Op>(Op) { list.push_back({Op::name, Op::reduces, Op::parameters, &Op::shapes}); });
        return list;
    }();
    return ops;
}

}  // namespace

const axis_op* op_named(std::string_view name) {
    for (const axis_op& one : all_ops()) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

std::vector<std::string> axis_op_names() {
    std::vector<std::string> names;
    for (const axis_op& one : all_ops()) names.emplace_back(one.name);
    return names;
}

const std::vector<listed_axis_shape>& axis_catalog() {
    static const std::vector<listed_axis_shape> catalog = [] {
        std::vector<listed_axis_shape> all;
        for (const axis_op& op : all_ops()) {
            for (listed_axis_shape one : op.shapes()) {
                one.shape.op = op.name;
                one.sets.emplace_back(op.name);
                if (one.shape.type != axis_type::f32) one.sets.emplace_back("types");
                all.push_back(std::move(one));
            }
        }
        return all;
    }();
    return catalog;
}

std::vector<std::string> axis_set_names() {
    std::vector<std::string> names{"quick", "types"};
    for (const std::string& op : axis_op_names()) names.push_back(op);
    return names;
}

}  // namespace tenfold::bench
