// SPDX-License-Identifier: Apache-2.0
// The command line of tenfold-peers.
#include <fmt/format.h>  // fmt::format
#include <fmt/ranges.h>  // fmt::join
#include <CLI/CLI.hpp>   // CLI::App

#include <array>       // std::array
#include <filesystem>  // std::filesystem::path
#include <fstream>     // std::ofstream
#include <iostream>    // std::cout, std::cerr

#include "instances/errors.hpp"           // exit_code, usage_error, data_error
#include "peers/contest/page.hpp"         // write_page
#include "peers/contest/run_contest.hpp"  // run_contest
#include "support/interrupt.hpp"          // watch_for_interrupts, interrupted
#include "support/run_program.hpp"  // run_program

namespace tenfold::bench {
namespace {

constexpr int interrupted_code = 75;

/// A form of the report and where it goes, if anywhere.
struct report_file {
    void (*write)(const contest_report&, std::ostream&);
    std::string path;
    std::ofstream file;

    void open() {
        if (path.empty()) return;
        file.open(path);
        if (!file) throw data_error(fmt::format("cannot write {}; give a file in a folder that you may write to", path));
    }
    void save(const contest_report& report) {
        if (path.empty()) return;
        write(report, file);
        if (!file.flush()) throw data_error("cannot write " + path);
    }
};

int run(const contest_options& options, std::array<report_file, 3>& files) {
    for (report_file& one : files) one.open();  // before anything is measured
    watch_for_interrupts();
    const contest_report report = run_contest(options, std::cerr);
    write_table(report, std::cout);
    for (report_file& one : files) one.save(report);
    return interrupted() ? interrupted_code : static_cast<int>(exit_code::complete);
}

void list_shapes(const contest_options& options) {
    for (const contest_case& one : subject_of(options)->cases()) std::cout << fmt::format("{:<36} {}\n", one.text, one.workload);
}

int command_line(int argc, char** argv) {
    CLI::App app("Measures tenfold beside other libraries, in turn, and says where it is slower.", "tenfold-peers");
    contest_options options;
    options.modules = (std::filesystem::canonical("/proc/self/exe").parent_path() / "modules").string();
    std::array<report_file, 3> files{{{&write_table, "", {}}, {&write_csv, "", {}}, {&write_page, "", {}}}};
    bool list = false;
    std::string set_names;
    for (const listed_subject& one : subjects()) set_names += fmt::format("Sets of {}: {}.\n", one.name, fmt::join(one.set_names(), ", "));
    app.footer(fmt::format(
        "{}"
        "A shape of matmul is m,n,k:FORMS:TYPES, FORMS nn, nt, tn or tt, TYPES f32, f64, bf16, u8s8 or s8; after that :x100 for a\n"
        "batch of 100, :pad13 for 13 elements between rows, :ld2048 for rows 2048 elements apart, :cold for operands\n"
        "from memory. A shape of axes is OP:OUTER,AXIS,INNER:TYPE, and after that :ends to reduce OUTER and INNER instead of AXIS.\n"
        "A shape of conv is IMAGES,EXTENT,IN,OUT,WINDOW; after that :s2 for a stride, :g64 for groups, :d2 for a dilation, :nchw, :packed "
        "for\n"
        "weights that may be arranged before, :relu for a bias and relu.\n"
        "Examples:\n"
        "  tenfold-peers --set skinny\n"
        "  tenfold-peers axes --shape softmax:16384,1024,1 --shape sum:1,16384,1024:f64\n"
        "  tenfold-peers conv --set resnet --shape 1,7,960,960,3:g960:packed\n"
        "  tenfold-peers --shape 128,3072,768:nt --shape 64,64,64:tt:f64 --threads 1,2 --only onednn,mkl\n"
        "Exit codes: 0 complete, 64 wrong flag, 65 wrong data or unwritable file, 70 internal error, 75 interrupted.",
        set_names));
    app.add_option("about", options.subject, "matmul (default), axes: reductions, softmax and norms, or conv")->type_name("CONTEST");
    app.add_option("--set", options.wishes.sets, "Shapes of these sets; default: quick")->delimiter(',')->type_name("NAME,...");
    app.add_option("--shape", options.wishes.shapes, "This shape; may be given again")->type_name("SHAPE");
    app.add_option("--types", options.wishes.types, "Only shapes of these types")->delimiter(',')->type_name("TYPES,...");
    app.add_option("--threads", options.threads, "Numbers of threads, each a contest of its own; default: 1")
        ->delimiter(',')
        ->type_name("N,...");
    app.add_option("--only", options.only, "Only peers whose names begin like this")->delimiter(',')->type_name("NAME,...");
    app.add_option("--samples", options.plan.rounds, "Samples of each contender; default: 15")->check(CLI::Range(1, 1000));
    app.add_option(
           "--sample-ms",
           [&options](const CLI::results_t& given) {
               double ms = 0;
               if (!CLI::detail::lexical_cast(given[0], ms) || !(ms > 0)) return false;
               options.plan.sample_seconds = ms / 1000;
               return true;
           },
           "Least time of a sample; default: 2")
        ->type_name("MS");
    app.add_option("--seconds", options.plan.shape_seconds, "Fewer samples, at least 5, where a shape takes longer; default: 8");
    app.add_option("--table", files[0].path, "Also write the table there")->type_name("FILE");
    app.add_option("--csv", files[1].path, "Also write comma-separated values there")->type_name("FILE");
    app.add_option("--page", files[2].path, "Also write a page with a chart there")->type_name("FILE");
    app.add_option("--modules", options.modules, "The folder with the contenders' modules; default: modules/ beside this program");
    app.add_option("--seed", options.seed, "Of the operands; default: 1");
    app.add_flag("--list", list, "Name the shapes and measure nothing");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? static_cast<int>(exit_code::complete) : static_cast<int>(exit_code::usage);
    }
    if (options.wishes.sets.empty() && options.wishes.shapes.empty()) options.wishes.sets = {"quick"};
    if (list) {
        list_shapes(options);
        return 0;
    }
    return run(options, files);
}

}  // namespace
}  // namespace tenfold::bench

int main(int argc, char** argv) {
    using namespace tenfold::bench;
    return run_program("tenfold-peers", [&] { return command_line(argc, argv); });
}
