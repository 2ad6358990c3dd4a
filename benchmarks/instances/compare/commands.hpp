// SPDX-License-Identifier: Apache-2.0
// The commands `compare` and `catalog` behind the command line.
#pragma once

#include <filesystem>  // std::filesystem::path
#include <iosfwd>      // std::ostream
#include <string>      // std::string
#include <vector>      // std::vector

namespace tenfold::bench {

struct compare_options {
    std::vector<std::filesystem::path> records;  // files and folders
    std::string format = "table";                // table, md, csv, json, html
    std::filesystem::path out;                   // empty: standard output
    std::filesystem::path catalog;               // empty: no catalog, prices only from the records or --price
    std::filesystem::path prices;                // the user's own price table; empty: none
    std::string price;                           // USD per hour as decimal text; empty: not stated
    std::string baseline;                        // empty: the first machine
    std::string delta = "3%";                    // margin of the verdicts: "3%" or "0.03"
    std::string today;                           // YYYY-MM-DD; empty: the clock's
    bool allow_invalid = false;                  // compare records that say of themselves that they are INVALID
    std::string command;                         // printed in the report's provenance; may be empty
};

/// Reads the records, prints the answer. Returns an exit code: 0, 64 usage, 65 bad data, 70 internal; what is wrong is
/// one line on `err`.
int compare_command(const compare_options& options, std::ostream& out, std::ostream& err);

struct catalog_options {
    std::filesystem::path catalog;
    std::string provider, type, region, allocation;  // filters; empty: all. `type` matches a part of the name
    std::string vcpus;                               // exactly so many; empty: all
    bool check = false;                              // print what the detectors find instead of the prices
    bool sources = false;                            // print the sources instead of the prices
    bool matrix = false;                             // print each accelerator's lowest price by provider instead
    bool timeline = false;                           // print the families by date instead
    std::string figure;                              // matrix or timeline as SVG instead
    std::string format = "table";                    // table, csv
    std::string today;
};

/// Lists prices, sources or families, draws them, or checks them: 65 if the check finds an error, 0 if it finds warnings only.
int catalog_command(const catalog_options& options, std::ostream& out, std::ostream& err);

}  // namespace tenfold::bench
