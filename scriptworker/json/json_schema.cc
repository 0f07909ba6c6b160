// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/json_schema.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/schema_graph.h"
#include "scriptworker/json/schema_validator.h"

namespace scriptworker::json {
namespace {

constexpr size_t kMaxErrors = 100;
constexpr size_t kMaxErrorsInStatus = 5;

}  // namespace

struct Schema::Compiled {
  SchemaGraph graph;
};

Schema::Schema(std::unique_ptr<const Compiled> compiled) : compiled_(std::move(compiled)) {}
Schema::Schema(Schema&&) noexcept = default;
Schema& Schema::operator=(Schema&&) noexcept = default;
Schema::~Schema() = default;

absl::StatusOr<Schema> Schema::Compile(const Value& schema, std::string_view base_uri) {
  return Compile(schema, base_uri, [](std::string_view uri) -> absl::StatusOr<Value> {
    return absl::InvalidArgumentError(absl::StrCat("the document ", uri, " is not at hand"));
  });
}

absl::StatusOr<Schema> Schema::Compile(const Value& schema, std::string_view base_uri,
                                       SchemaResolver resolver) {
  SW_ASSIGN_OR_RETURN(SchemaGraph graph, SchemaGraph::Compile(schema, base_uri, resolver));
  return Schema(std::make_unique<const Compiled>(Compiled{std::move(graph)}));
}

std::vector<SchemaError> Schema::Errors(const Value& instance) const {
  std::vector<SchemaError> errors;
  SchemaValidator(&errors, kMaxErrors).Check(compiled_->graph.root(), instance);
  return errors;
}

absl::Status Schema::Validate(const Value& instance) const {
  const SchemaNode& root = compiled_->graph.root();
  if (SchemaValidator(/*errors=*/nullptr, 0).Check(root, instance)) return absl::OkStatus();
  const std::vector<SchemaError> errors = Errors(instance);
  std::string message;
  for (size_t i = 0; i < errors.size() && i < kMaxErrorsInStatus; ++i) {
    const SchemaError& error = errors[i];
    absl::StrAppend(&message, i == 0 ? "" : "; ",
                    error.instance_pointer.empty() ? "the document" : error.instance_pointer, ": ",
                    error.message, " (schema ", error.schema_path, ")");
  }
  if (errors.size() > kMaxErrorsInStatus) {
    absl::StrAppend(&message, "; and ", errors.size() - kMaxErrorsInStatus, " more");
  }
  return absl::InvalidArgumentError(message);
}

}  // namespace scriptworker::json
