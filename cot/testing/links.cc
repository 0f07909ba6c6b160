// SPDX-License-Identifier: MPL-2.0
#include "cot/testing/links.h"

#include <utility>

#include "absl/log/check.h"
#include "gtest/gtest.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/member.h"
#include "scriptworker/json/object.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::json::Object;
using scriptworker::json::Value;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

constexpr std::string_view kTask = R"({
  "provisionerId": "scriptworker-k8s",
  "workerType": "gecko-3-signing",
  "schedulerId": "gecko-level-3",
  "taskGroupId": "DecisionQACAAAAAAAAAAA",
  "dependencies": ["DecisionQACAAAAAAAAAAA"],
  "requires": "all-completed",
  "routes": [],
  "priority": "low",
  "retries": 5,
  "created": "2026-05-01T10:00:00.000Z",
  "deadline": "2026-05-02T10:00:00.000Z",
  "expires": "2027-05-01T10:00:00.000Z",
  "scopes": [],
  "payload": {"maxRunTime": 600},
  "metadata": {
    "name": "a task",
    "description": "for tests",
    "owner": "nobody@example.com",
    "source": "https://hg.mozilla.org/mozilla-central/file/abc/taskcluster"
  },
  "tags": {},
  "extra": {}
})";

// JSON merge patch (RFC 7396).
Value Merged(const Value& base, const Value& changes) {
  if (!changes.is_object()) return changes;
  Object result = base.is_object() ? base.object() : Object();
  for (const scriptworker::json::Member& member : changes.object()) {
    if (member.value().is_null()) {
      result.Erase(member.key());
      continue;
    }
    const Value* old = result.Find(member.key());
    result.Set(member.key_as_value(), Merged(old == nullptr ? Value() : *old, member.value()));
  }
  return Value(std::move(result));
}

}  // namespace

Value Json(std::string_view text) {
  absl::StatusOr<Value> value = scriptworker::json::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status() << " in " << text;
  return value.ok() ? *std::move(value) : Value();
}

Value TaskJson(std::string_view changes) { return Merged(Json(kTask), Json(changes)); }

TaskDefinition Task(std::string_view changes) {
  absl::StatusOr<TaskDefinition> task = TaskDefinition::FromJson(TaskJson(changes), "task");
  CHECK_OK(task);
  return *std::move(task);
}

Link MakeLink(std::string_view name, std::string_view task_id, std::string_view changes,
              Link::Role role) {
  const absl::StatusOr<TaskId> id = TaskId::Parse(task_id);
  CHECK_OK(id);
  absl::StatusOr<Link> link = Link::Create(std::string(name), *id, Task(changes), role,
                                           {"scriptworker-k8s", "scriptworker-prov-v1"});
  CHECK_OK(link);
  return *std::move(link);
}

const Policy& BuiltInPolicy() {
  static const LoadedPolicy& loaded = *new LoadedPolicy([] {
    absl::StatusOr<LoadedPolicy> policy = LoadDefaultPolicy();
    CHECK_OK(policy);
    return *std::move(policy);
  }());
  return loaded.policy;
}

const Product& BuiltInProduct(std::string_view name) {
  const Product* product = BuiltInPolicy().FindProduct(name);
  CHECK(product != nullptr) << name;
  return *product;
}

std::vector<Violation> ViolationsOf(const std::vector<Finding>& findings) {
  std::vector<Violation> violations;
  for (const Finding& finding : findings) {
    violations.push_back(finding.violation);
  }
  return violations;
}

}  // namespace cot
