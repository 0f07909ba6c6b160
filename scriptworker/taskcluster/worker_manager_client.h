// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_WORKER_MANAGER_CLIENT_H_
#define SCRIPTWORKER_TASKCLUSTER_WORKER_MANAGER_CLIENT_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/api_caller.h"
#include "scriptworker/taskcluster/credentials.h"

namespace scriptworker::taskcluster {

// Who a worker is for worker-manager.
struct ManagedWorker {
  std::string worker_pool_id = {};  // the task queue's id
  std::string provider_id = {};     // of a provider of the type `static`
  std::string worker_group = {};
  std::string worker_id = {};
};

// What worker-manager gives to a worker that has proven who it is.
struct WorkerGrant {
  Credentials credentials;
  // Good until then: the earlier of the answer's `expires` and what the
  // certificate says.
  absl::Time expires;
  // Proves at the next time who the worker is; good once.
  SecretString secret;
  // What worker-manager's clock said, if it said so (whole seconds).
  std::optional<absl::Time> server_time;
};

// The calls of Taskcluster's worker-manager that a worker makes of its own: by two
// of them it gets its credentials, by the others it ends in order. Errors: those of queue.h; none
// quotes a secret. Thread-safe.
class WorkerManagerClient {
 public:
  // `transport` must not retry by itself. It and `clock` must outlive the
  // result. InvalidArgument for a bad root URL.
  static absl::StatusOr<WorkerManagerClient> Create(std::string_view root_url,
                                                    http::Transport& transport, Clock& clock,
                                                    ApiOptions options = {});

  // With the secret that the worker was created with (createWorker).
  absl::StatusOr<WorkerGrant> Register(const ManagedWorker& worker,
                                       const SecretString& static_secret,
                                       const CancellationToken& cancellation) const;

  // With what the last grant gave. The old credentials stay good; the secret
  // does not: when an answer is lost, only Register() helps.
  absl::StatusOr<WorkerGrant> Reregister(const ManagedWorker& worker, const WorkerGrant& last,
                                         const CancellationToken& cancellation) const;

  // Whether the worker is still wanted (shouldWorkerTerminate, which Taskcluster
  // calls experimental): nullopt if so, else worker-manager's reason.
  absl::StatusOr<std::optional<std::string>> ReasonToTerminate(
      const ManagedWorker& worker, const Credentials& credentials,
      const CancellationToken& cancellation) const;

  // Tells worker-manager that the worker is gone (removeWorker). It cannot
  // register again then, until somebody creates it anew.
  absl::Status Remove(const ManagedWorker& worker, const Credentials& credentials,
                      const CancellationToken& cancellation) const;

 private:
  explicit WorkerManagerClient(ApiCaller api) : api_(std::move(api)) {}

  ApiCaller api_;
};

// Whether worker-manager takes the text for a secret: 44 of a-z A-Z 0-9 - _.
bool IsWorkerSecret(const SecretString& secret);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_WORKER_MANAGER_CLIENT_H_
