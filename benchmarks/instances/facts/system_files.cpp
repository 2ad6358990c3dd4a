// SPDX-License-Identifier: Apache-2.0
// Reads the small text files of /proc, /sys and /etc, below a root that tests replace.
#include "instances/facts/system_files.hpp"

#include <algorithm>     // std::sort
#include <charconv>      // std::from_chars
#include <filesystem>    // std::filesystem::directory_iterator
#include <fstream>       // std::ifstream
#include <system_error>  // std::error_code

namespace tenfold::bench {

std::optional<std::string> system_files::text(std::string_view path) const {
    // Files of /proc have no size to ask for, so the text is read until it ends; /proc/cpuinfo of 1000 CPUs has about 2 MiB.
    constexpr std::size_t limit = std::size_t{4} << 20;
    std::ifstream file(root_ + std::string(path), std::ios::binary);
    if (!file) return std::nullopt;
    std::string content;
    char block[4096];
    while (content.size() < limit && (file.read(block, sizeof block), file.gcount() > 0)) {
        content.append(block, static_cast<std::size_t>(file.gcount()));
    }
    if (file.bad() || (content.empty() && !file.eof())) return std::nullopt;
    return content;
}

std::optional<std::string> system_files::line(std::string_view path) const {
    const auto content = text(path);
    if (!content) return std::nullopt;
    const auto first = trimmed(std::string_view(*content).substr(0, content->find('\n')));
    if (first.empty()) return std::nullopt;
    return std::string(first);
}

std::optional<std::int64_t> system_files::integer(std::string_view path) const {
    const auto first = line(path);
    return first ? parse_integer(*first) : std::nullopt;
}

std::vector<std::string> system_files::names(std::string_view folder) const {
    std::vector<std::string> found;
    std::error_code failed;
    auto entry = std::filesystem::directory_iterator(root_ + std::string(folder), failed);
    for (const auto end = std::filesystem::directory_iterator(); !failed && entry != end; entry.increment(failed)) {
        found.push_back(entry->path().filename().string());
    }
    std::sort(found.begin(), found.end());
    return found;
}

bool system_files::exists(std::string_view path) const {
    std::error_code failed;
    return std::filesystem::exists(root_ + std::string(path), failed);
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\v\f";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::int64_t> parse_integer(std::string_view text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc() || result.ptr != end) return std::nullopt;
    return value;
}

std::vector<int> parse_cpu_list(std::string_view text) {
    // More CPUs than any kernel is configured for (CONFIG_NR_CPUS ends at 8192): a malformed range cannot fill the memory.
    constexpr std::int64_t most = 65536;
    std::vector<int> cpus;
    for (const auto part : split(trimmed(text), ',')) {
        const auto dash = part.find('-');
        const auto first = parse_integer(trimmed(part.substr(0, dash)));
        const auto last = dash == std::string_view::npos ? first : parse_integer(trimmed(part.substr(dash + 1)));
        if (!first || !last || *first < 0 || *last < *first || *last >= most) continue;
        for (auto cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
    }
    return cpus;
}

}  // namespace tenfold::bench
