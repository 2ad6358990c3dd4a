// SPDX-License-Identifier: Apache-2.0
// A record says some things twice. A file in which they differ was damaged or edited, and none of its figures can be believed.
#pragma once

#include <string>  // std::string
#include <vector>  // std::vector

#include "instances/record/json_fields.hpp"  // json_fields
#include "instances/record/record.hpp"       // record_case

namespace tenfold::bench {

// Each throws data_error with the path of the field that contradicts another.

/// A check is passed with an error that was measured and is within its bound. `fields` are the check's own.
void require_consistent(const record_verified& verified, const json_fields& fields);

/// Samples are times, the quantiles are those of the samples, and the rate is the work over the median. `fields` are the case's.
void require_consistent_times(const record_case& known, const json_fields& fields);

/// No two cases have one name.
void require_distinct(const std::vector<record_case>& cases, const json_fields& root);

/// The text is a time with its day, as RFC 3339 writes it.
void require_moment(const std::string& text, const json_fields& fields, const char* key);

}  // namespace tenfold::bench
