// SPDX-License-Identifier: Apache-2.0
// The parts of a record as JSON, both ways: record files and attempt files say the same things with the same words.
#pragma once

#include <nlohmann/json.hpp>  // nlohmann::ordered_json

#include "instances/record/json_fields.hpp"  // json_fields
#include "instances/record/record.hpp"       // record_context, record_case

namespace tenfold::bench {

nlohmann::ordered_json context_json(const record_context& context);
nlohmann::ordered_json roofs_json(const record_roofs& roofs);
nlohmann::ordered_json case_json(const record_case& known);

// What is missing or wrongly typed: data_error with the path of the field.
record_context read_context(const json_fields& fields);
record_roofs read_roofs(const json_fields& fields);
record_case read_case(const json_fields& fields);

}  // namespace tenfold::bench
