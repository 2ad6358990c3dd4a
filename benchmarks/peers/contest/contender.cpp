// SPDX-License-Identifier: Apache-2.0
// Starting, asking, stopping and ending the processes of contenders.
#include "peers/contest/contender.hpp"

#include <poll.h>        // poll
#include <signal.h>      // kill
#include <sys/prctl.h>   // prctl
#include <sys/socket.h>  // socketpair
#include <sys/wait.h>    // waitpid
#include <unistd.h>      // fork

#include <cerrno>        // errno
#include <sstream>       // std::istringstream
#include <system_error>  // std::system_error

namespace tenfold::bench {
namespace {

std::string describe(int status) {
    if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
    return "ended with " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

contender_process::contender_process(const served_module& module) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        throw std::system_error(errno, std::generic_category(), "socketpair");
    pid_ = fork();
    if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (pid_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);  // a stopped process would outlive the contest
        signal(SIGINT, SIG_IGN);  // the contest ends first, and takes its contenders along
        close(ends[0]);
        serve(module, ends[1]);
        _exit(0);  // without what the libraries do at exit
    }
    close(ends[1]);
    socket_ = ends[0];
}

contender_process::~contender_process() {
    if (ended_.empty()) note_end("finished");
    close(socket_);
}

void contender_process::note_end(const std::string& why) {
    kill(pid_, SIGKILL);
    int status = 0;
    waitpid(pid_, &status, 0);
    ended_ = why;
}

void contender_process::stop() {
    kill(pid_, SIGSTOP);
    int status = 0;
    if (waitpid(pid_, &status, WUNTRACED) == pid_ && !WIFSTOPPED(status)) ended_ = describe(status);
}

void contender_process::go_on() { kill(pid_, SIGCONT); }

reply contender_process::ask(const request& asked, int patience_seconds) {
    reply answer;
    const auto failed = [&] {
        answer = {};
        ended_.copy(answer.text, sizeof answer.text - 1);
        return answer;
    };
    if (!ended_.empty()) return failed();
    go_on();
    if (send(socket_, &asked, sizeof asked, MSG_NOSIGNAL) == static_cast<ssize_t>(sizeof asked)) {
        pollfd waiting{socket_, POLLIN, 0};
        if (poll(&waiting, 1, patience_seconds * 1000) == 0) {
            note_end("no answer within " + std::to_string(patience_seconds) + " s");
            return failed();
        }
        if (recv(socket_, &answer, sizeof answer, 0) == static_cast<ssize_t>(sizeof answer)) {
            stop();
            return answer;
        }
    }
    int status = 0;
    waitpid(pid_, &status, 0);  // it closed its end: it is gone
    ended_ = describe(status);
    return failed();
}

introduction introduce(const std::string& name, const served_module& module) {
    constexpr int patience_seconds = 60;
    introduction result;
    const auto process = std::make_shared<contender_process>(module);
    const reply answer = process->ask({}, patience_seconds);
    if (answer.what != outcome::done) {
        result.complaint = answer.text;
        return result;
    }
    std::istringstream lines(answer.text);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t tab = line.find('\t');
        result.contenders.push_back(
            {name + line.substr(0, tab), line.substr(tab + 1), process, static_cast<int>(result.contenders.size())});
    }
    return result;
}

}  // namespace tenfold::bench
