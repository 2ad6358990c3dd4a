// SPDX-License-Identifier: Apache-2.0
// An epilogue along a strip of outputs, as loops that the compiler turns into vector code.                  [floor 4]
#pragma once

#include <tenfold/kernel/cpu/body/element.hpp>
#include <tenfold/op/functor/epilogue.hpp>

#include <utility>

TENFOLD_BODIES_BEGIN
TENFOLD_BEGIN
/// Outputs whose index varies along one axis: index[axis] + s for s < count, which is passed beside it.
template <std::size_t Rank>
struct output_strip {
    index_array<Rank> index;
    std::size_t axis;
};

/// What an epilogue makes of a Value.
template <class Epilogue, class Value, std::size_t... Axis>
auto epilogue_result(std::index_sequence<Axis...>) -> std::invoke_result_t<const Epilogue&, Value, typename index_of_axis<Axis>::type...>;
template <class Epilogue, class Value, std::size_t Rank>
using epilogue_result_t = decltype(epilogue_result<Epilogue, Value>(std::make_index_sequence<Rank>{}));

inline constexpr index_t longest_strip = 256;  // of values in a local array

/// out[s] <- epilogue(in[s], index of s): step by step over the strip, so that each step is a loop of vectors. `out` may be `in`.
template <class Epilogue, class In, class Out, std::size_t Rank, std::size_t... Axis>
TENFOLD_BODY void apply_elements(const Epilogue& epilogue, const In* in, Out* out, const output_strip<Rank>& strip, index_t count,
                                 std::index_sequence<Axis...>) {
    TENFOLD_STRICT
    const index_t first[] = {strip.index[Axis]...};
    const index_t step[] = {(Axis == strip.axis ? index_t{1} : index_t{0})...};
    TENFOLD_INDEPENDENT
    for (index_t s = 0; s < count; ++s) out[s] = epilogue(in[s], (first[Axis] + s * step[Axis])...);
}
template <class Epilogue, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const Epilogue& epilogue, const In* in, Out* out, const output_strip<Rank>& strip, index_t count) {
    apply_elements(epilogue, in, out, strip, count, std::make_index_sequence<Rank>{});
}
/// A functor with an operand of its own: the operand's elements are `step` apart along the strip.
template <class In, class Out, class T, class Apply>
TENFOLD_BODY void apply_operand(const In* in, Out* out, const T* operand, index_t step, index_t count, const Apply& combine) noexcept {
    TENFOLD_STRICT
    if (step == 1) {
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), widen_element<Out>(operand[s]));
    } else if (step == 0) {
        const auto same = widen_element<Out>(*operand);
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), same);
    } else {
        TENFOLD_INDEPENDENT
        for (index_t s = 0; s < count; ++s) out[s] = combine(static_cast<Out>(in[s]), widen_element<Out>(operand[s * step]));
    }
}
template <class T, class Apply, class Space, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const channel_functor<T, Apply, Space>& f, const In* in, Out* out, const output_strip<Rank>& strip,
                              index_t count) noexcept {
    const index_t step = f.values.extent(0) == 1 ? 0 : f.values.stride(0);
    apply_operand(in, out, f.values.data() + strip.index[f.axis] * step, f.axis == strip.axis ? step : 0, count, Apply{});
}
template <class T, class Space, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const add_functor<T, Rank, Space>& f, const In* in, Out* out, const output_strip<Rank>& strip,
                              index_t count) noexcept {
    const index_t step = f.residual.extent(strip.axis) == 1 ? 0 : f.residual.stride(strip.axis);
    apply_operand(in, out, &f.residual(strip.index), step, count, add_channel{});
}
/// A functor at one strip: what it reads beside the value is found once. Channels lie along the strip (`Along`), one value for each
/// output, or across it, one for all.
template <bool Along, class Epilogue, std::size_t Rank>
struct strip_functor {
    const Epilogue& functor;
    const output_strip<Rank>& strip;

    TENFOLD_BODY strip_functor(const Epilogue& f, const output_strip<Rank>& at) noexcept : functor(f), strip(at) {}
    [[nodiscard]] TENFOLD_BODY bool fits() const noexcept { return true; }
    template <class Value>
    TENFOLD_BODY auto operator()(Value x, index_t s) const {
        return at(x, s, std::make_index_sequence<Rank>{});
    }

private:
    template <class Value, std::size_t... Axis>
    TENFOLD_BODY auto at(Value x, index_t s, std::index_sequence<Axis...>) const {
        return functor(x, (strip.index[Axis] + (Axis == strip.axis ? s : 0))...);
    }
};
template <bool Along, class T, class Apply, class Space, std::size_t Rank>
struct strip_functor<Along, channel_functor<T, Apply, Space>, Rank> {
    const T* values;
    bool fits_strip;

    TENFOLD_BODY strip_functor(const channel_functor<T, Apply, Space>& f, const output_strip<Rank>& strip) noexcept {
        const index_t step = f.values.extent(0) == 1 ? 0 : f.values.stride(0);
        values = f.values.data() + strip.index[f.axis] * step;
        fits_strip = Along ? f.axis == strip.axis && step == 1 : f.axis != strip.axis;
    }
    [[nodiscard]] TENFOLD_BODY bool fits() const noexcept { return fits_strip; }
    template <class Value>
    TENFOLD_BODY auto operator()(Value x, index_t s) const noexcept {
        using Result = combined_t<Value, T>;
        return Apply{}(static_cast<Result>(x), widen_element<Result>(values[Along ? s : 0]));
    }
};
template <bool Along, class T, class Space, std::size_t Rank>
struct strip_functor<Along, add_functor<T, Rank, Space>, Rank> {
    const T* values;
    bool fits_strip;

    TENFOLD_BODY strip_functor(const add_functor<T, Rank, Space>& f, const output_strip<Rank>& strip) noexcept
        : values(&f.residual(strip.index)), fits_strip(f.residual.extent(strip.axis) > 1 && f.residual.stride(strip.axis) == 1) {}
    [[nodiscard]] TENFOLD_BODY bool fits() const noexcept { return fits_strip; }
    template <class Value>
    TENFOLD_BODY auto operator()(Value x, index_t s) const noexcept {
        using Result = combined_t<Value, T>;
        return add_channel{}(static_cast<Result>(x), widen_element<Result>(values[s]));
    }
};
template <bool Along, class Inner, class Outer, std::size_t Rank>
struct strip_functor<Along, joined_epilogue<Inner, Outer>, Rank> {
    strip_functor<Along, Inner, Rank> inner;
    strip_functor<Along, Outer, Rank> outer;

    TENFOLD_BODY strip_functor(const joined_epilogue<Inner, Outer>& both, const output_strip<Rank>& strip) noexcept
        : inner(both.inner, strip), outer(both.outer, strip) {}
    [[nodiscard]] TENFOLD_BODY bool fits() const noexcept { return inner.fits() && outer.fits(); }
    template <class Value>
    TENFOLD_BODY auto operator()(Value x, index_t s) const {
        return outer(inner(x, s), s);
    }
};
template <class Functor, class In, class Out>
TENFOLD_BODY bool apply_together(const Functor& functor, const In* in, Out* out, index_t count) {
    TENFOLD_STRICT
    if (!functor.fits()) return false;
    TENFOLD_INDEPENDENT
    for (index_t s = 0; s < count; ++s) out[s] = functor(in[s], s);
    return true;
}
template <class Inner, class Outer, class In, class Out, std::size_t Rank>
TENFOLD_BODY void apply_strip(const joined_epilogue<Inner, Outer>& both, const In* in, Out* out, const output_strip<Rank>& strip,
                              index_t count) {
    // Together, so that a value stays in a register, or one functor after another.
    if (apply_together(strip_functor<true, joined_epilogue<Inner, Outer>, Rank>(both, strip), in, out, count)) return;
    if (apply_together(strip_functor<false, joined_epilogue<Inner, Outer>, Rank>(both, strip), in, out, count)) return;
    using Middle = epilogue_result_t<Inner, In, Rank>;
    if constexpr (std::is_same_v<Middle, Out> && never_reads_output<Outer>) {  // what stands in out may be c, and wanted yet
        apply_strip(both.inner, in, out, strip, count);
        apply_strip(both.outer, static_cast<const Out*>(out), out, strip, count);
    } else {
        Middle middle[std::size_t{longest_strip}];
        output_strip<Rank> part = strip;
        for (index_t first = 0, some = 0; first < count; first += some) {
            some = count - first < longest_strip ? count - first : longest_strip;
            part.index[strip.axis] = strip.index[strip.axis] + first;
            apply_strip(both.inner, in + first, middle, part, some);
            apply_strip(both.outer, static_cast<const Middle*>(middle), out + first, part, some);
        }
    }
}
TENFOLD_END
TENFOLD_BODIES_END
