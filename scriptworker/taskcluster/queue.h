// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_QUEUE_H_
#define SCRIPTWORKER_TASKCLUSTER_QUEUE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_request.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"

// Taskcluster's queue as two interfaces: what a worker does to tasks, and what
// everybody may read. Production: queue_client.h.
//
// Errors of all calls, after the retries that the contract allows:
//   InvalidArgument     400: the queue refuses the input
//   Unauthenticated     401: unknown client, wrong access token, clock skew
//   PermissionDenied    403: the client lacks scopes (the text says which)
//   NotFound            404
//   Aborted             409: the claim is lost (cancelled, deadline, expired),
//                       or another request was there first
//   FailedPrecondition  424 and any other 4xx
//   Unavailable         429, 5xx, no connection
//   DataLoss            an answer of the wrong shape (IsWrongShape): names URL and JSON path;
//                       or no answer: a login page, a cut body
//   Cancelled, Aborted, DeadlineExceeded: the token's reason
// For an HTTP status GetQueueError() of queue_error.h tells status and message;
// a 409 is an Aborted *with* a QueueError.
namespace scriptworker::taskcluster {

struct ClaimRequest {
  std::string task_queue_id = {};  // provisionerId/workerType
  std::string worker_group = {};
  std::string worker_id = {};
  int tasks = 1;  // how many to claim at most, 1 to 32
  // Once it is cancelled no new try is made; one under way is not abandoned.
  CancellationToken last_try = {};
};

// Why a run is resolved as `exception`.
enum class ExceptionReason {
  kWorkerShutdown,
  kMalformedPayload,
  kResourceUnavailable,
  kInternalError,
  kSuperseded,  // in the status table, but the queue refuses it (400)
  kIntermittentTask,
};
inline constexpr ExceptionReason kExceptionReasons[] = {
    ExceptionReason::kWorkerShutdown,      ExceptionReason::kMalformedPayload,
    ExceptionReason::kResourceUnavailable, ExceptionReason::kInternalError,
    ExceptionReason::kSuperseded,          ExceptionReason::kIntermittentTask,
};
std::string_view ToString(ExceptionReason reason);
// nullopt: there is no such reason.
std::optional<ExceptionReason> ParseExceptionReason(std::string_view name);

// Implementations are thread-safe.
class TaskClaimer {
 public:
  virtual ~TaskClaimer() = default;

  // Asks for tasks with the permanent credentials. The queue holds the request
  // for about 20 s if there are none; then the answer is empty. Cancelling may
  // orphan a task that was claimed in that moment (the queue cannot tell that
  // nobody listens), and so may an answer that cannot be read, after which there is no other try.
  // So pass a token that stays quiet while a request that
  // may claim is in flight.
  virtual absl::StatusOr<std::vector<ClaimedTask>> ClaimWork(
      const ClaimRequest& request, const CancellationToken& cancellation) = 0;

  // Renews the claim. `credentials` are the run's latest ones. A queue that asks for patience
  // (Retry-After) is obeyed for 10 seconds at a time: the claim must not end meanwhile.
  virtual absl::StatusOr<Reclaim> ReclaimTask(const TaskId& task_id, RunId run_id,
                                              const Credentials& credentials,
                                              const CancellationToken& cancellation) = 0;

  // Resolve the run. Repeating the same report is harmless. Once `last_try` is
  // cancelled no new try is made; one under way is not abandoned, since the queue may hear it.
  virtual absl::Status ReportCompleted(const TaskId& task_id, RunId run_id,
                                       const Credentials& credentials,
                                       const CancellationToken& last_try) = 0;
  virtual absl::Status ReportFailed(const TaskId& task_id, RunId run_id,
                                    const Credentials& credentials,
                                    const CancellationToken& last_try) = 0;
  virtual absl::Status ReportException(const TaskId& task_id, RunId run_id, ExceptionReason reason,
                                       const Credentials& credentials,
                                       const CancellationToken& last_try) = 0;

  // Announces an artifact. Returns the URL to PUT an S3Artifact's bytes to, to
  // be used byte for byte and never logged unredacted; empty for the others.
  // Repeating it with equal properties is allowed and gives a new URL.
  virtual absl::StatusOr<std::string> CreateArtifact(const TaskId& task_id, RunId run_id,
                                                     std::string_view name,
                                                     const ArtifactRequest& artifact,
                                                     const Credentials& credentials,
                                                     const CancellationToken& cancellation) = 0;
};

struct ArtifactInfo {
  std::string name;
  std::string storage_type;  // s3, object, reference, link, error
  std::string content_type;
  std::optional<absl::Time> expires;
  std::optional<int64_t> content_length;
};

// Implementations are thread-safe.
class TaskReader {
 public:
  virtual ~TaskReader() = default;

  virtual absl::StatusOr<TaskDefinition> Task(const TaskId& task_id,
                                              const CancellationToken& cancellation) = 0;
  virtual absl::StatusOr<TaskStatus> Status(const TaskId& task_id,
                                            const CancellationToken& cancellation) = 0;

  // The artifacts of the task's latest run, of all pages.
  virtual absl::StatusOr<std::vector<ArtifactInfo>> ListLatestArtifacts(
      const TaskId& task_id, const CancellationToken& cancellation) = 0;

  // Where a GET that follows redirects finds the artifact of the latest run:
  // for a name under public/ a plain URL, for others one that is signed with
  // the permanent credentials for 15 minutes (FailedPrecondition without).
  // Asks nobody.
  virtual absl::StatusOr<http::Url> ArtifactUrl(const TaskId& task_id, std::string_view name) = 0;
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_QUEUE_H_
