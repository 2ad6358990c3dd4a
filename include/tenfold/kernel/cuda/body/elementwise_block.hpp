// SPDX-License-Identifier: Apache-2.0
// The kernel of transform, copy and convert: y <- operation(inputs...), packs of neighbours where all operands allow it. [floor 4]
//
// Each thread has the loads of several items under way before it stores the first. An item is a pack along the innermost axis, or
// one element. Neighbouring threads take neighbouring items.
#pragma once

#include <tenfold/kernel/cuda/body/convert_element.hpp>
#include <tenfold/kernel/cuda/strided_axes.hpp>

#include <utility>

TENFOLD_BEGIN
namespace gpu_kernels {
/// A pack of each input.
template <unsigned Count, class... X>
struct input_packs {};
template <unsigned Count, class First, class... Rest>
struct input_packs<Count, First, Rest...> {
    pack<First, Count> first;
    input_packs<Count, Rest...> rest;

    template <std::size_t At>
    [[nodiscard]] TENFOLD_DEVICE auto& get() {
        if constexpr (At == 0) {
            return first;
        } else {
            return rest.template get<At - 1>();
        }
    }
};

template <class... T>
consteval unsigned largest_size() {
    unsigned largest = 0;
    ((largest = sizeof(T) > largest ? static_cast<unsigned>(sizeof(T)) : largest), ...);
    return largest;
}

template <class Operation, class Y, class... X>
struct elementwise_block {
    static constexpr std::size_t inputs = sizeof...(X);
    static constexpr unsigned threads = 256;
    static constexpr unsigned pack_elements = 16 / largest_size<Y, X...>();
    /// Items of a thread; more inputs fill the registers sooner.
    static constexpr unsigned steps = inputs <= 2 ? 4 : inputs <= 4 ? 2 : 1;
    using axes_type = strided_axes<inputs + 1>;

    struct arguments {
        axes_type axes;  ///< of y, then of each input
        Y* y;
        const void* x[inputs];
        bool packs;  ///< packs are legal: unit or zero strides inside, aligned rows
        Operation operation;
    };

    template <class Thread>
    TENFOLD_DEVICE static void run(const Thread& self, const arguments& a) {
        if (a.packs) {
            run_items<pack_elements>(self, a);
            // What a single axis has behind its last pack.
            const index_t rest = a.axes.elements / pack_elements * pack_elements + self.thread();
            if (self.block() == 0 && rest < a.axes.elements) run_item<1>(self, a, rest);
        } else {
            run_items<1>(self, a);
        }
    }

private:
    using each_input = std::make_index_sequence<inputs>;

    template <unsigned Count, class Thread>
    TENFOLD_DEVICE static void run_items(const Thread& self, const arguments& a) {
        const index_t items = a.axes.elements / Count;
        const index_t first = static_cast<index_t>(self.block()) * (threads * steps) + self.thread();
        input_packs<Count, X...> held[steps];
        index_t target[steps];
        TENFOLD_DEVICE_UNROLL
        for (unsigned s = 0; s < steps; ++s) {
            if (first + s * threads < items) target[s] = load<Count>(self, a, (first + s * threads) * Count, held[s], each_input{});
        }
        TENFOLD_DEVICE_UNROLL
        for (unsigned s = 0; s < steps; ++s) {
            if (first + s * threads < items) store<Count>(self, a, target[s], held[s], each_input{});
        }
    }
    template <unsigned Count, class Thread>
    TENFOLD_DEVICE static void run_item(const Thread& self, const arguments& a, index_t number) {
        input_packs<Count, X...> held;
        const index_t target = load<Count>(self, a, number, held, each_input{});
        store<Count>(self, a, target, held, each_input{});
    }

    /// Loads the inputs from the element with this number on; its offset in y.
    template <unsigned Count, class Thread, std::size_t... Input>
    TENFOLD_DEVICE static index_t load(const Thread& self, const arguments& a, index_t number, input_packs<Count, X...>& held,
                                       std::index_sequence<Input...>) {
        const auto offset = a.axes.at(number);
        (load_input(self, static_cast<const X*>(a.x[Input]) + offset.of[Input + 1],
                    Count > 1 && a.axes.axis[a.axes.count - 1].stride[Input + 1] == 0, held.template get<Input>()),
         ...);
        return offset.of[0];
    }
    template <unsigned Count, class T, class Thread>
    TENFOLD_DEVICE static void load_input(const Thread& self, const T* x, bool repeated, pack<T, Count>& held) {
        if (repeated) {
            const T value = self.load(x);
            TENFOLD_DEVICE_UNROLL
            for (unsigned i = 0; i < Count; ++i) held.element[i] = value;
        } else {
            held = self.load(reinterpret_cast<const pack<T, Count>*>(x));
        }
    }
    template <unsigned Count, class Thread, std::size_t... Input>
    TENFOLD_DEVICE static void store(const Thread& self, const arguments& a, index_t target, input_packs<Count, X...>& held,
                                     std::index_sequence<Input...>) {
        pack<Y, Count> result;
        TENFOLD_DEVICE_UNROLL
        for (unsigned i = 0; i < Count; ++i) result.element[i] = a.operation(held.template get<Input>().element[i]...);
        self.store(reinterpret_cast<pack<Y, Count>*>(a.y + target), result);
    }
};

/// The functor of a transform: its arguments and its result as transform defines them.
template <class F, class Y>
struct transformed {
    F functor;
    template <class... X>
    TENFOLD_DEVICE Y operator()(X... x) const {
        return converted<Y>(held_as_element(functor(widened(x)...)));
    }
};
template <class Y>
struct conversion {
    bool saturate;
    template <class X>
    TENFOLD_DEVICE Y operator()(X x) const {
        return converted<Y>(x, saturate);
    }
};
}  // namespace gpu_kernels
TENFOLD_END
