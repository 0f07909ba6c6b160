// SPDX-License-Identifier: MPL-2.0

#ifndef TOOLS_FAULT_SOAK_LEDGER_H_
#define TOOLS_FAULT_SOAK_LEDGER_H_

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "scriptworker/taskcluster/testing/queue_event.h"

namespace scriptworker::tools {

// How every task of a soak has to end.
enum class Ending { kCompleted, kFailed };

// What happened to each run: by the queue's events and by what the scripts wrote
// down themselves. Thread-safe.
class Ledger {
 public:
  void Submitted(const std::string& task_id, Ending expected);
  void Saw(const taskcluster::QueueEvent& event);

  // "TASK_ID RUN_ID" a line: as scripts note their start.
  void ReadStarts(std::string_view text);

  int submitted() const;
  // Tasks whose last run ended so that no other one follows, as its script says or not.
  int resolved() const;
  // "completed", "failed", "worker-shutdown", ... and how many runs ended so.
  std::map<std::string, int> Endings() const;
  int runs() const;
  int starts() const;

  // What must not be: a task that is lost or ended otherwise than its script, a
  // run that ended twice or as no fault explains, a script that was started
  // twice in a run or not at all though its run has its result.
  std::vector<std::string> Complaints() const;

 private:
  struct Run {
    int claims = 0;
    int starts = 0;
    std::vector<std::string> endings = {};
  };
  struct Task {
    Ending expected = Ending::kCompleted;
    std::map<int, Run> runs = {};
  };

  static bool IsResolved(const Task& task);

  mutable absl::Mutex mutex_;
  std::map<std::string, Task> tasks_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> strange_ ABSL_GUARDED_BY(mutex_);  // about no task of ours
};

}  // namespace scriptworker::tools

#endif  // TOOLS_FAULT_SOAK_LEDGER_H_
