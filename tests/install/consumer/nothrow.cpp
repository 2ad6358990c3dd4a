// SPDX-License-Identifier: Apache-2.0
// A consumer without exceptions and RTTI: the std::nothrow overloads of the cpu backend.
#include <tenfold/tenfold.hpp>
namespace tf = tenfold;
int main() {
    float m[6] = {1, 2, 3, 4, 5, 6}, y[3], s[6];
    tf::tensor_view<float, 2> x(m, {2, 3});
    tf::tensor_view<float, 1> out(y, {3});
    tf::tensor_view<float, 2> soft(s, {2, 3});
    bool ok = tf::sum(std::nothrow, tf::cpu{}, x, tf::axes{0}, out).ok();
    ok = ok && tf::softmax(std::nothrow, tf::cpu{}, x, 1, soft).ok();
    ok = ok && !tf::matmul(std::nothrow, tf::cpu{.isa = "none"}, x, x.transposed(), soft).ok();
    return ok && y[2] == 9 ? 0 : 1;
}
