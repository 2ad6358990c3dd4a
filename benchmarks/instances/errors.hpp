// SPDX-License-Identifier: Apache-2.0
// What the program's parts throw, and the exit codes that the command line turns it into.
#pragma once

#include <stdexcept>  // std::runtime_error

namespace tenfold::bench {

enum class exit_code : int { complete = 0, usage = 64, bad_data = 65, internal = 70 };

/// The command line asks for something that does not exist or does not go together.
class usage_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A file cannot be read or written, or does not hold what it should; the message names file and field.
class data_error : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The disk is full or gone: what is written so far stands, and the work can be resumed.
class disk_failure : public data_error {
    using data_error::data_error;
};

}  // namespace tenfold::bench
