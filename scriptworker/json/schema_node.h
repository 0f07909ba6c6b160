// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_JSON_SCHEMA_NODE_H_
#define SCRIPTWORKER_JSON_SCHEMA_NODE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "re2/re2.h"
#include "scriptworker/json/schema_format.h"
#include "scriptworker/json/value.h"

namespace scriptworker::json {

enum class SchemaDraft { k4, k6, k7 };

// One compiled schema. Pointers to other nodes are owned by the SchemaGraph; an
// absent keyword is nullptr, nullopt or empty.
struct SchemaNode {
  // What a keyword "dependencies" asks for when `key` is present.
  struct Dependency {
    std::string key;
    std::vector<std::string> required;
    const SchemaNode* schema = nullptr;
  };

  SchemaDraft draft = SchemaDraft::k7;
  std::string path;                 // "#/properties/x", after its document's URI if referred to
  bool never = false;               // the schema `false`
  const SchemaNode* ref = nullptr;  // then all else is empty

  std::vector<std::string> types;
  std::optional<Value> constant;
  std::optional<Array> enumeration;

  std::optional<Value> minimum;
  std::optional<Value> maximum;
  std::optional<Value> exclusive_minimum;
  std::optional<Value> exclusive_maximum;
  std::optional<Value> multiple_of;

  std::optional<uint64_t> min_length;  // code points
  std::optional<uint64_t> max_length;
  std::unique_ptr<const RE2> pattern;
  std::string format;
  FormatChecker format_checker = nullptr;

  std::optional<uint64_t> min_items;
  std::optional<uint64_t> max_items;
  bool unique_items = false;
  const SchemaNode* items = nullptr;     // of each element
  std::vector<const SchemaNode*> tuple;  // of the first elements, one each
  bool has_tuple = false;
  const SchemaNode* additional_items = nullptr;  // of those behind `tuple`
  const SchemaNode* contains = nullptr;

  std::optional<uint64_t> min_properties;
  std::optional<uint64_t> max_properties;
  std::vector<std::string> required;
  absl::flat_hash_map<std::string, const SchemaNode*> properties;
  std::vector<std::pair<std::unique_ptr<const RE2>, const SchemaNode*>> pattern_properties;
  const SchemaNode* additional_properties = nullptr;
  const SchemaNode* property_names = nullptr;
  std::vector<Dependency> dependencies;

  std::vector<const SchemaNode*> all_of;
  std::vector<const SchemaNode*> any_of;
  std::vector<const SchemaNode*> one_of;
  const SchemaNode* negated = nullptr;
  const SchemaNode* condition = nullptr;  // if
  const SchemaNode* consequence = nullptr;
  const SchemaNode* alternative = nullptr;
};

}  // namespace scriptworker::json

#endif  // SCRIPTWORKER_JSON_SCHEMA_NODE_H_
