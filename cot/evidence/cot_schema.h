// SPDX-License-Identifier: MPL-2.0
//
// The JSON Schema that every chain-of-trust.json has to satisfy.
#ifndef COT_EVIDENCE_COT_SCHEMA_H_
#define COT_EVIDENCE_COT_SCHEMA_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "scriptworker/json/json_schema.h"

namespace cot {

// The built-in schema (cot/evidence/cot_v1_schema.json) when `path` is empty, else the
// one in that file (configuration key `cot_schema_path`). Errors: those of
// reading the file; kInvalidArgument if it is no JSON Schema.
absl::StatusOr<scriptworker::json::Schema> LoadCotSchema(std::string_view path);

std::string_view DefaultCotSchemaText();

}  // namespace cot

#endif  // COT_EVIDENCE_COT_SCHEMA_H_
