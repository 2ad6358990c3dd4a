// SPDX-License-Identifier: Apache-2.0
// The switch between fibers in AArch64 assembly, beside that of ucontext: what is on a stack and in registers survives.
#include <tenfold/testing/simt/fiber.hpp>

#include <cstdio>

namespace si = tenfold::testing::simt;

namespace {
template <class Switch>
bool turns_are_taken() {
    using fiber = si::basic_fiber<Switch>;
    struct state {
        fiber run;
        int turns = 0;
        double carried = 0;
    } s;
    s.run.start(
        [](void* p) {
            auto& own = *static_cast<state*>(p);
            double kept = 0.5;  // in a register that a callee keeps
            for (int i = 0; i < 5; ++i) {
                ++own.turns;
                kept *= 2;
                own.run.suspend();
            }
            own.carried = kept;
        },
        &s);
    double outside = 3;
    for (int i = 0; !s.run.finished(); ++i) {
        s.run.resume();
        outside += i;
    }
    return s.turns == 5 && s.carried == 16 && outside == 3 + 0 + 1 + 2 + 3 + 4 + 5;
}
}  // namespace

int main() {
    const bool right = turns_are_taken<si::machine_switch>() && turns_are_taken<si::ucontext_switch>();
    std::printf("fibers by %s\n", TENFOLD_HAS_SWAP_STACKS ? "assembly" : "ucontext");
    return right ? 0 : 1;
}
