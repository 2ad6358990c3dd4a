// SPDX-License-Identifier: Apache-2.0
// arena_ref: the caller's tbb::task_arena, or any pool with the same two members, without a TBB header.     [floor 2]
#pragma once

#include <tenfold/config/abi.hpp>

#include <concepts>

TENFOLD_BEGIN
/// Calls `function(context)`; the only callable that ever crosses into a foreign arena.
struct arena_task {
    void (*function)(void*);
    void* context;
    void operator()() const { function(context); }
};

template <class Arena>
concept task_arena = requires(Arena& arena, arena_task task) {
    arena.execute(task);
    { arena.max_concurrency() } -> std::convertible_to<int>;
};

template <class Arena>
void execute_in(void* arena, arena_task task) {
    static_cast<Arena*>(arena)->execute(task);
}
template <class Arena>
int concurrency_of(void* arena) {
    return static_cast<Arena*>(arena)->max_concurrency();
}
TENFOLD_END

TENFOLD_TYPES_BEGIN
/// Refers to an arena the caller owns and keeps alive during the call; empty: the arena the caller is in.
class arena_ref {
public:
    TENFOLD_INLINE constexpr arena_ref() noexcept {}
    template <task_arena Arena>
    TENFOLD_INLINE arena_ref(Arena* arena) noexcept : arena_(arena), execute_(&execute_in<Arena>), concurrency_(&concurrency_of<Arena>) {}

    [[nodiscard]] TENFOLD_INLINE explicit operator bool() const noexcept { return arena_ != nullptr; }
    TENFOLD_INLINE void execute(arena_task task) const { execute_(arena_, task); }
    [[nodiscard]] TENFOLD_INLINE int max_concurrency() const { return concurrency_(arena_); }

private:
    void* arena_ = nullptr;
    void (*execute_)(void*, arena_task) = nullptr;
    int (*concurrency_)(void*) = nullptr;
};
TENFOLD_TYPES_END
