// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_graph.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/number.h"
#include "scriptworker/json/schema_regex.h"

namespace scriptworker::json {

using Place = SchemaDocuments::Place;

class SchemaCompiler {
 public:
  SchemaCompiler(SchemaDocuments& documents, SchemaGraph& graph)
      : documents_(documents), graph_(graph) {}

  // The node of a subschema; the same node for the same subschema.
  absl::StatusOr<const SchemaNode*> Compile(const Place& place) {
    if (const auto known = nodes_.find(place.schema); known != nodes_.end()) return known->second;
    const Value& schema = *place.schema;
    if (!schema.is_object() && !(schema.is_bool() && place.draft != SchemaDraft::k4)) {
      return Fail(place, "expected a schema");
    }
    SchemaNode& node = graph_.nodes_.emplace_back();
    nodes_[place.schema] = &node;
    node.draft = place.draft;
    node.path = place.path;
    if (schema.is_bool()) {
      node.never = !schema.bool_value();
      return &node;
    }
    if (const Value* const ref = schema.Find("$ref"); ref != nullptr && ref->is_string()) {
      SW_ASSIGN_OR_RETURN(const Place target, documents_.Resolve(place, ref->string_value()));
      SW_ASSIGN_OR_RETURN(node.ref, Compile(target));
      return &node;
    }
    for (const auto& [keyword, value] : schema.object()) {
      SW_RETURN_IF_ERROR(CompileKeyword(place, keyword, value, node));
    }
    if (place.draft == SchemaDraft::k4) MoveExclusiveBounds(schema, node);
    return &node;
  }

 private:
  static absl::Status Fail(const Place& place, std::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(place.path, ": ", what));
  }

  // The part of `place` under a keyword.
  Place At(const Place& place, std::string_view keyword, const Value& value) {
    std::string path = place.path;
    AppendPointerToken(keyword, &path);
    return documents_.Below(place, value, std::move(path));
  }

  absl::Status CompileKeyword(const Place& place, std::string_view keyword, const Value& value,
                              SchemaNode& node) {
    const Place here = At(place, keyword, value);
    if (IsSubschemaKeyword(keyword, place.draft)) {
      return CompileSubschemas(here, keyword, node);
    }
    if (keyword == "type") return CompileType(here, node);
    if (keyword == "const" && place.draft != SchemaDraft::k4) node.constant = value;
    if (keyword == "enum") {
      if (!value.is_array()) return Fail(here, "expected an array");
      node.enumeration = value.array();
    }
    if (keyword == "required") return CompileStrings(here, node.required);
    if (keyword == "format" && value.is_string()) {
      node.format = std::string(value.string_value());
      node.format_checker = FindFormatChecker(node.format);
    }
    if (keyword == "pattern") {
      if (!value.is_string()) return Fail(here, "expected a string");
      return CompileRegex(here, value.string_value(), node.pattern);
    }
    if (keyword == "uniqueItems") {
      if (!value.is_bool()) return Fail(here, "expected a boolean");
      node.unique_items = value.bool_value();
    }
    SW_RETURN_IF_ERROR(CompileLimit(here, keyword, node));
    return CompileBound(here, keyword, node);
  }

  static bool IsSubschemaKeyword(std::string_view keyword, SchemaDraft draft) {
    for (const std::string_view name :
         {"items", "additionalItems", "properties", "patternProperties", "additionalProperties",
          "dependencies", "allOf", "anyOf", "oneOf", "not"}) {
      if (keyword == name) return true;
    }
    if (draft == SchemaDraft::k4) return false;
    if (keyword == "contains" || keyword == "propertyNames") return true;
    if (draft == SchemaDraft::k6) return false;
    return keyword == "if" || keyword == "then" || keyword == "else";
  }

  absl::Status CompileSubschemas(const Place& here, std::string_view keyword, SchemaNode& node) {
    if (keyword == "items") {
      if (!here.schema->is_array()) return CompileOne(here, node.items);
      node.has_tuple = true;
      return CompileList(here, node.tuple);
    }
    if (keyword == "properties") return CompileProperties(here, node);
    if (keyword == "patternProperties") return CompilePatternProperties(here, node);
    if (keyword == "dependencies") return CompileDependencies(here, node);
    if (keyword == "allOf") return CompileList(here, node.all_of);
    if (keyword == "anyOf") return CompileList(here, node.any_of);
    if (keyword == "oneOf") return CompileList(here, node.one_of);
    if (keyword == "additionalItems") return CompileOne(here, node.additional_items, true);
    if (keyword == "additionalProperties") {
      return CompileOne(here, node.additional_properties, true);
    }
    if (keyword == "not") return CompileOne(here, node.negated);
    if (keyword == "contains") return CompileOne(here, node.contains);
    if (keyword == "propertyNames") return CompileOne(here, node.property_names);
    if (keyword == "if") return CompileOne(here, node.condition);
    if (keyword == "then") return CompileOne(here, node.consequence);
    return CompileOne(here, node.alternative);
  }

  // `may_be_bool`: in draft 4 too.
  absl::Status CompileOne(Place here, const SchemaNode*& out, bool may_be_bool = false) {
    if (may_be_bool && here.schema->is_bool() && here.draft == SchemaDraft::k4) {
      here.draft = SchemaDraft::k6;
    }
    SW_ASSIGN_OR_RETURN(out, Compile(here));
    return absl::OkStatus();
  }

  absl::Status CompileList(const Place& here, std::vector<const SchemaNode*>& out) {
    if (!here.schema->is_array()) return Fail(here, "expected an array of schemas");
    const Array& schemas = here.schema->array();
    for (size_t i = 0; i < schemas.size(); ++i) {
      SW_ASSIGN_OR_RETURN(const SchemaNode* node, Compile(At(here, absl::StrCat(i), schemas[i])));
      out.push_back(node);
    }
    return absl::OkStatus();
  }

  absl::Status CompileProperties(const Place& here, SchemaNode& node) {
    if (!here.schema->is_object()) return Fail(here, "expected an object of schemas");
    for (const auto& [name, schema] : here.schema->object()) {
      SW_ASSIGN_OR_RETURN(node.properties[name], Compile(At(here, name, schema)));
    }
    return absl::OkStatus();
  }

  absl::Status CompilePatternProperties(const Place& here, SchemaNode& node) {
    if (!here.schema->is_object()) return Fail(here, "expected an object of schemas");
    for (const auto& [name, schema] : here.schema->object()) {
      const Place place = At(here, name, schema);
      auto& [regex, target] = node.pattern_properties.emplace_back();
      SW_RETURN_IF_ERROR(CompileRegex(place, name, regex));
      SW_ASSIGN_OR_RETURN(target, Compile(place));
    }
    return absl::OkStatus();
  }

  absl::Status CompileDependencies(const Place& here, SchemaNode& node) {
    if (!here.schema->is_object()) return Fail(here, "expected an object");
    for (const auto& [name, value] : here.schema->object()) {
      const Place place = At(here, name, value);
      SchemaNode::Dependency& dependency = node.dependencies.emplace_back();
      dependency.key = std::string(name);
      if (value.is_array()) {
        SW_RETURN_IF_ERROR(CompileStrings(place, dependency.required));
      } else {
        SW_ASSIGN_OR_RETURN(dependency.schema, Compile(place));
      }
    }
    return absl::OkStatus();
  }

  absl::Status CompileType(const Place& here, SchemaNode& node) {
    if (here.schema->is_string()) {
      node.types.emplace_back(here.schema->string_value());
    } else {
      SW_RETURN_IF_ERROR(CompileStrings(here, node.types));
    }
    for (const std::string& type : node.types) {
      static constexpr std::string_view kKnown[] = {"null",   "boolean", "integer", "number",
                                                    "string", "array",   "object"};
      if (std::find(std::begin(kKnown), std::end(kKnown), type) == std::end(kKnown)) {
        return Fail(here, absl::StrCat("unknown type ", FormatString(type)));
      }
    }
    return absl::OkStatus();
  }

  static absl::Status CompileStrings(const Place& here, std::vector<std::string>& out) {
    if (!here.schema->is_array()) return Fail(here, "expected an array of strings");
    for (const Value& element : here.schema->array()) {
      if (!element.is_string()) return Fail(here, "expected an array of strings");
      out.emplace_back(element.string_value());
    }
    return absl::OkStatus();
  }

  static absl::Status CompileRegex(const Place& here, std::string_view pattern,
                                   std::unique_ptr<const RE2>& out) {
    absl::StatusOr<std::unique_ptr<const RE2>> regex = CompileSchemaRegex(pattern);
    if (!regex.ok()) return Fail(here, regex.status().message());
    out = *std::move(regex);
    return absl::OkStatus();
  }

  // The keywords whose value is a count.
  static absl::Status CompileLimit(const Place& here, std::string_view keyword, SchemaNode& node) {
    const std::pair<std::string_view, std::optional<uint64_t>*> limits[] = {
        {"minLength", &node.min_length},         {"maxLength", &node.max_length},
        {"minItems", &node.min_items},           {"maxItems", &node.max_items},
        {"minProperties", &node.min_properties}, {"maxProperties", &node.max_properties},
    };
    for (const auto& [name, limit] : limits) {
      if (keyword != name) continue;
      const Value& value = *here.schema;
      const bool is_count = value.is_number() && std::is_gteq(CompareNumbers(value, 0)) &&
                            std::is_lt(CompareNumbers(value, uint64_t{1} << 53)) &&
                            std::trunc(value.double_value()) == value.double_value();
      if (!is_count) return Fail(here, "expected an integer that is not negative");
      *limit = static_cast<uint64_t>(value.double_value());
    }
    return absl::OkStatus();
  }

  // The keywords that compare a number.
  static absl::Status CompileBound(const Place& here, std::string_view keyword, SchemaNode& node) {
    if (here.draft == SchemaDraft::k4 && here.schema->is_bool() &&
        (keyword == "exclusiveMinimum" || keyword == "exclusiveMaximum")) {
      return absl::OkStatus();  // see MoveExclusiveBounds
    }
    const std::pair<std::string_view, std::optional<Value>*> bounds[] = {
        {"minimum", &node.minimum},
        {"maximum", &node.maximum},
        {"exclusiveMinimum", &node.exclusive_minimum},
        {"exclusiveMaximum", &node.exclusive_maximum},
        {"multipleOf", &node.multiple_of},
    };
    for (const auto& [name, bound] : bounds) {
      if (keyword != name) continue;
      if (!here.schema->is_number()) return Fail(here, "expected a number");
      *bound = *here.schema;
    }
    if (keyword == "multipleOf" && !std::is_gt(CompareNumbers(*here.schema, 0))) {
      return Fail(here, "expected a number greater than 0");
    }
    return absl::OkStatus();
  }

  // In draft 4 they are flags beside minimum and maximum.
  static void MoveExclusiveBounds(const Value& schema, SchemaNode& node) {
    const auto is_set = [&schema](std::string_view keyword) {
      const Value* const flag = schema.Find(keyword);
      return flag != nullptr && flag->is_bool() && flag->bool_value();
    };
    if (is_set("exclusiveMinimum")) std::swap(node.minimum, node.exclusive_minimum);
    if (is_set("exclusiveMaximum")) std::swap(node.maximum, node.exclusive_maximum);
  }

  SchemaDocuments& documents_;
  SchemaGraph& graph_;
  absl::flat_hash_map<const Value*, const SchemaNode*> nodes_;
};

absl::StatusOr<SchemaGraph> SchemaGraph::Compile(const Value& schema, std::string_view base_uri,
                                                 SchemaDocuments::Resolver resolver) {
  SW_ASSIGN_OR_RETURN(SchemaDocuments documents,
                      SchemaDocuments::Create(schema, base_uri, resolver));
  SchemaGraph graph;
  SchemaCompiler compiler(documents, graph);
  SW_ASSIGN_OR_RETURN(graph.root_, compiler.Compile(documents.root()));
  return graph;
}

}  // namespace scriptworker::json
