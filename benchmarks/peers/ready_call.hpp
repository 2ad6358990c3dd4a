// SPDX-License-Identifier: Apache-2.0
// A call of a library that is ready to be made, as the contest sees it: whatever it computes, it is run so many times.
#pragma once

#include <cstdint>  // std::int64_t

namespace tenfold::bench {

/// One problem on given operands, with everything done that the library lets its user do beforehand.
class ready_call {
public:
    ready_call() = default;
    ready_call(const ready_call&) = delete;
    ready_call& operator=(const ready_call&) = delete;
    virtual ~ready_call() = default;

    /// Computes so many times, each time from the next set of operands: the very first time from the first.
    virtual void run(std::int64_t calls) = 0;

    /// Puts the result where it is compared, if the library returns results in memory of its own. Not timed.
    virtual void deliver() {}
};

}  // namespace tenfold::bench
