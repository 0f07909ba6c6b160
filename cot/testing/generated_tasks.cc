// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/generated_tasks.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::json::Array;
using scriptworker::json::FormatCompact;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kDecisionImage =
    "example/decision:7@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
constexpr std::string_view kImageBuilder =
    "example/"
    "image-builder:3@sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";

void SetAll(Object& object, const Object& more) {
  for (const scriptworker::json::Member& member : more) {
    object.Set(member.key_as_value(), member.value());
  }
}

// What all tasks have.
Object Definition(const ChainFacts& facts, std::string_view provisioner,
                  std::string_view worker_type, std::string_view group_role) {
  return {{"provisionerId", provisioner},
          {"workerType", worker_type},
          {"taskQueueId", absl::StrCat(provisioner, "/", worker_type)},
          {"projectId", "none"},
          {"schedulerId", absl::StrCat(facts.product.name, "-level-", facts.level)},
          {"taskGroupId", facts.TaskId(group_role)},
          {"dependencies", Array()},
          {"requires", "all-completed"},
          {"routes", Array()},
          {"priority", "low"},
          {"retries", 5},
          {"created", kGeneratedCreated},
          {"deadline", kGeneratedNextDay},
          {"expires", kGeneratedNextYear},
          {"scopes", Array()},
          {"payload", Object()},
          {"metadata", Object()},
          {"tags", Object()},
          {"extra", Object()}};
}

std::string TemplateSource(const ChainFacts& facts) {
  return absl::StrCat(facts.source_root, facts.product.type == "hg" ? "/raw-file/" : "/raw/",
                      facts.revision, "/.taskcluster.yml");
}

// The environment that names where the source lies.
Object SourceEnvironment(const ChainFacts& facts) {
  const std::string& prefix = facts.product.prefix;
  Object env{{absl::StrCat(prefix, "_BASE_REPOSITORY"), facts.product.repository},
             {absl::StrCat(prefix, "_HEAD_REPOSITORY"), facts.head_repository},
             {absl::StrCat(prefix, "_HEAD_REF"), facts.ref},
             {absl::StrCat(prefix, "_HEAD_REV"), facts.revision}};
  if (facts.product.name == "mail") {
    env.Set("DESKTOP_HEAD_REPOSITORY", "https://hg.example.com/desktop/main");
  }
  if (facts.product.name == "enterprise") env.Set("COMM_HEAD_REPOSITORY", facts.head_repository);
  return env;
}

// What else the environment of a decision task tells of its push or event.
Object EventEnvironment(const ChainFacts& facts) {
  const std::string& prefix = facts.product.prefix;
  const std::string base_rev = absl::StrCat(prefix, "_BASE_REV");
  const std::string base_ref = absl::StrCat(prefix, "_BASE_REF");
  const std::string date = absl::StrCat(prefix, "_PUSH_DATE_TIME");
  if (facts.product.type == "hg") {
    const bool cron = facts.decision_tasks_for == "cron";
    return {{"GECKO_COMMIT_MSG", cron ? "" : " "},
            {"PUSHLOG_ID", "4711"},
            {"PUSH_DATE", "1780300800"},
            {base_rev, facts.base_revision}};
  }
  if (facts.is_pull_request()) {
    return {{absl::StrCat(prefix, "_PULL_REQUEST_NUMBER"), "42"},
            {base_rev, facts.base_revision},
            {base_ref, "main"},
            {date, "2026-06-01T07:59:00Z"},
            {"TITLE", "Mend it"}};
  }
  if (facts.decision_tasks_for == "github-push") {
    return {{base_rev, facts.base_revision},
            {base_ref, "main"},
            {date, "1780300800"},
            {"TRIGGERED_BY_LOGIN", "pusher"}};
  }
  if (facts.decision_tasks_for == "github-release") return {{date, "2026-06-01T07:58:00Z"}};
  return {{date, "2026-06-01T07:57:00Z"}, {"TRIGGERED_BY_LOGIN", "TaskclusterHook"}};
}

std::string DecisionOwner(const ChainFacts& facts) {
  if (facts.product.type == "hg") {
    return facts.decision_tasks_for == "cron" ? "cron@noreply.example.org" : "pusher@example.org";
  }
  if (facts.is_pull_request()) return "contributor@users.noreply.git.example.com";
  if (facts.decision_tasks_for == "github-release") return "releaser@users.noreply.git.example.com";
  return facts.decision_tasks_for == "github-push" ? "pusher@example.org"
                                                   : "cron@noreply.example.org";
}

std::string DecisionScope(const ChainFacts& facts) {
  const std::string place = facts.product.type == "hg"
                                ? facts.product.repository.substr(8)
                                : absl::StrCat("git.example.com/", facts.BaseName());
  const std::string role = facts.is_pull_request()              ? "pull-request"
                           : facts.decision_tasks_for == "cron" ? "cron:nightly"
                                                                : facts.decision_tasks_for;
  return absl::StrCat("assume:repo:", place, ":", role);
}

// A decision or action task: what .taskcluster.yml makes of every event.
Object ParentDefinition(const ChainFacts& facts, std::string_view tasks_for, Object env,
                        Object extra) {
  Object task = Definition(facts, facts.Provisioner(), "decision", "decision");
  task.Set("routes", Array{absl::StrCat("index.", facts.product.name, ".v2.", facts.product.project,
                                        ".revision.", facts.revision, ".", tasks_for)});
  Array command{"run-task", absl::StrCat("--project=", facts.product.project),
                absl::StrCat("--level=", facts.level), absl::StrCat("--tasks-for=", tasks_for)};
  if (tasks_for == "cron") command.push_back("--target-tasks-method=nightly");
  task.Set("payload",
           Object{{"image", kDecisionImage},
                  {"maxRunTime", 1800},
                  {"features", Object{{"taskclusterProxy", true}, {"chainOfTrust", true}}},
                  {"cache",
                   Object{{absl::StrCat(facts.product.name, "-level-", facts.level, "-checkouts"),
                           "/builds/checkouts"}}},
                  {"env", std::move(env)},
                  {"command", std::move(command)},
                  {"artifacts", Object{{"public", Object{{"type", "directory"},
                                                         {"path", "/builds/artifacts"},
                                                         {"expires", kGeneratedNextYear}}}}}});
  extra.Set("tasks_for", tasks_for);
  task.Set("extra", std::move(extra));
  return task;
}

void Describe(Object& task, std::string_view name, std::string_view description,
              std::string_view owner, std::string_view source, std::string_view kind,
              std::string_view worker) {
  task.Set(
      "metadata",
      Object{{"name", name}, {"description", description}, {"owner", owner}, {"source", source}});
  Object tags{{"kind", kind}, {"worker-implementation", worker}};
  if (absl::StrContains(owner, "@")) tags.Set("createdForUser", owner);
  task.Set("tags", std::move(tags));
}

void DescribeChild(const ChainFacts& facts, Object& task, std::string_view name,
                   std::string_view kind, std::string_view worker) {
  const std::string source =
      absl::StrCat(facts.source_root, facts.product.type == "hg" ? "/file/" : "/blob/",
                   facts.revision, "/taskcluster/kinds/", kind);
  Describe(task, name, absl::StrCat(name, " (synthetic)"), "releng@example.org", source, kind,
           worker);
}

// The task that makes the children of a chain: the action, if there is one.
std::string_view MakerRole(const ChainFacts& facts) {
  return facts.is_action() ? "action" : "decision";
}

}  // namespace

Value ActionInput() {
  return Object{{"build_number", 1}, {"next_version", "7.2.0"}, {"partners", Array{"one", "two"}}};
}

Value DecisionParameters(const ChainFacts& facts) {
  // Sorted, as the document that an action is given (json-e's $json) sorts them.
  return Object{{"base_repository", facts.product.repository},
                {"build_date", 1780300800},
                {"do_not_optimize", Array()},
                {"existing_tasks", Object()},
                {"head_repository", facts.head_repository},
                {"head_rev", facts.revision},
                {"level", facts.level},
                {"optimize_target_tasks", true},
                {"owner", DecisionOwner(facts)},
                {"project", facts.product.project},
                {"release_type", nullptr},
                {"tasks_for", facts.decision_tasks_for}};
}

Value CronJob() {
  return Object{{"job_name", "nightly"},
                {"job_symbol", "N"},
                {"quoted_args", "--target-tasks-method=nightly"}};
}

Value DecisionActions(const ChainFacts& facts) {
  Object push{{"owner", DecisionOwner(facts)}, {"revision", facts.revision}};
  if (facts.product.type == "hg") {
    push.Set("pushlog_id", "4711");
  } else {
    push.Set("branch", facts.ref);
  }
  Object decision{{"action", Object{{"cb_name", "promote"},
                                    {"description", "Promotes a build to a release."},
                                    {"name", "promote"},
                                    {"symbol", "promote"},
                                    {"taskGroupId", facts.TaskId("decision")},
                                    {"title", "Promote"}}},
                  {"parameters", Object{{"$eval", "parameters"}}},
                  {"push", std::move(push)},
                  {"repository", Object{{"level", facts.level},
                                        {"project", facts.product.project},
                                        {"url", facts.head_repository}}}};
  Object user{{"input", Object{{"$eval", "input"}}},
              {"taskGroupId", Object{{"$eval", "taskGroupId"}}},
              {"taskId", Object{{"$eval", "taskId"}}}};
  Object action{{"name", "promote"},
                {"title", "Promote"},
                {"description", "Promotes a build to a release."},
                {"context", Array()},
                {"kind", "hook"},
                {"hookGroupId", absl::StrCat("project-", facts.product.name)},
                {"hookId", absl::StrCat("in-tree-action-", facts.level, "-promote/0a1b2c3d4e")},
                {"hookPayload", Object{{"decision", std::move(decision)}, {"user", user}}},
                {"extra", Object{{"actionPerm", "promote"}}}};
  return Object{{"version", 1}, {"variables", Object()}, {"actions", Array{std::move(action)}}};
}

Value DecisionDefinition(const ChainFacts& facts) {
  Object env = SourceEnvironment(facts);
  SetAll(env, EventEnvironment(facts));
  Object extra;
  if (facts.decision_tasks_for == "cron") extra.Set("cron", FormatCompact(CronJob()));
  Object task = ParentDefinition(facts, facts.decision_tasks_for, std::move(env), std::move(extra));
  task.Set("priority", "lowest");
  task.Set("scopes", Array{DecisionScope(facts)});
  Describe(task, absl::StrCat("Decision task for ", facts.decision_tasks_for),
           absl::StrCat("Decides what ", facts.revision, " needs."), DecisionOwner(facts),
           TemplateSource(facts), "decision-task", "docker-worker");
  return task;
}

Value ActionDefinition(const ChainFacts& facts) {
  const std::string& tasks_for = facts.description.tasks_for;
  const std::string decision = facts.TaskId("decision");
  Object env = SourceEnvironment(facts);
  const bool hg = facts.product.type == "hg";
  SetAll(env, {{"ACTION_CALLBACK", "promote"},
               {"ACTION_TASK_GROUP_ID", facts.TaskId("action")},
               {"ACTION_TASK_ID", "null"},
               {"ACTION_INPUT", FormatCompact(ActionInput())},
               {"ACTION_PARAMETERS", hg ? FormatCompact(DecisionParameters(facts)) : "null"}});
  Object context{{"taskGroupId", decision}, {"taskId", nullptr}, {"input", ActionInput()}};
  Object extra{{"parent", decision},
               {"action", Object{{"name", "promote"}, {"context", std::move(context)}}}};
  Object task = ParentDefinition(facts, tasks_for, std::move(env), std::move(extra));
  task.Set("scopes", Array{absl::StrCat("assume:repo:", facts.head_repository.substr(8), ":",
                                        tasks_for, ":promote")});
  Describe(task, "Promote", "Promotes a build to a release.",
           hg ? DecisionOwner(facts) : absl::StrCat(tasks_for, "@noreply.example.org"),
           TemplateSource(facts), "action-callback", "docker-worker");
  return task;
}

Value ImageDefinition(const ChainFacts& facts, std::string_view decision_role) {
  Object task = Definition(facts, facts.Provisioner(), "images", decision_role);
  task.Set("dependencies", Array{facts.TaskId(decision_role)});
  Object env = SourceEnvironment(facts);
  env.Set("IMAGE_NAME", "toolchain");
  task.Set("payload", Object{{"image", kImageBuilder},
                             {"maxRunTime", 3600},
                             {"features", Object{{"chainOfTrust", true}}},
                             {"env", std::move(env)},
                             {"command", Array{"build-image"}},
                             {"artifacts", Object{{"public/image.tar.zst",
                                                   Object{{"type", "file"},
                                                          {"path", "/builds/image.tar.zst"},
                                                          {"expires", kGeneratedNextYear}}}}}});
  DescribeChild(facts, task, "docker-image-toolchain", "docker-image", "docker-worker");
  return task;
}

Value BuildDefinition(const ChainFacts& facts) {
  const std::string& worker = facts.description.worker;
  const std::string decision = facts.TaskId("decision");
  if (worker == "scriptworker") {
    Object task = Definition(facts, "scriptworker-k8s",
                             absl::StrCat(facts.Provisioner(), "-signing"), "decision");
    task.Set("dependencies", Array{decision});
    task.Set("payload", Object{{"maxRunTime", 600}, {"upstreamArtifacts", Array()}});
    DescribeChild(facts, task, "signing-langpack", "signing", worker);
    return task;
  }
  const bool docker = worker == "docker-worker";
  Object task = Definition(facts, facts.Provisioner(), docker ? "linux" : "windows", "decision");
  Object payload{{"maxRunTime", 7200},
                 {"env", SourceEnvironment(facts)},
                 {"command", Array{"run-task", "make"}},
                 {"features", Object{{"chainOfTrust", true}}},
                 {"artifacts", Array{Object{{"name", "public/build"},
                                            {"type", "directory"},
                                            {"path", "artifacts"},
                                            {"expires", kGeneratedNextYear}}}}};
  if (docker) {
    const std::string image = facts.TaskId("image");
    payload.Set(
        "image",
        Object{{"type", "task-image"}, {"taskId", image}, {"path", "public/image.tar.zst"}});
    task.Set("dependencies", Array{decision, image});
    task.Set("extra",
             Object{{"chainOfTrust", Object{{"inputs", Object{{"docker-image", image}}}}}});
  } else {
    payload.Set("mounts", Array{Object{{"cacheName", "checkouts"}, {"directory", "build"}}});
    payload.Set("osGroups", Array());
    task.Set("dependencies", Array{decision});
  }
  task.Set("payload", std::move(payload));
  DescribeChild(facts, task, docker ? "build-linux/opt" : "build-windows/opt", "build", worker);
  return task;
}

Value TargetDefinition(const ChainFacts& facts) {
  const std::string build = facts.TaskId("build");
  const bool signs = facts.description.worker != "scriptworker";
  const std::string_view kind = signs ? "signing" : "beetmover";
  const std::string_view type = signs ? "build" : "signing";
  Object task = Definition(facts, "scriptworker-k8s", absl::StrCat(facts.Provisioner(), "-", kind),
                           "decision");
  task.Set("dependencies", Array{facts.TaskId(MakerRole(facts)), build});
  if (!facts.privileged_scope.empty()) task.Set("scopes", Array{facts.privileged_scope});
  Array paths{"public/build/target.zip"};
  if (facts.description.private_artifact) paths.push_back(kPrivateArtifact);
  task.Set("payload",
           Object{{"maxRunTime", 1200},
                  {"upstreamArtifacts",
                   Array{Object{{"taskId", build},
                                {"taskType", type},
                                {"paths", std::move(paths)},
                                {"formats", Array{"gpg"}}},
                         Object{{"taskId", build},
                                {"taskType", type},
                                {"optional", true},
                                {"paths", Array{"public/build/notes.txt", "public/never.txt",
                                                "public/logs/*.log"}}}}}});
  DescribeChild(facts, task, absl::StrCat(kind, "-linux/opt"), kind, "scriptworker");
  if (facts.is_action()) task.Set("extra", Object{{"parent", facts.TaskId("action")}});
  return task;
}

Value GraphDefinition(const Value& definition) {
  Object task = definition.object();
  for (std::string_view key : {"taskGroupId", "taskQueueId", "projectId", "requires", "retries"}) {
    task.Erase(key);
  }
  task.Set("created", Object{{"relative-datestamp", "0 seconds"}});
  task.Set("deadline", Object{{"relative-datestamp", "1 day"}});
  task.Set("expires", Object{{"relative-datestamp", "1 year"}});
  const Value* artifacts = task.Find("payload")->Find("artifacts");
  if (artifacts != nullptr && artifacts->is_array()) {
    Array relative;
    for (const Value& artifact : artifacts->array()) {
      Object changed = artifact.object();
      changed.Set("expires", Object{{"relative-datestamp", "1 year"}});
      relative.push_back(std::move(changed));
    }
    Object payload = task.Find("payload")->object();
    payload.Set("artifacts", std::move(relative));
    task.Set("payload", std::move(payload));
  }
  return task;
}

}  // namespace cot
