// SPDX-License-Identifier: Apache-2.0
// A call of a library that is ready to be made, as the contest sees it: whatever it computes, it is run so many times.
#pragma once

#include <cstdint>      // std::int64_t
#include <memory>       // std::unique_ptr, std::make_unique
#include <type_traits>  // std::decay_t
#include <utility>      // std::forward, std::move

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

/// A call without arguments, made again and again. The loop is compiled in the library's own module.
template <class Call>
class repeated final : public ready_call {
    Call call_;

public:
    explicit repeated(Call call) : call_(std::move(call)) {}
    void run(std::int64_t calls) override {
        for (std::int64_t i = 0; i < calls; ++i) call_();
    }
};
template <class Call>
std::unique_ptr<ready_call> repeat_call(Call&& call) {
    return std::make_unique<repeated<std::decay_t<Call>>>(std::forward<Call>(call));
}

}  // namespace tenfold::bench
