// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_JSON_SCHEMA_H_
#define SCRIPTWORKER_JSON_JSON_SCHEMA_H_

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

struct SchemaError {
  std::string instance_pointer;  // RFC 6901
  std::string schema_path;       // "#/properties/payload/maxRunTime"
  std::string message;
};

// Called with the absolute URI (without fragment) of each document that a $ref
// names outside of the schema; gives that document.
using SchemaResolver = absl::FunctionRef<absl::StatusOr<Value>(std::string_view uri)>;

// A compiled JSON Schema of draft 4, 6 or 7, as "$schema" says (default: 7).
// docs/json_schema.md says which formats are checked (others are ignored, as the
// standard has it) and what is not supported; a schema with that is refused by
// Compile rather than half applied. Immutable and thread-safe.
class Schema {
 public:
  // Documents are never fetched: without a resolver, or when it has no such
  // document, a $ref to another document is an error. `base_uri` is the
  // schema's own address unless it has an "$id" or "id".
  static absl::StatusOr<Schema> Compile(const Value& schema, std::string_view base_uri = "");
  static absl::StatusOr<Schema> Compile(const Value& schema, std::string_view base_uri,
                                        SchemaResolver resolver);

  Schema(Schema&&) noexcept;
  Schema& operator=(Schema&&) noexcept;
  ~Schema();

  // kInvalidArgument with the first errors in words: "/payload/x: ... (schema
  // #/properties/payload ...)".
  absl::Status Validate(const Value& instance) const;
  // All errors; empty if the instance is valid.
  std::vector<SchemaError> Errors(const Value& instance) const;

 private:
  struct Compiled;
  explicit Schema(std::unique_ptr<const Compiled> compiled);

  std::unique_ptr<const Compiled> compiled_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_JSON_SCHEMA_H_
