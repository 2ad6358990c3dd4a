// SPDX-License-Identifier: Apache-2.0
// What an emulated launch found wrong with a kernel, and the line of the kernel where.                       [floor 6]
#pragma once

#include <tenfold/config/abi.hpp>

#include <cstring>
#include <string>
#include <vector>

TENFOLD_BEGIN
namespace testing::simt {
/// A place in a source file. As a default argument, site::here() is the place of the call.
struct site {
    const char* file = "";
    int line = 0;

    static constexpr site here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) noexcept { return {file, line}; }
    friend bool operator==(const site& a, const site& b) noexcept { return a.line == b.line && std::strcmp(a.file, b.file) == 0; }
};
inline std::string to_string(const site& where) {
    const char* const slash = std::strrchr(where.file, '/');
    return std::string(slash != nullptr ? slash + 1 : where.file) + ":" + std::to_string(where.line);
}

enum class defect {
    race,             ///< two threads, one of them writing, nothing between them that orders memory
    divergence,       ///< threads that wait for others which never come, or which wait elsewhere
    bad_mask,         ///< a warp operation whose mask lacks the caller or the source, or names lanes that do not exist
    out_of_bounds,    ///< an access outside of every allocation, a copy of more bytes than it has
    use_after_free,   ///< an access to memory given back
    read_only,        ///< a write to an operand that is an input
    uninitialised,    ///< a read of what nobody wrote
    misaligned,       ///< an address that is no multiple of the access's size
    copy_in_flight,   ///< an access to what an asynchronous copy may still change
    copy_not_waited,  ///< a thread that ends with asynchronous copies under way
    configuration     ///< a launch that a GPU refuses
};
inline const char* name_of(defect kind) noexcept {
    switch (kind) {
        case defect::race: return "race";
        case defect::divergence: return "divergence";
        case defect::bad_mask: return "bad mask";
        case defect::out_of_bounds: return "out of bounds";
        case defect::use_after_free: return "use after free";
        case defect::read_only: return "write to an input";
        case defect::uninitialised: return "uninitialised";
        case defect::misaligned: return "misaligned";
        case defect::copy_in_flight: return "copy in flight";
        case defect::copy_not_waited: return "copy not waited for";
        default: return "configuration";
    }
}

struct finding {
    defect kind;
    site where;
    std::string text;
};

/// A kernel that was launched, by the name of its body's type.
struct launched_kernel {
    std::string name;
    std::size_t shared = 0;  ///< bytes of dynamic shared memory per block, the most of all launches
};
/// As the compiler spells it: "void f() [with T = int]" or "void f() [T = int]".
template <class T>
std::string type_name() {
    const std::string text = __PRETTY_FUNCTION__;
    const std::size_t from = text.find("T = ") + 4;
    return text.substr(from, text.find_last_of(']') - from);
}

/// What one launch, or several, came to.
class launch_report {
public:
    [[nodiscard]] bool clean() const noexcept { return findings_.empty(); }
    [[nodiscard]] const std::vector<finding>& findings() const noexcept { return findings_; }
    /// Synchronising calls that were reached: what a mutation test removes one by one.
    [[nodiscard]] const std::vector<site>& sync_sites() const noexcept { return sync_sites_; }
    [[nodiscard]] const std::vector<launched_kernel>& kernels() const noexcept { return kernels_; }
    [[nodiscard]] bool has(defect kind) const noexcept {
        for (const finding& f : findings_) {
            if (f.kind == kind) return true;
        }
        return false;
    }
    /// One line per finding: "race at reduce.hpp:41: thread 3 of block 0 ...".
    [[nodiscard]] std::string summary() const {
        std::string text;
        for (const finding& f : findings_) text += std::string(name_of(f.kind)) + " at " + to_string(f.where) + ": " + f.text + "\n";
        return text;
    }

    /// Keeps one finding per kind and place, and no more than are read.
    void add(defect kind, const site& where, std::string text) {
        if (findings_.size() >= kept) return;
        for (const finding& f : findings_) {
            if (f.kind == kind && f.where == where) return;
        }
        findings_.push_back({kind, where, std::move(text)});
    }
    void add_sync_site(const site& where) {
        for (const site& s : sync_sites_) {
            if (s.line == where.line && (s.file == where.file || s == where)) return;
        }
        sync_sites_.push_back(where);
    }

    void add_kernel(const std::string& name, std::size_t shared) {
        for (launched_kernel& k : kernels_) {
            if (k.name != name) continue;
            k.shared = shared > k.shared ? shared : k.shared;
            return;
        }
        kernels_.push_back({name, shared});
    }

private:
    static constexpr std::size_t kept = 16;

    std::vector<finding> findings_;
    std::vector<site> sync_sites_;
    std::vector<launched_kernel> kernels_;
};
}  // namespace testing::simt
TENFOLD_END
