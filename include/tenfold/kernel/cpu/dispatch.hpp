// SPDX-License-Identifier: Apache-2.0
// Which instruction set runs, and the jump to it.                                                          [floor 4]
#pragma once

#include <tenfold/core/error.hpp>
#include <tenfold/exec/cpu.hpp>
#include <tenfold/exec/environment.hpp>
#include <tenfold/kernel/cpu/isa/list.hpp>

#include <array>
#include <atomic>
#include <cstring>

TENFOLD_BEGIN
/// Index into isa_list. -1: no such name, or this machine cannot run it; never a silent fallback.
struct isa_choice {
    int index;
    bool known;  ///< the name is in the list
};

template <class... Isa>
isa_choice choose_isa(type_list<Isa...>, unsigned have, const char* wanted) noexcept {
    isa_choice best{-1, wanted == nullptr};
    int index = 0;
    const auto offer = [&](const char* name, unsigned needs) {
        const bool named = wanted == nullptr || std::strcmp(wanted, name) == 0;
        best.known |= named;
        if (named && best.index < 0 && (needs & ~have) == 0) best.index = index;
        ++index;
    };
    (offer(Isa::name, Isa::needs), ...);
    return best;
}

template <class... Isa>
constexpr auto isa_needs(type_list<Isa...>) noexcept {
    return std::array<unsigned, sizeof...(Isa)>{Isa::needs...};
}
/// The instruction set at `index` has all of `bits`.
TENFOLD_INLINE bool isa_has(int index, unsigned bits) noexcept {
    static constexpr auto needs = isa_needs(isa_list{});
    return (needs[static_cast<std::size_t>(index)] & bits) == bits;
}

/// The machine's levels. Detection is a pure function of the machine, so racing first calls store the same word.
TENFOLD_HIDDEN inline unsigned machine_isa_bits() noexcept {
    static constinit std::atomic<unsigned> cached{0};
    constexpr unsigned known = 1u << 31;
    unsigned bits = cached.load(std::memory_order_relaxed);
    if (bits == 0) [[unlikely]] {
        bits = decode_isa_bits(read_cpuid()) | known;
        cached.store(bits, std::memory_order_relaxed);
    }
    return bits & ~known;
}

/// TENFOLD_ISA, read once per process (and per shared library).
TENFOLD_HIDDEN inline const char* isa_from_environment() noexcept {
    static constinit std::atomic<const char*> cached{nullptr};
    static constinit std::atomic<bool> read{false};
    if (!read.load(std::memory_order_acquire)) {
        cached.store(environment("TENFOLD_ISA"), std::memory_order_relaxed);
        read.store(true, std::memory_order_release);
    }
    return cached.load(std::memory_order_relaxed);
}

/// Index into isa_list of what calls run that name none; negative: not found yet.
TENFOLD_HIDDEN inline std::atomic<int>& process_isa() noexcept {
    static constinit std::atomic<int> index{-1};
    return index;
}

template <class... Isa>
constexpr auto isa_names(type_list<Isa...>) noexcept {
    return std::array<const char*, sizeof...(Isa)>{Isa::name...};
}

/// Names of the instruction sets of this build that this machine can run, best first; unused places are null.
struct isa_name_list {
    static constexpr std::size_t capacity = isa_names(isa_list{}).size();
    const char* names[capacity] = {};
    std::size_t count = 0;
    [[nodiscard]] const char* const* begin() const noexcept { return names; }
    [[nodiscard]] const char* const* end() const noexcept { return names + count; }
    [[nodiscard]] std::size_t size() const noexcept { return count; }
    [[nodiscard]] const char* operator[](std::size_t i) const noexcept { return names[i]; }
};
template <class... Isa>
isa_name_list runnable_isas(type_list<Isa...>, unsigned have) noexcept {
    isa_name_list list;
    ((((Isa::needs & ~have) == 0) ? void(list.names[list.count++] = Isa::name) : void()), ...);
    return list;
}
inline isa_name_list available_isas() noexcept { return runnable_isas(isa_list{}, machine_isa_bits()); }

TENFOLD_COLD inline status isa_failure(const char* op, const char* source, const char* wanted, bool known) noexcept {
    failure message(status_code::unsupported, op);
    message << source << wanted << (known ? " cannot run on this machine (this build has " : " is not an ISA of this build (");
    bool first = true;
    for (const char* name : isa_names(isa_list{})) {
        message << (first ? "" : ", ") << name;
        first = false;
    }
    message << "); this machine can run ";
    first = true;
    for (const char* name : available_isas()) {
        message << (first ? "" : ", ") << name;
        first = false;
    }
    return message << ". Unset it or use one of those";
}

/// What `wanted` (null: the best) chooses on this machine; `source` names who wants it in messages.
TENFOLD_COLD inline status find_isa(const char* op, const char* source, const char* wanted, int& index) noexcept {
    const isa_choice choice = choose_isa(isa_list{}, machine_isa_bits(), wanted);
    index = choice.index;
    if (choice.index >= 0) return {};
    return isa_failure(op, source, wanted, choice.known);
}

/// The index into isa_list that a call with `where` runs, or a status that lists the names. What calls without a name of their
/// own run is found once: it is the same for the whole process.
TENFOLD_INLINE status choose_isa(const char* op, const cpu& where, int& index) noexcept {
    if (where.isa != nullptr && *where.isa != '\0') return find_isa(op, "cpu{.isa} = ", where.isa, index);
    std::atomic<int>& found = process_isa();
    index = found.load(std::memory_order_relaxed);
    if (index >= 0) [[likely]]
        return {};
    status s = find_isa(op, "TENFOLD_ISA=", isa_from_environment(), index);
    found.store(index, std::memory_order_relaxed);
    return s;
}

/// The instruction set that a call with `where` runs. Throws unsupported_error for a wrong name, in `where` or in
/// TENFOLD_ISA; without exceptions it returns null.
inline const char* active_isa([[maybe_unused]] const cpu& where = {}) {
    int index = -1;
    const status s = choose_isa("active_isa", where, index);
#if TENFOLD_HAS_EXCEPTIONS
    if (!s.ok()) raise(s);
#endif
    return s.ok() ? isa_names(isa_list{})[static_cast<std::size_t>(index)] : nullptr;
}

template <class Body, class... Isa, class... Argument>
TENFOLD_INLINE void call_at(type_list<Isa...>, int index, Argument... argument) noexcept(!is_running_functors<Body>) {
    static constexpr void (*table[])(Argument...) noexcept(!is_running_functors<Body>) = {&Isa::base::template call<Body, Argument...>...};
    table[index](argument...);
}

/// Runs `Body::run<Isa>(argument...)` for the base of the instruction set at `index`. Pointers, sizes and plain structs only.
/// A body that runs functors may throw what they throw.
template <class Body, class... Argument>
TENFOLD_INLINE void dispatch(int index, Argument... argument) noexcept(!is_running_functors<Body>) {
    call_at<Body>(isa_list{}, index, argument...);
}

/// A constant of each instruction set, looked up by index: `isa_constant<tile_rows_of>(index)`.
template <class Constant, class... Isa>
TENFOLD_INLINE const auto& constant_at(type_list<Isa...>, int index) noexcept {
    static constexpr decltype(Constant::template of<baseline>()) table[] = {Constant::template of<typename Isa::base>()...};
    return table[index];
}
template <class Constant>
TENFOLD_INLINE const auto& isa_constant(int index) noexcept {
    return constant_at<Constant>(isa_list{}, index);
}
TENFOLD_END
