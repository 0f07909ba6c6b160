// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/process/script_environment.h"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "scriptworker/base/environment.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/worker/process/spawn.h"

namespace scriptworker::worker {
namespace {

constexpr std::array<std::string_view, 4> kOwnSecrets = {
    "TASKCLUSTER_CLIENT_ID",
    "TASKCLUSTER_ACCESS_TOKEN",
    "TASKCLUSTER_CERTIFICATE",
    "SCRIPTWORKER_GITHUB_OAUTH_TOKEN",
};

// Shorter texts are no secrets, and are part of many values.
constexpr size_t kShortestSecret = 6;

bool IsWorkersSecret(std::string_view name) { return absl::c_linear_search(kOwnSecrets, name); }

bool Fits(std::string_view name, std::string_view pattern) {
  if (absl::ConsumeSuffix(&pattern, "*")) return absl::StartsWith(name, pattern);
  return name == pattern;
}

bool LetsThrough(const EnvironmentRules& rules, std::string_view name) {
  return !rules.clean || absl::c_any_of(rules.allowed, [name](std::string_view pattern) {
    return Fits(name, pattern);
  });
}

bool HoldsAny(std::string_view value, const std::vector<SecretString>& secrets) {
  return absl::c_any_of(secrets, [value](const SecretString& secret) {
    return secret.reveal().size() >= kShortestSecret && absl::StrContains(value, secret.reveal());
  });
}

}  // namespace

std::string ObjectionToVariable(std::string_view pattern) {
  if (IsWorkersSecret(pattern)) {
    return absl::StrCat(pattern, " is the worker's own secret, which no script gets");
  }
  std::string_view name = pattern;
  absl::ConsumeSuffix(&name, "*");
  const bool is_name =
      absl::c_all_of(name, [](unsigned char c) { return absl::ascii_isalnum(c) || c == '_'; });
  if (name.empty() || !is_name || absl::ascii_isdigit(static_cast<unsigned char>(name[0]))) {
    return absl::StrCat("expected the name of a variable, or its beginning and a *, found \"",
                        pattern, "\"");
  }
  return "";
}

Environment InheritedEnvironment(const Environment& own, const EnvironmentRules& rules,
                                 const std::vector<SecretString>& secrets) {
  Environment inherited;
  for (const auto& [name, value] : own.variables()) {
    if (IsWorkersSecret(name) || HoldsAny(value, secrets)) continue;
    if (LetsThrough(rules, name)) inherited.Set(name, value);
  }
  return inherited;
}

std::vector<std::string> WithheldVariables(const Environment& own, const EnvironmentRules& rules,
                                           const Environment& inherited) {
  std::vector<std::string> names;
  for (const auto& [name, value] : own.variables()) {
    if (LetsThrough(rules, name) && !inherited.variables().contains(name)) names.push_back(name);
  }
  return names;
}

std::vector<std::string> ScriptEnvironment(const Environment& inherited,
                                           const taskcluster::TaskId& task_id,
                                           taskcluster::RunId run_id, std::string_view root_url) {
  Environment::Variables variables = inherited.variables();
  for (const std::string_view secret : kOwnSecrets) {
    if (const auto found = variables.find(secret); found != variables.end()) {
      variables.erase(found);
    }
  }
  variables["TASK_ID"] = task_id.str();
  variables["RUN_ID"] = absl::StrCat(run_id);
  variables["TASKCLUSTER_ROOT_URL"] = std::string(root_url);
  variables["TASKCLUSTER_CREDENTIALS_FD"] = absl::StrCat(kCredentialsFdInScript);
  std::vector<std::string> result;
  result.reserve(variables.size());
  for (const auto& [name, value] : variables) {
    result.push_back(absl::StrCat(name, "=", value));
  }
  return result;
}

}  // namespace scriptworker::worker
