// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/artifact_reads.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/artifact_store.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/page.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

constexpr absl::Duration kObjectCredentials = absl::Hours(1);

ApiError NotFound(std::string message) {
  return {ApiErrorCode::kResourceNotFound, std::move(message)};
}

ApiError InternalError() {
  return {ApiErrorCode::kInternalServerError,
          "Internal Server Error, incidentId "
          "00000000-0000-4000-8000-000000000000."};
}

// Whether the queue's own check of its answer finds the URL of a public
// artifact wrong: its URLs hold most characters raw.
bool HasUnreadableUrl(std::string_view name) {
  const auto is_digit = [name](size_t i) {
    return i < name.size() && absl::ascii_isxdigit(static_cast<unsigned char>(name[i]));
  };
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '[') return true;
    if (name[i] == '%' && !(is_digit(i + 1) && is_digit(i + 2))) return true;
  }
  return false;
}

using FoundArtifact = std::variant<const ArtifactRecord*, ApiError>;

// Follows links; the caller needs the scope of each name on the way.
FoundArtifact FollowLinks(QueueState& state, ApiCall& call, int run_id) {
  std::vector<std::string> names;
  std::vector<ScopeExpression> required;
  std::string name = call.Param("name");
  while (true) {
    names.push_back(name);
    required.push_back(ScopeExpression::Scope(absl::StrCat("queue:get-artifact:", name)));
    if (auto error = call.Authorize(ScopeExpression::AllOf(required)); error.has_value()) {
      return *std::move(error);
    }
    const ArtifactRecord* artifact = state.artifacts.Find(call.Param("taskId"), run_id, name);
    if (artifact == nullptr || !artifact->present) {
      return NotFound("Artifact not found");
    }
    if (artifact->expires < call.now) {
      return ApiError{ApiErrorCode::kResourceExpired, "Artifact expired"};
    }
    if (artifact->storage_type != "link") return artifact;
    name = artifact->link_to;
    if (absl::c_linear_search(names, name)) {
      return ApiError{ApiErrorCode::kInputError, "Artifact leads to a link cycle"};
    }
  }
}

// The last run, or what to answer.
std::variant<int, ApiError> LatestRun(QueueState& state, const ApiCall& call) {
  const TaskRecord* task = state.tasks.Find(call.Param("taskId"));
  if (task == nullptr) return NotFound("Task not found");
  if (task->runs.empty()) return NotFound("Task doesn't have any runs");
  return static_cast<int>(task->runs.size()) - 1;
}

std::string ContentUrl(const QueueState& state, const ApiCall& call, int run_id,
                       const ArtifactRecord& artifact) {
  const std::string& task_id = call.Param("taskId");
  if (artifact.storage_type == "reference") return artifact.url;
  if (artifact.storage_type == "object") {
    return state.objects.PresignedUrl(http::Method::kGet, kPublicBucket,
                                      ObjectName(task_id, run_id, artifact.name), call.now,
                                      state.times.download_url);
  }
  const std::string key = StorageKey(task_id, run_id, artifact.name);
  return IsPublicArtifact(artifact.name)
             ? state.objects.PublicUrl(key)
             : state.objects.PresignedUrl(http::Method::kGet, kPrivateBucket, key, call.now,
                                          state.times.download_url);
}

ApiResult Download(QueueState& state, ApiCall& call, int run_id) {
  FoundArtifact found = FollowLinks(state, call, run_id);
  if (auto* error = std::get_if<ApiError>(&found)) return *std::move(error);
  const ArtifactRecord& artifact = *std::get<const ArtifactRecord*>(found);
  http::Headers headers{{"x-taskcluster-artifact-storage-type", artifact.storage_type}};
  if (artifact.storage_type == "error") {
    return ApiReply{
        .body = json::Object{{"reason", artifact.reason}, {"message", artifact.message}},
        .status = 424,
        .headers = std::move(headers)};
  }
  const std::string url = ContentUrl(state, call, run_id, artifact);
  headers.Add("location", url);
  if (artifact.storage_type == "s3" && IsPublicArtifact(artifact.name) &&
      HasUnreadableUrl(artifact.name)) {
    ApiError error = InternalError();
    error.headers = std::move(headers);
    return error;
  }
  return ApiReply{.body = json::Object{{"storageType", artifact.storage_type}, {"url", url}},
                  .status = 303,
                  .headers = std::move(headers)};
}

ApiResult DownloadLatest(QueueState& state, ApiCall& call) {
  // Before a missing task can be told from one that is not to be seen.
  auto error = call.Authorize(ScopeExpression::AllOf(
      {ScopeExpression::Scope(absl::StrCat("queue:get-artifact:", call.Param("name")))}));
  if (error.has_value()) return *std::move(error);
  auto run = LatestRun(state, call);
  if (auto* none = std::get_if<ApiError>(&run)) return *std::move(none);
  return Download(state, call, std::get<int>(run));
}

ApiResult Content(QueueState& state, ApiCall& call, int run_id) {
  FoundArtifact found = FollowLinks(state, call, run_id);
  if (auto* error = std::get_if<ApiError>(&found)) return *std::move(error);
  const ArtifactRecord& artifact = *std::get<const ArtifactRecord*>(found);
  json::Object body{{"storageType", artifact.storage_type}};
  if (artifact.storage_type == "error") {
    body.Set("reason", artifact.reason);
    body.Set("message", artifact.message);
  } else if (artifact.storage_type == "object") {
    const std::string name = ObjectName(call.Param("taskId"), run_id, artifact.name);
    body.Set("name", name);
    body.Set(
        "credentials",
        state.issuer.Issue(absl::StrCat("artifact-download/",
                                        StorageKey(call.Param("taskId"), run_id, artifact.name)),
                           {absl::StrCat("object:download:", name)}, call.now,
                           call.now + kObjectCredentials));
  } else {
    body.Set("url", ContentUrl(state, call, run_id, artifact));
  }
  return ApiReply{std::move(body)};
}

ApiResult Info(QueueState& state, ApiCall& call, int run_id) {
  const ArtifactRecord* artifact =
      state.artifacts.Find(call.Param("taskId"), run_id, call.Param("name"));
  if (artifact == nullptr) return NotFound("Artifact not found");
  return ApiReply{artifact->ToJson()};
}

ApiResult List(QueueState& state, ApiCall& call, int run_id) {
  const std::string& task_id = call.Param("taskId");
  const std::optional<size_t> size = PageSize(call);
  if (!size.has_value()) return InternalError();
  const auto token = call.query.find("continuationToken");
  const std::string after = token == call.query.end() ? "" : ArtifactNameInToken(token->second);
  json::Array page;
  std::string last;
  bool more = false;
  for (const ArtifactRecord* artifact : state.artifacts.List(task_id, run_id)) {
    if (artifact->name <= after) continue;
    more = page.size() == *size;
    if (more) break;
    page.push_back(artifact->ToJson());
    last = artifact->name;
  }
  json::Object answer{{"artifacts", std::move(page)}};
  if (more) {
    answer.Set("continuationToken", ArtifactToken(task_id, run_id, last));
  }
  return ApiReply{std::move(answer)};
}

using RunHandler = ApiResult (*)(QueueState&, ApiCall&, int run_id);

// `handler` for the latest run.
ApiResult OfLatestRun(QueueState& state, ApiCall& call, RunHandler handler) {
  auto run = LatestRun(state, call);
  if (auto* error = std::get_if<ApiError>(&run)) return *std::move(error);
  return handler(state, call, std::get<int>(run));
}

ApiResult ListOfRun(QueueState& state, ApiCall& call) {
  auto run = LatestRun(state, call);
  if (auto* error = std::get_if<ApiError>(&run)) return *std::move(error);
  if (call.RunId() > std::get<int>(run)) {
    return NotFound(absl::StrCat("Task with taskId: `", call.Param("taskId"),
                                 "` has no run with runId: ", call.RunId()));
  }
  return List(state, call, call.RunId());
}

}  // namespace

std::vector<Endpoint> ArtifactReads(QueueState& state) {
  using http::Method;
  const auto bind = [&state](ApiResult (*handler)(QueueState&, ApiCall&)) {
    return [&state, handler](ApiCall& call) { return handler(state, call); };
  };
  const auto of_run = [&state](RunHandler handler) {
    return [&state, handler](ApiCall& call) { return handler(state, call, call.RunId()); };
  };
  const auto of_latest = [&state](RunHandler handler) {
    return [&state, handler](ApiCall& call) { return OfLatestRun(state, call, handler); };
  };
  constexpr std::string_view kList = "queue:list-artifacts:<taskId>:<runId>";
  constexpr std::string_view kListLatest = "queue:list-artifacts:<taskId>";
  return {
      {Method::kGet, "/task/<taskId>/runs/<runId>/artifacts", "listArtifacts", kList, "", true,
       bind(ListOfRun)},
      {Method::kGet, "/task/<taskId>/artifacts", "listLatestArtifacts", kListLatest, "", true,
       of_latest(List)},
      {Method::kGet, "/task/<taskId>/runs/<runId>/artifacts/<name...>", "getArtifact", "", "",
       false, of_run(Download)},
      {Method::kGet, "/task/<taskId>/artifacts/<name...>", "getLatestArtifact", "", "", false,
       bind(DownloadLatest)},
      {Method::kGet, "/task/<taskId>/runs/<runId>/artifact-info/<name...>", "artifactInfo", kList,
       "", false, of_run(Info)},
      {Method::kGet, "/task/<taskId>/artifact-info/<name...>", "latestArtifactInfo", kListLatest,
       "", false, of_latest(Info)},
      {Method::kGet, "/task/<taskId>/runs/<runId>/artifact-content/<name...>", "artifact", "", "",
       false, of_run(Content)},
      {Method::kGet, "/task/<taskId>/artifact-content/<name...>", "latestArtifact", "", "", false,
       of_latest(Content)},
  };
}

}  // namespace scriptworker::taskcluster::fake
