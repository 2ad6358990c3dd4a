// SPDX-License-Identifier: Apache-2.0
// What a refused call says.
#pragma once

#include <string>  // std::string

namespace tenfold::bench::test {

/// The text of the error that the call throws, "no error" where it throws none; errors of other types pass through.
template <class Error, class Call>
std::string message(Call call) {
    try {
        call();
    } catch (const Error& problem) { return problem.what(); }
    return "no error";
}

}  // namespace tenfold::bench::test
