// SPDX-License-Identifier: Apache-2.0
// tenfold's ops along axes as a contender: the calls that a user writes. Compiled without any -march.
#include <tenfold/backends/cpu.hpp>

#include "peers/axes/op_list.hpp"  // with_op
#include "peers/axes/views.hpp"    // call_of

namespace tenfold::bench {
namespace {

std::unique_ptr<ready_call> prepare(const axis_shape& s, const axis_operands& operands, int threads) {
    std::unique_ptr<ready_call> ready;
    with_op(axis_op_list{}, s.op, [&]<class Op>(Op) {
        with_axis_type(s.type, [&]<class T>(T) {
            const axis_call<T> call = call_of<Op, T>(s, operands);
            ready = repeat_call([call, where = cpu{.threads = threads}] { Op::apply(where, call); });
        });
    });
    return ready;
}

}  // namespace

extern "C" void tenfold_axis_peers(std::vector<axis_peer>& peers) { peers.push_back({"", active_isa(), &prepare}); }

}  // namespace tenfold::bench
