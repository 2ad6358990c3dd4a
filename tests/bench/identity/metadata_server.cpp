// SPDX-License-Identifier: Apache-2.0
// Runs metadata_server.py in one of its modes for the length of a test.
#include "bench/identity/metadata_server.hpp"

#include <signal.h>     // kill
#include <sys/prctl.h>  // prctl
#include <sys/wait.h>   // waitpid
#include <unistd.h>     // fork, execl, pipe, read

#include <cerrno>     // errno
#include <stdexcept>  // std::runtime_error

#include "instances/facts/system_files.hpp"  // split

namespace tenfold::bench::test {

metadata_server::metadata_server(const std::string& mode) {
    int ends[2];
    if (pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
    process_ = fork();
    if (process_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);  // a test that crashes takes its server along
        dup2(ends[1], 1);
        close(ends[0]);
        close(ends[1]);
        execl(TENFOLD_TEST_PYTHON, TENFOLD_TEST_PYTHON, "-B", TENFOLD_TEST_METADATA_SERVER, mode.c_str(), static_cast<char*>(nullptr));
        _exit(127);
    }
    close(ends[1]);
    output_ = ends[0];
    while (process_ > 0 && received_.find('\n') == std::string::npos) {
        if (!receive()) throw std::runtime_error("metadata_server.py " + mode + " did not start");
    }
    const auto end = received_.find('\n');
    where_ = {"127.0.0.1", static_cast<std::uint16_t>(std::stoi(received_.substr(0, end)))};
    received_.erase(0, end + 1);
}

metadata_server::~metadata_server() { stop(); }

bool metadata_server::receive() {
    char block[4096];
    for (;;) {
        const auto size = read(output_, block, sizeof block);
        if (size > 0) received_.append(block, static_cast<std::size_t>(size));
        if (size >= 0 || errno != EINTR) return size > 0;
    }
}

std::vector<std::string> metadata_server::stop() {
    if (process_ > 0) {
        kill(process_, SIGTERM);
        while (receive()) {}
        close(output_);
        waitpid(process_, nullptr, 0);
        process_ = -1;
    }
    std::vector<std::string> lines;
    for (const auto line : split(received_, '\n')) {
        if (!line.empty()) lines.emplace_back(line);
    }
    return lines;
}

}  // namespace tenfold::bench::test
