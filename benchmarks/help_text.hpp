// SPDX-License-Identifier: Apache-2.0
// `--help` for a terminal: CLI11 puts each description on one line, however long.
#pragma once

#include <CLI/CLI.hpp>  // CLI::Formatter

#include <cstddef>  // std::size_t
#include <sstream>  // std::istringstream
#include <string>   // std::string
#include <utility>  // std::move

#include "instances/report/text_table.hpp"  // terminal_width

namespace tenfold::bench {

class help_text : public CLI::Formatter {
    /// Breaks at blanks; each line but the last ends with `end`, each but the first begins with so many blanks.
    static std::string broken(std::string rest, const std::string& end, std::size_t indent) {
        std::string text;
        while (rest.size() > terminal_width) {
            const std::size_t blank = rest.rfind(' ', terminal_width - end.size());
            if (blank == std::string::npos || blank <= indent) break;
            text += rest.substr(0, blank) + end + "\n";
            rest = std::string(indent, ' ') + rest.substr(blank + 1);
        }
        return text + rest;
    }

    [[nodiscard]] std::string narrowed(const std::string& line) const {
        if (line.starts_with("  tenfold-bench ")) return broken(line, " \\", 6);  // a shell goes on reading
        return broken(line, "", line.starts_with("  ") ? get_column_width() : 0);
    }

public:
    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
        std::istringstream lines(Formatter::make_help(app, std::move(name), mode));
        std::string text;
        for (std::string line; std::getline(lines, line);) text += narrowed(line) + "\n";
        return text;
    }
};

}  // namespace tenfold::bench
