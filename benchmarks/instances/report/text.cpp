// SPDX-License-Identifier: Apache-2.0
// The report for terminals and in Markdown.
#include <fmt/format.h>
#include <algorithm>  // std::max

#include "instances/report/report.hpp"  // terminal_report, markdown_report

namespace tenfold::bench {
namespace {

/// Code points, so that a CPU's name with a sign in it does not bend the column.
std::size_t width_of(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

/// A terminal must not obey what stands in a record.
std::string printable(const std::string& text) {
    std::string result;
    for (char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    return result;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
    const std::string blanks(width - width_of(text), ' ');
    return right ? blanks + text : text + blanks;
}

std::string markdown_cell(const std::string& text) {
    std::string result;
    for (char c : printable(text)) {
        if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']') result += '\\';
        if (c == '<')
            result += "&lt;";
        else if (c == '&')
            result += "&amp;";
        else
            result += c;
    }
    return result;
}

std::string markdown_table(const text_table& table) {
    std::string text = "## " + markdown_cell(table.title) + "\n\n";
    if (!table.note.empty()) text += markdown_cell(table.note) + "\n\n";
    for (const table_column& column : table.columns) text += "| " + markdown_cell(column.name) + " ";
    text += "|\n";
    for (const table_column& column : table.columns) text += column.is_number ? "|--:" : "|:--";
    text += "|\n";
    for (const auto& row : table.rows) {
        for (const std::string& cell : row) text += "| " + markdown_cell(cell) + " ";
        text += "|\n";
    }
    return text + "\n";
}

}  // namespace

std::string terminal_table(const text_table& table) {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        widths.push_back(width_of(table.columns[i].name));
        for (const auto& row : table.rows) widths[i] = std::max(widths[i], width_of(row[i]));
    }
    const auto line = [&](const auto& cell) {
        std::string text;
        for (std::size_t i = 0; i < widths.size(); ++i)
            text += (i ? "  " : "") + padded(printable(cell(i)), widths[i], table.columns[i].is_number);
        return text.substr(0, text.find_last_not_of(' ') + 1) + "\n";
    };
    std::string text;
    if (!table.title.empty()) text += printable(table.title) + "\n";
    if (!table.note.empty()) text += "  " + printable(table.note) + "\n";
    text += line([&](std::size_t i) { return table.columns[i].name; });
    text += line([&](std::size_t i) { return std::string(widths[i], '-'); });
    for (const auto& row : table.rows) text += line([&](std::size_t i) { return row[i]; });
    return text + "\n";
}

std::string terminal_report(const comparison& result) {
    std::string text;
    for (const text_table& table : all_tables(result, false)) text += terminal_table(table);
    for (const std::string& sentence : answer_sentences(result)) text += "* " + printable(sentence) + "\n";
    return text;
}

std::string markdown_report(const comparison& result) {
    std::string text = fmt::format("# tenfold: comparison of {}\n\n", result.contenders.size() == 1 ? "one machine" : "machines");
    for (const std::string& sentence : answer_sentences(result)) text += "- " + markdown_cell(sentence) + "\n";
    text += "\n";
    for (const text_table& table : all_tables(result, true)) text += markdown_table(table);
    text.pop_back();
    return text;
}

}  // namespace tenfold::bench
