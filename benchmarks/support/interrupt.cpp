// SPDX-License-Identifier: Apache-2.0
// Notes SIGINT and SIGTERM.
#include "support/interrupt.hpp"

#include <csignal>  // sigaction, sig_atomic_t

namespace tenfold::bench {
namespace {

volatile std::sig_atomic_t received = 0;

extern "C" void note_interrupt(int) { received = 1; }

}  // namespace

void watch_for_interrupts() {
    struct sigaction action = {};
    action.sa_handler = &note_interrupt;
    action.sa_flags = SA_RESTART | static_cast<int>(SA_RESETHAND);  // the next one has its usual effect
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return received != 0; }

}  // namespace tenfold::bench
