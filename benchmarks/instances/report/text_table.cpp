// SPDX-License-Identifier: Apache-2.0
// Tables and sentences that fit a terminal.
#include "instances/report/text_table.hpp"

#include <algorithm>  // std::max, std::count_if

namespace tenfold::bench {
namespace {

constexpr std::size_t gap = 2;  // blanks between columns

bool begins_code_point(char c) { return (c & 0xC0) != 0x80; }

/// Code points, so that a CPU's name with a sign in it does not bend the column.
std::size_t width_of(std::string_view text) { return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_code_point)); }

/// The bytes of the first `count` code points.
std::size_t bytes_of(std::string_view text, std::size_t count) {
    std::size_t at = 0;
    for (; at < text.size(); ++at)
        if (begins_code_point(text[at]) && count-- == 0) break;
    return at;
}

/// Broken at blanks; a word that is too long by itself is cut.
std::vector<std::string> lines_of(std::string_view text, std::size_t first_width, std::size_t width) {
    std::vector<std::string> lines(1);
    std::size_t room = first_width;
    const auto next_line = [&] {
        lines.emplace_back();
        room = width;
    };
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        std::string_view word = text.substr(0, blank);
        text.remove_prefix(std::min(text.size(), blank + 1));
        const std::size_t used = width_of(lines.back());
        if (used > 0 && used + 1 + width_of(word) > room) next_line();
        for (; width_of(word) > room && lines.back().empty(); next_line()) {
            const std::size_t bytes = bytes_of(word, room);
            lines.back() = word.substr(0, bytes);
            word.remove_prefix(bytes);
        }
        lines.back() += (lines.back().empty() ? "" : " ") + std::string(word);
    }
    return lines;
}

std::size_t longest_word(std::string_view text) {
    std::size_t longest = 0;
    while (!text.empty()) {
        const std::size_t blank = std::min(text.find(' '), text.size());
        longest = std::max(longest, width_of(text.substr(0, blank)));
        text.remove_prefix(std::min(text.size(), blank + 1));
    }
    return longest;
}

/// How wide a column is, and how narrow it can be made by breaking its text.
struct extent {
    std::size_t width = 0, least = 0;
};

extent extent_of(const text_table& table, std::size_t column) {
    constexpr std::size_t readable = 24;  // longer words are cut before the table is parted
    const table_column& heading = table.columns[column];
    extent found{width_of(heading.name), longest_word(heading.name)};
    for (const auto& row : table.rows) {
        found.width = std::max(found.width, width_of(row[column]));
        // A figure stays in one piece.
        found.least = std::max(found.least, heading.is_number ? width_of(row[column]) : std::min(readable, longest_word(row[column])));
    }
    return found;
}

std::size_t sum_of(const std::vector<std::size_t>& widths) {
    std::size_t sum = 0;
    for (std::size_t width : widths) sum += width + gap;
    return sum - gap;
}

/// The widths of these columns so that they fit the terminal, if they can.
std::vector<std::size_t> fitted(const std::vector<std::size_t>& columns, const std::vector<extent>& extents) {
    std::vector<std::size_t> widths;
    for (std::size_t column : columns) widths.push_back(extents[column].width);
    while (sum_of(widths) > terminal_width) {
        std::size_t widest = columns.size();
        for (std::size_t i = 0; i < columns.size(); ++i)
            if (widths[i] > extents[columns[i]].least && (widest == columns.size() || widths[i] > widths[widest])) widest = i;
        if (widest == columns.size()) break;
        --widths[widest];
    }
    return widths;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
    const std::string blanks(width - std::min(width, width_of(text)), ' ');
    return right ? blanks + text : text + blanks;
}

/// One row of a table, or its heading, in as many lines as its longest cell needs.
template <class Cell>
std::string row_text(const text_table& table, const std::vector<std::size_t>& columns, const std::vector<std::size_t>& widths, Cell cell) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        cells.push_back(lines_of(printable(cell(columns[i])), widths[i], widths[i]));
        height = std::max(height, cells.back().size());
    }
    std::string text;
    for (std::size_t line = 0; line < height; ++line) {
        std::string one;
        for (std::size_t i = 0; i < columns.size(); ++i)
            one += (i ? std::string(gap, ' ') : "") +
                   padded(line < cells[i].size() ? cells[i][line] : "", widths[i], table.columns[columns[i]].is_number);
        text += one.substr(0, one.find_last_not_of(' ') + 1) + "\n";
    }
    return text;
}

/// The columns that fit beside each other; every part begins with those up to the first column of text.
std::vector<std::vector<std::size_t>> parts_of(const text_table& table, const std::vector<extent>& extents) {
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        first.push_back(i);
        if (!table.columns[i].is_number) break;
    }
    const auto least = [&](const std::vector<std::size_t>& columns) {
        std::vector<std::size_t> widths;
        for (std::size_t column : columns) widths.push_back(extents[column].least);
        return sum_of(widths);
    };
    std::vector<std::vector<std::size_t>> parts = {first};
    for (std::size_t i = first.size(); i < table.columns.size(); ++i) {
        std::vector<std::size_t> longer = parts.back();
        longer.push_back(i);
        if (least(longer) > terminal_width && parts.back().size() > first.size()) {
            longer = first;
            longer.push_back(i);
            parts.push_back(longer);
        } else {
            parts.back() = longer;
        }
    }
    return parts;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    for (char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    return result;
}

std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
    std::string result;
    for (const std::string& line : lines_of(text, width, width - indent))
        result += (result.empty() ? "" : "\n" + std::string(indent, ' ')) + line;
    return result;
}

std::string terminal_table(const text_table& table) {
    std::string text;
    if (!table.title.empty()) text += wrapped(printable(table.title)) + "\n";
    if (!table.note.empty()) text += wrapped("  " + printable(table.note), terminal_width, 2) + "\n";
    std::vector<extent> extents;
    for (std::size_t i = 0; i < table.columns.size(); ++i) extents.push_back(extent_of(table, i));
    for (const std::vector<std::size_t>& columns : parts_of(table, extents)) {
        const std::vector<std::size_t> widths = fitted(columns, extents);
        text += row_text(table, columns, widths, [&](std::size_t i) -> const std::string& { return table.columns[i].name; });
        for (std::size_t i = 0; i < widths.size(); ++i) text += (i ? std::string(gap, ' ') : "") + std::string(widths[i], '-');
        text += "\n";
        for (const auto& row : table.rows)
            text += row_text(table, columns, widths, [&](std::size_t i) -> const std::string& { return row[i]; });
        text += "\n";
    }
    return text;
}

std::string csv_cell(const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
    std::string result = "\"";
    for (char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
    return result + "\"";
}

}  // namespace tenfold::bench
