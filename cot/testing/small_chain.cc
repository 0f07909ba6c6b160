// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/small_chain.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/log/check.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cot/evidence/cot_body.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/http/redirect.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/array.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/object.h"

namespace cot {
namespace {

using scriptworker::http::Request;
using scriptworker::http::Response;
using scriptworker::json::Array;
using scriptworker::json::Object;
using scriptworker::json::Value;

constexpr std::string_view kRevision = "0123456789abcdef0123456789abcdef01234567";

constexpr std::string_view kTarget = R"({
  "provisionerId": "scriptworker-k8s", "workerType": "adhoc-3-signing",
  "schedulerId": "adhoc-level-3", "taskGroupId": "@DECISION@", "projectId": "none",
  "dependencies": ["@DECISION@", "@BUILD@"], "requires": "all-completed", "routes": [],
  "priority": "low", "retries": 5, "created": "2026-05-01T10:01:00.000Z",
  "deadline": "2026-05-02T10:00:00.000Z", "expires": "2027-05-01T10:00:00.000Z",
  "scopes": ["project:adhoc:signing:cert:release-signing"],
  "payload": {"maxRunTime": 600, "upstreamArtifacts": [
    {"taskId": "@BUILD@", "taskType": "build", "paths": ["public/target.zip"]},
    {"taskId": "@BUILD@", "taskType": "build", "optional": true,
     "paths": ["public/notes.txt", "public/never.txt", "public/logs/*.log"]}]},
  "metadata": {"name": "signing", "description": "signs", "owner": "who@example.com",
    "source": "https://github.com/mozilla-releng/adhoc-signing/raw/@REVISION@/taskcluster"},
  "tags": {"kind": "signing", "worker-implementation": "scriptworker"},
  "extra": {"parent": "@DECISION@"}
})";

constexpr std::string_view kBuild = R"({
  "provisionerId": "adhoc-3", "workerType": "b-linux",
  "schedulerId": "adhoc-level-3", "taskGroupId": "@DECISION@", "projectId": "none",
  "dependencies": ["@DECISION@"], "requires": "all-completed", "routes": [],
  "priority": "low", "retries": 5, "created": "2026-05-01T10:01:00.000Z",
  "deadline": "2026-05-02T10:00:00.000Z", "expires": "2027-05-01T10:00:00.000Z",
  "scopes": [],
  "payload": {"maxRunTime": 600, "image": "debian:12", "features": {}, "env": {},
              "command": ["make"]},
  "metadata": {"name": "build", "description": "builds", "owner": "who@example.com",
    "source": "https://github.com/mozilla-releng/adhoc-signing/raw/@REVISION@/taskcluster"},
  "tags": {"kind": "build", "worker-implementation": "docker-worker"},
  "extra": {"parent": "@DECISION@"}
})";

// The decision task: also the only one of .taskcluster.yml, which has variables
// where this has the words between @.
constexpr std::string_view kDecision = R"({
  "provisionerId": "adhoc-3", "workerType": "decision",
  "schedulerId": "adhoc-level-3", "taskGroupId": "@DECISION@",
  "dependencies": [], "requires": "all-completed", "routes": [],
  "priority": "low", "retries": 5, "created": "@CREATED@",
  "deadline": @IN_A_DAY@, "expires": @IN_A_YEAR@,
  "scopes": ["assume:repo:github.com/mozilla-releng/adhoc-signing:branch:main"],
  "payload": {"maxRunTime": 600, "image": "decision:1", "features": {"taskclusterProxy": true},
    "env": {"ADHOC_HEAD_REPOSITORY": "@REPOSITORY@", "ADHOC_HEAD_REV": "@REVISION@",
            "ADHOC_HEAD_REF": "refs/heads/main", "ADHOC_BASE_REV": "@REVISION@",
            "ADHOC_BASE_REF": "main", "ADHOC_PUSH_DATE_TIME": "1777629600"}},
  "metadata": {"name": "decision", "description": "decides", "owner": "who@example.com",
    "source": "@REPOSITORY@/raw/@REVISION@/.taskcluster.yml"},
  "tags": {"worker-implementation": "docker-worker"},
  "extra": {"tasks_for": "github-push"}
})";

Value Parsed(std::string_view text) {
  absl::StatusOr<Value> value = scriptworker::json::Parse(text);
  CHECK_OK(value);
  return *std::move(value);
}

Value Task(std::string_view text) {
  return Parsed(absl::StrReplaceAll(
      text, {{"@DECISION@", kSmallDecision},
             {"@BUILD@", kSmallBuild},
             {"@REPOSITORY@", "https://github.com/mozilla-releng/adhoc-signing"},
             {"@CREATED@", "2026-05-01T10:00:00.000Z"},
             {"@IN_A_DAY@", R"("2026-05-02T10:00:00.000Z")"},
             {"@IN_A_YEAR@", R"("2027-05-01T10:00:00.000Z")"},
             {"@REVISION@", kRevision}}));
}

std::string Template() {
  return absl::StrCat(
      R"({"version": 1, "tasks": [)",
      absl::StrReplaceAll(kDecision, {{"@DECISION@", "${as_slugid('decision')}"},
                                      {"@REPOSITORY@", "${event.repository.html_url}"},
                                      {"@CREATED@", "${now}"},
                                      {"@IN_A_DAY@", R"({"$fromNow": "1 day"})"},
                                      {"@IN_A_YEAR@", R"({"$fromNow": "1 year"})"},
                                      {"@REVISION@", "${event.after}"}}),
      "]}");
}

}  // namespace

SmallChain::SmallChain() : key(scriptworker::crypto::Ed25519PrivateKey::Generate()) {
  const std::string target(kSmallTarget), build(kSmallBuild), decision(kSmallDecision);
  tasks = {{target, Task(kTarget)}, {build, Task(kBuild)}, {decision, Task(kDecision)}};
  Object graph;
  for (const std::string& id : {target, build}) graph.Set(id, Object{{"task", tasks[id]}});
  artifacts[build] = {{"public/target.zip", "zipped"},
                      {"public/notes.txt", "notes"},
                      {"public/logs/a.log", "log a"},
                      {"public/logs/b.log", "log b"},
                      {"public/other.txt", "wanted by nobody"}};
  artifacts[decision] = {
      {"public/task-graph.json", scriptworker::json::Format(Value(std::move(graph)))},
      {"public/actions.json", R"({"version": 1, "actions": []})"},
      {"public/parameters.yml", "level: '3'\n"}};
}

std::string SmallChain::TaskUrl(std::string_view task_id) {
  return absl::StrCat(kSmallRootUrl, "/api/queue/v1/task/", task_id);
}

std::string SmallChain::ArtifactUrl(std::string_view task_id, std::string_view name) {
  return absl::StrCat(TaskUrl(task_id), "/artifacts/", name);
}

void SmallChain::PublishCot(const std::string& task_id) {
  CotBody body;
  body.task_id = task_id;
  body.task = tasks[task_id];
  body.worker_group = "group";
  body.worker_id = "worker";
  for (const auto& [name, content] : artifacts[task_id]) {
    body.artifacts[name]["sha256"] =
        scriptworker::crypto::HexEncode(scriptworker::crypto::Sha256(content));
  }
  const std::string text = FormatCotBody(body);
  answers[ArtifactUrl(task_id, kCotBodyName)] = {.body = text};
  answers[ArtifactUrl(task_id, kCotSignatureName)] = {.body = key.Sign(text),
                                                      .content_type = "application/octet-stream"};
}

void SmallChain::PublishTask(const std::string& task_id) {
  answers[TaskUrl(task_id)] = {.body = scriptworker::json::Format(tasks[task_id])};
  const auto state = states.find(task_id);
  const std::string text = state == states.end() ? "completed" : state->second;
  answers[absl::StrCat(TaskUrl(task_id), "/status")] = {
      .body = absl::StrCat(R"({"status": {"taskId": ")", task_id,
                           R"(", "provisionerId": "p", "workerType": "w",
          "schedulerId": "adhoc-level-3", "taskGroupId": ")",
                           kSmallDecision, R"(", "deadline": "2026-05-02T10:00:00.000Z",
          "expires": "2027-05-01T10:00:00.000Z", "retriesLeft": 5, "state": ")",
                           text, R"(", "runs": [{"runId": 0, "state": ")", text,
                           R"(", "reasonCreated": "scheduled"}]}})")};
  Array list;
  for (const auto& [name, content] : artifacts[task_id]) {
    answers[ArtifactUrl(task_id, name)] = {
        .status = 303, .location = absl::StrCat("https://store.example.net/", task_id, "/", name)};
    answers[absl::StrCat("https://store.example.net/", task_id, "/", name)] = {
        .body = content, .content_type = "application/octet-stream"};
    list.push_back(Object{{"name", name},
                          {"storageType", "s3"},
                          {"contentType", "text/plain"},
                          {"expires", "2027-05-01T10:00:00.000Z"}});
  }
  answers[absl::StrCat(TaskUrl(task_id), "/artifacts")] = {
      .body = scriptworker::json::Format(Value(Object{{"artifacts", Value(std::move(list))}}))};
  if (text == "completed") PublishCot(task_id);
}

void SmallChain::Publish() {
  for (const auto& [task_id, task] : tasks) PublishTask(task_id);
  const std::string repo = "mozilla-releng/adhoc-signing";
  answers[absl::StrCat("https://raw.githubusercontent.com/", repo, "/", kRevision,
                       "/.taskcluster.yml")] = {.body = Template(), .content_type = "text/plain"};
  answers[absl::StrCat("https://api.github.com/repos/", repo)] = {
      .body = absl::StrCat(R"({"full_name": ")", repo, R"(", "name": "adhoc-signing",
        "owner": {"login": "mozilla-releng"}, "fork": false,
        "html_url": "https://github.com/)",
                           repo, R"("})")};
  answers[absl::StrCat("https://api.github.com/repos/", repo, "/commits/", kRevision)] = {
      .body = absl::StrCat(R"({"sha": ")", kRevision,
                           R"(", "committer": {"login": "who"}, "author": {"login": "who"},
        "commit": {"author": {"name": "Who"}}})")};
  answers[absl::StrCat("https://github.com/", repo, "/branch_commits/", kRevision)] = {
      .body = R"(<ul class="branches-list"><li class="branch"><a href="/x">main</a></li></ul>)",
      .content_type = "text/html"};
}

Policy SmallChain::policy() const {
  absl::StatusOr<LoadedPolicy> loaded = LoadDefaultPolicy();
  CHECK_OK(loaded);
  for (auto& [implementation, keys] : loaded->policy.public_keys) keys = {key.public_key()};
  return std::move(loaded->policy);
}

absl::StatusOr<Response> SmallChain::SendOne(const Request& request) {
  const absl::StatusOr<std::string> decoded =
      scriptworker::http::PercentDecode(absl::StrCat(request.url.origin(), request.url.path()));
  CHECK_OK(decoded);
  bool is_late = false;
  {
    absl::MutexLock lock(&mutex_);
    is_late = late.contains(*decoded) && !absl::c_linear_search(requests_, *decoded);
    requests_.push_back(*decoded);
  }
  Response response;
  response.final_url = request.url;
  const auto answer = answers.find(*decoded);
  if (is_late || answer == answers.end()) {
    response.status = 404;
    response.body = R"({"code": "ResourceNotFound", "message": "no such thing"})";
    return response;
  }
  response.status = answer->second.status;
  response.headers.Set("Content-Type", answer->second.content_type);
  if (!answer->second.location.empty()) {
    response.headers.Set("Location", answer->second.location);
  }
  response.body = answer->second.body;
  return response;
}

absl::StatusOr<Response> SmallChain::Send(const Request& request) {
  if (request.cancellation.cancelled()) return request.cancellation.reason();
  absl::StatusOr<Response> response = scriptworker::http::SendFollowingRedirects(
      request, {}, [this](const Request& one) { return SendOne(one); });
  if (response.ok() && response->ok() && request.sink != nullptr) {
    const absl::Status written = request.sink->Write(response->body);
    if (!written.ok()) return written;
    response->body.clear();
  }
  return response;
}

std::vector<std::string> SmallChain::requests() const {
  absl::MutexLock lock(&mutex_);
  return requests_;
}

}  // namespace cot
