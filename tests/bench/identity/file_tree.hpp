// SPDX-License-Identifier: Apache-2.0
// A folder of made-up /sys, /proc and /etc files that is gone when the test ends.
#pragma once

#include <stdlib.h>  // mkdtemp

#include <filesystem>  // std::filesystem
#include <fstream>     // std::ofstream
#include <stdexcept>   // std::runtime_error
#include <string>      // std::string

namespace tenfold::bench::test {

class file_tree {
    std::string root_;

public:
    file_tree() : root_((std::filesystem::temp_directory_path() / "tenfold-tree-XXXXXX").string()) {
        if (mkdtemp(root_.data()) == nullptr) throw std::runtime_error("cannot make the folder " + root_);
    }
    ~file_tree() {
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    file_tree(const file_tree&) = delete;
    file_tree& operator=(const file_tree&) = delete;

    [[nodiscard]] const std::string& root() const { return root_; }

    file_tree& write(const std::string& path, const std::string& content) {
        const std::filesystem::path file = root_ + path;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << content << '\n';
        return *this;
    }
};

}  // namespace tenfold::bench::test
