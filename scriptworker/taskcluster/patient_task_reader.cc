// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/taskcluster/patient_task_reader.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/random/random.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"
#include "scriptworker/taskcluster/task_status.h"

namespace scriptworker::taskcluster {

RetryPolicy PatientTaskReader::DefaultPolicy() {
  return {.attempts = 5,
          .backoff = RetryPolicy::Backoff::kTaskclusterClient,
          .initial = absl::Milliseconds(500)};
}

PatientTaskReader::PatientTaskReader(TaskReader& inner, const RetryPolicy& policy, Clock& clock)
    : inner_(inner), policy_(policy), clock_(clock) {}

absl::StatusOr<TaskDefinition> PatientTaskReader::Task(const TaskId& task_id,
                                                       const CancellationToken& cancellation) {
  absl::StatusOr<TaskDefinition> task = inner_.Task(task_id, cancellation);
  if (!absl::IsNotFound(task.status()) || PatienceLeft() <= absl::ZeroDuration()) return task;
  // A generator is not cheap to make, and this hardly ever happens.
  absl::BitGen bit_gen;
  bool is_first = true;
  RetryPolicy policy = policy_;
  return Retry(
      policy, clock_, bit_gen, cancellation,
      [&] {
        return std::exchange(is_first, false) ? std::move(task)
                                              : inner_.Task(task_id, cancellation);
      },
      [&](const absl::Status& error) {
        if (!absl::IsNotFound(error)) return false;
        const absl::Duration left = PatienceLeft();
        policy.max = std::min(policy_.max, left);  // Retry looks at it for each pause
        return left > absl::ZeroDuration();
      });
}

absl::Duration PatientTaskReader::PatienceLeft() {
  const absl::Duration now = clock_.Monotonic();
  absl::MutexLock lock(&mutex_);
  if (!first_missing_.has_value()) first_missing_ = now;
  return kPatience - (now - *first_missing_);
}

absl::StatusOr<TaskStatus> PatientTaskReader::Status(const TaskId& task_id,
                                                     const CancellationToken& cancellation) {
  return inner_.Status(task_id, cancellation);
}

absl::StatusOr<std::vector<ArtifactInfo>> PatientTaskReader::ListLatestArtifacts(
    const TaskId& task_id, const CancellationToken& cancellation) {
  return inner_.ListLatestArtifacts(task_id, cancellation);
}

absl::StatusOr<http::Url> PatientTaskReader::ArtifactUrl(const TaskId& task_id,
                                                         std::string_view name) {
  return inner_.ArtifactUrl(task_id, name);
}

}  // namespace scriptworker::taskcluster
