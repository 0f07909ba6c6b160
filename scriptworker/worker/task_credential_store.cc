// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_credential_store.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/base/secret_string.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/taskcluster/credential_secrets.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/worker/credentials_file.h"

namespace scriptworker::worker {

TaskCredentialStore::TaskCredentialStore(taskcluster::Credentials initial, SecretRedactor& redactor)
    : redactor_(redactor), current_(std::move(initial)) {
  absl::MutexLock lock(&mutex_);
  KeepOutOfLogs();
}

taskcluster::Credentials TaskCredentialStore::Get() const {
  absl::MutexLock lock(&mutex_);
  return current_;
}

absl::Status TaskCredentialStore::Update(taskcluster::Credentials credentials) {
  absl::MutexLock lock(&mutex_);
  current_ = std::move(credentials);
  KeepOutOfLogs();
  return file_.has_value() ? file_->Write(current_) : absl::OkStatus();
}

void TaskCredentialStore::KeepOutOfLogs() {
  for (SecretString& secret : taskcluster::SecretsOf(current_)) {
    secrets_.push_back(redactor_.Add(std::move(secret)));
  }
}

absl::StatusOr<int> TaskCredentialStore::OpenForScript(const std::string& temp_dir) {
  absl::MutexLock lock(&mutex_);
  SW_ASSIGN_OR_RETURN(file_, CredentialsFile::Create(temp_dir));
  SW_RETURN_IF_ERROR(file_->Write(current_));
  return file_->fd();
}

}  // namespace scriptworker::worker
