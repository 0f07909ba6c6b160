// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/worker_impl.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/violation.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;
using scriptworker::taskcluster::TaskDefinition;

constexpr std::string_view kDocker = "docker-worker";
constexpr std::string_view kGeneric = "generic-worker";
constexpr std::string_view kScript = "scriptworker";

bool IsThere(const Value* value) { return value != nullptr && !value->is_null(); }

// Every implementation that some sign of the task points to.
std::set<std::string> Candidates(const TaskDefinition& task,
                                 const std::vector<std::string>& scriptworker_provisioners) {
  std::set<std::string> candidates;
  const auto add = [&](std::string_view impl) { candidates.insert(std::string(impl)); };
  if (IsTruthy(task.payload().Find("image"))) add(kDocker);
  const bool of_scriptworker =
      std::find(scriptworker_provisioners.begin(), scriptworker_provisioners.end(),
                task.provisioner_id()) != scriptworker_provisioners.end();
  if (of_scriptworker || task.provisioner_id() == "scriptworker-prov-v1") {
    add(kScript);
  }
  if (IsThere(task.payload().Find("mounts")) || IsThere(task.payload().Find("osGroups"))) {
    add(kGeneric);
  }
  for (const auto& [tag, value] : task.tags()) {
    if (tag == "worker-implementation" && !value.empty()) add(value);
  }
  for (const std::string& scope : task.scopes()) {
    if (absl::StartsWith(scope, "docker-worker:")) add(kDocker);
  }
  return candidates;
}

}  // namespace

std::string_view ToString(WorkerImpl impl) {
  switch (impl) {
    case WorkerImpl::kDockerWorker:
      return kDocker;
    case WorkerImpl::kGenericWorker:
      return kGeneric;
    case WorkerImpl::kScriptworker:
      return kScript;
  }
  return "";
}

std::optional<WorkerImpl> FindWorkerImpl(std::string_view name) {
  for (const WorkerImpl impl :
       {WorkerImpl::kDockerWorker, WorkerImpl::kGenericWorker, WorkerImpl::kScriptworker}) {
    if (name == ToString(impl)) return impl;
  }
  return std::nullopt;
}

absl::StatusOr<WorkerImpl> GuessWorkerImpl(
    const TaskDefinition& task, const std::vector<std::string>& scriptworker_provisioners,
    std::string_view link_name) {
  const std::set<std::string> candidates = Candidates(task, scriptworker_provisioners);
  if (candidates.size() > 1) {
    return ToStatus({.violation = Violation::kAmbiguousWorkerImplementation,
                     .link_name = std::string(link_name),
                     .message = absl::StrCat("guess_worker_impl: too many matches for ", link_name,
                                             ": {", absl::StrJoin(candidates, ", "), "}"),
                     .expected = "one worker implementation"});
  }
  if (!candidates.empty()) {
    if (const auto impl = FindWorkerImpl(*candidates.begin())) return *impl;
  }
  return ToStatus(
      {.violation = Violation::kUnknownWorkerImplementation,
       .link_name = std::string(link_name),
       .message = absl::StrCat("guess_worker_impl: can't find a worker_impl for ", link_name, "!"),
       .expected = "docker-worker, generic-worker or scriptworker",
       .found = absl::StrJoin(candidates, ", ")});
}

}  // namespace cot
