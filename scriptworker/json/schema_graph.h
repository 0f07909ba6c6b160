// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_GRAPH_H_
#define SCRIPTWORKER_JSON_SCHEMA_GRAPH_H_

#include <deque>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/schema_documents.h"
#include "scriptworker/json/schema_node.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

// A schema and all that it refers to, compiled. Immutable, hence thread-safe.
class SchemaGraph {
 public:
  // kInvalidArgument, "#/path/to/keyword: what", for a keyword with a value that
  // it cannot have, a reference that names nothing, a regular expression that
  // RE2 does not know.
  static absl::StatusOr<SchemaGraph> Compile(const Value& schema, std::string_view base_uri,
                                             SchemaDocuments::Resolver resolver);

  const SchemaNode& root() const { return *root_; }

 private:
  friend class SchemaCompiler;

  std::deque<SchemaNode> nodes_;
  const SchemaNode* root_ = nullptr;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_GRAPH_H_
