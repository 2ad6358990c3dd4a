// SPDX-License-Identifier: Apache-2.0
// The report for terminals and in Markdown.
#include <fmt/format.h>

#include "instances/report/report.hpp"  // terminal_report, markdown_report
#include "instances/report/tables.hpp"  // all_tables

namespace tenfold::bench {
namespace {

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

std::string terminal_report(const comparison& result) {
    std::string text;
    for (const text_table& table : all_tables(result, false)) text += terminal_table(table);
    for (const std::string& sentence : answer_sentences(result)) text += wrapped("* " + printable(sentence), terminal_width, 2) + "\n";
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
