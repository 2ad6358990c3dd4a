// SPDX-License-Identifier: Apache-2.0
// THE list of what contests can be about.
#include "op/matmul_catalog.hpp"             // matmul_set_names
#include "peers/axes/axis_subject.hpp"       // make_axis_subject, axis_set_names
#include "peers/contest/matmul_subject.hpp"  // make_matmul_subject
#include "peers/conv/conv_subject.hpp"       // make_conv_subject, layer_set_names

namespace tenfold::bench {

const std::vector<listed_subject>& subjects() {
    static const std::vector<listed_subject> list{{"matmul", &make_matmul_subject, &matmul_set_names},
                                                  {"axes", &make_axis_subject, &axis_set_names},
                                                  {"conv", &make_conv_subject, &layer_set_names}};
    return list;
}

}  // namespace tenfold::bench
