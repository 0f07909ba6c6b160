// SPDX-License-Identifier: MPL-2.0
#ifndef COT_POLICY_ARTIFACT_URL_RULE_H_
#define COT_POLICY_ARTIFACT_URL_RULE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cot/policy/url_rule.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// The name of the artifact that `url` leads to, if one of the rules
// (valid_artifact_rules) lets it be fetched: its path has a group `filepath`
// and, if it has a group `taskId`, names one of `valid_task_ids`. The path is
// percent-decoded once; query and fragment do not count. kPermissionDenied
// otherwise, also for a path that is no usable artifact name. Pure.
absl::StatusOr<scriptworker::taskcluster::ArtifactName> ArtifactOfUrl(
    const std::vector<UrlRule>& rules, const scriptworker::http::Url& url,
    absl::Span<const scriptworker::taskcluster::TaskId> valid_task_ids);

}  // namespace cot

#endif  // COT_POLICY_ARTIFACT_URL_RULE_H_
