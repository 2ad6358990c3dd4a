// SPDX-License-Identifier: Apache-2.0
// What this thread's allocations do: counted while armed; the one at `fail_at` fails. Other threads are left alone.
#pragma once

#include <cstddef>

namespace support {
struct countdown {
    bool armed = false;
    long made = 0;
    long fail_at = -1;
    long live = 0;
    std::size_t bytes = 0;

    bool fails(std::size_t size) {
        if (!armed) return false;
        bytes += size;
        return made++ == fail_at;
    }
};
extern thread_local countdown watch;

/// Allocations that `call` makes on this thread.
template <class Call>
long allocations_of(const Call& call) {
    watch = {};
    watch.armed = true;
    call();
    watch.armed = false;
    return watch.made;
}
}  // namespace support
