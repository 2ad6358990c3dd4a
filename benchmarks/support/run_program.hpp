// SPDX-License-Identifier: Apache-2.0
// What every main() does with what its program throws: one line on stderr and the exit code.
#pragma once

#include <exception>  // std::exception
#include <iostream>   // std::cerr

#include "instances/errors.hpp"  // exit_code, usage_error, data_error

namespace tenfold::bench {

template <class Program>
int run_program(const char* name, const Program& program) {
    const auto fail = [name](exit_code code, const char* what) {
        std::cerr << name << ": " << what << std::endl;
        return static_cast<int>(code);
    };
    try {
        return program();
    } catch (const usage_error& e) { return fail(exit_code::usage, e.what()); } catch (const data_error& e) {
        return fail(exit_code::bad_data, e.what());
    } catch (const std::exception& e) { return fail(exit_code::internal, e.what()); }
}

}  // namespace tenfold::bench
