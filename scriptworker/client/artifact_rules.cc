// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/artifact_rules.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "cot/policy/artifact_url_rule.h"
#include "cot/policy/policy.h"
#include "cot/policy/policy_fields.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {
namespace {

using taskcluster::TaskId;

constexpr std::string_view kKey = "valid_artifact_rules";

}  // namespace

absl::StatusOr<ArtifactRules> ArtifactRules::FromConfig(const ScriptConfig& config) {
  SW_ASSIGN_OR_RETURN(const json::Value value, config.At(kKey));
  cot::Policy policy;
  std::vector<std::string> defects;
  cot::ReadCommonKey(kKey, value, policy, [&](std::string_view pointer, std::string_view sentence) {
    defects.push_back(absl::StrCat(kKey, pointer, ": ", sentence));
  });
  if (!defects.empty()) return ScriptError(ErrorKind::kConfig, absl::StrJoin(defects, "\n"));
  return ArtifactRules(std::move(policy.artifact_rules));
}

absl::StatusOr<std::string> ArtifactRules::Validate(std::string_view url,
                                                    absl::Span<const TaskId> valid_task_ids) const {
  // What a fragment says never reaches a server.
  const absl::StatusOr<http::Url> parsed = http::Url::Parse(url.substr(0, url.find('#')));
  if (!parsed.ok()) {
    return TaskError(
        absl::StrCat("Can't validate url ", http::RedactUrl(url), ": ", parsed.status().message()),
        kMalformedPayload);
  }
  const absl::StatusOr<taskcluster::ArtifactName> name =
      cot::ArtifactOfUrl(rules_, *parsed, valid_task_ids);
  if (!name.ok()) return TaskError(name.status().message(), kMalformedPayload);
  return name->path();
}

absl::StatusOr<std::vector<TaskId>> ValidArtifactTaskIds(const json::Value& task) {
  const absl::StatusOr<taskcluster::TaskDefinition> definition =
      taskcluster::TaskDefinition::FromJson(task, "task.json");
  if (!definition.ok()) return TaskError(definition.status().message(), kMalformedPayload);
  std::vector<TaskId> ids = definition->dependencies();
  if (definition->task_group_id().has_value()) ids.push_back(*definition->task_group_id());
  return ids;
}

}  // namespace scriptworker::client
