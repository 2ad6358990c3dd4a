// SPDX-License-Identifier: Apache-2.0
// Comma-separated tables with a header line, quoted cells included (RFC 4180).
#pragma once

#include <cstddef>      // std::size_t
#include <filesystem>   // std::filesystem::path
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

class csv_file {
    std::string name_;
    std::vector<std::string> columns_;
    std::vector<std::vector<std::string>> rows_;

public:
    /// Reads the table; `columns` must all be in its header. Unreadable or malformed: data_error with file and row.
    csv_file(const std::filesystem::path& path, const std::vector<std::string_view>& columns);
    /// The same for text in memory; `name` stands for the file in messages.
    csv_file(std::string name, std::string_view text, const std::vector<std::string_view>& columns);

    [[nodiscard]] std::size_t size() const { return rows_.size(); }
    [[nodiscard]] bool has(std::string_view column) const;
    /// The cell of a column; the column must be one of the header.
    [[nodiscard]] const std::string& at(std::size_t row, std::string_view column) const;
    /// "FILE row 12", for messages; the header is row 1.
    [[nodiscard]] std::string where(std::size_t row) const;

private:
    void parse(std::string_view text, const std::vector<std::string_view>& columns);
};

/// The whole file as bytes; data_error with its name if it cannot be read.
std::string read_file(const std::filesystem::path& path);

}  // namespace tenfold::bench
