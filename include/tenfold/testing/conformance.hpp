// SPDX-License-Identifier: Apache-2.0
// run_conformance: every op that a backend implements, for every element type, against the reference.      [floor 6]
//
// The whole test of a backend of your own:
//     tenfold::testing::conformance_report report;
//     tenfold::testing::run_conformance(my_backend{}, report);
//     if (!report.passed()) { puts(report.summary().c_str()); return 1; }
#pragma once

#include <tenfold/testing/conformance/arg_reduce.hpp>
#include <tenfold/testing/conformance/conv.hpp>
#include <tenfold/testing/conformance/conv_backward.hpp>
#include <tenfold/testing/conformance/conv_transpose.hpp>
#include <tenfold/testing/conformance/copy.hpp>
#include <tenfold/testing/conformance/matmul.hpp>
#include <tenfold/testing/conformance/normalise.hpp>
#include <tenfold/testing/conformance/pack.hpp>
#include <tenfold/testing/conformance/pack_conv.hpp>
#include <tenfold/testing/conformance/pool.hpp>
#include <tenfold/testing/conformance/reduce.hpp>
#include <tenfold/testing/conformance/scan.hpp>
#include <tenfold/testing/conformance/softmax.hpp>
#include <tenfold/testing/conformance/transform.hpp>

TENFOLD_BEGIN
namespace testing {
/// Every implemented op for inputs of T; one line per op.
template <class T, class Backend>
void run_conformance_for(const Backend& where, conformance_report& report) {
    if constexpr (implemented<conv_op, Backend>) conformance_conv<Backend, T>(where, report);
    if constexpr (implemented<conv_backward_data_op, Backend> && implemented<conv_backward_weights_op, Backend>)
        conformance_conv_backward<Backend, T>(where, report);
    if constexpr (implemented<conv_transpose_op, Backend>) conformance_conv_transpose<Backend, T>(where, report);
    if constexpr (implemented<copy_op, Backend> || implemented<convert_op, Backend>) conformance_copy<Backend, T>(where, report);
    if constexpr (implemented<matmul_op, Backend>) conformance_matmul<Backend, T>(where, report);
    if constexpr (implemented<pack_op, Backend>) conformance_pack<Backend, T>(where, report);
    if constexpr (implemented<pack_conv_op, Backend>) conformance_pack_conv<Backend, T>(where, report);
    if constexpr (implemented<scan_op, Backend>) conformance_scan<Backend, T>(where, report);
    if constexpr (implemented<arg_reduce_op, Backend>) conformance_arg_reduce<Backend, T>(where, report);
    if constexpr (implemented<layer_norm_op, Backend> && implemented<rms_norm_op, Backend>)
        conformance_normalise<Backend, T>(where, report);
    if constexpr (implemented<max_pool_op, Backend> && implemented<average_pool_op, Backend>) conformance_pool<Backend, T>(where, report);
    if constexpr (implemented<reduce_op, Backend>) conformance_reduce<Backend, T>(where, report);
    if constexpr (implemented<softmax_op, Backend> && implemented<log_softmax_op, Backend>) conformance_softmax<Backend, T>(where, report);
    if constexpr (implemented<transform_op, Backend>) conformance_transform<Backend, T>(where, report);
}

template <class Backend, class... T>
void run_conformance_types(const Backend& where, conformance_report& report, type_list<T...>) {
    (run_conformance_for<T>(where, report), ...);
}

/// Runs all ops that `where` implements for all element types. Needs the headers of the backend's kernels. A backend for
/// some types only calls run_conformance_for<T>() for each of them.
template <backend Backend>
void run_conformance(const Backend& where, conformance_report& report) {
    run_conformance_types(where, report, dtype_list{});
}
}  // namespace testing
TENFOLD_END
