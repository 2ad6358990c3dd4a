// SPDX-License-Identifier: Apache-2.0
// A folder of its own for a test, gone at its end.
#pragma once

#include <stdlib.h>  // mkdtemp

#include <filesystem>   // std::filesystem
#include <fstream>      // std::ofstream
#include <stdexcept>    // std::runtime_error
#include <string>       // std::string
#include <string_view>  // std::string_view

namespace tenfold::bench::test {

class scratch_folder {
    std::filesystem::path path_;

public:
    scratch_folder() {
        std::string name = (std::filesystem::temp_directory_path() / "tenfold.XXXXXX").string();
        if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for the test: " + name);
        path_ = name;
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Writes a file below the folder, making folders on the way.
    std::filesystem::path write(const std::filesystem::path& name, std::string_view text) const {
        const std::filesystem::path file = path_ / name;
        std::filesystem::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
};

}  // namespace tenfold::bench::test
