// SPDX-License-Identifier: Apache-2.0
// Linked beside mkl.cpp, this lifts MKL's vendor check: on processors of other vendors MKL then uses the kernels for the
// instruction sets that they have. MKL asks these functions of its own which processor it runs on; these come first in
// the order in which the loader looks names up.
namespace {

int yes() { return 1; }

}  // namespace

extern "C" {
using answer = int (*)();
answer mkl_serv_get_cpu_true() { return &yes; }  // since 2026
answer mkl_serv_get_cpu() { return &yes; }
int mkl_serv_intel_cpu_true() { return 1; }  // before
int mkl_serv_intel_cpu() { return 1; }
}
