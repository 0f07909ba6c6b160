// SPDX-License-Identifier: MPL-2.0
//
// The worker's credentials, when worker-manager gives them out instead of a
// file: had at the start, and replaced before they end.

#ifndef SCRIPTWORKER_WORKER_WORKER_REGISTRATION_H_
#define SCRIPTWORKER_WORKER_WORKER_REGISTRATION_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/worker_manager_client.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {

// The secret that the worker was created with, from a file that holds nothing
// else (white space around it does not matter). kInvalidArgument: it has not the
// form that worker-manager asks for. No error quotes it.
absl::StatusOr<SecretString> ReadStaticSecret(const std::string& path);

// All that it is given is taken out of the logs while it lives.
// Thread-compatible.
class WorkerRegistration {
 public:
  struct Collaborators {
    const taskcluster::WorkerManagerClient& manager;
    Clock& clock;
    Logger& logger;
    SecretRedactor& redactor;
  };

  // The collaborators must outlive the object.
  WorkerRegistration(taskcluster::ManagedWorker worker, SecretString static_secret,
                     const Collaborators& collaborators);

  // The first time. Errors: worker-manager's.
  absl::Status Register(const CancellationToken& cancellation);

  // Before the credentials end: by the last secret, or, where that is refused
  // (an answer was lost, the worker slept too long), by registering once more.
  // REQUIRES: Register() succeeded.
  absl::Status Renew(const CancellationToken& cancellation);

  // Whether worker-manager still wants the worker: nullopt if so, else why not.
  // REQUIRES: Register() succeeded.
  absl::StatusOr<std::optional<std::string>> ReasonToTerminate(
      const CancellationToken& cancellation) const;

  // The worker is gone, and will not register again (it could not). REQUIRES:
  // Register() succeeded.
  absl::Status Remove(const CancellationToken& cancellation) const;

  const taskcluster::Credentials& credentials() const { return grant_.credentials; }

  // Half of the credentials' life, from when they came; after a failure a
  // quarter of what is left of it, between 10 s and 5 min from that failure.
  absl::Duration UntilRenewal() const;

 private:
  absl::Status Take(absl::StatusOr<taskcluster::WorkerGrant> grant);

  const taskcluster::ManagedWorker worker_;
  const SecretString static_secret_;
  const Collaborators with_;
  const SecretRedactor::Registration static_secret_redaction_;
  taskcluster::WorkerGrant grant_;
  std::vector<SecretRedactor::Registration> redactions_;  // of this grant
  std::vector<SecretRedactor::Registration> former_redactions_;
  absl::Duration renew_at_;  // of the monotonic clock
  absl::Duration ends_at_;
};

// Renews in time on a thread of its own, until it is destroyed, and asks every
// five minutes whether the worker is still wanted. What fails is a warning, and
// tried again (an unanswered question: the first time only).
class RegistrationKeeper {
 public:
  struct Receivers {
    // Gets each renewal.
    std::function<void(const taskcluster::Credentials&)> credentials;
    // Gets worker-manager's reason, once.
    std::function<void(std::string_view)> terminate;
  };

  // The receivers are called on that thread. All must outlive this, and nobody
  // else uses `registration` meanwhile. kResourceExhausted: the machine has no thread to give.
  static absl::StatusOr<std::unique_ptr<RegistrationKeeper>> Start(WorkerRegistration& registration,
                                                                   Clock& clock, Logger& logger,
                                                                   Receivers receivers);
  ~RegistrationKeeper();

 private:
  RegistrationKeeper(WorkerRegistration& registration, Clock& clock, Logger& logger,
                     Receivers receivers);
  void Keep();
  void Renew();
  void AskWhetherWanted();

  WorkerRegistration& registration_;
  Clock& clock_;
  Logger& logger_;
  const Receivers receivers_;
  absl::Duration ask_at_;  // of the monotonic clock; infinite: has the answer
  bool unanswered_ = false;
  CancellationSource end_;
  std::thread thread_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_WORKER_REGISTRATION_H_
