// SPDX-License-Identifier: MPL-2.0
//
// A recorded scenario of testdata/recordings: what a client sent to the real
// services, and what they answered.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/http/headers.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/testing/wire.h"

namespace scriptworker::taskcluster::fake {

struct RecordedEntry {
  absl::Time time;
  std::string server;   // "queue", "s3", "auth", "object", "worker-manager", "none"
  std::string comment;  // the step's label
  WireRequest request;
  int status = 0;  // 0: there was no answer
  http::Headers headers;
  std::string body;         // decoded
  bool injected = false;    // answered by the recorder's proxy
  bool incomplete = false;  // the answer was cut short
};

struct RecordedTask {
  std::string name;  // in the scenario
  std::string task_id;
  json::Value definition;
  absl::Time created;
};

struct Recording {
  // Reads scenario.json and exchange.har of a folder.
  static absl::StatusOr<Recording> Load(const std::string& folder);

  const RecordedTask* FindTask(std::string_view task_name) const;

  std::string name;
  std::vector<RecordedTask> tasks;  // in the order of their creation
  std::vector<RecordedEntry> entries;
  json::Value scenario;
};

}  // namespace scriptworker::taskcluster::fake

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_RECORDING_H_
