// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_DOCUMENTS_H_
#define SCRIPTWORKER_JSON_SCHEMA_DOCUMENTS_H_

#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "scriptworker/json/schema_node.h"
#include "scriptworker/json/uri_reference.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

// The documents that a schema and its references consist of, and who is meant by
// a reference: the base URI of each subschema follows from the "$id"s around it.
// Thread-compatible.
class SchemaDocuments {
 public:
  using Resolver = absl::FunctionRef<absl::StatusOr<Value>(std::string_view uri)>;

  // A subschema and the URI that its references start from (no fragment).
  struct Place {
    const Value* schema = nullptr;  // owned by the SchemaDocuments
    UriReference base;
    std::string path;  // "URI#/pointer"; the first document's URI is left out
    SchemaDraft draft = SchemaDraft::k7;
  };

  // `resolver` must outlive this. kInvalidArgument if the schema states a dialect
  // that is not known or no URI can be made of an "$id".
  static absl::StatusOr<SchemaDocuments> Create(const Value& root, std::string_view base_uri,
                                                Resolver resolver);

  const Place& root() const { return root_; }

  // The schema that a "$ref" at `from` names; fetches its document if need be.
  absl::StatusOr<Place> Resolve(const Place& from, std::string_view reference);

  // The subschema below `place`: its base is `place`'s, or that of its own "$id".
  Place Below(const Place& place, const Value& schema, std::string path) const;

 private:
  explicit SchemaDocuments(Resolver resolver) : resolver_(resolver) {}

  absl::StatusOr<Place> AddDocument(const Value& document, const UriReference& uri,
                                    std::string_view shown_uri, SchemaDraft otherwise);
  // Notes all "$id"s at and below `place`.
  void Scan(const Place& place, int depth);
  std::optional<Place> FollowPointer(Place place, std::string_view pointer) const;

  Resolver resolver_;
  std::deque<Value> documents_;
  absl::flat_hash_map<std::string, Place> places_;  // by URI, perhaps with "#name"
  Place root_;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_DOCUMENTS_H_
