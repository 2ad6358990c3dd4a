// SPDX-License-Identifier: Apache-2.0
// Operands flush against pages that may not be touched: one byte read or written outside an operand is a fault. [floor 6]
#pragma once

#include <tenfold/core/tensor_view.hpp>

#include <sys/mman.h>
#include <unistd.h>

#include <new>

TENFOLD_BEGIN
namespace testing {
/// Zeroed pages of the process's own. Throws std::bad_alloc where the system has none.
class page_mapping {
public:
    /// `reserve_only`: no memory stands behind a page before it is written, so mappings may exceed the machine's memory.
    explicit page_mapping(std::size_t bytes, bool reserve_only = false) : bytes_(bytes) {
        const int flags = MAP_PRIVATE | MAP_ANONYMOUS | (reserve_only ? MAP_NORESERVE : 0);
        void* const address = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
        if (address == MAP_FAILED) throw std::bad_alloc();
        data_ = static_cast<unsigned char*>(address);
    }
    ~page_mapping() { munmap(data_, bytes_); }
    page_mapping(const page_mapping&) = delete;
    page_mapping& operator=(const page_mapping&) = delete;

    [[nodiscard]] static std::size_t page_bytes() noexcept { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }
    [[nodiscard]] unsigned char* data() const noexcept { return data_; }
    /// Any access to [offset, offset + bytes) is a fault from now on; whole pages only.
    void forbid(std::size_t offset, std::size_t bytes) const {
        if (mprotect(data_ + offset, bytes, PROT_NONE) != 0) throw std::bad_alloc();
    }

private:
    std::size_t bytes_;
    unsigned char* data_ = nullptr;
};

/// Which end of an operand touches the forbidden page.
enum class guard { before, after };

/// A contiguous operand whose first byte follows, or whose last byte precedes, a forbidden page.
template <class T, std::size_t Rank>
class guarded {
public:
    using element_type = T;
    using space = host_space;
    static constexpr std::size_t rank = Rank;

    guarded(const index_array<Rank>& extents, guard side) : extents_(extents), pages_(mapped_bytes(extents)) {
        const std::size_t page = page_mapping::page_bytes();
        const std::size_t total = mapped_bytes(extents);
        pages_.forbid(0, page);
        pages_.forbid(total - page, page);
        start_ = side == guard::before ? page : total - page - payload(extents);
    }
    [[nodiscard]] tensor_view<T, Rank> view() const noexcept { return {reinterpret_cast<T*>(pages_.data() + start_), extents_}; }

private:
    static std::size_t payload(const index_array<Rank>& extents) noexcept {
        return static_cast<std::size_t>(element_count(extents)) * sizeof(T);
    }
    static std::size_t mapped_bytes(const index_array<Rank>& extents) noexcept {
        const std::size_t page = page_mapping::page_bytes();
        return (payload(extents) + page - 1) / page * page + 2 * page;
    }

    index_array<Rank> extents_;
    page_mapping pages_;
    std::size_t start_ = 0;
};

/// A matrix whose rows end at forbidden pages: what lies between two rows may not be read either. One page per row.
template <class T>
class guarded_rows {
public:
    using element_type = T;
    using space = host_space;
    static constexpr std::size_t rank = 2;

    guarded_rows(index_t rows, index_t columns)
        : rows_(rows), columns_(columns), pages_(2 * page_mapping::page_bytes() * static_cast<std::size_t>(rows > 0 ? rows : 1)) {
        const std::size_t page = page_mapping::page_bytes();
        for (index_t row = 0; row < rows; ++row) pages_.forbid((2 * static_cast<std::size_t>(row) + 1) * page, page);
    }
    /// A row must fit in a page.
    [[nodiscard]] tensor_view<T, 2> view() const noexcept {
        const auto page = static_cast<index_t>(page_mapping::page_bytes() / sizeof(T));
        return {reinterpret_cast<T*>(pages_.data()) + (page - columns_), {rows_, columns_}, {2 * page, 1}};
    }

private:
    index_t rows_;
    index_t columns_;
    page_mapping pages_;
};
}  // namespace testing
TENFOLD_END
