// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_PATIENT_TASK_READER_H_
#define SCRIPTWORKER_TASKCLUSTER_PATIENT_TASK_READER_H_

#include <optional>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
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

// Asks again for a definition that the queue does not know (404), since the task
// that names it may have been claimed before all of the queue knows the other. Only
// the last answer counts. All else is passed on. Thread-safe.
//
// Who names thousands of tasks that there are not gets no hours of waiting for them: once
// kPatience has passed since the first of them, a 404 is final at once, and no pause is longer
// than until then.
class PatientTaskReader final : public TaskReader {
 public:
  static constexpr absl::Duration kPatience = absl::Seconds(10);
  // 5 attempts within 5 to 10 seconds.
  static RetryPolicy DefaultPolicy();

  // Borrows `inner` and `clock`.
  PatientTaskReader(TaskReader& inner, const RetryPolicy& policy, Clock& clock);

  absl::StatusOr<TaskDefinition> Task(const TaskId& task_id,
                                      const CancellationToken& cancellation) override;
  absl::StatusOr<TaskStatus> Status(const TaskId& task_id,
                                    const CancellationToken& cancellation) override;
  absl::StatusOr<std::vector<ArtifactInfo>> ListLatestArtifacts(
      const TaskId& task_id, const CancellationToken& cancellation) override;
  absl::StatusOr<http::Url> ArtifactUrl(const TaskId& task_id, std::string_view name) override;

 private:
  absl::Duration PatienceLeft() ABSL_LOCKS_EXCLUDED(mutex_);

  TaskReader& inner_;
  const RetryPolicy policy_;
  Clock& clock_;
  absl::Mutex mutex_;
  std::optional<absl::Duration> first_missing_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_PATIENT_TASK_READER_H_
