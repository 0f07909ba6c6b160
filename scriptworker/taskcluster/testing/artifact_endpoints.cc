// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/artifact_endpoints.h"

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
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_status.h"
#include "scriptworker/taskcluster/testing/api.h"
#include "scriptworker/taskcluster/testing/api_error.h"
#include "scriptworker/taskcluster/testing/artifact_store.h"
#include "scriptworker/taskcluster/testing/indented_json.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/page.h"
#include "scriptworker/taskcluster/testing/queue_state.h"
#include "scriptworker/taskcluster/testing/scopes.h"
#include "scriptworker/taskcluster/testing/task_record.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster::fake {
namespace {

// Artifacts of a run that ended as an exception may come this much later.
constexpr absl::Duration kLateArtifacts = absl::Minutes(25);
// How much longer a presigned PUT lives than the answer says.
constexpr absl::Duration kDrift = absl::Seconds(10);

ApiError NotFound(std::string message) {
  return {ApiErrorCode::kResourceNotFound, std::move(message)};
}

ApiError InputError(std::string message) { return {ApiErrorCode::kInputError, std::move(message)}; }

std::optional<ApiError> CheckRunTakesArtifacts(const TaskRecord& task, const RunRecord& run,
                                               absl::Time now) {
  if (run.state == TaskState::kRunning) return std::nullopt;
  if (run.state == TaskState::kException && run.resolved > now - kLateArtifacts) {
    return std::nullopt;
  }
  return ApiError{
      ApiErrorCode::kRequestConflict,
      absl::StrCat("Artifacts cannot be created for a task after it is resolved, unless "
                   "it is resolved 'exception', and even in this case only up to 25 min "
                   "past resolution.This to ensure that artifacts have been uploaded "
                   "before a task is 'completed' and output is consumed by a dependent "
                   "task\n\nTask status: ",
                   IndentedJson(task.Status()))};
}

ArtifactRecord ReadArtifact(QueueState& state, const ApiCall& call, absl::Time expires) {
  ArtifactRecord artifact;
  artifact.name = call.Param("name");
  artifact.storage_type = std::string(call.Text("storageType"));
  artifact.content_type = std::string(call.Text("contentType"));
  if (artifact.content_type.empty()) {
    artifact.content_type = "application/binary";
  }
  artifact.expires = expires;
  if (const json::Value* const length = call.payload.Find("contentLength"); length != nullptr) {
    artifact.content_length = length->int_value();
  }
  artifact.url = std::string(call.Text("url"));
  artifact.link_to = std::string(call.Text("artifact"));
  artifact.reason = std::string(call.Text("reason"));
  artifact.message = std::string(call.Text("message"));
  if (artifact.storage_type == "object") {
    artifact.present = false;
    artifact.upload_id = state.issuer.SlugId();
  }
  return artifact;
}

ApiReply UploadReply(QueueState& state, const ApiCall& call, const TaskRecord& task,
                     const RunRecord& run, const ArtifactRecord& artifact) {
  const std::string& task_id = call.Param("taskId");
  if (artifact.storage_type == "s3") {
    return {json::Object{
        {"storageType", "s3"},
        {"contentType", artifact.content_type},
        {"expires", FormatTimestamp(call.now + state.times.upload_url)},
        {"putUrl",
         state.objects.PresignedUrl(
             http::Method::kPut, IsPublicArtifact(artifact.name) ? kPublicBucket : kPrivateBucket,
             StorageKey(task_id, call.RunId(), artifact.name), call.now,
             state.times.upload_url + kDrift)}}};
  }
  if (artifact.storage_type != "object") {
    return {json::Object{{"storageType", artifact.storage_type}}};
  }
  const std::string name = ObjectName(task_id, call.RunId(), artifact.name);
  state.uploads[name] = {.upload_id = artifact.upload_id};
  return {json::Object{
      {"storageType", "object"},
      {"name", name},
      {"projectId", task.project_id},
      {"uploadId", artifact.upload_id},
      {"expires", FormatTimestamp(artifact.expires)},
      {"credentials",
       state.issuer.Issue(absl::StrCat("artifact-upload/", task_id, "/", call.RunId(), "/on/",
                                       run.worker_group, "/", run.worker_id),
                          {absl::StrCat("object:upload:", task.project_id, ":", name)}, call.now,
                          std::min(artifact.expires, call.now + absl::Hours(24)))}}};
}

ApiResult CreateArtifact(QueueState& state, ApiCall& call) {
  const absl::Time expires = ParseTimestamp(call.Text("expires")).value_or(absl::InfinitePast());
  if (expires < call.now - absl::Minutes(15)) {
    return InputError("Expires must be in the future");
  }
  const TaskRecord* task = state.tasks.Find(call.Param("taskId"));
  if (task == nullptr) return InputError("Task not found");
  const int run_id = call.RunId();
  if (static_cast<size_t>(run_id) >= task->runs.size()) {
    return InputError("Run not found");
  }
  const RunRecord& run = task->runs[static_cast<size_t>(run_id)];
  if (!run.claimed()) {
    return InputError("Run was not claimed by a worker and so no artifacts can exist");
  }
  if (expires > task->expires) {
    return InputError(
        absl::StrCat("Artifact expires (", FormatTimestamp(expires), ") after the task expiration ",
                     FormatTimestamp(task->expires),
                     " (task.expires < expires) - this is not allowed, artifacts may not "
                     "expire after the task they belong to expires"));
  }
  if (auto error = CheckRunTakesArtifacts(*task, run, call.now); error.has_value()) {
    return *std::move(error);
  }
  const ArtifactRecord* artifact =
      state.artifacts.Create(task->task_id, run_id, ReadArtifact(state, call, expires));
  if (artifact == nullptr) {
    const ArtifactRecord* original =
        state.artifacts.Find(task->task_id, run_id, call.Param("name"));
    return ApiError{
        ApiErrorCode::kRequestConflict,
        absl::StrCat("Artifact already exists with different properties, and none of "
                     "the allowed exceptions apply: {\n  \"storageType\": \"",
                     original->storage_type, "\",\n  \"contentType\": \"", original->content_type,
                     "\",\n  \"expires\": \"", FormatTimestamp(original->expires), "\"\n}")};
  }
  state.tasks.AddEvent({.kind = QueueEvent::Kind::kArtifactCreated,
                        .time = call.now,
                        .task_id = task->task_id,
                        .run_id = run_id,
                        .detail = artifact->name});
  return UploadReply(state, call, *task, run, *artifact);
}

ApiResult FinishArtifact(QueueState& state, ApiCall& call) {
  const std::string& task_id = call.Param("taskId");
  const std::string& name = call.Param("name");
  ArtifactRecord* artifact = state.artifacts.Find(task_id, call.RunId(), name);
  if (artifact == nullptr) {
    return NotFound(absl::StrCat("Artifact with taskId `", task_id, "`, runId ", call.RunId(),
                                 ", name `", name, "` not found"));
  }
  if (artifact->storage_type != "object") {
    return InputError("Only object artifacts can be finished");
  }
  if (artifact->present) return ApiReply{.body = {}, .status = 204};
  if (artifact->upload_id != call.Text("uploadId")) {
    return InputError("given uploadId does not match that for the artifact");
  }
  const auto upload = state.uploads.find(ObjectName(task_id, call.RunId(), name));
  if (upload == state.uploads.end() || !upload->second.finished) {
    return InputError("Object storing artifact data does not exist");
  }
  artifact->present = true;
  return ApiReply{.body = {}, .status = 204};
}

}  // namespace

std::vector<Endpoint> ArtifactEndpoints(QueueState& state) {
  using http::Method;
  constexpr std::string_view kCreate = "queue:create-artifact:<taskId>/<runId>";
  return {
      {Method::kPost, "/task/<taskId>/runs/<runId>/artifacts/<name...>", "createArtifact", kCreate,
       "post-artifact-request", false,
       [&state](ApiCall& call) { return CreateArtifact(state, call); }},
      {Method::kPut, "/task/<taskId>/runs/<runId>/artifacts/<name...>", "finishArtifact", kCreate,
       "finish-artifact-request", false,
       [&state](ApiCall& call) { return FinishArtifact(state, call); }},
  };
}

}  // namespace scriptworker::taskcluster::fake
