// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/json/schema_documents.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/format.h"
#include "scriptworker/json/json_pointer.h"

namespace scriptworker::json {
namespace {

constexpr int kMaxDepth = 1000;

std::string_view IdKeyword(SchemaDraft draft) { return draft == SchemaDraft::k4 ? "id" : "$id"; }

UriReference WithoutFragment(UriReference uri) {
  uri.fragment.reset();
  return uri;
}

// The draft that "$schema" names; an unknown metaschema of somebody's own is
// taken for `otherwise`.
absl::StatusOr<SchemaDraft> DraftOf(const Value& document, SchemaDraft otherwise) {
  const Value* const stated = document.Find("$schema");
  if (stated == nullptr || !stated->is_string()) return otherwise;
  const std::string_view uri = stated->string_value();
  if (!absl::StrContains(uri, "json-schema.org/")) return otherwise;
  if (absl::StrContains(uri, "draft-04")) return SchemaDraft::k4;
  if (absl::StrContains(uri, "draft-06")) return SchemaDraft::k6;
  if (absl::StrContains(uri, "draft-07")) return SchemaDraft::k7;
  return absl::InvalidArgumentError(
      absl::StrCat("#/$schema: the dialect ", FormatString(uri),
                   " is not supported; known are draft-04, draft-06 and draft-07"));
}

// %XX decoded; nullopt if one is malformed.
std::optional<std::string> DecodePercent(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    std::string byte;
    if (text[i] != '%') {
      out.push_back(text[i]);
    } else if (i + 2 < text.size() && absl::HexStringToBytes(text.substr(i + 1, 2), &byte)) {
      out.append(byte);
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return out;
}

// Whether a keyword's value is a schema, an array of schemas (or one schema), or
// an object of schemas.
enum class Holds { kNothing, kSchemas, kNamedSchemas };

Holds WhatHolds(std::string_view keyword) {
  for (const std::string_view name :
       {"items", "additionalItems", "contains", "additionalProperties", "propertyNames", "allOf",
        "anyOf", "oneOf", "not", "if", "then", "else"}) {
    if (keyword == name) return Holds::kSchemas;
  }
  for (const std::string_view name :
       {"properties", "patternProperties", "dependencies", "definitions"}) {
    if (keyword == name) return Holds::kNamedSchemas;
  }
  return Holds::kNothing;
}

}  // namespace

absl::StatusOr<SchemaDocuments> SchemaDocuments::Create(const Value& root,
                                                        std::string_view base_uri,
                                                        Resolver resolver) {
  SchemaDocuments documents(resolver);
  SW_ASSIGN_OR_RETURN(documents.root_, documents.AddDocument(root, UriReference::Split(base_uri),
                                                             "", SchemaDraft::k7));
  return documents;
}

absl::StatusOr<SchemaDocuments::Place> SchemaDocuments::AddDocument(const Value& document,
                                                                    const UriReference& uri,
                                                                    std::string_view shown_uri,
                                                                    SchemaDraft otherwise) {
  Place place;
  SW_ASSIGN_OR_RETURN(place.draft, DraftOf(document, otherwise));
  place.schema = &documents_.emplace_back(document);
  place.base = WithoutFragment(uri);
  place.path = absl::StrCat(shown_uri, "#");
  places_.try_emplace(place.base.ToString(), place);
  place = Below(place, *place.schema, place.path);
  places_.try_emplace(place.base.ToString(), place);
  Scan(place, 0);
  return place;
}

SchemaDocuments::Place SchemaDocuments::Below(const Place& place, const Value& schema,
                                              std::string path) const {
  Place below{.schema = &schema, .base = place.base, .path = std::move(path), .draft = place.draft};
  const Value* const id = schema.Find(IdKeyword(place.draft));
  // What stands beside a $ref counts for nothing.
  if (id == nullptr || !id->is_string() || schema.Find("$ref") != nullptr) return below;
  below.base = WithoutFragment(ResolveUri(place.base, UriReference::Split(id->string_value())));
  return below;
}

void SchemaDocuments::Scan(const Place& place, int depth) {
  if (!place.schema->is_object() || depth > kMaxDepth) return;
  const Value* const id = place.schema->Find(IdKeyword(place.draft));
  if (id != nullptr && id->is_string() && place.schema->Find("$ref") == nullptr) {
    places_.try_emplace(place.base.ToString(), place);
    const UriReference uri = UriReference::Split(id->string_value());
    if (!uri.fragment.value_or("").empty()) {
      places_.try_emplace(absl::StrCat(place.base.ToString(), "#", *uri.fragment), place);
    }
  }
  for (const auto& [keyword, value] : place.schema->object()) {
    const Holds holds = WhatHolds(keyword);
    if (holds == Holds::kNothing) continue;
    std::string path = place.path;
    AppendPointerToken(keyword, &path);
    if (value.is_array()) {
      for (size_t i = 0; i < value.array().size(); ++i) {
        Scan(Below(place, value.array()[i], absl::StrCat(path, "/", i)), depth + 1);
      }
    } else if (holds == Holds::kSchemas) {
      Scan(Below(place, value, path), depth + 1);
    } else if (value.is_object()) {
      for (const auto& [name, schema] : value.object()) {
        std::string named_path = path;
        AppendPointerToken(name, &named_path);
        Scan(Below(place, schema, named_path), depth + 1);
      }
    }
  }
}

absl::StatusOr<SchemaDocuments::Place> SchemaDocuments::Resolve(const Place& from,
                                                                std::string_view reference) {
  UriReference uri = ResolveUri(from.base, UriReference::Split(reference));
  const std::optional<std::string> fragment = DecodePercent(uri.fragment.value_or(""));
  if (!fragment.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat(from.path, ": malformed $ref ", FormatString(reference)));
  }
  uri.fragment.reset();
  const std::string document_uri = uri.ToString();
  auto found = places_.find(document_uri);
  if (found == places_.end()) {
    absl::StatusOr<Value> document = resolver_(document_uri);
    if (!document.ok()) {
      return absl::Status(document.status().code(),
                          absl::StrCat(from.path, ": $ref ", FormatString(reference), ": ",
                                       document.status().message()));
    }
    SW_RETURN_IF_ERROR(AddDocument(*document, uri, document_uri, from.draft).status());
    found = places_.find(document_uri);
  }
  if (fragment->empty()) return found->second;
  if (absl::StartsWith(*fragment, "/")) {
    std::optional<Place> place = FollowPointer(found->second, *fragment);
    if (place.has_value()) return *std::move(place);
  }
  const auto named = places_.find(absl::StrCat(document_uri, "#", *fragment));
  if (named != places_.end()) return named->second;
  return absl::InvalidArgumentError(
      absl::StrCat(from.path, ": $ref ", FormatString(reference), " names nothing"));
}

std::optional<SchemaDocuments::Place> SchemaDocuments::FollowPointer(
    Place place, std::string_view pointer) const {
  // Step by step, since an "$id" on the way changes the base.
  while (!pointer.empty()) {
    const size_t next = std::min(pointer.find('/', 1), pointer.size());
    const std::string_view step = pointer.substr(0, next);
    pointer.remove_prefix(next);
    const Value* const value = FindByPointer(*place.schema, step);
    if (value == nullptr) return std::nullopt;
    place = Below(place, *value, absl::StrCat(place.path, step));
  }
  return place;
}

}  // namespace scriptworker::json
