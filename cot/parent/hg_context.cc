// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/hg_context.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/chain/violation.h"
#include "cot/evidence/control_files.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/value.h"
#include "scriptworker/vcs/pushlog.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Value;
using scriptworker::vcs::Push;

// The part of a push comment that a decision task repeats: what follows "try:".
std::string TryComment(const std::string& comment) {
  const size_t at = comment.find("try:");
  if (at == std::string::npos) return " ";
  return comment.substr(at, comment.find('\n', at) - at);
}

absl::Status AddHgPush(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Push push, source.Required(source.facts.push, "pushlog"));
  const std::string comment = TaskEnv(source.decision.task(), "GECKO_COMMIT_MSG").value_or(" ");
  const std::string expected = TryComment(push.comment);
  if (comment != " " && comment != expected) {
    return ToStatus(About(source.decision.id(), Step::kRebuiltDefinitions,
                          {.violation = Violation::kCommentMismatch,
                           .message = absl::StrCat("Decision task ", source.decision.name(),
                                                   " comment doesn't match the push comment!\n",
                                                   comment, "\n", expected),
                           .expected = expected,
                           .found = comment}));
  }
  variables.Set("push", Object{{"base_revision", push.base_revision},
                               {"revision", OrNull(source.env().head_revision())},
                               {"comment", comment},
                               {"owner", push.user},
                               {"pushlog_id", push.id},
                               {"pushdate", push.date}});
  return absl::OkStatus();
}

absl::Status AddHgCron(const ContextSource& source, Object& variables) {
  SW_RETURN_IF_ERROR(source.AddCron(source.parent, variables));
  SW_ASSIGN_OR_RETURN(const Push push, source.Required(source.facts.push, "pushlog"));
  variables.Set("push", Object{{"base_revision", push.base_revision},
                               {"revision", OrNull(source.env().head_revision())},
                               {"comment", ""},
                               {"owner", "cron"},
                               {"pushlog_id", push.id},
                               {"pushdate", push.date}});
  return absl::OkStatus();
}

}  // namespace

absl::Status AddHgContext(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const std::string project,
                      source.Required(source.facts.project, "project in projects.yml"));
  SW_ASSIGN_OR_RETURN(const std::string level,
                      source.Required(source.facts.level, "level of the project"));
  Object repository{
      {"url", OrNull(source.env().head_repository())}, {"level", level}, {"project", project}};
  if (source.tasks_for == TasksFor::kAction) {
    SW_RETURN_IF_ERROR(source.AddActionContext(variables));
    SW_ASSIGN_OR_RETURN(const Value parameters,
                        source.Required(source.facts.parameters, kParametersName));
    variables.Set("parameters", parameters);
    variables.Set("task", Value());
    variables.Set("repository", Value(std::move(repository)));
    return absl::OkStatus();
  }
  repository.Set("type", "hg");
  variables.Set("repository", Value(std::move(repository)));
  if (source.tasks_for == TasksFor::kHgPush) return AddHgPush(source, variables);
  if (source.tasks_for == TasksFor::kCron) return AddHgCron(source, variables);
  return source.Unknown();
}

}  // namespace cot
