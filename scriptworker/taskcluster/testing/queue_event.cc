// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/queue_event.h"

#include <string_view>

namespace scriptworker::taskcluster {

std::string_view ToString(QueueEvent::Kind kind) {
  switch (kind) {
    case QueueEvent::Kind::kDefined:
      return "task-defined";
    case QueueEvent::Kind::kPending:
      return "task-pending";
    case QueueEvent::Kind::kRunning:
      return "task-running";
    case QueueEvent::Kind::kReclaimed:
      return "task-reclaimed";
    case QueueEvent::Kind::kArtifactCreated:
      return "artifact-created";
    case QueueEvent::Kind::kCompleted:
      return "task-completed";
    case QueueEvent::Kind::kFailed:
      return "task-failed";
    case QueueEvent::Kind::kException:
      return "task-exception";
  }
  return "unknown";
}

}  // namespace scriptworker::taskcluster
