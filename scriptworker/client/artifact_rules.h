// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_ARTIFACT_RULES_H_
#define SCRIPTWORKER_CLIENT_ARTIFACT_RULES_H_

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cot/policy/url_rule.h"
#include "scriptworker/client/script_config.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {

// Which URLs of artifacts a script may fetch: the worker's `valid_artifact_rules`
// (docs/configuration.md), in the script's configuration. Immutable; thread-safe.
class ArtifactRules {
 public:
  // Of the key `valid_artifact_rules`. ErrorKind::kConfig says all that is
  // wrong with them, or that there are none.
  static absl::StatusOr<ArtifactRules> FromConfig(const ScriptConfig& config);

  // The name of the artifact that `url` leads to, which is its path below the
  // folder of downloads, too: relative, without "..". The rules' pattern tells it
  // (group `filepath`), and the task, if it has a group `taskId`: one of
  // `valid_task_ids`. Query and fragment do not count.
  // ErrorKind::kTask with exit status 3, "Can't validate url URL", otherwise.
  absl::StatusOr<std::string> Validate(std::string_view url,
                                       absl::Span<const taskcluster::TaskId> valid_task_ids) const;

 private:
  explicit ArtifactRules(std::vector<cot::UrlRule> rules) : rules_(std::move(rules)) {}

  std::vector<cot::UrlRule> rules_;
};

// The tasks whose artifacts a task may fetch: its dependencies and its
// taskGroupId. ErrorKind::kTask with exit status 3 if these are no task ids.
absl::StatusOr<std::vector<taskcluster::TaskId>> ValidArtifactTaskIds(const json::Value& task);

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_ARTIFACT_RULES_H_
