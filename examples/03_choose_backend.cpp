// SPDX-License-Identifier: Apache-2.0
// The backend is the first argument: a type at compile time, or a name at run time (or TENFOLD_BACKEND).
#include <tenfold/tenfold.hpp>

#include <cmath>
#include <cstdio>

namespace tf = tenfold;

int main() {
    tf::tensor<float, 2> a({64, 100}), b({100, 32});
    for (tf::index_t i = 0; i < a.size(); ++i) a.data()[i] = 0.01f * static_cast<float>(i % 13);
    for (tf::index_t i = 0; i < b.size(); ++i) b.data()[i] = 0.01f * static_cast<float>(i % 7);

    const auto fast = tf::matmul(tf::cpu{.threads = 2}, a, b);
    const auto slow = tf::matmul(tf::reference{}, a, b);  // double sums: the specification
    float largest = 0;
    for (tf::index_t i = 0; i < fast.size(); ++i) largest = std::fmax(largest, std::fabs(fast.data()[i] - slow.data()[i]));
    std::printf("cpu and reference agree within 1e-6: %s\n", largest < 1e-6f ? "yes" : "no");

    for (const char* name : {"reference", "cpu", "abacus"}) {
        const tf::status s = tf::with_backend(std::nothrow, name, [&](const auto& backend) {
            const auto c = tf::matmul(backend, a, b);
            std::printf("%s: c(0, 0) = %.3f\n", backend.name, static_cast<double>(c(0, 0)));
        });
        if (!s.ok()) std::printf("%.*s\n", static_cast<int>(s.message().size()), s.message().data());
    }
}
// prints: cpu and reference agree within 1e-6: yes
// prints: reference: c(0, 0) = *
// prints: cpu: c(0, 0) = *
// prints: with_backend: "abacus" is not a backend of this program; it has cpu, reference. Pass one of those, or set TENFOLD_BACKEND to one
