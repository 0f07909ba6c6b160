// SPDX-License-Identifier: MPL-2.0
//
// What happens to tasks, as Taskcluster tells it in its Pulse messages.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_EVENT_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_EVENT_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace scriptworker::taskcluster {

struct QueueEvent {
  enum class Kind {
    kDefined,
    kPending,
    kRunning,          // claimed
    kReclaimed,        // no Pulse message of the real queue
    kArtifactCreated,  // for every storage type
    kCompleted,
    kFailed,
    kException,  // of a run, whether another one follows or not
  };

  Kind kind = Kind::kDefined;
  absl::Time time = {};
  std::string task_id = {};
  int run_id = -1;  // -1: of no run
  // The artifact's name; the reason of an exception; why a run was made.
  std::string detail = {};
};

// "task-defined", "task-running", ...
std::string_view ToString(QueueEvent::Kind kind);

// Called in the events' order, one at a time, by a thread that serves a request.
// Must not call the fake.
using QueueEventListener = std::function<void(const QueueEvent&)>;

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_EVENT_H_
