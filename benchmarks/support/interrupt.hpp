// SPDX-License-Identifier: Apache-2.0
// Signals and notices as a question: the measurement stops at the next sample. A second signal ends the process at once.
#pragma once

#include <string>  // std::string

namespace tenfold::bench {

/// From now on SIGINT, SIGTERM and SIGUSR1 (which batch systems send ahead of time) are noted.
void watch_for_interrupts();
[[nodiscard]] bool interrupted();

/// The same as a signal, for another reason: "notice of aws: terminate".
void interrupt_because(const std::string& reason);
/// Why: "signal SIGTERM", or what interrupt_because was told.
[[nodiscard]] std::string interruption_reason();

/// Sleeps until interrupted (true), or until `stop`, a descriptor, can be read (false).
bool wait_for_interrupt(int stop);

}  // namespace tenfold::bench
