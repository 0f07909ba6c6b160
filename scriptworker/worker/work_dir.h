// SPDX-License-Identifier: MPL-2.0
//
// Where the files of a run lie. Every path that worker, script and operators
// share is made here, but for those of verified artifacts:
// cot/evidence/work_layout.h.

#ifndef SCRIPTWORKER_WORKER_WORK_DIR_H_
#define SCRIPTWORKER_WORKER_WORK_DIR_H_

#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace scriptworker::worker {

// The names that the logs have when task_log_dir lies at its usual place.
inline constexpr std::string_view kLiveBackingLogArtifact = "public/logs/live_backing.log";
inline constexpr std::string_view kChainOfTrustLogArtifact = "public/logs/chain_of_trust.log";

// Immutable; its methods touch nothing but the three folders.
class WorkDir {
 public:
  // Absolute paths. `task_log_dir` usually lies below `artifact_dir`, else the
  // logs are not uploaded.
  WorkDir(std::string work_dir, std::string artifact_dir, std::string task_log_dir)
      : work_dir_(std::move(work_dir)),
        artifact_dir_(std::move(artifact_dir)),
        task_log_dir_(std::move(task_log_dir)) {}

  const std::string& work_dir() const { return work_dir_; }
  const std::string& artifact_dir() const { return artifact_dir_; }
  const std::string& task_log_dir() const { return task_log_dir_; }

  // The task's definition, for the script.
  std::string task_json() const;
  // {"runId": 0, "taskId": "..."}, for operators.
  std::string current_task_info() const;
  // What the script printed.
  std::string live_backing_log() const;
  // What the verification of the chain of trust did.
  std::string chain_of_trust_log() const;

  // What becomes of a symbolic link in place of a folder. At the worker's start
  // it is the operator's, and kFailedPrecondition. Later it can only be a
  // script's, and is removed like anything else that scripts leave.
  enum class Links { kRefused, kRemoved };

  // Leaves the three folders existing and empty, whichever of them lies in another:
  // each is removed with all it holds (a plain file is removed as well), then all are
  // made anew with their parents. A mount point is emptied and kept. Errors name the
  // path; what cannot be emptied or made is an error of its own kind. Each is tried in
  // any case, but for those behind a link that has stayed.
  absl::Status Cleanup(Links links = Links::kRefused) const;

 private:
  std::string work_dir_;
  std::string artifact_dir_;
  std::string task_log_dir_;
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_WORK_DIR_H_
