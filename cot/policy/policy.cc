// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/policy.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/worker_impl.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/policy_fields.h"
#include "cot/policy/restricted_scope.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_pointer.h"
#include "scriptworker/json/value.h"
#include "scriptworker/json/yaml.h"

namespace cot {
namespace {

using ::scriptworker::json::AppendPointerToken;
using ::scriptworker::json::Value;
using ::scriptworker::json::YamlDocument;
using ::scriptworker::json::YamlOptions;

std::string Below(std::string_view pointer, std::string_view token) {
  std::string below(pointer);
  AppendPointerToken(token, &below);
  return below;
}

// Reads every member by `read(key, value, report)`; a key that is not in
// `keys` and one that is absent are defects. False if this is no mapping.
template <typename Read>
bool ReadMembers(const Value& value, const std::string& pointer,
                 const std::vector<std::string_view>& keys, DefectList& defects, Read read) {
  if (!value.is_object()) {
    defects.Add(pointer, absl::StrCat("expected a mapping, found ", YamlTypeName(value.type())));
    return false;
  }
  for (const auto& [key, member] : value.object()) {
    const std::string place = Below(pointer, key);
    if (!absl::c_linear_search(keys, key)) {
      defects.Add(place, "unknown key");
      continue;
    }
    read(key, member, [&](std::string_view below, std::string_view sentence) {
      defects.Add(absl::StrCat(place, below), sentence);
    });
  }
  for (std::string_view key : keys) {
    if (value.Find(key) == nullptr) {
      defects.Add(pointer, absl::StrCat("the key ", key, " is missing"));
    }
  }
  return true;
}

Product ReadProduct(std::string_view name, const Value& value, const std::string& pointer,
                    DefectList& defects) {
  Product product;
  product.name = std::string(name);
  const bool is_mapping =
      ReadMembers(value, pointer, ProductKeys(), defects,
                  [&](std::string_view key, const Value& member, ReportDefect report) {
                    ReadProductKey(key, member, product, report);
                  });
  if (is_mapping && value.Find("cot_restricted_trees") != nullptr) {
    CheckProduct(product, [&](std::string_view below, std::string_view sentence) {
      defects.Add(absl::StrCat(pointer, below), sentence);
    });
  }
  return product;
}

absl::StatusOr<LoadedPolicy> ReadPolicy(const YamlDocument& document, std::string_view source) {
  DefectList defects(source, document.marks);
  LoadedPolicy loaded;
  std::vector<std::string_view> keys = CommonKeys();
  keys.push_back("products");
  ReadMembers(document.value, "", keys, defects,
              [&](std::string_view key, const Value& value, ReportDefect report) {
                if (key != "products") {
                  ReadCommonKey(key, value, loaded.policy, report);
                } else if (!value.is_object()) {
                  report("",
                         absl::StrCat("expected a mapping, found ", YamlTypeName(value.type())));
                } else {
                  for (const auto& [name, product] : value.object()) {
                    loaded.policy.products.emplace(
                        name, ReadProduct(name, product, Below("/products", name), defects));
                  }
                }
              });
  SW_RETURN_IF_ERROR(defects.ToStatus());
  loaded.warnings = PolicyWarnings(loaded.policy, source);
  return loaded;
}

}  // namespace

const Product* Policy::FindProduct(std::string_view name) const {
  const auto found = products.find(name);
  return found == products.end() ? nullptr : &found->second;
}

std::string Policy::ProductNames() const {
  return absl::StrJoin(products, ", ", [](std::string* out, const auto& product) {
    absl::StrAppend(out, product.first);
  });
}

absl::StatusOr<LoadedPolicy> LoadPolicy(std::string_view text, std::string_view source) {
  SW_ASSIGN_OR_RETURN(const YamlDocument document,
                      scriptworker::json::ParseYamlWithMarks(
                          text, YamlOptions{.source = source, .allow_duplicate_keys = false}));
  return ReadPolicy(document, source);
}

absl::StatusOr<LoadedPolicy> LoadDefaultPolicy() {
  SW_ASSIGN_OR_RETURN(
      Value value, scriptworker::json::Parse(DefaultPolicyJson(), {.source = kDefaultPolicyName}));
  return ReadPolicy({.value = std::move(value), .marks = {}}, kDefaultPolicyName);
}

std::vector<std::string> PolicyWarnings(const Policy& policy, std::string_view source) {
  std::vector<std::string> warnings;
  for (const auto& [name, product] : policy.products) {
    for (const std::string& sentence : OverlappingScopes(product.restricted_scopes)) {
      warnings.push_back(absl::StrCat(source, ": product ", name, ": ", sentence));
    }
  }
  for (const auto& [name, keys] : policy.public_keys) {
    if (FindWorkerImpl(name).has_value()) continue;
    warnings.push_back(absl::StrCat(source, ": ed25519_public_keys: \"", name,
                                    "\" is no worker implementation (docker-worker, "
                                    "generic-worker, scriptworker): its keys are never used"));
  }
  return warnings;
}

}  // namespace cot
