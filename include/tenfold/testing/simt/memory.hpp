// SPDX-License-Identifier: Apache-2.0
// Memory of the emulated GPU: red zones, poison, who wrote each byte and which thread touched it last.          [floor 6]
#pragma once

#include <tenfold/core/index.hpp>
#include <tenfold/testing/simt/clocks.hpp>
#include <tenfold/testing/simt/finding.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

TENFOLD_BEGIN
namespace testing::simt {
enum class access : std::uint8_t { read, write, atomic };

/// A stamp with the place of the access.
struct access_stamp {
    time_stamp when;
    site where;
    bool atomic = false;
    std::uint64_t turn = 0;  ///< of all checked accesses, which one ran now
};
/// The last accesses to one granule in one launch. Two readers are kept: a writer that has read the granule itself must not hide
/// the reader it races with.
struct access_cell {
    std::uint64_t launch = 0;
    bool written = false;
    int readers = 0;
    access_stamp write;
    access_stamp read[2];
};

/// Memory of the caller's that one call, or one recorded graph, may use.
struct lent_range {
    void* data;
    std::size_t bytes;
    bool read_only;
    bool operator==(const lent_range&) const = default;
};

/// One allocation, or an operand of the caller's.
class memory_region {
public:
    static constexpr std::size_t red_zone = 256;
    static constexpr std::size_t alignment = 1024;
    static constexpr unsigned char poison = 0xff;  ///< NaN of every floating-point type

    /// `bytes` of its own, poisoned.
    memory_region(std::size_t bytes, site made) : bytes_(bytes), made_(made), flags_(bytes), own_(bytes + 2 * red_zone + alignment) {
        auto* const raw = own_.data() + red_zone;
        data_ = raw + (alignment - reinterpret_cast<std::uintptr_t>(raw) % alignment) % alignment;
        std::memset(own_.data(), canary, own_.size());
        fill_poison();
    }
    /// Memory of the caller's, whose contents count as written.
    memory_region(const lent_range& range, site made) : data_(static_cast<unsigned char*>(range.data)), made_(made) { lend(range); }
    /// Ranges that start here are known as the longest of them, which may be written if any may.
    void lend(const lent_range& range) {
        lent_.push_back(range);
        see_lent();
    }
    /// One of those lent ends. False where it was the last one.
    bool take_back(const lent_range& range) {
        const auto found = std::find(lent_.begin(), lent_.end(), range);
        if (found != lent_.end()) lent_.erase(found);
        see_lent();
        return !lent_.empty();
    }

    [[nodiscard]] unsigned char* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] const site& made() const noexcept { return made_; }
    [[nodiscard]] bool read_only() const noexcept { return read_only_; }
    [[nodiscard]] bool freed() const noexcept { return freed_; }
    [[nodiscard]] const site& freed_at() const noexcept { return freed_at_; }
    [[nodiscard]] bool owned() const noexcept { return !own_.empty(); }
    void free(site where) {
        freed_ = true;
        freed_at_ = where;
        if (owned()) fill_poison();
    }
    void fill_poison() noexcept {
        if (bytes_ > 0) std::memset(data_, poison, bytes_);
        for (auto& f : flags_) f = 0;
        cells_.clear();
    }
    /// A write that bypassed every check, such as of host code or of unwrapped kernel code.
    [[nodiscard]] bool red_zones_intact() const noexcept {
        const auto untouched = [](unsigned char byte) { return byte == canary; };
        const unsigned char* const end = own_.data() + own_.size();
        return own_.empty() || (std::all_of(own_.data(), static_cast<const unsigned char*>(data_), untouched) &&
                                std::all_of(static_cast<const unsigned char*>(data_ + bytes_), end, untouched));
    }

    [[nodiscard]] bool all_written(std::size_t offset, std::size_t bytes) const noexcept { return all(written, offset, bytes); }
    void set_written(std::size_t offset, std::size_t bytes) noexcept {
        if (flags_.empty()) return;
        for (std::size_t i = 0; i < bytes; ++i) flags_[offset + i] = written;
    }
    /// An asynchronous copy into the bytes is under way: what they hold is unknown until it is waited for.
    void set_in_flight(std::size_t offset, std::size_t bytes) noexcept {
        for (std::size_t i = 0; i < bytes; ++i) {
            data_[offset + i] = poison;
            if (!flags_.empty()) flags_[offset + i] = in_flight;
        }
    }
    [[nodiscard]] bool any_in_flight(std::size_t offset, std::size_t bytes) const noexcept {
        for (std::size_t i = 0; !flags_.empty() && i < bytes; ++i) {
            if (flags_[offset + i] == in_flight) return true;
        }
        return false;
    }

    /// The cells of a byte range; narrow accesses make the granules of the region narrow.
    struct cell_range {
        access_cell* first;
        access_cell* last;
        [[nodiscard]] access_cell* begin() const noexcept { return first; }
        [[nodiscard]] access_cell* end() const noexcept { return last; }
    };
    [[nodiscard]] cell_range cells(std::size_t offset, std::size_t bytes) {
        while (granule_ > 1 && (offset % granule_ != 0 || bytes % granule_ != 0)) refine();
        if (cells_.empty()) cells_.resize(bytes_ / granule_ + 1);
        return {cells_.data() + offset / granule_, cells_.data() + (offset + bytes) / granule_};
    }

private:
    static constexpr unsigned char canary = 0xc3;
    static constexpr unsigned char written = 1;
    static constexpr unsigned char in_flight = 2;

    [[nodiscard]] bool all(unsigned char flag, std::size_t offset, std::size_t bytes) const noexcept {
        for (std::size_t i = 0; !flags_.empty() && i < bytes; ++i) {
            if (flags_[offset + i] != flag) return false;
        }
        return true;
    }
    void see_lent() {
        bytes_ = 0;
        read_only_ = true;
        for (const lent_range& range : lent_) {
            bytes_ = range.bytes > bytes_ ? range.bytes : bytes_;
            read_only_ = read_only_ && range.read_only;
        }
        cells_.clear();  // they are as many as the bytes; no kernel runs now
    }
    void refine() {
        granule_ /= 2;
        if (cells_.empty()) return;
        std::vector<access_cell> finer(bytes_ / granule_ + 2);
        for (std::size_t i = 0; i < finer.size(); ++i) finer[i] = cells_[i / 2 < cells_.size() ? i / 2 : cells_.size() - 1];
        cells_ = std::move(finer);
    }

    unsigned char* data_ = nullptr;
    std::size_t bytes_ = 0;
    std::size_t granule_ = 8;
    bool read_only_ = false;
    bool freed_ = false;
    site made_;
    site freed_at_;
    std::vector<unsigned char> flags_;  ///< per byte; none for memory of the caller's
    std::vector<access_cell> cells_;
    std::vector<unsigned char> own_;
    std::vector<lent_range> lent_;
};

/// The global memory of an emulated GPU. What is freed stays known, so that later accesses are told from wild ones.
class global_memory {
public:
    memory_region& allocate(std::size_t bytes, site where = site::here()) {
        auto region = std::make_unique<memory_region>(bytes, where);
        memory_region& made = *region;
        regions_[made.data()] = std::move(region);
        return made;
    }
    /// Makes an operand of the caller's known until it is taken back, as often as it was lent.
    void lend(void* data, std::size_t bytes, bool read_only, site where = site::here()) {
        const lent_range range{data, bytes, read_only};
        std::unique_ptr<memory_region>& known = regions_[static_cast<unsigned char*>(data)];
        if (known != nullptr && !known->owned()) {
            known->lend(range);
        } else {
            known = std::make_unique<memory_region>(range, where);
        }
    }
    void take_back(const lent_range& range) {
        const auto found = regions_.find(static_cast<unsigned char*>(range.data));
        if (found != regions_.end() && !found->second->take_back(range)) regions_.erase(found);
    }
    /// The region that starts at `data`, or null.
    [[nodiscard]] memory_region* at(const void* data) const {
        const auto found = regions_.find(static_cast<const unsigned char*>(data));
        return found != regions_.end() ? found->second.get() : nullptr;
    }
    /// The region whose start is the last one not behind `address`, or null.
    [[nodiscard]] memory_region* before(const void* address) const {
        auto next = regions_.upper_bound(static_cast<const unsigned char*>(address));
        return next == regions_.begin() ? nullptr : std::prev(next)->second.get();
    }
    /// The region that holds these bytes, else before(address). Operands of the caller may lie interleaved, so that several ranges
    /// hold the bytes: then one that may be written, the nearest. Which view an address belongs to, ranges cannot tell.
    [[nodiscard]] memory_region* around(const void* address, std::size_t bytes) const {
        const auto* const at = static_cast<const unsigned char*>(address);
        memory_region* held = nullptr;
        for (auto next = regions_.upper_bound(at); next != regions_.begin();) {
            memory_region* const region = (--next)->second.get();
            const bool holds = at + bytes <= region->data() + region->bytes();
            if (holds && (held == nullptr || held->read_only())) held = region;
            if (region->owned() || (held != nullptr && !held->read_only())) break;  // nothing overlaps what the GPU allocated
        }
        return held != nullptr ? held : before(address);
    }
    /// An allocation beside which somebody wrote, or null.
    [[nodiscard]] const memory_region* written_beside() const noexcept {
        for (const auto& entry : regions_) {
            if (!entry.second->red_zones_intact()) return entry.second.get();
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t live_allocations() const noexcept {
        std::size_t count = 0;
        for (const auto& entry : regions_) count += entry.second->owned() && !entry.second->freed() ? 1u : 0u;
        return count;
    }

private:
    std::map<const unsigned char*, std::unique_ptr<memory_region>> regions_;
};
}  // namespace testing::simt
TENFOLD_END
