// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_STATE_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_STATE_H_

#include <map>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/taskcluster/testing/artifact_store.h"
#include "scriptworker/taskcluster/testing/credential_issuer.h"
#include "scriptworker/taskcluster/testing/object_store.h"
#include "scriptworker/taskcluster/testing/task_store.h"

namespace scriptworker::taskcluster::fake {

struct QueueTimes {
  absl::Duration poll;          // of an empty claimWork
  absl::Duration claim;         // until takenUntil
  absl::Duration upload_url;    // of a presigned PUT
  absl::Duration download_url;  // of a presigned GET
};

// An upload in the object service.
struct ObjectUpload {
  std::string upload_id;
  bool finished = false;
};

// What the endpoints of the services share. Outlives them.
struct QueueState {
  QueueState(Clock& clock_arg, QueueTimes times_arg, ObjectStore& objects_arg,
             CredentialIssuer& issuer_arg)
      : clock(clock_arg), objects(objects_arg), issuer(issuer_arg), times(times_arg) {}

  Clock& clock;
  ObjectStore& objects;
  CredentialIssuer& issuer;

  absl::Mutex mutex;  // of all that follows
  QueueTimes times;
  TaskStore tasks;
  ArtifactStore artifacts;
  std::map<std::string, ObjectUpload, std::less<>> uploads;  // by object name
  bool shut_down = false;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_QUEUE_STATE_H_
