// SPDX-License-Identifier: Apache-2.0
// A contest of convolutions.
#pragma once

#include "peers/contest/subject.hpp"  // contest_subject, contest_wishes
#include "peers/conv/layer.hpp"       // layer_set_names

namespace tenfold::bench {

std::unique_ptr<contest_subject> make_conv_subject(const contest_wishes& wishes);

}  // namespace tenfold::bench
