// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_credential_store.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/credentials_file.h"

namespace scriptworker::worker {

absl::StatusOr<std::unique_ptr<TaskCredentialStore>> TaskCredentialStore::Create(
    taskcluster::Credentials initial, const std::string& temp_dir, SecretRedactor& redactor) {
  SW_ASSIGN_OR_RETURN(CredentialsFile file, CredentialsFile::Create(temp_dir));
  SW_RETURN_IF_ERROR(file.Write(initial));
  return std::unique_ptr<TaskCredentialStore>(
      new TaskCredentialStore(std::move(initial), std::move(file), redactor));
}

TaskCredentialStore::TaskCredentialStore(taskcluster::Credentials initial, CredentialsFile file,
                                         SecretRedactor& redactor)
    : redactor_(redactor),
      script_fd_(file.fd()),
      current_(std::move(initial)),
      file_(std::move(file)),
      secret_(redactor.Add(current_.access_token)) {}

taskcluster::Credentials TaskCredentialStore::Get() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

absl::Status TaskCredentialStore::Update(taskcluster::Credentials credentials) {
  absl::MutexLock lock(&mutex_);
  current_ = std::move(credentials);
  former_secret_ = std::exchange(secret_, redactor_.Add(current_.access_token));
  return file_.Write(current_);
}

}  // namespace scriptworker::worker
