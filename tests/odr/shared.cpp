// SPDX-License-Identifier: Apache-2.0
// Two shared libraries of parts compiled under different flags in one process, loaded in the order ODR_FIRST, ODR_SECOND
// with global visibility: the second may bind to what the first brought. They exchange views and statuses.
#include <doctest/doctest.h>

#include <odr/part.hpp>

#include <dlfcn.h>

#include <string>

namespace {
class library {
public:
    explicit library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_GLOBAL)) {
        if (handle_ == nullptr) MESSAGE(dlerror());
    }
    library(const library&) = delete;
    library& operator=(const library&) = delete;
    ~library() {
        if (handle_ != nullptr) dlclose(handle_);
    }
    const odr::part* find(const char* name) const {
        return static_cast<const odr::part*>(handle_ != nullptr ? dlsym(handle_, name) : nullptr);
    }

private:
    void* handle_;
};

float product(const odr::part& part) {
    const float a[6] = {1, 2, 3, 4, 5, 6};
    const float b[6] = {7, 8, 9, 10, 11, 12};
    float c[4] = {};
    const tenfold::status s = part.cpu({a, {2, 3}}, {b, {3, 2}}, {c, {2, 2}});
    return s.ok() ? c[0] + 2 * c[1] + 3 * c[2] + 4 * c[3] : -1;
}
}

TEST_CASE("two shared libraries of different flags answer alike, loaded in either order, again and again [O08][H32]") {
    for (int round = 0; round < 3; ++round) {
        const library first(ODR_FIRST), second(ODR_SECOND);
        for (const library* loaded : {&first, &second}) {
            const odr::part* part = loaded->find("part");
            REQUIRE(part != nullptr);
            if (part->needs_avx512 && __builtin_cpu_supports("avx512vl") == 0) {
                MESSAGE("this machine cannot run ", part->name);
                continue;
            }
            CHECK(product(*part) == 58.0f + 2 * 64.0f + 3 * 139.0f + 4 * 154.0f);
            const float a[6] = {};
            float c[4] = {};
            CHECK(std::string(part->refused({a, {2, 3}}, {c, {2, 2}}).message()).find("matmul: inner extents differ") == 0);
        }
    }
}
