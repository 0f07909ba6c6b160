// SPDX-License-Identifier: MPL-2.0
#include "cot/task_env.h"

#include "absl/strings/str_cat.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;

std::optional<std::string> WithoutTrailingSlashes(std::optional<std::string> url) {
  if (!url.has_value()) return url;
  while (!url->empty() && url->back() == '/') url->pop_back();
  return url;
}

}  // namespace

std::optional<std::string> TaskEnv(const scriptworker::taskcluster::TaskDefinition& task,
                                   std::string_view name) {
  const Value* env = task.payload().Find("env");
  const Value* value = env == nullptr ? nullptr : env->Find(name);
  if (value == nullptr || !value->is_string()) return std::nullopt;
  return std::string(value->string_value());
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

std::optional<std::string> SourceEnv::triggered_by() const { return Get("TRIGGERED_BY"); }

std::optional<std::string> SourceEnv::pull_request_number() const {
  return Get("PULL_REQUEST_NUMBER");
}

std::optional<std::string> SourceEnv::push_date_time() const { return Get("PUSH_DATE_TIME"); }

}  // namespace cot
