// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/queue_client.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/memory/memory.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/artifact_list.h"
#include "scriptworker/taskcluster/bewit.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

constexpr absl::Duration kSignedUrlLifetime = absl::Minutes(15);
// A claim that is not renewed for the queue's sake ends, and the task runs twice.
constexpr absl::Duration kMaxReclaimPause = absl::Seconds(10);
// Whoever watches the worker holds it for stuck if it polls no more, and a claim is kept until
// its run is reported.
constexpr absl::Duration kMaxPause = absl::Seconds(30);
// More pages than the queue keeps artifacts for: a server that never ends.
constexpr int kMaxPages = 10'000;

json::Value ArtifactBody(const ArtifactRequest& artifact) {
  json::Object body;
  std::visit(
      [&body](const auto& request) {
        using T = std::decay_t<decltype(request)>;
        if constexpr (std::is_same_v<T, S3Artifact>) {
          body.Set("storageType", "s3");
          body.Set("expires", FormatIsoTimestamp(request.expires));
          body.Set("contentType", request.content_type);
          if (request.content_length.has_value()) {
            body.Set("contentLength", *request.content_length);
          }
        } else if constexpr (std::is_same_v<T, LinkArtifact>) {
          body.Set("storageType", "link");
          body.Set("expires", FormatIsoTimestamp(request.expires));
          body.Set("contentType", request.content_type);
          body.Set("artifact", request.artifact);
        } else {
          body.Set("storageType", "error");
          body.Set("expires", FormatIsoTimestamp(request.expires));
          body.Set("reason", ToString(request.reason));
          body.Set("message", request.message);
        }
      },
      artifact);
  return json::Value(std::move(body));
}

const Credentials* Pointer(const std::optional<Credentials>& credentials) {
  return credentials.has_value() ? &*credentials : nullptr;
}

std::string RunRoute(std::string_view pattern, const TaskId& task_id, RunId run_id) {
  return Route(pattern, {task_id.str(), absl::StrCat(run_id)});
}

// Reads an answer by `parse`; a wrong shape becomes the call's error.
template <typename F>
auto Read(const ApiCaller::Answer& answer, F parse)
    -> decltype(parse(std::declval<const json::Reader&>())) {
  auto result = parse(json::Reader(answer.body, answer.url.Redacted()));
  if (!result.ok()) return answer.WrongShape(result.status());
  return result;
}

}  // namespace

QueueClient::QueueClient(ApiCaller api, std::optional<Credentials> credentials)
    : api_(std::move(api)), credentials_(std::move(credentials)) {}

absl::StatusOr<std::unique_ptr<QueueClient>> QueueClient::Create(
    std::string_view root_url, http::Transport& transport, Clock& clock,
    std::optional<Credentials> credentials, ApiOptions options) {
  SW_ASSIGN_OR_RETURN(
      ApiCaller api, ApiCaller::Create(root_url, "queue/v1", transport, clock, std::move(options)));
  return absl::WrapUnique(new QueueClient(std::move(api), std::move(credentials)));
}

void QueueClient::SetCredentials(Credentials credentials) {
  absl::MutexLock lock(&mutex_);
  credentials_ = std::move(credentials);
}

std::optional<Credentials> QueueClient::permanent() const {
  absl::MutexLock lock(&mutex_);
  return credentials_;
}

absl::StatusOr<std::vector<ClaimedTask>> QueueClient::ClaimWork(
    const ClaimRequest& request, const CancellationToken& cancellation) {
  const json::Value body(json::Object{{"workerGroup", request.worker_group},
                                      {"workerId", request.worker_id},
                                      {"tasks", request.tasks}});
  const std::optional<Credentials> credentials = permanent();
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "claimWork",
                                 .method = http::Method::kPost,
                                 .route = Route("/claim-work/{}", {request.task_queue_id}),
                                 .body = &body,
                                 .credentials = Pointer(credentials),
                                 .cancellation = cancellation,
                                 .last_try = request.last_try,
                                 .hands_over = true,
                                 .max_retry_after = kMaxPause}));
  SW_ASSIGN_OR_RETURN(std::vector<ClaimedTask> claims, Read(answer, ParseClaimedTasks));
  for (ClaimedTask& claim : claims) claim.server_time = answer.server_time;
  return claims;
}

absl::StatusOr<Reclaim> QueueClient::ReclaimTask(const TaskId& task_id, RunId run_id,
                                                 const Credentials& credentials,
                                                 const CancellationToken& cancellation) {
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "reclaimTask",
                                 .method = http::Method::kPost,
                                 .route = RunRoute("/task/{}/runs/{}/reclaim", task_id, run_id),
                                 .credentials = &credentials,
                                 .cancellation = cancellation,
                                 .max_retry_after = kMaxReclaimPause}));
  SW_ASSIGN_OR_RETURN(Reclaim reclaim, Read(answer, ParseReclaim));
  reclaim.server_time = answer.server_time;
  return reclaim;
}

absl::Status QueueClient::Report(std::string_view name, std::string_view pattern,
                                 const TaskId& task_id, RunId run_id, const json::Value* body,
                                 const Credentials& credentials,
                                 const CancellationToken& last_try) {
  return api_
      .Send({.name = name,
             .method = http::Method::kPost,
             .route = RunRoute(pattern, task_id, run_id),
             .body = body,
             .credentials = &credentials,
             .last_try = last_try,
             .max_retry_after = kMaxPause})
      .status();
}

absl::Status QueueClient::ReportCompleted(const TaskId& task_id, RunId run_id,
                                          const Credentials& credentials,
                                          const CancellationToken& last_try) {
  return Report("reportCompleted", "/task/{}/runs/{}/completed", task_id, run_id, nullptr,
                credentials, last_try);
}

absl::Status QueueClient::ReportFailed(const TaskId& task_id, RunId run_id,
                                       const Credentials& credentials,
                                       const CancellationToken& last_try) {
  return Report("reportFailed", "/task/{}/runs/{}/failed", task_id, run_id, nullptr, credentials,
                last_try);
}

absl::Status QueueClient::ReportException(const TaskId& task_id, RunId run_id,
                                          ExceptionReason reason, const Credentials& credentials,
                                          const CancellationToken& last_try) {
  const json::Value body(json::Object{{"reason", ToString(reason)}});
  return Report("reportException", "/task/{}/runs/{}/exception", task_id, run_id, &body,
                credentials, last_try);
}

absl::StatusOr<std::string> QueueClient::CreateArtifact(const TaskId& task_id, RunId run_id,
                                                        std::string_view name,
                                                        const ArtifactRequest& artifact,
                                                        const Credentials& credentials,
                                                        const CancellationToken& cancellation) {
  const json::Value body = ArtifactBody(artifact);
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "createArtifact",
                                 .method = http::Method::kPost,
                                 .route = Route("/task/{}/runs/{}/artifacts/{}",
                                                {task_id.str(), absl::StrCat(run_id), name}),
                                 .body = &body,
                                 .credentials = &credentials,
                                 .cancellation = cancellation}));
  if (!std::holds_alternative<S3Artifact>(artifact)) return std::string();
  return Read(answer, [](const json::Reader& reader) { return reader.String("putUrl"); });
}

absl::StatusOr<TaskDefinition> QueueClient::Task(const TaskId& task_id,
                                                 const CancellationToken& cancellation) {
  const std::optional<Credentials> credentials = permanent();
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "task",
                                 .route = Route("/task/{}", {task_id.str()}),
                                 .credentials = Pointer(credentials),
                                 .cancellation = cancellation}));
  return Read(answer, [](const json::Reader& reader) {
    return TaskDefinition::FromJson(reader.value(), reader.source());
  });
}

absl::StatusOr<TaskStatus> QueueClient::Status(const TaskId& task_id,
                                               const CancellationToken& cancellation) {
  const std::optional<Credentials> credentials = permanent();
  SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                      api_.Send({.name = "status",
                                 .route = Route("/task/{}/status", {task_id.str()}),
                                 .credentials = Pointer(credentials),
                                 .cancellation = cancellation}));
  return Read(answer, TaskStatus::FromAnswer);
}

absl::StatusOr<std::vector<ArtifactInfo>> QueueClient::ListLatestArtifacts(
    const TaskId& task_id, const CancellationToken& cancellation) {
  const std::optional<Credentials> credentials = permanent();
  const std::string route = Route("/task/{}/artifacts", {task_id.str()});
  std::vector<ArtifactInfo> artifacts;
  std::string query;
  for (int pages = 0; pages < kMaxPages; ++pages) {
    SW_ASSIGN_OR_RETURN(const ApiCaller::Answer answer,
                        api_.Send({.name = "listLatestArtifacts",
                                   .route = absl::StrCat(route, query),
                                   .credentials = Pointer(credentials),
                                   .cancellation = cancellation}));
    SW_ASSIGN_OR_RETURN(ArtifactPage page, Read(answer, ParseArtifactPage));
    for (ArtifactInfo& artifact : page.artifacts) {
      artifacts.push_back(std::move(artifact));
    }
    if (page.continuation_token.empty()) return artifacts;
    query = Route("?continuationToken={}", {page.continuation_token});
  }
  return absl::DataLossError(
      absl::StrCat("listLatestArtifacts: the list of task ", task_id, " does not end"));
}

absl::StatusOr<http::Url> QueueClient::ReadableUrl(std::string_view route,
                                                   std::string_view name) const {
  SW_ASSIGN_OR_RETURN(http::Url url, api_.MakeUrl(route));
  if (absl::StartsWith(name, "public/")) return url;
  const std::optional<Credentials> credentials = permanent();
  if (!credentials.has_value()) {
    return absl::FailedPreconditionError(
        absl::StrCat(url.Redacted(),
                     ": a private artifact needs credentials that have the scope "
                     "queue:get-artifact:",
                     name));
  }
  return SignedUrl(url, *credentials, api_.clock().Now() + kSignedUrlLifetime);
}

absl::StatusOr<http::Url> QueueClient::ArtifactUrl(const TaskId& task_id, std::string_view name) {
  return ReadableUrl(Route("/task/{}/artifacts/{}", {task_id.str(), name}), name);
}

absl::StatusOr<http::Url> QueueClient::RunArtifactUrl(const TaskId& task_id, RunId run_id,
                                                      std::string_view name) {
  return ReadableUrl(
      Route("/task/{}/runs/{}/artifacts/{}", {task_id.str(), absl::StrCat(run_id), name}), name);
}

}  // namespace scriptworker::taskcluster
