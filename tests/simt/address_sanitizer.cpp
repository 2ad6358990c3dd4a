// SPDX-License-Identifier: Apache-2.0
// AddressSanitizer with fake stacks (detect_stack_use_after_return=1): a fiber that ends gives back what the sanitizer keeps for it.
#include <tenfold/testing/simt/fiber.hpp>

#include <cstdio>
#include <fstream>
#include <string>

namespace {
using tenfold::testing::simt::fiber;

fiber* current = nullptr;

void touch(char* p) { asm volatile("" ::"r"(p) : "memory"); }
void body(void*) {
    char before[100];
    touch(before);
    current->suspend();
    char after[50];
    touch(after);
    touch(before);
}
/// Of this process, in KiB.
long resident_memory() {
    std::ifstream file("/proc/self/status");
    std::string word;
    long kib = -1;
    while (file >> word) {
        if (word == "VmRSS:") file >> kib;
    }
    return kib;
}
}  // namespace

int main() {
    fiber one;
    current = &one;
    const auto run = [&](int times) {
        for (int i = 0; i < times; ++i) {
            one.start(body, nullptr);
            one.resume();
            one.resume();
        }
    };
    run(50);
    const long early = resident_memory();
    run(5000);
    const long late = resident_memory();
    std::printf("resident: %ld KiB after 50 fibers, %ld after 5050\n", early, late);
    return early > 0 && late < early + 8 * 1024 ? 0 : 1;  // 16 KiB per fiber where nothing is given back
}
