// SPDX-License-Identifier: MPL-2.0
#include "cot/hg_context.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/task_env.h"
#include "cot/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Reader;
using scriptworker::json::Value;

Value OrNull(const std::optional<std::string>& text) {
  return text.has_value() ? Value(*text) : Value();
}

// hg's answer about the push, as the reference reads it: the first push, the
// comment of its last changeset, the parent of its first.
struct PushInfo {
  std::string id;
  Value date;
  std::string user;
  std::string comment;
  std::string base_revision;
};

absl::StatusOr<PushInfo> ReadPush(const Value& pushlog) {
  const Reader reader(pushlog, "pushlog");
  SW_ASSIGN_OR_RETURN(const Reader pushes, reader.Field("pushes"));
  SW_ASSIGN_OR_RETURN(const auto members, pushes.Members());
  if (members.empty()) return pushes.Error("expected a push, found none");
  const auto& [id, push] = members.front();
  SW_ASSIGN_OR_RETURN(const Reader date, push.Field("date"));
  SW_ASSIGN_OR_RETURN(std::string user, push.String("user"));
  SW_ASSIGN_OR_RETURN(const Reader list, push.Field("changesets"));
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> changesets, list.Elements());
  if (changesets.empty()) return list.Error("expected a changeset, found none");
  SW_ASSIGN_OR_RETURN(std::string comment, changesets.back().String("desc"));
  SW_ASSIGN_OR_RETURN(const std::vector<std::string> parents,
                      changesets.front().Strings("parents"));
  if (parents.empty()) {
    return changesets.front().Error("expected a parent, found none");
  }
  return PushInfo{id, date.value(), std::move(user), std::move(comment), parents.front()};
}

// The part of a push comment that a decision task repeats: what follows "try:".
std::string TryComment(const std::string& comment) {
  const size_t at = comment.find("try:");
  if (at == std::string::npos) return " ";
  return comment.substr(at, comment.find('\n', at) - at);
}

absl::Status AddHgPush(const ContextSource& source, Object& variables) {
  SW_ASSIGN_OR_RETURN(const Value pushlog, source.Required(source.facts.pushlog, "pushlog"));
  const absl::StatusOr<PushInfo> push = ReadPush(pushlog);
  if (!push.ok()) return source.Evidence(push.status());
  const std::string comment = TaskEnv(source.decision.task(), "GECKO_COMMIT_MSG").value_or(" ");
  const std::string expected = TryComment(push->comment);
  if (comment != " " && comment != expected) {
    return ToStatus({.violation = Violation::kCommentMismatch,
                     .step = Step::kRebuiltDefinitions,
                     .link_name = source.decision.name(),
                     .task_id = source.decision.task_id().str(),
                     .message = absl::StrCat("Decision task ", source.decision.name(),
                                             " comment doesn't match the push comment!\n", comment,
                                             "\n", expected),
                     .expected = expected,
                     .found = comment});
  }
  variables.Set("push", Object{{"base_revision", push->base_revision},
                               {"revision", OrNull(source.env().head_revision())},
                               {"comment", comment},
                               {"owner", push->user},
                               {"pushlog_id", push->id},
                               {"pushdate", push->date}});
  return absl::OkStatus();
}

absl::Status AddHgCron(const ContextSource& source, Object& variables) {
  SW_RETURN_IF_ERROR(source.AddCron(source.parent, variables));
  SW_ASSIGN_OR_RETURN(const Value pushlog, source.Required(source.facts.pushlog, "pushlog"));
  const absl::StatusOr<PushInfo> push = ReadPush(pushlog);
  if (!push.ok()) return source.Evidence(push.status());
  variables.Set("push", Object{{"base_revision", push->base_revision},
                               {"revision", OrNull(source.env().head_revision())},
                               {"comment", ""},
                               {"owner", "cron"},
                               {"pushlog_id", push->id},
                               {"pushdate", push->date}});
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
                        source.Required(source.facts.parameters, "public/parameters.yml"));
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
