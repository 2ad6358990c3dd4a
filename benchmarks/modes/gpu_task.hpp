// SPDX-License-Identifier: Apache-2.0
// A small task on the first GPU, through the CUDA driver alone and step by step: what a process pays before its first result.
// Neither toolkit nor CUDA runtime is needed to build or to run this.
#pragma once

#include <dlfcn.h>  // RTLD_NODELETE

#include <string>  // std::string

#include "instances/facts/loaded_library.hpp"  // loaded_library

namespace tenfold::bench {

/// The steps must be taken in their order. One that fails: data_error that names the driver's function and its answer.
class gpu_task {
    loaded_library driver_;
    std::string device_name_;
    void* function_ = nullptr;
    unsigned long long memory_ = 0;  // on the device

    template <class... Arguments>
    void require(const char* symbol, Arguments... arguments) const;

public:
    static constexpr const char* driver_library = "libcuda.so.1";
    static constexpr const char* name = "integer rounds of 262144 threads";

    /// Opens the driver's library, for good: it has threads of its own once it is initialised.
    gpu_task() : driver_(driver_library, RTLD_NODELETE) {}

    [[nodiscard]] bool has_driver() const { return driver_.loaded(); }
    void initialise();
    void make_context();
    /// Compiles the kernel from PTX, as the driver does for a GPU that a program was not built for, and allocates its output.
    void load_kernel();
    /// Seconds of a launch until its end.
    double call();
    /// Is every result of the last call right?
    void verify() const;

    [[nodiscard]] const std::string& device_name() const { return device_name_; }
};

}  // namespace tenfold::bench
