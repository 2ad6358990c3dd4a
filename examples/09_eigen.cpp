// SPDX-License-Identifier: Apache-2.0
// Eigen's matrices go in and come out without a copy; the product runs at full speed without -march=native.
#include <tenfold/backends/cpu.hpp>
#include <tenfold/interop/eigen.hpp>

#include <Eigen/Dense>

#include <cstdio>

namespace tf = tenfold;

int main() {
    Eigen::MatrixXf a = Eigen::MatrixXf::Random(120, 80);  // column-major: a view with strides (1, 120)
    Eigen::MatrixXf b = Eigen::MatrixXf::Random(80, 60);
    Eigen::MatrixXf c(120, 60);
    tf::matmul(tf::cpu{}, tf::as_view(a), tf::as_view(b), tf::as_view(c));
    std::printf("matrices agree: %s\n", (c - a * b).norm() < 1e-4f * c.norm() ? "yes" : "no");

    auto block = a.block(10, 20, 30, 40);
    tf::tensor<float, 2> d({30, 60});
    tf::matmul(tf::cpu{}, tf::as_view(block), tf::as_view(b).slice(0, 0, 40), d);
    std::printf("blocks agree: %s\n", (tf::as_eigen(d) - block * b.topRows(40)).norm() < 1e-3f ? "yes" : "no");
}
// prints: matrices agree: yes
// prints: blocks agree: yes
