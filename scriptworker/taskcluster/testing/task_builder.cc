// SPDX-License-Identifier: MPL-2.0

#include "scriptworker/taskcluster/testing/task_builder.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/timestamp.h"

namespace scriptworker::taskcluster {
namespace {

json::Value Strings(const std::vector<std::string>& strings) {
  json::Array array;
  for (const std::string& string : strings) array.push_back(string);
  return array;
}

void SetIn(json::Object& object, std::string_view outer, std::string_view inner,
           json::Value value) {
  json::Value* member = object.FindOrAdd(outer);
  if (!member->is_object()) *member = json::Object();
  member->mutable_object()->Set(inner, std::move(value));
}

}  // namespace

TaskBuilder::TaskBuilder(absl::Time now) {
  Queue("test-provisioner", "test-worker");
  definition_.Set("created", FormatTimestamp(now));
  Deadline(now + absl::Hours(1));
  Expires(now + absl::Hours(24));
  definition_.Set("payload", json::Object{{"maxRunTime", 600}});
  definition_.Set("metadata", json::Object{{"name", "a test task"},
                                           {"description", "made by a test"},
                                           {"owner", "nobody@example.com"},
                                           {"source", "https://example.com/tests"}});
}

TaskBuilder& TaskBuilder::Queue(std::string_view provisioner_id, std::string_view worker_type) {
  definition_.Set("provisionerId", provisioner_id);
  definition_.Set("workerType", worker_type);
  return *this;
}

TaskBuilder& TaskBuilder::Name(std::string_view name) {
  SetIn(definition_, "metadata", "name", name);
  return *this;
}

TaskBuilder& TaskBuilder::Source(std::string_view url) {
  SetIn(definition_, "metadata", "source", url);
  return *this;
}

TaskBuilder& TaskBuilder::Payload(json::Value payload) {
  return Set("payload", std::move(payload));
}

TaskBuilder& TaskBuilder::MaxRunTime(absl::Duration limit) {
  SetIn(definition_, "payload", "maxRunTime", absl::ToInt64Seconds(limit));
  return *this;
}

TaskBuilder& TaskBuilder::Scopes(const std::vector<std::string>& scopes) {
  return Set("scopes", Strings(scopes));
}

TaskBuilder& TaskBuilder::Dependencies(const std::vector<std::string>& task_ids) {
  return Set("dependencies", Strings(task_ids));
}

TaskBuilder& TaskBuilder::Requires(std::string_view rule) { return Set("requires", rule); }

TaskBuilder& TaskBuilder::TaskGroupId(std::string_view id) { return Set("taskGroupId", id); }

TaskBuilder& TaskBuilder::SchedulerId(std::string_view id) { return Set("schedulerId", id); }

TaskBuilder& TaskBuilder::Priority(std::string_view priority) { return Set("priority", priority); }

TaskBuilder& TaskBuilder::Retries(int retries) { return Set("retries", retries); }

TaskBuilder& TaskBuilder::Deadline(absl::Time deadline) {
  return Set("deadline", FormatTimestamp(deadline));
}

TaskBuilder& TaskBuilder::Expires(absl::Time expires) {
  return Set("expires", FormatTimestamp(expires));
}

TaskBuilder& TaskBuilder::Extra(json::Value extra) { return Set("extra", std::move(extra)); }

TaskBuilder& TaskBuilder::Set(std::string_view member, json::Value value) {
  definition_.Set(member, std::move(value));
  return *this;
}

json::Value TaskBuilder::Build() const { return definition_; }

json::Value WithFreshDates(const json::Value& definition, absl::Time now) {
  const json::Value* created = definition.Find("created");
  if (created == nullptr || !created->is_string()) return definition;
  const absl::StatusOr<absl::Time> then = ParseTimestamp(created->string_value());
  if (!then.ok()) return definition;
  json::Object fresh = definition.object();
  for (std::string_view key : {"created", "deadline", "expires"}) {
    const json::Value* value = definition.Find(key);
    if (value == nullptr || !value->is_string()) continue;
    const absl::StatusOr<absl::Time> time = ParseTimestamp(value->string_value());
    if (time.ok()) fresh.Set(key, FormatTimestamp(now + (*time - *then)));
  }
  return fresh;
}

}  // namespace scriptworker::taskcluster
