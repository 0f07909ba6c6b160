// SPDX-License-Identifier: MPL-2.0
#include "cot/parent/parent_task.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "cot/chain/link_id.h"
#include "cot/parent/template_source.h"
#include "cot/policy/trusted_repo.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json_diff.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/json/yaml.h"
#include "scriptworker/jsone/context.h"
#include "scriptworker/jsone/render.h"
#include "scriptworker/vcs/github_client.h"
#include "scriptworker/vcs/hg_client.h"
#include "scriptworker/vcs/source_url.h"

namespace cot {
namespace {

using scriptworker::http::Url;
using scriptworker::json::Array;
using scriptworker::json::Member;
using scriptworker::json::Object;
using scriptworker::json::Value;
using scriptworker::vcs::SourceUrl;

Finding InLink(const Link& link, Finding finding) {
  return About(link.id(), Step::kRebuiltDefinitions, std::move(finding));
}

// {}, null, [] and "null": what taskcluster-github and hooks leave out.
bool IsEmpty(const Value& value) {
  return value.is_null() || (value.is_object() && value.object().empty()) ||
         (value.is_array() && value.array().empty()) ||
         (value.is_string() && value.string_value() == "null");
}

Value WithoutEmpty(const Value& value) {
  if (value.is_array()) {
    Array result;
    for (const Value& element : value.array()) {
      if (!IsEmpty(element)) result.push_back(WithoutEmpty(element));
    }
    return Value(std::move(result));
  }
  if (!value.is_object()) return value;
  Object result;
  for (const Member& member : value.object()) {
    if (!IsEmpty(member.value())) {
      result.Set(member.key_as_value(), WithoutEmpty(member.value()));
    }
  }
  return Value(std::move(result));
}

std::string TextMember(const Value& object, std::string_view key) {
  const Value* value = object.Find(key);
  return value != nullptr && value->is_string() ? std::string(value->string_value())
                                                : std::string();
}

const Value* ActionTaskGroupId(const Value& task) {
  const Value* payload = task.Find("payload");
  const Value* env = payload == nullptr ? nullptr : payload->Find("env");
  return env == nullptr ? nullptr : env->Find("ACTION_TASK_GROUP_ID");
}

// Adds a finding unless the group is that of the action or of the decision task.
bool IsAGroupOf(const Link& parent, const Link& decision, const Value* group,
                std::vector<Finding>& findings) {
  const std::string found = group != nullptr && group->is_string()
                                ? std::string(group->string_value())
                                : std::string("None");
  if (found == parent.task_id().str() || found == decision.task_id().str()) return true;
  findings.push_back(InLink(
      parent,
      {.violation = Violation::kActionTaskGroupId,
       .message = absl::StrCat(parent.name(), " ACTION_TASK_GROUP_ID ", found, " not in {'",
                               parent.task_id().str(), "', '", decision.task_id().str(), "'}!"),
       .expected = absl::StrCat(parent.task_id().str(), " or ", decision.task_id().str()),
       .found = found}));
  return false;
}

// The first rendered task's group must be the parent's or the decision's, and so must be
// that of the runtime task, which it takes over: which of the two depends on the action.
void CheckActionTaskGroup(const Link& parent, const Link& decision, Array& rendered,
                          std::vector<Finding>& findings) {
  const Value* group = rendered.empty() ? nullptr : ActionTaskGroupId(rendered[0]);
  if (!IsAGroupOf(parent, decision, group, findings)) return;
  const Value* runtime = ActionTaskGroupId(parent.task().raw());
  if (runtime == nullptr) return;
  IsAGroupOf(parent, decision, runtime, findings);
  Object task = rendered[0].object();
  Object payload = task.Find("payload")->object();
  Object env = payload.Find("env")->object();
  env.Set("ACTION_TASK_GROUP_ID", *runtime);
  payload.Set("env", Value(std::move(env)));
  task.Set("payload", Value(std::move(payload)));
  *rendered.mutable_at(0) = Value(std::move(task));
}

absl::StatusOr<Array> RenderTasks(const Link& parent, const Value& document,
                                  const RenderInput& input, scriptworker::jsone::Budget& budget) {
  Value wrapped = document;
  if (input.action_let.has_value()) {
    wrapped = Value(Object{{"$let", *input.action_let}, {"in", document}});
  }
  scriptworker::jsone::Context context(absl::UnixEpoch());
  context.SetAll(input.variables);
  context.AddFunction("as_slugid", [&](absl::Span<const Value> arguments) -> absl::StatusOr<Value> {
    if (arguments.size() != 1) {
      return absl::InvalidArgumentError("as_slugid takes one argument");
    }
    return Value(arguments[0] == Value("decision") ? input.decision_task_id : input.parent_task_id);
  });
  const absl::StatusOr<Value> rendered = scriptworker::jsone::Render(wrapped, context, budget);
  if (!rendered.ok()) {
    return ToStatus(InLink(parent, {.violation = Violation::kJsoneError,
                                    .message = JsoneErrorText(parent, rendered.status())}));
  }
  const Value* tasks = rendered->Find("tasks");
  if (tasks == nullptr || !tasks->is_array()) {
    return ToStatus(
        InLink(parent, {.violation = Violation::kMalformedTemplate,
                        .message = absl::StrCat("Error while rebuilding ", parent.Label(),
                                                " task definition!\n'tasks'"),
                        .expected = "a list `tasks`"}));
  }
  return tasks->array();
}

// How many members of two definitions, and of their payload, metadata and extra, are equal.
int EqualMembers(const Value& a, const Value& b) {
  const auto count = [](const Value* x, const Value* y) {
    if (x == nullptr || y == nullptr || !x->is_object() || !y->is_object()) return 0;
    int equal = 0;
    for (const Member& member : x->object()) {
      const Value* other = y->Find(member.key());
      if (other != nullptr && *other == member.value()) ++equal;
    }
    return equal;
  };
  int equal = count(&a, &b);
  for (const std::string_view key : {"payload", "metadata", "extra"}) {
    equal += count(a.Find(key), b.Find(key));
  }
  return equal;
}

// By the functions that check repository and revision: what a task says must not lead to
// another file of the repository.
absl::StatusOr<Url> TemplateUrl(const SourceUrl& repo, std::string_view revision,
                                const SourceHosts& hosts) {
  constexpr std::string_view kTemplate = ".taskcluster.yml";
  if (repo.netloc() == hosts.github_host) {
    if (const auto name = scriptworker::vcs::GithubRepoOf(repo, hosts.github_host)) {
      return scriptworker::vcs::GithubRawFileUrl(hosts.github_raw_url, *name, revision, kTemplate);
    }
  }
  if (repo.netloc() == hosts.hg_host) {
    return scriptworker::vcs::HgRawFileUrl(hosts.hg_url, repo, revision, kTemplate);
  }
  return absl::InvalidArgumentError("Unsupported VCS server!");
}

}  // namespace

absl::StatusOr<TemplateLocation> FindTemplate(const Link& decision, const Product& product,
                                              const SourceHosts& hosts, bool have_github_token) {
  SW_ASSIGN_OR_RETURN(const TemplateSource source, TemplateSourceOf(decision, product));
  absl::StatusOr<Url> url = TemplateUrl(source.repo, source.revision, hosts);
  if (!url.ok()) {
    return ToStatus(
        InLink(decision, {.violation = Violation::kUnsupportedVcs,
                          .message = absl::StrCat(decision.Label(), ": ", url.status().message()),
                          .found = source.repo.text()}));
  }
  const bool is_github = source.repo.netloc() == hosts.github_host;
  return TemplateLocation{
      .url = *std::move(url),
      .with_token = is_github && have_github_token &&
                    (source.repo.scheme() == "ssh" || RequiresSecret(product.trusted_vcs_rules))};
}

absl::StatusOr<TasksFor> TasksForOf(const Link& parent, const Product& product) {
  const std::string text = TextMember(parent.task().extra(), "tasks_for");
  absl::StatusOr<TasksFor> tasks_for = ParseTasksFor(text);
  const bool allowed =
      tasks_for.ok() && std::find(product.tasks_for.begin(), product.tasks_for.end(), *tasks_for) !=
                            product.tasks_for.end();
  if (allowed) return tasks_for;
  return ToStatus(
      InLink(parent, {.violation = Violation::kTasksForNotAllowed,
                      .message = absl::StrCat(parent.Label(), ": Unknown tasks_for: ", text),
                      .found = text,
                      .source = "valid_tasks_for"}));
}

absl::StatusOr<Value> ParseTemplate(std::string_view text, std::string_view url) {
  absl::StatusOr<Value> document = scriptworker::json::ParseYaml(text, {.source = url});
  if (document.ok()) return document;
  return ToStatus({.violation = Violation::kMalformedTemplate,
                   .step = Step::kRebuiltDefinitions,
                   .message = std::string(document.status().message()),
                   .source = std::string(url)});
}

Value ComparableDefinition(const Value& task) {
  Value value = WithoutEmpty(task);
  if (!value.is_object()) return value;
  Object definition = value.object();
  if (!definition.contains("projectId")) definition.Set("projectId", "none");
  if (!definition.contains("taskQueueId")) {
    definition.Set("taskQueueId", Value(absl::StrCat(TextMember(value, "provisionerId"), "/",
                                                     TextMember(value, "workerType"))));
  }
  definition.Erase("provisionerId");
  definition.Erase("workerType");
  return Value(std::move(definition));
}

void CheckRebuiltDefinition(const Link& parent, const Link& decision, TasksFor tasks_for,
                            const Value& document, const RenderInput& input,
                            scriptworker::jsone::Budget& budget, std::vector<Finding>& findings) {
  absl::StatusOr<Array> tasks = RenderTasks(parent, document, input, budget);
  if (!tasks.ok()) {
    findings.push_back(FindingOf(tasks.status()));
    return;
  }
  if (IsOfAction(tasks_for)) {
    CheckActionTaskGroup(parent, decision, *tasks, findings);
  }
  const Value runtime = ComparableDefinition(parent.task().raw());
  Value closest;
  int most_alike = -1;
  for (const Value& task : *tasks) {
    if (!task.is_object()) continue;
    Object members = task.object();
    members.Erase("taskId");
    Value rebuilt = ComparableDefinition(Value(std::move(members)));
    if (rebuilt == runtime) return;
    const int alike = EqualMembers(rebuilt, runtime);
    if (alike <= most_alike) continue;
    most_alike = alike;
    closest = std::move(rebuilt);
  }
  findings.push_back(InLink(
      parent, {.violation = Violation::kRebuiltDefinitionDiffers,
               .message = absl::StrCat(parent.Label(),
                                       ": the runtime task doesn't match any rebuilt definition!"),
               .expected = absl::StrCat(tasks->size() == 1 ? "the task" : "one of the tasks",
                                        " of .taskcluster.yml, which makes ", tasks->size()),
               // Of one only: a comparison may take a second, and there may be thousands.
               .diff = most_alike < 0 ? std::string()
                                      : scriptworker::json::FormatDifferences(
                                            scriptworker::json::Diff(closest, runtime))}));
}

}  // namespace cot
