// SPDX-License-Identifier: Apache-2.0
// The exact refusal of an instruction set, put together from what this build and this machine have.
#pragma once

#include <tenfold/kernel/cpu/dispatch.hpp>

#include <cstring>
#include <string>

namespace support {
template <class Names>
std::string joined(const Names& names) {
    std::string text;
    for (const char* name : names) text += (text.empty() ? "" : ", ") + std::string(name);
    return text;
}
inline bool is_available(const std::string& isa) {
    for (const char* name : tenfold::available_isas()) {
        if (isa == name) return true;
    }
    return false;
}
/// `source` is "TENFOLD_ISA=" or "cpu{.isa} = ".
inline std::string isa_refusal(const std::string& op, const std::string& source, const std::string& wanted) {
    const auto all = tenfold::isa_names(tenfold::isa_list{});
    bool known = false;
    for (const char* name : all) known = known || wanted == name;
    return op + ": " + source + wanted + (known ? " cannot run on this machine (this build has " : " is not an ISA of this build (") +
           joined(all) + "); this machine can run " + joined(tenfold::available_isas()) + ". Unset it or use one of those";
}
/// The name of the instruction set whose instance of a body serves the one at `index`.
template <class... Isa>
std::string base_name(tenfold::type_list<Isa...>, int index) {
    const char* const names[] = {Isa::base::name...};
    return names[index];
}
/// What a body finds itself compiled for.
struct name_body {
    template <class Isa>
    TENFOLD_BODY static void run(const char** name) noexcept {
        *name = Isa::name;
    }
};
}  // namespace support
