// SPDX-License-Identifier: MPL-2.0
//
// Rebuilds a decision or action task from its repository's .taskcluster.yml and
// compares it with the task that ran.
#ifndef COT_PARENT_PARENT_TASK_H_
#define COT_PARENT_PARENT_TASK_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/tasks_for.h"
#include "cot/chain/violation.h"
#include "cot/parent/jsone_context.h"
#include "cot/policy/policy.h"
#include "cot/policy/source_hosts.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/value.h"
#include "scriptworker/jsone/limits.h"

namespace cot {

// Where the template lies, and whether reading it needs the GitHub token.
struct TemplateLocation {
  scriptworker::http::Url url;
  bool with_token = false;  // basic authentication, the token as user
};
// Of the repository and revision that the decision link's environment names. Violations:
// kUnsupportedVcs (also for names that would lead to another file), kSourceMissing.
absl::StatusOr<TemplateLocation> FindTemplate(const Link& decision, const Product& product,
                                              const SourceHosts& hosts, bool have_github_token);

// The parent's extra.tasks_for, if the product allows it. Violations:
// kTasksForNotAllowed.
absl::StatusOr<TasksFor> TasksForOf(const Link& parent, const Product& product);

// The text of .taskcluster.yml as a template. Violation: kMalformedTemplate, with
// line and column.
absl::StatusOr<scriptworker::json::Value> ParseTemplate(std::string_view text,
                                                        std::string_view url);

// Renders the definition and compares each task of it with the one that ran.
// Findings: kJsoneError, kActionTaskGroupId, kRebuiltDefinitionDiffers (with the
// difference to the task that is most alike), kMalformedTemplate (no `tasks`). Renders within
// `budget`, that of all definitions of the chain; else pure.
void CheckRebuiltDefinition(const Link& parent, const Link& decision, TasksFor tasks_for,
                            const scriptworker::json::Value& document, const RenderInput& input,
                            scriptworker::jsone::Budget& budget, std::vector<Finding>& findings);

// The two definitions' common form: members that are empty left out, projectId
// and taskQueueId filled in (the reference's remove_empty_keys, add_projectid,
// add_taskqueueid).
scriptworker::json::Value ComparableDefinition(const scriptworker::json::Value& task);

}  // namespace cot

#endif  // COT_PARENT_PARENT_TASK_H_
