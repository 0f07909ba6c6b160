// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_QUEUE_CLIENT_H_
#define SCRIPTWORKER_TASKCLUSTER_QUEUE_CLIENT_H_

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::taskcluster {

// The queue of a Taskcluster deployment, over HTTP. Requests are byte for byte
// those of Taskcluster's Python client; retries: ApiCaller.
//
// Thread-safe.
class QueueClient final : public TaskClaimer, public TaskReader {
 public:
  // `credentials` are the permanent ones: they sign ClaimWork, and what
  // TaskReader asks for (unsigned without). `transport` must not retry by
  // itself. It and `clock` must outlive the client. InvalidArgument for a bad
  // root URL.
  static absl::StatusOr<std::unique_ptr<QueueClient>> Create(std::string_view root_url,
                                                             http::Transport& transport,
                                                             Clock& clock,
                                                             std::optional<Credentials> credentials,
                                                             ApiOptions options = {});

  // Takes the place of the permanent credentials for the calls to come: those
  // that worker-manager gives out are replaced now and then.
  void SetCredentials(Credentials credentials);

  absl::StatusOr<std::vector<ClaimedTask>> ClaimWork(
      const ClaimRequest& request, const CancellationToken& cancellation) override;
  absl::StatusOr<Reclaim> ReclaimTask(const TaskId& task_id, RunId run_id,
                                      const Credentials& credentials,
                                      const CancellationToken& cancellation) override;
  absl::Status ReportCompleted(const TaskId& task_id, RunId run_id, const Credentials& credentials,
                               const CancellationToken& last_try) override;
  absl::Status ReportFailed(const TaskId& task_id, RunId run_id, const Credentials& credentials,
                            const CancellationToken& last_try) override;
  absl::Status ReportException(const TaskId& task_id, RunId run_id, ExceptionReason reason,
                               const Credentials& credentials,
                               const CancellationToken& last_try) override;
  absl::StatusOr<std::string> CreateArtifact(const TaskId& task_id, RunId run_id,
                                             std::string_view name, const ArtifactRequest& artifact,
                                             const Credentials& credentials,
                                             const CancellationToken& cancellation) override;

  absl::StatusOr<TaskDefinition> Task(const TaskId& task_id,
                                      const CancellationToken& cancellation) override;
  absl::StatusOr<TaskStatus> Status(const TaskId& task_id,
                                    const CancellationToken& cancellation) override;
  absl::StatusOr<std::vector<ArtifactInfo>> ListLatestArtifacts(
      const TaskId& task_id, const CancellationToken& cancellation) override;
  absl::StatusOr<http::Url> ArtifactUrl(const TaskId& task_id, std::string_view name) override;

  // As ArtifactUrl(), of a given run.
  absl::StatusOr<http::Url> RunArtifactUrl(const TaskId& task_id, RunId run_id,
                                           std::string_view name);

 private:
  QueueClient(ApiCaller api, std::optional<Credentials> credentials);

  absl::Status Report(std::string_view name, std::string_view pattern, const TaskId& task_id,
                      RunId run_id, const json::Value* body, const Credentials& credentials,
                      const CancellationToken& last_try);
  absl::StatusOr<http::Url> ReadableUrl(std::string_view route, std::string_view name) const;
  std::optional<Credentials> permanent() const;

  const ApiCaller api_;
  mutable absl::Mutex mutex_;
  std::optional<Credentials> credentials_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_QUEUE_CLIENT_H_
