// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/request_schema.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/log/check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "re2/re2.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/request_schemas.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

const RE2& Regexp(std::string_view pattern) {
  static absl::NoDestructor<absl::Mutex> mutex;
  static absl::NoDestructor<std::map<std::string, std::unique_ptr<RE2>, std::less<>>> cache;
  absl::MutexLock lock(mutex.get());
  auto found = cache->find(pattern);
  if (found == cache->end()) {
    found = cache->emplace(pattern, std::make_unique<RE2>(pattern)).first;
  }
  return *found->second;
}

bool HasType(const json::Value& value, std::string_view type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int();
  if (type == "boolean") return value.is_bool();
  return true;
}

// Characters as JavaScript's validator counts them: code points.
int64_t Length(std::string_view text) {
  int64_t length = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xc0) != 0x80) ++length;
  }
  return length;
}

class Checker {
 public:
  void Check(const json::Value& schema, const json::Value& value, const std::string& path) {
    if (const json::Value* type = schema.Find("type"); type != nullptr) {
      if (!HasType(value, type->string_value())) {
        Add(path, "must be ", type->string_value());
        return;
      }
    }
    if (value.is_object()) CheckObject(schema, value.object(), path);
    if (value.is_array()) CheckArray(schema, value.array(), path);
    if (value.is_string()) CheckString(schema, value.string_value(), path);
    if (value.is_int()) CheckInteger(schema, value.int_value(), path);
    if (const json::Value* allowed = schema.Find("enum"); allowed != nullptr) {
      bool found = false;
      for (const json::Value& one : allowed->array()) {
        found = found || one == value;
      }
      if (!found) Add(path, "must be equal to one of the allowed values");
    }
    if (const json::Value* one_of = schema.Find("oneOf"); one_of != nullptr) {
      CheckOneOf(one_of->array(), value, path);
    }
  }

  std::vector<std::string> TakeErrors() && { return std::move(errors_); }

 private:
  template <typename... Parts>
  void Add(const std::string& path, const Parts&... parts) {
    errors_.push_back(absl::StrCat(path, " ", parts...));
  }

  void CheckObject(const json::Value& schema, const json::Object& object, const std::string& path) {
    if (const json::Value* required = schema.Find("required"); required != nullptr) {
      for (const json::Value& key : required->array()) {
        if (object.contains(key.string_value())) continue;
        Add(path, "must have required property '", key.string_value(), "'");
      }
    }
    const json::Value* properties = schema.Find("properties");
    const json::Value* others = schema.Find("additionalProperties");
    if (others != nullptr && others->is_bool()) {
      for (const auto& [key, value] : object) {
        if (properties != nullptr && properties->Find(key) != nullptr) continue;
        Add(path, "must NOT have additional properties: ", json::FormatString(key));
      }
    }
    for (const auto& [key, value] : object) {
      const json::Value* property = properties == nullptr ? nullptr : properties->Find(key);
      if (property == nullptr && others != nullptr && others->is_object()) {
        property = others;
      }
      if (property != nullptr) {
        Check(*property, value, absl::StrCat(path, "/", key));
      }
    }
  }

  void CheckArray(const json::Value& schema, const json::Array& array, const std::string& path) {
    if (const json::Value* max = schema.Find("maxItems");
        max != nullptr && static_cast<int64_t>(array.size()) > max->int_value()) {
      Add(path, "must NOT have more than ", max->int_value(), " items");
    }
    if (const json::Value* items = schema.Find("items"); items != nullptr) {
      for (size_t i = 0; i < array.size(); ++i) {
        Check(*items, array[i], absl::StrCat(path, "/", i));
      }
    }
  }

  void CheckString(const json::Value& schema, std::string_view text, const std::string& path) {
    const int64_t length = Length(text);
    if (const json::Value* max = schema.Find("maxLength");
        max != nullptr && length > max->int_value()) {
      Add(path, "must NOT have more than ", max->int_value(), " characters");
    }
    if (const json::Value* min = schema.Find("minLength");
        min != nullptr && length < min->int_value()) {
      Add(path, "must NOT have fewer than ", min->int_value(), " characters");
    }
    if (const json::Value* pattern = schema.Find("pattern");
        pattern != nullptr && !RE2::PartialMatch(text, Regexp(pattern->string_value()))) {
      Add(path, "must match pattern \"", pattern->string_value(), "\"");
    }
    if (const json::Value* format = schema.Find("format"); format != nullptr) {
      const bool fits = format->string_value() == "date-time"
                            ? ParseTimestamp(text).ok()
                            : RE2::PartialMatch(text, Regexp("^[a-zA-Z][a-zA-Z"
                                                             "0-9+.-]*:"));
      if (!fits) {
        Add(path, "must match format \"", format->string_value(), "\"");
      }
    }
  }

  void CheckInteger(const json::Value& schema, int64_t number, const std::string& path) {
    if (const json::Value* max = schema.Find("maximum");
        max != nullptr && number > max->int_value()) {
      Add(path, "must be <= ", max->int_value());
    }
    if (const json::Value* min = schema.Find("minimum");
        min != nullptr && number < min->int_value()) {
      Add(path, "must be >= ", min->int_value());
    }
  }

  void CheckOneOf(const json::Array& schemas, const json::Value& value, const std::string& path) {
    Checker all;
    for (const json::Value& schema : schemas) {
      const size_t before = all.errors_.size();
      all.Check(schema, value, path);
      if (all.errors_.size() == before) return;
    }
    errors_.insert(errors_.end(), all.errors_.begin(), all.errors_.end());
    Add(path, "must match exactly one schema in oneOf");
  }

  std::vector<std::string> errors_;
};

const json::Value* FindSchema(std::string_view name) {
  static const absl::NoDestructor<json::Value> schemas([] {
    absl::StatusOr<json::Value> parsed =
        json::Parse(kRequestSchemas, {.source = "request_schemas.cc"});
    CHECK_OK(parsed.status());
    return *std::move(parsed);
  }());
  return schemas->Find(name);
}

}  // namespace

std::vector<std::string> CheckAgainstSchema(std::string_view schema, const json::Value& payload) {
  const json::Value* found = FindSchema(schema);
  if (found == nullptr) return {};
  Checker checker;
  checker.Check(*found, payload, "data");
  return std::move(checker).TakeErrors();
}

json::Value WithDefaults(std::string_view schema, const json::Value& payload) {
  const json::Value* found = FindSchema(schema);
  const json::Value* properties = found == nullptr ? nullptr : found->Find("properties");
  if (properties == nullptr || !payload.is_object()) return payload;
  json::Object completed = payload.object();
  for (const auto& [key, property] : properties->object()) {
    const json::Value* preset = property.Find("default");
    if (preset != nullptr && !completed.contains(key)) {
      completed.Set(key, *preset);
    }
  }
  return completed;
}

}  // namespace scriptworker::taskcluster::fake
