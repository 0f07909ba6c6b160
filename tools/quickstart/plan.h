// SPDX-License-Identifier: MPL-2.0
//
// The quickstart's tasks, and what must become of them.

#ifndef TOOLS_QUICKSTART_PLAN_H_
#define TOOLS_QUICKSTART_PLAN_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/json/value.h"

namespace scriptworker::tools {

struct PlannedRun {
  std::string resolution;  // "completed", "failed", "intermittent-task", ...
  // The names of what is uploaded, but for log and chain of trust.
  std::vector<std::string> artifacts = {};
  bool has_chain_of_trust = true;
};

struct PlannedTask {
  std::string name;
  std::string purpose;
  json::Value definition;
  std::vector<PlannedRun> runs;
  int min_reclaims = 0;
  // What some artifacts must be: SHA-256 by name.
  std::map<std::string, std::string> hashes = {};
};

// How long the local Taskcluster's claims live, and how often the worker renews
// them. The longest task lives through two of them.
inline constexpr absl::Duration kClaim = absl::Seconds(5);
inline constexpr absl::Duration kReclaimInterval = absl::Seconds(2);

// All for one queue: that of the recorded task, whose scenario.json is at
// `recorded_scenario`.
struct Plan {
  static absl::StatusOr<Plan> Make(const std::string& recorded_scenario, absl::Time now);

  std::string provisioner_id;
  std::string worker_type;
  std::vector<PlannedTask> tasks;
};

}  // namespace scriptworker::tools

#endif  // TOOLS_QUICKSTART_PLAN_H_
