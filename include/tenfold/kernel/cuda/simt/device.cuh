// SPDX-License-Identifier: Apache-2.0
// What a kernel body sees of a real GPU: the operations of the emulation's emulated_thread, one instruction each. [floor 4]
//
// sm_80 and later have all of them. On sm_75 an asynchronous copy is a plain one, warp sums go by shuffles, and m16n8k8 of half is
// the only product.
#pragma once

#include <tenfold/kernel/cuda/simt/ptx.cuh>

#include <cstddef>

TENFOLD_BEGIN
namespace gpu_kernels {
class device_thread {
public:
    [[nodiscard]] __device__ unsigned thread() const { return threadIdx.x; }
    [[nodiscard]] __device__ unsigned threads() const { return blockDim.x; }
    [[nodiscard]] __device__ unsigned block() const { return blockIdx.x; }
    [[nodiscard]] __device__ unsigned blocks() const { return gridDim.x; }
    [[nodiscard]] __device__ unsigned lane() const { return threadIdx.x % warp_size; }
    [[nodiscard]] __device__ unsigned warp() const { return threadIdx.x / warp_size; }

    template <class T>
    [[nodiscard]] __device__ T* shared(std::size_t offset) const {
        extern __shared__ __align__(16) unsigned char tenfold_shared_memory[];
        return reinterpret_cast<T*>(tenfold_shared_memory + offset);
    }

    __device__ void block_sync() const { __syncthreads(); }
    __device__ void warp_sync(unsigned mask = all_lanes) const { __syncwarp(mask); }
    __device__ void fence_device() const { __threadfence(); }
    __device__ void fence_block() const { __threadfence_block(); }

    template <class T>
    [[nodiscard]] __device__ T load(const T* address) const {
        return *address;
    }
    template <class T>
    __device__ void store(T* address, T value) const {
        *address = value;
    }
    template <class T>
    [[nodiscard]] __device__ T load_once(const T* address) const {
        if constexpr (sizeof(T) == 16) {
            return __builtin_bit_cast(T, ptx::load_once_16(address));
        } else if constexpr (sizeof(T) == 8) {
            return __builtin_bit_cast(T, ptx::load_once_8(address));
        } else if constexpr (sizeof(T) == 4) {
            return __builtin_bit_cast(T, ptx::load_once_4(address));
        } else {
            return *address;
        }
    }
    template <unsigned Count, class T>
    [[nodiscard]] __device__ pack<T, Count> load_pack(const T* address) const {
        return load_once(reinterpret_cast<const pack<T, Count>*>(address));
    }

    template <class T>
    __device__ T atomic_add(T* address, T value) const {
        return atomicAdd(address, value);
    }
    template <class T>
    __device__ T atomic_min(T* address, T value) const {
        return atomicMin(address, value);
    }
    template <class T>
    __device__ T atomic_max(T* address, T value) const {
        return atomicMax(address, value);
    }
    template <class T>
    __device__ T atomic_exchange(T* address, T value) const {
        return atomicExch(address, value);
    }
    template <class T>
    __device__ T atomic_compare_exchange(T* address, T expected, T value) const {
        return atomicCAS(address, expected, value);
    }
    __device__ std::uint32_t atomic_count(std::uint32_t* address, std::uint32_t last) const { return atomicInc(address, last); }

    template <class T>
    [[nodiscard]] __device__ T shuffle(T value, unsigned source, unsigned mask = all_lanes, unsigned width = 32) const {
        return exchanged(value, [&](auto bits) { return __shfl_sync(mask, bits, static_cast<int>(source), static_cast<int>(width)); });
    }
    template <class T>
    [[nodiscard]] __device__ T shuffle_up(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32) const {
        return exchanged(value, [&](auto bits) { return __shfl_up_sync(mask, bits, distance, static_cast<int>(width)); });
    }
    template <class T>
    [[nodiscard]] __device__ T shuffle_down(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32) const {
        return exchanged(value, [&](auto bits) { return __shfl_down_sync(mask, bits, distance, static_cast<int>(width)); });
    }
    template <class T>
    [[nodiscard]] __device__ T shuffle_xor(T value, unsigned distance, unsigned mask = all_lanes, unsigned width = 32) const {
        return exchanged(value,
                         [&](auto bits) { return __shfl_xor_sync(mask, bits, static_cast<int>(distance), static_cast<int>(width)); });
    }
    [[nodiscard]] __device__ unsigned ballot(bool holds, unsigned mask = all_lanes) const { return __ballot_sync(mask, holds); }
    [[nodiscard]] __device__ bool any(bool holds, unsigned mask = all_lanes) const { return __any_sync(mask, holds) != 0; }
    [[nodiscard]] __device__ bool all(bool holds, unsigned mask = all_lanes) const { return __all_sync(mask, holds) != 0; }
    [[nodiscard]] __device__ unsigned match_any(std::uint32_t value, unsigned mask = all_lanes) const {
        return __match_any_sync(mask, value);
    }
#if __CUDA_ARCH__ >= 800 || !defined(__CUDA_ARCH__)
    [[nodiscard]] __device__ std::uint32_t reduce_add(std::uint32_t value, unsigned mask = all_lanes) const {
        return __reduce_add_sync(mask, value);
    }
    [[nodiscard]] __device__ std::uint32_t reduce_min(std::uint32_t value, unsigned mask = all_lanes) const {
        return __reduce_min_sync(mask, value);
    }
    [[nodiscard]] __device__ std::uint32_t reduce_max(std::uint32_t value, unsigned mask = all_lanes) const {
        return __reduce_max_sync(mask, value);
    }
#else
    [[nodiscard]] __device__ std::uint32_t reduce_add(std::uint32_t value, unsigned mask = all_lanes) const {
        return over_lanes(value, mask, [](std::uint32_t a, std::uint32_t b) { return a + b; });
    }
    [[nodiscard]] __device__ std::uint32_t reduce_min(std::uint32_t value, unsigned mask = all_lanes) const {
        return over_lanes(value, mask, [](std::uint32_t a, std::uint32_t b) { return b < a ? b : a; });
    }
    [[nodiscard]] __device__ std::uint32_t reduce_max(std::uint32_t value, unsigned mask = all_lanes) const {
        return over_lanes(value, mask, [](std::uint32_t a, std::uint32_t b) { return a < b ? b : a; });
    }
#endif

    template <int Bytes>
    __device__ void copy_async(void* to, const void* from, int valid = Bytes) const {
        static_assert(Bytes == 4 || Bytes == 8 || Bytes == 16, "tenfold: asynchronous copies are of 4, 8 or 16 bytes");
#if __CUDA_ARCH__ >= 800
        ptx::copy_async<Bytes>(to, from, valid);
#else
        for (int i = 0; i < Bytes; ++i) {
            static_cast<unsigned char*>(to)[i] = i < valid ? static_cast<const unsigned char*>(from)[i] : static_cast<unsigned char>(0);
        }
#endif
    }
    __device__ void copy_commit() const {
#if __CUDA_ARCH__ >= 800
        ptx::copy_commit();
#endif
    }
    template <int Left>
    __device__ void copy_wait() const {
#if __CUDA_ARCH__ >= 800
        ptx::copy_wait<Left>();
#endif
    }

    template <bool Transposed = false, unsigned Count>
    __device__ void load_matrix(std::uint32_t (&registers)[Count], const void* row) const {
        ptx::load_matrix(registers, row, std::bool_constant<Transposed>{});
    }
    template <class E, unsigned K, class C>
    __device__ void multiply_add(C (&c)[4], const std::uint32_t (&a)[a_registers<E, K>],
                                 const std::uint32_t (&b)[b_registers<E, K>]) const {
        ptx::multiply_add(E{}, c, a, b);
    }

private:
    /// Shuffles take integers; any value of their size goes as its bits.
    template <class T, class F>
    __device__ static T exchanged(const T& value, const F& shuffle) {
        static_assert(sizeof(T) == 4 || sizeof(T) == 8, "tenfold: lanes exchange values of 4 or 8 bytes");
        using bits = std::conditional_t<sizeof(T) == 4, unsigned, unsigned long long>;
        return __builtin_bit_cast(T, shuffle(__builtin_bit_cast(bits, value)));
    }
    template <class F>
    __device__ static std::uint32_t over_lanes(std::uint32_t value, unsigned mask, const F& combine) {
        std::uint32_t total = value;
        for (unsigned left = mask & ~(1u << threadIdx.x % warp_size), l = 0; l < warp_size; ++l) {
            if ((mask >> l & 1u) == 0) continue;
            const std::uint32_t other = __shfl_sync(mask, value, static_cast<int>(l));
            if ((left >> l & 1u) != 0) total = combine(total, other);
        }
        return total;
    }
};
}  // namespace gpu_kernels
TENFOLD_END
