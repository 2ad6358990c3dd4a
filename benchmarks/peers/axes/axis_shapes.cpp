// SPDX-License-Identifier: Apache-2.0
// THE lists of shapes: rows and columns of every length, from memory and in each cache.
#include "peers/axes/axis_shapes.hpp"

#include <algorithm>  // std::find

namespace tenfold::bench {

std::vector<listed_axis_shape> reduction_shapes(const std::vector<std::string>& quick) {
    std::vector<listed_axis_shape> list;
    const auto add = [&](const std::string& workload, std::int64_t outer, std::int64_t along, std::int64_t inner,
                         axis_type type = axis_type::f32, bool ends = false) {
        const bool is_quick = type == axis_type::f32 && std::find(quick.begin(), quick.end(), workload) != quick.end();
        list.push_back(
            {{"", outer, along, inner, type, ends}, workload, is_quick ? std::vector<std::string>{"quick"} : std::vector<std::string>{}});
    };
    constexpr std::int64_t mi = std::int64_t{1} << 20;
    add("everything", 1, 16 * mi, 1);
    add("rows", 16384, 1024, 1);
    add("rows of 64", mi / 4, 64, 1);
    add("rows of 16", mi, 16, 1);
    add("rows of 4", 4 * mi, 4, 1);
    add("prime rows", 1000003, 7, 1);
    add("long columns", 1, 1024, 16384);
    add("columns", 1, 16384, 1024);
    add("narrow columns", 1, mi, 8);
    add("middle axis", 16, 1024, 1024);
    add("short middle axis", 65536, 4, 64);
    add("channels of images", 32, 512, 784);
    add("batch norm", 32, 512, 784, axis_type::f32, true);
    add("in L1, rows", 64, 64, 1);
    add("in L1, columns", 1, 64, 64);
    add("in L2, columns", 1, 256, 256);
    add("in L3, columns", 1, 1024, 1024);
    add("rows", 8192, 1024, 1, axis_type::f64);
    add("columns", 1, 8192, 1024, axis_type::f64);
    add("rows", 16384, 1024, 1, axis_type::bf16);
    add("columns", 1, 16384, 1024, axis_type::bf16);
    return list;
}

std::vector<listed_axis_shape> softmax_shapes() {
    const std::vector<std::string> quick{"quick"};
    return {{{"", 16384, 1024, 1}, "long rows", quick},
            {{"", 196608, 128, 1}, "attention, 128 tokens", quick},
            {{"", 512, 32000, 1}, "vocabulary of 32000", quick},
            {{"", 16, 1000003, 1}, "rows beyond the caches", {}},
            {{"", 32, 1000, 1}, "class scores, in L2", quick},
            {{"", 1048576, 16, 1}, "rows of 16", quick},
            {{"", 524288, 32, 1}, "rows of 32", {}},
            {{"", 262144, 64, 1}, "rows of 64", {}},
            {{"", 1000003, 7, 1}, "rows of 7", {}},
            {{"", 8388608, 2, 1}, "rows of 2", {}},
            {{"", 64, 128, 1}, "attention of one head, in L1", {}},
            {{"", 8, 21, 262144}, "segmentation, 21 classes", quick},
            {{"", 1, 16384, 1024}, "columns", {}},
            {{"", 1, 128, 131072}, "long columns", {}},
            {{"", 8192, 1024, 1, axis_type::f64}, "long rows", {}},
            {{"", 16384, 1024, 1, axis_type::bf16}, "long rows", {}},
            {{"", 196608, 128, 1, axis_type::bf16}, "attention, 128 tokens", {}}};
}

std::vector<listed_axis_shape> norm_shapes() {
    const std::vector<std::string> quick{"quick"};
    return {{{"", 16384, 768, 1}, "BERT-base", quick},
            {{"", 4096, 4096, 1}, "hidden size 4096", quick},
            {{"", 2048, 8192, 1}, "hidden size 8192", {}},
            {{"", 16, 1000003, 1}, "rows beyond the caches", {}},
            {{"", 128, 768, 1}, "BERT-base, 128 tokens, in L2", quick},
            {{"", 1, 4096, 1}, "one token, in L1", {}},
            {{"", 196608, 64, 1}, "heads of 64", quick},
            {{"", 98304, 128, 1}, "heads of 128", {}},
            {{"", 1048576, 16, 1}, "rows of 16", {}},
            {{"", 32, 96, 3136}, "channels of images", quick},
            {{"", 4096, 1024, 1, axis_type::f64}, "hidden size 1024", {}},
            {{"", 4096, 4096, 1, axis_type::bf16}, "hidden size 4096", {}}};
}

}  // namespace tenfold::bench
