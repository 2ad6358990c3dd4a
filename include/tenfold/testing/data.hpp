// SPDX-License-Identifier: Apache-2.0
// Test data: a seeded generator, extents worth testing, and buffers whose every arrangement of strides is guarded. [floor 6]
#pragma once

#include <tenfold/core/tensor.hpp>
#include <tenfold/kernel/reference/element.hpp>  // for_each_index, narrow

#include <algorithm>  // min
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

TENFOLD_BEGIN
namespace testing {
/// splitmix64 [Steele, Lea, Flood 2014]: the same numbers on every platform and library, from any seed.
class generator {
public:
    explicit generator(std::uint64_t seed) noexcept : state_(seed) {}

    std::uint64_t next() noexcept {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15u;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
        return z ^ (z >> 31);
    }
    /// 0 .. count - 1, count >= 1.
    index_t below(index_t count) noexcept { return static_cast<index_t>(next() % static_cast<std::uint64_t>(count)); }
    /// low .. high, both included.
    index_t between(index_t low, index_t high) noexcept { return low + below(high - low + 1); }
    /// In [0, 1).
    double fraction() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }
    bool chance(double probability) noexcept { return fraction() < probability; }
    template <class T, std::size_t Count>
    const T& pick(const T (&list)[Count]) noexcept {
        return list[below(static_cast<index_t>(Count))];
    }

private:
    std::uint64_t state_;
};

/// An extent of a class that breaks kernels: 0, 1, 2, 3, primes, vector and tile lengths, one less, one more; <= limit.
inline index_t draw_extent(generator& random, index_t limit) noexcept {
    static constexpr index_t classes[] = {0,  1,  1,  2,  2,  3,  3,  4,  5,  6,   7,   7,   8,   9,   11,  12,
                                          13, 13, 14, 15, 16, 17, 19, 23, 24, 27,  28,  29,  31,  32,  33,  37,
                                          47, 48, 49, 63, 64, 65, 81, 96, 97, 101, 127, 128, 129, 255, 256, 257};
    for (;;) {
        const index_t extent = random.pick(classes);
        if (extent <= limit) return extent;
    }
}

/// How a view lies in its buffer. Unit axes get strides that would be far outside if they were used.
enum class arrangement {
    row_major,  ///< contiguous, at an offset that is no multiple of a vector
    padded,     ///< row-major with gaps between rows
    permuted,   ///< axes in any order
    stepped,    ///< every second or third element of some axes
    reversed,   ///< some axes with negative strides
    broadcast,  ///< some axes with stride 0: inputs only
    mixed       ///< permuted, stepped, padded and reversed at once
};
inline arrangement draw_output_arrangement(generator& random) noexcept {
    static constexpr arrangement all[] = {arrangement::row_major, arrangement::row_major, arrangement::padded, arrangement::permuted,
                                          arrangement::stepped,   arrangement::reversed,  arrangement::mixed};
    return random.pick(all);
}
inline arrangement draw_input_arrangement(generator& random) noexcept {
    return random.chance(0.1) ? arrangement::broadcast : draw_output_arrangement(random);
}
inline const char* name_of(arrangement how) noexcept {
    static constexpr const char* names[] = {"row_major", "padded", "permuted", "stepped", "reversed", "broadcast", "mixed"};
    return names[static_cast<int>(how)];
}

/// A view in a buffer of its own. Every byte of the buffer that is no element holds a canary.
template <class T, std::size_t Rank>
class arranged {
public:
    arranged(generator& random, const index_array<Rank>& extents, arrangement how) : arranged(random, extents, how, random.below(16)) {}

    /// The view starts `shift` elements behind a 64-byte boundary.
    arranged(generator& random, const index_array<Rank>& extents, arrangement how, index_t shift) : extents_(extents) {
        static constexpr index_t unused[] = {
            0, -1, index_t{1} << 31, index_t{1} << 33, (std::numeric_limits<index_t>::min)(), (std::numeric_limits<index_t>::max)()};
        const bool mix = how == arrangement::mixed;
        std::size_t order[Rank > 0 ? Rank : 1] = {};  // innermost last
        for (std::size_t i = 0; i < Rank; ++i) order[i] = i;
        if (mix || how == arrangement::permuted) {
            for (std::size_t i = Rank; i > 1; --i) std::swap(order[i - 1], order[random.below(static_cast<index_t>(i))]);
        }
        index_t span = 1;   // elements that one step of the next outer axis has to clear
        index_t first = 0;  // offset of index (0, ..., 0) in the span
        for (std::size_t i = Rank; i-- > 0;) {
            const std::size_t axis = order[i];
            if (extents[axis] == 1 || is_empty(extents)) {
                strides_[axis] = random.pick(unused);
                continue;
            }
            if (how == arrangement::broadcast && random.chance(0.5)) {
                strides_[axis] = 0;
                continue;
            }
            const index_t step = (mix || how == arrangement::stepped) ? random.between(1, 3) : 1;
            const index_t gap = (mix || how == arrangement::padded) && i + 1 < Rank ? random.between(0, 5) : 0;
            const index_t stride = (span + gap) * step;
            const index_t reach = (extents[axis] - 1) * stride;
            const bool backwards = (mix || how == arrangement::reversed) && random.chance(0.5);
            strides_[axis] = backwards ? -stride : stride;
            if (backwards) first += reach;
            span += reach;
        }
        const index_t margin = 64 + shift;  // elements before and after
        bytes_ = canaries(static_cast<std::size_t>(span + 2 * margin) * sizeof(T) + 64);
        const auto address = reinterpret_cast<std::uintptr_t>(bytes_.data());
        start_ = static_cast<std::size_t>((64 - address % 64) % 64) + static_cast<std::size_t>(margin + first) * sizeof(T);
    }

    [[nodiscard]] tensor_view<T, Rank> view() noexcept {
        return {is_empty(extents_) ? nullptr : reinterpret_cast<T*>(bytes_.data() + start_), extents_, strides_};
    }
    [[nodiscard]] tensor_view<const T, Rank> view() const noexcept {
        return {is_empty(extents_) ? nullptr : reinterpret_cast<const T*>(bytes_.data() + start_), extents_, strides_};
    }
    using element_type = T;
    using space = host_space;
    static constexpr std::size_t rank = Rank;

    /// True if no byte outside the elements changed since the buffer was made.
    [[nodiscard]] bool gaps_intact() const {
        std::vector<unsigned char> expected = canaries(bytes_.size());
        const auto mine = view();
        for_each_index(extents_, [&](const index_array<Rank>& index) {
            const auto* const element = reinterpret_cast<const unsigned char*>(&mine(index));
            std::memcpy(expected.data() + (element - bytes_.data()), element, sizeof(T));
        });
        return expected == bytes_;
    }
    /// All bytes, gaps included: equal before and after means nothing was written.
    [[nodiscard]] const std::vector<unsigned char>& bytes() const noexcept { return bytes_; }

private:
    /// Other bytes than their neighbours', repeated every 256. By blocks: byte by byte, this is half of a test's time under sanitizers.
    static std::vector<unsigned char> canaries(std::size_t count) {
        std::vector<unsigned char> all(count);
        unsigned char* const byte = all.data();
        const std::size_t period = (std::min)(count, std::size_t{256});
        for (std::size_t i = 0; i < period; ++i) byte[i] = static_cast<unsigned char>(0xA5u ^ (i * 37u));
        for (std::size_t done = period; done < count; done *= 2) std::memcpy(byte + done, byte, (std::min)(done, count - done));
        return all;
    }

    index_array<Rank> extents_;
    index_array<Rank> strides_{};
    std::vector<unsigned char> bytes_;
    std::size_t start_ = 0;
};

/// Calls value() once per element and stores it, rounded once to T.
template <class T, std::size_t Rank, class Value>
void fill(tensor_view<T, Rank> view, const Value& value) {
    using wide = std::conditional_t<is_floating_v<T>, double, index_t>;
    for_each_index(view.extents(), [&](const index_array<Rank>& index) { view(index) = narrow<T>(static_cast<wide>(value())); });
}

/// Largest R for which sums of `terms` products of two integers in [-R, R], times 4, are exact in `Accumulator`, and R is
/// exact in T. 16-bit types stay at 32, so that sums of a few hundred products do not overflow half.
template <class T, class Accumulator>
index_t exact_magnitude(index_t terms) noexcept {
    if constexpr (is_integer_v<T>) {
        return sizeof(T) == 1 ? 127 : 1 << 14;
    } else {
        const double bits = std::is_same_v<Accumulator, double> ? 0x1p51 : 0x1p22;
        const double limit = sizeof(T) == 2 ? 32 : 1024;
        const double root = std::floor(std::sqrt(bits / static_cast<double>(terms > 0 ? terms : 1)));
        return static_cast<index_t>(root < 1 ? 1 : root < limit ? root : limit);
    }
}

/// Integers in [-magnitude, magnitude]; 8-bit types take their whole range, extremes often, whatever the magnitude.
template <class T, std::size_t Rank>
void fill_integers(tensor_view<T, Rank> view, generator& random, index_t magnitude) {
    if constexpr (sizeof(T) == 1 && is_integer_v<T>) {
        constexpr auto low = static_cast<index_t>((std::numeric_limits<T>::min)());
        constexpr auto high = static_cast<index_t>((std::numeric_limits<T>::max)());
        fill(view, [&] { return random.chance(0.2) ? (random.chance(0.5) ? low : high) : random.between(low, high); });
    } else {
        const index_t low = std::is_same_v<T, bool> ? 0 : -magnitude;
        fill(view, [&] { return random.between(low, magnitude); });
    }
}

/// Distributions of random data; each shows another way of losing precision.
enum class distribution {
    uniform,  ///< [-1, 1)
    positive,  ///< [0, 1): nothing cancels
    logarithmic,  ///< +- 2^e, e uniform in [-6, 6]: small terms next to large ones
    cancelling  ///< x, then -x (1 + small): the result is far below its terms
};
inline constexpr distribution all_distributions[] = {distribution::uniform, distribution::positive, distribution::logarithmic,
                                                     distribution::cancelling};
inline const char* name_of(distribution how) noexcept {
    static constexpr const char* names[] = {"uniform", "positive", "logarithmic", "cancelling"};
    return names[static_cast<int>(how)];
}

template <class T, std::size_t Rank>
void fill_random(tensor_view<T, Rank> view, generator& random, distribution how = distribution::uniform) {
    double previous = 0;
    fill(view, [&] {
        const double x = random.fraction();
        switch (how) {
            case distribution::positive: return x;
            case distribution::logarithmic: return (random.chance(0.5) ? 1 : -1) * std::exp2(12 * x - 6);
            case distribution::cancelling:
                previous = previous == 0 ? 2 * x - 1 : 0 - previous;
                if (random.chance(0.5)) previous *= 1 + x / 64;
                return std::exchange(previous, random.chance(0.5) ? previous : 0);
            default: return 2 * x - 1;
        }
    });
}

/// A contiguous copy of the elements, converted to U.
template <class U, class T, std::size_t Rank>
tensor<U, Rank> materialised_as(tensor_view<T, Rank> view) {
    tensor<U, Rank> copy(view.extents());
    for_each_index(view.extents(), [&](const index_array<Rank>& index) {
        using value = std::remove_const_t<T>;
        if constexpr (std::is_same_v<U, value>) {
            copy.view()(index) = view(index);  // bits, NaN payloads included
        } else {
            copy.view()(index) = narrow<U>(widen<wide_t<value>>(view(index)));
        }
    });
    return copy;
}
template <class T, std::size_t Rank>
tensor<std::remove_const_t<T>, Rank> materialised(tensor_view<T, Rank> view) {
    return materialised_as<std::remove_const_t<T>>(view);
}
}  // namespace testing
TENFOLD_END
