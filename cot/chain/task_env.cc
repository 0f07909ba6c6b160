// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/task_env.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;

// What SourceEnv reads, behind the prefix.
constexpr std::string_view kSourceVariables[] = {
    "HEAD_REPOSITORY", "BASE_REPOSITORY", "HEAD_REV", "BASE_REV",     "HEAD_BRANCH",
    "HEAD_REF",        "BASE_BRANCH",     "BASE_REF", "TRIGGERED_BY", "PULL_REQUEST_NUMBER",
    "PUSH_DATE_TIME",
};
// What rules read whatever the product.
constexpr std::string_view kOtherVariables[] = {"ACTION_CALLBACK", "COMM_HEAD_REPOSITORY",
                                                "GECKO_COMMIT_MSG", "MH_BRANCH"};

std::optional<std::string> UnlessEmpty(std::optional<std::string> text) {
  if (text.has_value() && text->empty()) return std::nullopt;
  return text;
}

std::optional<std::string> WithoutTrailingSlashes(std::optional<std::string> url) {
  if (!url.has_value()) return url;
  while (!url->empty() && url->back() == '/') url->pop_back();
  return UnlessEmpty(std::move(url));
}

}  // namespace

std::optional<std::string> TaskEnv(const scriptworker::taskcluster::TaskDefinition& task,
                                   std::string_view name) {
  const Value* env = task.payload().Find("env");
  const Value* value = env == nullptr ? nullptr : env->Find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->string_value());
}

std::string WithoutShortForm(std::string_view repository) {
  return absl::StrReplaceAll(repository, {{"git@github.com:", "ssh://github.com/"}});
}

std::optional<std::string> SourceEnv::Get(std::string_view suffix) const {
  return TaskEnv(task_, absl::StrCat(prefix_, "_", suffix));
}

std::optional<std::string> SourceEnv::head_repository() const {
  return WithoutTrailingSlashes(Get("HEAD_REPOSITORY"));
}

std::optional<std::string> SourceEnv::base_repository() const {
  return WithoutTrailingSlashes(Get("BASE_REPOSITORY"));
}

std::optional<std::string> SourceEnv::head_revision() const { return Get("HEAD_REV"); }

std::optional<std::string> SourceEnv::base_revision() const { return Get("BASE_REV"); }

std::optional<std::string> SourceEnv::branch() const {
  std::optional<std::string> branch = Get("HEAD_BRANCH");
  return branch.has_value() ? branch : Get("HEAD_REF");
}

std::optional<std::string> SourceEnv::base_branch() const {
  std::optional<std::string> branch = Get("BASE_BRANCH");
  return branch.has_value() ? branch : Get("BASE_REF");
}

std::optional<std::string> SourceEnv::triggered_by() const {
  return UnlessEmpty(Get("TRIGGERED_BY"));
}

std::optional<std::string> SourceEnv::pull_request_number() const {
  return Get("PULL_REQUEST_NUMBER");
}

std::optional<std::string> SourceEnv::push_date_time() const { return Get("PUSH_DATE_TIME"); }

std::optional<std::string> FindMalformedVariable(
    const scriptworker::taskcluster::TaskDefinition& task, std::string_view prefix) {
  const Value* env = task.payload().Find("env");
  if (env == nullptr) return std::nullopt;
  if (!env->is_object()) return "payload.env";
  const auto is_malformed = [&](std::string_view name) {
    const Value* value = env->Find(name);
    return value != nullptr && !value->is_null() && !value->is_string();
  };
  for (const std::string_view suffix : kSourceVariables) {
    const std::string name = absl::StrCat(prefix, "_", suffix);
    if (is_malformed(name)) return absl::StrCat("payload.env.", name);
  }
  for (const std::string_view name : kOtherVariables) {
    if (is_malformed(name)) return absl::StrCat("payload.env.", name);
  }
  return std::nullopt;
}

}  // namespace cot
