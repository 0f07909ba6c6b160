// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/config/composed_policy.h"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/policy/defect_list.h"
#include "cot/policy/policy.h"
#include "cot/policy/policy_fields.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/value.h"
#include "scriptworker/worker/config/settings.h"

namespace scriptworker::worker {
namespace {

using ::cot::DefectList;
using ::cot::Policy;
using ::cot::Product;
using ::scriptworker::json::Value;

constexpr std::string_view kScopes = "cot_restricted_scopes";
constexpr std::string_view kTrees = "cot_restricted_trees";
constexpr std::string_view kPrebuilt = "prebuilt_docker_image_task_types";

// A report function for what lies inside the value of a key of the file.
auto Inside(const Settings& settings, std::string_view key, DefectList& defects) {
  return [&settings, key, &defects](std::string_view pointer, std::string_view sentence) {
    settings.Refuse(key, pointer, sentence, defects);
  };
}

// Replaced scopes and trees must still fit together.
void CheckScopesAndTrees(const Settings& settings, const Product& product, DefectList& defects) {
  const bool has_scopes = settings.InFile(kScopes) != nullptr;
  if (!has_scopes && settings.InFile(kTrees) == nullptr) return;
  // The pointer is /cot_restricted_scopes/SCOPE.
  cot::CheckProduct(product, [&](std::string_view pointer, std::string_view sentence) {
    if (has_scopes) {
      settings.Refuse(kScopes, pointer.substr(kScopes.size() + 1), sentence, defects);
    } else {
      settings.Refuse(kTrees, "", absl::StrCat(cot::KeyPath(pointer), ": ", sentence), defects);
    }
  });
}

void ReadProduct(const Settings& settings, std::string_view policy_name, Policy& policy,
                 DefectList& defects) {
  const std::string& name = *settings.cot_product();
  const bool is_known = policy.products.contains(name);
  Product& product = policy.products[name];
  product.name = name;
  std::vector<std::string_view> absent;
  for (std::string_view key : cot::ProductKeys()) {
    const Value* value = settings.InFile(key);
    if (value == nullptr) {
      absent.push_back(key);
    } else if (key == kPrebuilt && is_known &&
               value->is_string() != product.prebuilt_docker_images.any_task_type) {
      // As the reference, which wants the type of what is replaced.
      settings.Refuse(key, "",
                      absl::StrCat("expected ", value->is_string() ? "a list" : "a string", ", as ",
                                   policy_name, " has for ", name),
                      defects);
    } else {
      const auto report = Inside(settings, key, defects);
      cot::ReadProductKey(key, *value, product, report);
    }
  }
  if (!is_known && !absent.empty()) {
    defects.Add("/cot_product",
                absl::StrCat("the policy ", policy_name, " has no product \"", name,
                             "\"; to define it, this file needs ", absl::StrJoin(absent, ", ")));
  }
  CheckScopesAndTrees(settings, product, defects);
}

}  // namespace

absl::StatusOr<ComposedPolicy> ComposePolicy(const Settings& settings, const std::string& path,
                                             DefectList& defects) {
  const std::string name = path.empty() ? std::string(cot::kDefaultPolicyName) : path;
  absl::StatusOr<cot::LoadedPolicy> document;
  if (path.empty()) {
    document = cot::LoadDefaultPolicy();
  } else {
    const absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) {
      settings.Refuse("cot_policy_path", "", text.status().message(), defects);
      return ComposedPolicy();
    }
    document = cot::LoadPolicy(*text, path);
  }
  SW_ASSIGN_OR_RETURN(cot::LoadedPolicy loaded, std::move(document));
  Policy& policy = loaded.policy;
  for (std::string_view key : cot::CommonKeys()) {
    if (const Value* value = settings.InFile(key)) {
      const auto report = Inside(settings, key, defects);
      cot::ReadCommonKey(key, *value, policy, report);
    }
  }
  if (settings.cot_product().has_value()) {
    ReadProduct(settings, name, policy, defects);
  } else {
    for (std::string_view key : cot::ProductKeys()) {
      if (settings.InFile(key) == nullptr) continue;
      settings.Refuse(key, "", "needs cot_product, whose value it replaces", defects);
    }
  }
  ComposedPolicy composed;
  composed.warnings = cot::PolicyWarnings(policy, name);
  composed.policy = std::make_shared<const Policy>(std::move(policy));
  return composed;
}

}  // namespace scriptworker::worker
