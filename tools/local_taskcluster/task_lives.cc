// SPDX-License-Identifier: MPL-2.0

#include "tools/local_taskcluster/task_lives.h"

#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/testing/temp_dir.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/queue_client.h"
#include "scriptworker/taskcluster/task_creator.h"

namespace scriptworker::tools {
namespace {

using taskcluster::ArtifactName;
using taskcluster::ClaimedTask;
using taskcluster::QueueClient;

constexpr std::string_view kLink = "public/latest.log";
constexpr std::string_view kLinked = "public/logs/live.log";
constexpr std::string_view kError = "public/missing.txt";
constexpr char kBytes[] = "\0\1\2\377 bytes that are no text";

// The queue as the worker and as the reader see it.
struct Clients {
  std::unique_ptr<QueueClient> worker, reader;
};

absl::StatusOr<Clients> MakeClients(const Deployment& at) {
  Clients clients;
  SW_ASSIGN_OR_RETURN(clients.worker,
                      QueueClient::Create(at.root_url, at.transport, at.clock, at.worker));
  SW_ASSIGN_OR_RETURN(clients.reader,
                      QueueClient::Create(at.root_url, at.transport, at.clock, at.reader));
  return clients;
}

absl::StatusOr<ClaimedTask> ClaimOne(QueueClient& queue) {
  SW_ASSIGN_OR_RETURN(std::vector<ClaimedTask> claimed,
                      queue.ClaimWork(TaskLivesClaim(), CancellationToken()));
  if (claimed.size() != 1) {
    return absl::FailedPreconditionError(
        absl::StrCat("claimWork gave ", claimed.size(), " tasks, expected one"));
  }
  SW_RETURN_IF_ERROR(claimed.front().task.status());
  return std::move(claimed.front());
}

absl::Status Publish(const Deployment& at, QueueClient& queue, const ClaimedTask& claim,
                     const taskcluster::Credentials& credentials) {
  const TempDir folder;
  std::vector<taskcluster::UploadFile> files;
  for (const auto& [name, content] : TaskLivesFiles()) {
    folder.Write(name, content);
    SW_ASSIGN_OR_RETURN(ArtifactName artifact, ArtifactName::Parse(name));
    files.push_back({.name = std::move(artifact)});
  }
  const taskcluster::UploadTarget target = {
      .task_id = claim.task_id,
      .run_id = claim.run_id,
      .expires = claim.task->expires().value_or(taskcluster::Timestamp{}).time,
      .credentials = [&credentials] { return credentials; },
  };
  // One after the other, so that the order is the same each time.
  taskcluster::ArtifactUploader uploader(queue, at.transport, at.clock, {.max_parallel = 1});
  SW_RETURN_IF_ERROR(
      FirstError(uploader.UploadAll(target, folder.path(), std::move(files), CancellationToken())));
  SW_ASSIGN_OR_RETURN(const ArtifactName link, ArtifactName::Parse(kLink));
  SW_ASSIGN_OR_RETURN(const ArtifactName linked, ArtifactName::Parse(kLinked));
  SW_RETURN_IF_ERROR(uploader.CreateLink(target, link, linked, {}));
  SW_ASSIGN_OR_RETURN(const ArtifactName error, ArtifactName::Parse(kError));
  return uploader.CreateError(target, error, taskcluster::ErrorArtifact::Reason::kFileMissing,
                              "the script made no such file", {});
}

absl::StatusOr<std::string> Read(const Deployment& at, QueueClient& queue, const ClaimedTask& claim,
                                 std::string_view name) {
  SW_ASSIGN_OR_RETURN(const http::Url url, queue.RunArtifactUrl(claim.task_id, claim.run_id, name));
  RetryPolicy once;
  once.attempts = 1;
  return taskcluster::ArtifactDownloader(at.transport, at.clock)
      .FetchBytes(url, {.retry = once}, CancellationToken());
}

}  // namespace

taskcluster::ClaimRequest TaskLivesClaim() {
  return {.task_queue_id = "local-provisioner/recorded-worker",
          .worker_group = "recorded-group",
          .worker_id = "recorded-worker-1"};
}

const std::map<std::string, std::string>& TaskLivesFiles() {
  static const auto& files = *new std::map<std::string, std::string>{
      {"private/key (1)+%.bin", std::string(kBytes, sizeof(kBytes) - 1)},
      {std::string(kLinked), "a line\nand a last one: caf\303\251\n"},
  };
  return files;
}

absl::StatusOr<CompletedLife> LiveToCompletion(const Deployment& deployment) {
  SW_ASSIGN_OR_RETURN(const Clients queue, MakeClients(deployment));
  SW_ASSIGN_OR_RETURN(ClaimedTask claim, ClaimOne(*queue.worker));
  const taskcluster::TaskId task_id = claim.task_id;
  SW_ASSIGN_OR_RETURN(taskcluster::TaskStatus running, queue.worker->Status(task_id, {}));
  deployment.clock.SleepFor(absl::Minutes(10));
  SW_ASSIGN_OR_RETURN(
      taskcluster::Reclaim reclaim,
      queue.worker->ReclaimTask(task_id, claim.run_id, claim.credentials, CancellationToken()));
  SW_RETURN_IF_ERROR(Publish(deployment, *queue.worker, claim, reclaim.credentials));
  SW_RETURN_IF_ERROR(queue.worker->ReportCompleted(task_id, claim.run_id, reclaim.credentials, {}));

  SW_ASSIGN_OR_RETURN(taskcluster::TaskStatus completed, queue.reader->Status(task_id, {}));
  SW_ASSIGN_OR_RETURN(taskcluster::TaskDefinition definition, queue.reader->Task(task_id, {}));
  SW_ASSIGN_OR_RETURN(std::vector<taskcluster::ArtifactInfo> artifacts,
                      queue.reader->ListLatestArtifacts(task_id, {}));
  std::map<std::string, std::string> contents;
  for (const auto& [name, content] : TaskLivesFiles()) {
    SW_ASSIGN_OR_RETURN(contents[name], Read(deployment, *queue.reader, claim, name));
  }
  SW_ASSIGN_OR_RETURN(contents[std::string(kLink)], Read(deployment, *queue.reader, claim, kLink));
  absl::Status error_artifact = Read(deployment, *queue.reader, claim, kError).status();
  return CompletedLife{.claim = std::move(claim),
                       .reclaim = std::move(reclaim),
                       .running = std::move(running),
                       .completed = std::move(completed),
                       .definition = std::move(definition),
                       .artifacts = std::move(artifacts),
                       .contents = std::move(contents),
                       .error_artifact = std::move(error_artifact)};
}

absl::StatusOr<CancelledLife> LiveToCancellation(const Deployment& deployment) {
  SW_ASSIGN_OR_RETURN(const Clients queue, MakeClients(deployment));
  SW_ASSIGN_OR_RETURN(const std::unique_ptr<taskcluster::TaskCreator> creator,
                      taskcluster::TaskCreator::Create(deployment.root_url, deployment.transport,
                                                       deployment.clock, deployment.reader));
  SW_ASSIGN_OR_RETURN(ClaimedTask claim, ClaimOne(*queue.worker));
  SW_ASSIGN_OR_RETURN(taskcluster::TaskStatus cancelled, creator->CancelTask(claim.task_id));
  absl::Status reclaim =
      queue.worker->ReclaimTask(claim.task_id, claim.run_id, claim.credentials, CancellationToken())
          .status();
  absl::Status report =
      queue.worker->ReportCompleted(claim.task_id, claim.run_id, claim.credentials, {});
  return CancelledLife{.claim = std::move(claim),
                       .cancelled = std::move(cancelled),
                       .reclaim = std::move(reclaim),
                       .report = std::move(report)};
}

}  // namespace scriptworker::tools
