// SPDX-License-Identifier: MPL-2.0
#include "cot/worker_checks.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_env.h"
#include "cot/chain/worker_impl.h"
#include "scriptworker/json/truth.h"
#include "scriptworker/json/value.h"

namespace cot {
namespace {

using scriptworker::json::Value;

void Add(const Link& link, Violation violation, std::string message,
         std::vector<Finding>& findings) {
  findings.push_back(About(link.id(), Step::kWorkerImplementations,
                           {.violation = violation, .message = std::move(message)}));
}

void AddInteractive(const Link& link, std::string_view where, std::vector<Finding>& findings) {
  Add(link, Violation::kInteractive, absl::StrCat(link.name(), " is interactive: ", where, "!"),
      findings);
}

void CheckDockerWorker(const Link& link, std::vector<Finding>& findings) {
  const Value& payload = link.task().payload();
  const Value* features = payload.Find("features");
  const Value* env = payload.Find("env");
  if (features == nullptr || !features->is_object() || env == nullptr || !env->is_object()) {
    Add(link, Violation::kMalformedPayload,
        absl::StrCat("check_interactive_docker_worker: ", link.name(),
                     " task definition is malformed!"),
        findings);
    return;
  }
  if (IsTruthy(features->Find("interactive"))) {
    AddInteractive(link, "task.payload.features.interactive", findings);
  }
  if (IsTruthy(env->Find("TASKCLUSTER_INTERACTIVE"))) {
    AddInteractive(link, "task.payload.env.TASKCLUSTER_INTERACTIVE", findings);
  }
}

void CheckGenericWorker(const Link& link, std::vector<Finding>& findings) {
  if (link.task().raw().Find("scopes") == nullptr) {
    Add(link, Violation::kMalformedPayload,
        absl::StrCat("check_interactive_generic_worker: ", link.name(),
                     " task definition is malformed!"),
        findings);
    return;
  }
  if (IsTruthy(link.task().payload().Find("rdpInfo"))) {
    AddInteractive(link, "task.payload.rdpInfo", findings);
  }
  for (const std::string& scope : link.task().scopes()) {
    if (absl::StartsWith(scope, "generic-worker:allow-rdp:")) {
      AddInteractive(link, scope, findings);
    }
  }
}

}  // namespace

void CheckNotInteractive(const Link& link, std::vector<Finding>& findings) {
  switch (link.worker_impl()) {
    case WorkerImpl::kDockerWorker:
      CheckDockerWorker(link, findings);
      return;
    case WorkerImpl::kGenericWorker:
      CheckGenericWorker(link, findings);
      return;
    case WorkerImpl::kScriptworker:
      return;  // It has no way in.
  }
}

void CheckEnvironment(const Link& link, std::string_view source_env_prefix,
                      std::vector<Finding>& findings) {
  const std::optional<std::string> name = FindMalformedVariable(link.task(), source_env_prefix);
  if (!name.has_value()) return;
  Add(link, Violation::kMalformedPayload,
      absl::StrCat(link.Label(), ": ", *name, " is of another type than expected!"), findings);
}

}  // namespace cot
