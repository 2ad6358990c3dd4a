// SPDX-License-Identifier: Apache-2.0
// A reader of RFC 4180 tables; none of Debian's C++ libraries has one that does not also convert cells.
#include "instances/price/csv_file.hpp"

#include <algorithm>  // std::find
#include <fstream>    // std::ifstream
#include <iterator>   // std::istreambuf_iterator
#include <utility>    // std::move

#include "instances/errors.hpp"  // data_error

namespace tenfold::bench {
namespace {

/// The cells of every line. A quoted cell may hold commas, line ends and doubled quotes.
std::vector<std::vector<std::string>> cells_of(const std::string& name, std::string_view text) {
    std::vector<std::vector<std::string>> lines;
    std::vector<std::string> line;
    std::string cell;
    bool quoted = false, line_has_text = false;
    const auto end_line = [&] {
        line.push_back(std::move(cell));
        cell.clear();
        lines.push_back(std::move(line));
        line.clear();
        line_has_text = false;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c != '"')
                cell += c;
            else if (i + 1 < text.size() && text[i + 1] == '"')
                cell += text[++i];
            else
                quoted = false;
        } else if (c == '"' && cell.empty()) {
            quoted = line_has_text = true;
        } else if (c == ',') {
            line.push_back(std::move(cell));
            cell.clear();
            line_has_text = true;
        } else if (c == '\n') {
            if (line_has_text) end_line();
        } else if (c != '\r') {
            cell += c;
            line_has_text = true;
        }
    }
    if (quoted) throw data_error(name + ": a quoted cell does not end");
    if (line_has_text) end_line();
    return lines;
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
    // A folder opens like a file and fails only when read.
    std::ifstream file(path, std::ios::binary);
    std::error_code ignored;
    if (!file || std::filesystem::is_directory(path, ignored)) throw data_error(path.string() + ": cannot be read");
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (file.bad()) throw data_error(path.string() + ": cannot be read to its end");
    return text;
}

csv_file::csv_file(const std::filesystem::path& path, const std::vector<std::string_view>& columns) : name_(path.string()) {
    parse(read_file(path), columns);
}

csv_file::csv_file(std::string name, std::string_view text, const std::vector<std::string_view>& columns) : name_(std::move(name)) {
    parse(text, columns);
}

void csv_file::parse(std::string_view text, const std::vector<std::string_view>& columns) {
    rows_ = cells_of(name_, text);
    if (rows_.empty()) throw data_error(name_ + ": is empty; it must begin with a line of column names");
    columns_ = std::move(rows_.front());
    rows_.erase(rows_.begin());
    for (std::string_view column : columns)
        if (std::find(columns_.begin(), columns_.end(), column) == columns_.end())
            throw data_error(name_ + ": has no column \"" + std::string(column) + "\"");
    for (std::size_t row = 0; row < rows_.size(); ++row)
        if (rows_[row].size() != columns_.size())
            throw data_error(where(row) + ": has " + std::to_string(rows_[row].size()) + " cells, the header has " +
                             std::to_string(columns_.size()));
}

bool csv_file::has(std::string_view column) const { return std::find(columns_.begin(), columns_.end(), column) != columns_.end(); }

const std::string& csv_file::at(std::size_t row, std::string_view column) const {
    const auto found = std::find(columns_.begin(), columns_.end(), column);
    return rows_.at(row).at(static_cast<std::size_t>(found - columns_.begin()));
}

std::string csv_file::where(std::size_t row) const { return name_ + " row " + std::to_string(row + 2); }

}  // namespace tenfold::bench
