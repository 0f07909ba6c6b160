// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/settings.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/log/check.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/document_part.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/config_keys.h"

namespace scriptworker::worker {
namespace {

using ::cot::DefectList;
using ::cot::YamlTypeName;
using ::scriptworker::json::AppendPointerToken;
using ::scriptworker::json::Value;

constexpr std::string_view kByProduct = "by-cot-product";
constexpr std::string_view kPlaceholder = "...";

std::string Place(std::string_view token, std::string_view parent = "") {
  std::string place(parent);
  AppendPointerToken(token, &place);
  return place;
}

bool IsIdentifier(std::string_view text) {
  return !text.empty() && text.size() <= 38 &&
         std::all_of(text.begin(), text.end(), [](unsigned char c) {
           return absl::ascii_isalnum(c) || c == '-' || c == '_';
         });
}

bool HasType(const Value& value, KeyType type) {
  switch (type) {
    case KeyType::kString:
      return value.is_string();
    case KeyType::kInteger:
      return value.is_int();
    case KeyType::kBoolean:
      return value.is_bool();
    case KeyType::kList:
      return value.is_array();
    case KeyType::kMapping:
      return value.is_object();
  }
  return false;
}

// What is wrong with the value of a key of kind kWorker; empty if nothing is.
std::string Objection(const ConfigKey& key, const Value& value) {
  if (key.type == KeyType::kInteger && value.type() == Value::Type::kUint) {
    return absl::StrCat("must be at most ", key.maximum, ", found ", value.uint_value());
  }
  if (!HasType(value, key.type)) {
    return absl::StrCat("expected ", KeyTypeName(key.type), ", found ", YamlTypeName(value.type()));
  }
  if (key.type == KeyType::kInteger && value.int_value() < key.minimum) {
    return absl::StrCat("must be at least ", key.minimum, ", found ", value.int_value());
  }
  if (key.type == KeyType::kInteger && value.int_value() > key.maximum) {
    return absl::StrCat("must be at most ", key.maximum, ", found ", value.int_value());
  }
  const bool is_identifier = key.name == "provisioner_id" || key.name == "worker_group" ||
                             key.name == "worker_type" || key.name == "worker_id";
  if (is_identifier && !IsIdentifier(value.string_value())) {
    return absl::StrCat(
        "Taskcluster requires 1 to 38 of the characters a-z A-Z 0-9 - _, "
        "found \"",
        value.string_value(), "\"");
  }
  return "";
}

// Where the system would take a string to end, and so to be another path than the one that
// was checked. Returns whether there is such a place in `value`, which lies at `place`.
bool RefuseNul(const Value& value, const std::string& place, DefectList& defects) {
  switch (value.type()) {
    case Value::Type::kString:
      if (value.string_value().find('\0') == std::string_view::npos) return false;
      defects.Add(place, "must not have the character NUL (\\0) in it");
      return true;
    case Value::Type::kArray: {
      bool found = false;
      for (size_t i = 0; i < value.array().size(); ++i) {
        found |= RefuseNul(value.array()[i], Place(absl::StrCat(i), place), defects);
      }
      return found;
    }
    case Value::Type::kObject: {
      bool found = false;
      for (const auto& [name, member] : value.object()) {
        found |= RefuseNul(member, Place(name, place), defects);
      }
      return found;
    }
    case Value::Type::kNull:
    case Value::Type::kBool:
    case Value::Type::kInt:
    case Value::Type::kUint:
    case Value::Type::kDouble:
    case Value::Type::kOpaque:
      return false;
  }
  return false;
}

}  // namespace

Settings Settings::Read(const Value& document, const Environment& environment, DefectList& defects,
                        Absent absent) {
  Settings settings;
  settings.ReadDefaults(environment, document, defects);
  if (!document.is_object()) {
    defects.Add("", document.is_null() ? "the file is empty"
                                       : absl::StrCat("expected a mapping of keys, found ",
                                                      YamlTypeName(document.type())));
    return settings;
  }
  settings.ReadCotProduct(document, defects);
  for (const auto& [name, value] : document.object()) {
    settings.ReadKey(name, value, defects);
  }
  if (absent == Absent::kIsDefault) return settings;
  for (const ConfigKey& key : ConfigKeys()) {
    const bool is_needed =
        key.name != "ed25519_private_key_path" || settings.Bool("sign_chain_of_trust");
    if (key.kind == ConfigKey::Kind::kWorker && key.default_json.empty() && is_needed &&
        !document.object().contains(key.name)) {
      defects.AddAbsentKey(key.name, "must be set");
    }
  }
  return settings;
}

void Settings::ReadDefaults(const Environment& environment, const Value& document,
                            DefectList& defects) {
  for (const ConfigKey& key : ConfigKeys()) {
    if (key.kind != ConfigKey::Kind::kWorker) continue;
    Value value = key.default_json.empty() ? Value("") : json::Parse(key.default_json).value();
    if (const std::optional<std::string> variable = environment.Get(key.environment_variable);
        variable.has_value()) {
      if (const std::string objection = Objection(key, Value(*variable)); objection.empty()) {
        value = *variable;
      } else if (document.Find(key.name) == nullptr) {  // else the file has the last word
        defects.AddAbsentKey(key.name, absl::StrCat(objection, " (from the variable ",
                                                    key.environment_variable, ")"));
      }
    }
    settings_.insert_or_assign(std::string(key.name), Setting{value, ""});
  }
}

void Settings::ReadCotProduct(const Value& document, DefectList& defects) {
  const Value* value = document.Find("cot_product");
  if (value == nullptr || value->is_null()) return;
  if (value->is_string()) {
    if (RefuseNul(*value, Place("cot_product"), defects)) return;
    cot_product_ = std::string(value->string_value());
  } else {
    defects.Add(Place("cot_product"),
                absl::StrCat("expected a string or null, found ", YamlTypeName(value->type())));
  }
}

void Settings::ReadKey(std::string_view name, const Value& given, DefectList& defects) {
  std::string place = Place(name);
  const ConfigKey* key = FindConfigKey(name);
  if (key == nullptr) {
    defects.Add(place, "unknown key");
    return;
  }
  if (name == "cot_product") return;  // read before all others
  const Value* value = &given;
  const Value null;
  if (const Value* choices = given.Find(kByProduct); choices != nullptr) {
    if (!choices->is_object()) {
      defects.Add(Place(kByProduct, place), absl::StrCat("expected a mapping of products, found ",
                                                         YamlTypeName(choices->type())));
      return;
    }
    value = &null;
    if (cot_product_.has_value()) {
      value = choices->Find(*cot_product_);
      if (value == nullptr) {
        defects.Add(place,
                    absl::StrCat("has no entry for the cot_product \"", *cot_product_, "\""));
        return;
      }
      place = Place(*cot_product_, Place(kByProduct, place));
    }
  }
  if (value->is_null()) {
    // Credentials are then looked up elsewhere.
    if (key->kind == ConfigKey::Kind::kCredentials) return;
    if (!key->may_be_null) {
      defects.Add(place, "must be set, found null");
    } else if (cot_product_.has_value()) {
      defects.Add(place, absl::StrCat("must be set for the cot_product \"", *cot_product_,
                                      "\", found null"));
    }
    return;
  }
  if (value->is_string() && value->string_value() == kPlaceholder) {
    defects.Add(place, "must be set, found the placeholder \"...\"");
    return;
  }
  if (RefuseNul(*value, place, defects)) return;
  if (key->kind == ConfigKey::Kind::kWorker) {
    if (const std::string objection = Objection(*key, *value); !objection.empty()) {
      defects.Add(place, objection);
      return;
    }
  }
  settings_.insert_or_assign(std::string(name), Setting{*value, std::move(place)});
}

std::string_view Settings::String(std::string_view key) const { return Get(key).string_value(); }

int64_t Settings::Int(std::string_view key) const { return Get(key).int_value(); }

bool Settings::Bool(std::string_view key) const { return Get(key).bool_value(); }

const Value& Settings::Get(std::string_view key) const {
  const auto found = settings_.find(key);
  CHECK(found != settings_.end()) << key;
  return found->second.value;
}

const Value* Settings::InFile(std::string_view key) const {
  const auto found = settings_.find(key);
  if (found == settings_.end() || found->second.place.empty()) return nullptr;
  return &found->second.value;
}

std::string Settings::PlaceOf(std::string_view key) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? "" : found->second.place;
}

void Settings::Refuse(std::string_view key, std::string_view pointer, std::string_view sentence,
                      DefectList& defects) const {
  const std::string place = PlaceOf(key);
  if (place.empty()) {
    defects.AddAbsentKey(key, sentence);
  } else {
    defects.Add(absl::StrCat(place, pointer), sentence);
  }
}

}  // namespace scriptworker::worker
