// SPDX-License-Identifier: Apache-2.0
// A titled table of text, which the terminal, Markdown and HTML print alike.
#pragma once

#include <cstddef>      // std::size_t
#include <string>       // std::string
#include <string_view>  // std::string_view
#include <vector>       // std::vector

namespace tenfold::bench {

struct table_column {
    std::string name;
    bool is_number = false;  // set flush right
};

struct text_table {
    std::string title, note;  // the note stands under the title; may be empty
    std::vector<table_column> columns;
    std::vector<std::vector<std::string>> rows;
};

inline constexpr std::size_t terminal_width = 100;

/// Aligned columns of at most terminal_width: long text is broken at blanks, and a table that is still too wide is
/// printed in parts, each beginning with the same first columns.
std::string terminal_table(const text_table& table);

/// Text broken at blanks into lines of at most `width`; every line after the first begins with `indent` blanks.
std::string wrapped(std::string_view text, std::size_t width = terminal_width, std::size_t indent = 0);

/// What a terminal must not obey becomes '?'.
std::string printable(std::string_view text);

/// One cell of a CSV file, quoted where it must be.
std::string csv_cell(const std::string& text);

}  // namespace tenfold::bench
