// SPDX-License-Identifier: Apache-2.0
#include "instances/compare/commands.hpp"

#include <fmt/format.h>
#include <charconv>  // std::from_chars
#include <iterator>  // std::begin, std::end
#include <map>       // std::map
#include <ostream>   // std::ostream
#include <set>       // std::set

#include "instances/compare/comparison.hpp"  // compare_records
#include "instances/errors.hpp"              // usage_error, data_error, exit_code
#include "instances/price/check.hpp"         // check_prices
#include "instances/price/date.hpp"          // today_utc, day_number
#include "instances/price/peaks.hpp"         // check_peaks
#include "instances/record/record.hpp"       // read_record, find_records, write_whole_file
#include "instances/record/validity.hpp"     // identity_flaws
#include "instances/report/figures.hpp"      // price_matrix, family_timeline
#include "instances/report/numbers.hpp"      // source_and_age
#include "instances/report/report.hpp"       // the formats

namespace tenfold::bench {
namespace {

/// Runs a command's body; what it throws becomes one line and an exit code.
template <class Body>
int guarded(std::ostream& err, Body body) {
    try {
        return static_cast<int>(body());
    } catch (const usage_error& problem) {
        err << "tenfold-bench: " << problem.what() << "\n";
        return static_cast<int>(exit_code::usage);
    } catch (const data_error& problem) {
        err << "tenfold-bench: " << problem.what() << "\n";
        return static_cast<int>(exit_code::bad_data);
    } catch (const std::exception& problem) {
        err << "tenfold-bench: internal error: " << problem.what() << "\n";
        return static_cast<int>(exit_code::internal);
    }
}

/// "3%" and "0.03" are the same margin.
double parse_delta(std::string text) {
    const std::string given = text;
    const bool is_percent = text.ends_with('%');
    if (is_percent) text.pop_back();
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (is_percent) value /= 100;
    if (error != std::errc() || end != text.data() + text.size() || !(value > 0 && value < 1))
        throw usage_error("--delta \"" + given + "\" is no margin; give for example 3% or 0.03, above 0 and below 100 %");
    return value;
}

std::string parse_today(const std::string& text) {
    if (text.empty()) return today_utc();
    if (!day_number(text)) throw usage_error("the date \"" + text + "\" is not of the form YYYY-MM-DD");
    return text;
}

std::optional<usd> parse_price(const std::string& text) {
    if (text.empty()) return std::nullopt;
    usd price;
    try {
        price = usd::parse(text);
    } catch (const data_error& problem) { throw usage_error(std::string("--price: ") + problem.what()); }
    if (price <= usd()) throw usage_error("--price must be above zero, it is " + text);
    return price;
}

void require_format(const std::string& format, const std::set<std::string>& known, const char* flag = "--format") {
    if (known.contains(format)) return;
    std::string names;
    for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
    throw usage_error(std::string(flag) + " \"" + format + "\" is unknown; give one of " + names);
}

std::vector<bench_record> read_all(const std::vector<std::filesystem::path>& paths) {
    if (paths.empty()) throw usage_error("compare needs at least one record: a file or a folder of files that tenfold-bench run wrote");
    std::vector<bench_record> records;
    std::set<std::filesystem::path> seen;  // a file named twice is one process, not two
    for (const auto& file : find_records(paths)) {
        std::error_code ignored;
        const auto canonical = std::filesystem::weakly_canonical(file, ignored);
        if (seen.insert(ignored ? file : canonical).second) records.push_back(read_record(file));
    }
    return records;
}

/// Why figures of a record are not to be used; empty: they may be.
std::vector<std::string> invalidity(const bench_record& record) {
    if (record.validity && record.validity->verdict == "INVALID") return record.validity->reasons;
    return identity_flaws(record.context.identity);
}

/// Leaves out what must not be compared: copies of a record, and invalid records.
std::vector<bench_record> comparable(std::vector<bench_record> records, bool allow_invalid, std::ostream& err) {
    std::vector<bench_record> kept;
    std::map<std::string, std::string> file_of;  // of a record, by its id
    for (bench_record& record : records) {
        const auto [first, is_new] = file_of.emplace(record.record_id, record.file);
        if (!record.record_id.empty() && !is_new) {
            err << "not compared: " << record.file << ": is a copy of " << first->second << "\n";
        } else if (const std::vector<std::string> reasons = invalidity(record); !reasons.empty() && !allow_invalid) {
            err << "not compared: " << record.file << ": INVALID: " << reasons.front() << "\n";
        } else {
            kept.push_back(std::move(record));
        }
    }
    if (kept.empty()) throw data_error("no valid record is left to compare; --allow-invalid compares invalid ones, for trying things out");
    return kept;
}

std::string rendered(const comparison& result, const compare_options& options) {
    if (options.format == "md") return markdown_report(result);
    if (options.format == "csv") return csv_report(result);
    if (options.format == "json") return json_report(result);
    if (options.format == "html") return html_report(result, options.command);
    return terminal_report(result);
}

bool matches(const catalog_options& options, const price_catalog& catalog, const price_row& row) {
    const auto equal = [](const std::string& wanted, const std::string& found) { return wanted.empty() || wanted == found; };
    if (!equal(options.provider, row.provider) || !equal(options.region, row.region) || !equal(options.allocation, row.allocation))
        return false;
    if (row.type.find(options.type) == std::string::npos) return false;
    if (options.vcpus.empty()) return true;
    const instance_type* type = catalog.find_type(row.provider, row.type);
    return type && type->vcpus == options.vcpus;
}

text_table prices_listed(const catalog_options& options, const price_catalog& catalog, const std::string& today) {
    text_table table;
    table.columns = {{"provider"},   {"type"},        {"vCPU", true}, {"GiB", true}, {"accelerator"}, {"region"},
                     {"allocation"}, {"USD/h", true}, {"per"},        {"date"},      {"age", true},   {"source"}};
    for (const price_row& row : catalog.rows()) {
        if (!matches(options, catalog, row)) continue;
        const instance_type* type = catalog.find_type(row.provider, row.type);
        const auto observed = day_number(row.observed_at), now = day_number(today);
        std::string accelerator;
        if (type && !type->accelerator.empty())
            accelerator = (type->accelerator_count.empty() ? "" : type->accelerator_count + " x ") + type->accelerator;
        table.rows.push_back({row.provider, row.type, type ? type->vcpus : "", type ? type->memory_gib : "", accelerator, row.region,
                              row.allocation, row.per_hour.text(), row.basis, date_text(row),
                              observed && now ? fmt::format("{} d", *now - *observed) : "",
                              row.source_id + (row.estimate ? " (estimate)" : "")});
    }
    return table;
}

text_table sources_listed(const price_catalog& catalog) {
    text_table table;
    table.columns = {{"id"}, {"read on"}, {"standing"}, {"licence"}, {"origin"}};
    for (const auto& [id, source] : catalog.sources())
        table.rows.push_back({id, source.read_on.empty() ? "undated" : source.read_on, source.standing, source.licence, source.origin});
    return table;
}

std::string csv_table(const text_table& table) {
    std::string text;
    for (const table_column& column : table.columns) text += csv_cell(column.name) + ",";
    if (!text.empty()) text.back() = '\n';
    for (const auto& row : table.rows) {
        for (const std::string& cell : row) text += csv_cell(cell) + ",";
        text.back() = '\n';
    }
    return text;
}

/// A filter that names what does not exist is a typing error, not an empty list.
void require_known(const catalog_options& options, const price_catalog& catalog) {
    const auto require = [&](const std::string& wanted, const char* flag, auto member) {
        if (wanted.empty()) return;
        std::set<std::string> known;
        for (const price_row& row : catalog.rows()) known.insert(row.*member);
        known.erase("");
        if (known.contains(wanted)) return;
        std::string names;
        for (const std::string& name : known) names += (names.empty() ? "" : ", ") + name;
        throw usage_error(fmt::format("{} \"{}\" is not in the catalog; it has {}", flag, wanted, names));
    };
    require(options.provider, "--provider", &price_row::provider);
    require(options.region, "--region", &price_row::region);
    require(options.allocation, "--allocation", &price_row::allocation);
}

}  // namespace

int compare_command(const compare_options& options, std::ostream& out, std::ostream& err) {
    return guarded(err, [&] {
        require_format(options.format, {"table", "md", "csv", "json", "html"});
        comparison_settings settings{parse_today(options.today), parse_delta(options.delta), options.baseline, parse_price(options.price)};
        const std::vector<bench_record> records = comparable(read_all(options.records), options.allow_invalid, err);
        price_catalog catalog;
        if (!options.catalog.empty()) catalog = price_catalog::load(options.catalog);
        if (!options.prices.empty()) catalog.add_user_prices(options.prices);
        const std::string text = rendered(compare_records(records, catalog, settings), options);
        if (options.out.empty()) {
            out << text << std::flush;
            if (!out) throw data_error("standard output cannot be written");
        } else {
            write_whole_file(options.out, text);
        }
        return exit_code::complete;
    });
}

int catalog_command(const catalog_options& options, std::ostream& out, std::ostream& err) {
    return guarded(err, [&] {
        require_format(options.format, {"table", "csv"});
        if (options.catalog.empty()) throw usage_error("catalog needs its folder: --catalog DIR");
        const std::string today = parse_today(options.today);
        const price_catalog catalog = price_catalog::load(options.catalog);
        require_known(options, catalog);
        if (!options.figure.empty()) {
            require_format(options.figure, {"matrix", "timeline"}, "--figure");
            out << (options.figure == "matrix" ? price_matrix_svg(catalog) : family_timeline_svg(options.catalog)) << std::flush;
            if (!out) throw data_error("standard output cannot be written");
            return exit_code::complete;
        }
        text_table table;
        bool has_errors = false;
        if (options.matrix || options.timeline) {
            table = options.matrix ? price_matrix(catalog) : family_timeline(options.catalog);
        } else if (options.check) {
            table.columns = {{"severity"}, {"detector"}, {"where"}, {"reason"}};
            std::vector<price_finding> findings = check_prices(catalog, today);
            if (std::filesystem::exists(options.catalog / "peaks.csv"))
                for (price_finding& finding : check_peaks(catalog, options.catalog / "peaks.csv")) findings.push_back(std::move(finding));
            for (const price_finding& finding : findings) {
                has_errors = has_errors || finding.error;
                table.rows.push_back({finding.error ? "error" : "warning", finding.detector, finding.where, finding.reason});
            }
        } else {
            table = options.sources ? sources_listed(catalog) : prices_listed(options, catalog, today);
        }
        out << (options.format == "csv" ? csv_table(table) : terminal_table(table)) << std::flush;
        if (!out) throw data_error("standard output cannot be written");
        if (has_errors) err << "tenfold-bench: the catalog has errors\n";
        return has_errors ? exit_code::bad_data : exit_code::complete;
    });
}

}  // namespace tenfold::bench
