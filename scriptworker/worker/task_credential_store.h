// SPDX-License-Identifier: MPL-2.0
//
// The temporary credentials of the run in hand, which each reclaim replaces.

#ifndef SCRIPTWORKER_WORKER_TASK_CREDENTIAL_STORE_H_
#define SCRIPTWORKER_WORKER_TASK_CREDENTIAL_STORE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/credentials_file.h"
#include "scriptworker/worker/log/secret_redactor.h"

namespace scriptworker::worker {

// One writer (the reclaimer), many readers, who ask at the time of each request
// and never keep what they got. The secrets of all credentials that the run has had are kept out
// of the logs until the store dies. Thread-safe.
class TaskCredentialStore {
 public:
  // `redactor` must outlive the store.
  TaskCredentialStore(taskcluster::Credentials initial, SecretRedactor& redactor);

  taskcluster::Credentials Get() const;

  // From now on Get gives `credentials`, also when the script's file cannot be
  // written (the error says so).
  absl::Status Update(taskcluster::Credentials credentials);

  // Makes the file for the script, in `temp_dir`; Update keeps it up to date.
  // The descriptor is open as long as the store lives. Call it once.
  absl::StatusOr<int> OpenForScript(const std::string& temp_dir);

 private:
  void KeepOutOfLogs() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  SecretRedactor& redactor_;
  mutable absl::Mutex mutex_;
  taskcluster::Credentials current_ ABSL_GUARDED_BY(mutex_);
  std::optional<CredentialsFile> file_ ABSL_GUARDED_BY(mutex_);
  // Of all credentials that there were: a script may hold each of them, and the queue takes the
  // first ones after several renewals, still.
  std::vector<SecretRedactor::Registration> secrets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TASK_CREDENTIAL_STORE_H_
