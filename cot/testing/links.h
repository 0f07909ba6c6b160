// SPDX-License-Identifier: MPL-2.0
#ifndef COT_TESTING_LINKS_H_
#define COT_TESTING_LINKS_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/violation.h"
#include "cot/policy/policy.h"
#include "gmock/gmock.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_definition.h"

namespace cot {

// Ids that are easy to tell apart in messages.
inline constexpr std::string_view kTargetId = "TargetAAQACAAAAAAAAAAA";
inline constexpr std::string_view kBuildId = "BuildBAAQACAAAAAAAAAAA";
inline constexpr std::string_view kDecisionId = "DecisionQACAAAAAAAAAAA";

// The JSON that `text` is; a failure of the test if it is none.
scriptworker::json::Value Json(std::string_view text);

// A complete task of scriptworker's, of decision kDecisionId, with the members
// of the JSON object `changes` in it: objects are merged, null takes a member
// out.
scriptworker::json::Value TaskJson(std::string_view changes = "{}");
scriptworker::taskcluster::TaskDefinition Task(std::string_view changes = "{}");

// A link of that task. `Create`'s errors are for tests of Create; here the task
// must be good.
Link MakeLink(std::string_view name, std::string_view task_id, std::string_view changes = "{}",
              Link::Role role = Link::Role::kUpstream);

// The built-in policy, and a product of it.
const Policy& BuiltInPolicy();
const Product& BuiltInProduct(std::string_view name);

std::vector<Violation> ViolationsOf(const std::vector<Finding>& findings);

// For gtest's messages.
inline void PrintTo(Violation violation, std::ostream* out) { *out << ViolationName(violation); }

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// A Status or StatusOr with a finding of that violation.
MATCHER_P(IsViolation, violation,
          std::string(negation ? "is not " : "is ") + std::string(ViolationName(violation))) {
  const absl::Status& status = StatusOf(arg);
  const std::optional<Finding> finding = GetFinding(status);
  if (!finding.has_value()) {
    *result_listener << "which is " << status;
    return false;
  }
  *result_listener << "which is " << ViolationName(finding->violation) << ": " << finding->message;
  return finding->violation == violation;
}

}  // namespace cot

#endif  // COT_TESTING_LINKS_H_
