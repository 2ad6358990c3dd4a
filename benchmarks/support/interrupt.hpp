// SPDX-License-Identifier: Apache-2.0
// SIGINT and SIGTERM as a question: the measurement stops at the next sample. A second signal ends the process at once.
#pragma once

namespace tenfold::bench {

/// From now on the two signals are noted.
void watch_for_interrupts();
[[nodiscard]] bool interrupted();

}  // namespace tenfold::bench
