// SPDX-License-Identifier: MPL-2.0
//
// Task definitions that createTask accepts, for tests that care about one thing.

#ifndef SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_BUILDER_H_
#define SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_BUILDER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "scriptworker/json/value.h"

namespace scriptworker::taskcluster {

// Begins with a task for queue `test-provisioner/test-worker` that is created
// now, has a deadline in an hour, expires in a day, and a payload of
// {"maxRunTime": 600}. Each setter replaces. Thread-compatible value.
class TaskBuilder {
 public:
  explicit TaskBuilder(absl::Time now);

  TaskBuilder& Queue(std::string_view provisioner_id, std::string_view worker_type);
  TaskBuilder& Name(std::string_view name);  // metadata.name
  TaskBuilder& Source(std::string_view url);
  TaskBuilder& Payload(json::Value payload);
  TaskBuilder& MaxRunTime(absl::Duration limit);  // payload.maxRunTime
  TaskBuilder& Scopes(const std::vector<std::string>& scopes);
  TaskBuilder& Dependencies(const std::vector<std::string>& task_ids);
  TaskBuilder& Requires(std::string_view rule);  // "all-resolved"
  TaskBuilder& TaskGroupId(std::string_view id);
  TaskBuilder& SchedulerId(std::string_view id);
  TaskBuilder& Priority(std::string_view priority);
  TaskBuilder& Retries(int retries);
  TaskBuilder& Deadline(absl::Time deadline);
  TaskBuilder& Expires(absl::Time expires);
  TaskBuilder& Extra(json::Value extra);
  // Any other member.
  TaskBuilder& Set(std::string_view member, json::Value value);

  json::Value Build() const;

 private:
  json::Object definition_;
};

// `definition`, as a queue once gave it, with created, deadline and expires
// moved so that it was created now.
json::Value WithFreshDates(const json::Value& definition, absl::Time now);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_TESTING_TASK_BUILDER_H_
