// SPDX-License-Identifier: MPL-2.0
#include "cot/task_type_checks.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/task_type.h"
#include "cot/chain/worker_impl.h"

namespace cot {
namespace {

void CheckFromScriptworker(const Link& link, std::vector<Finding>& findings) {
  if (link.worker_impl() == WorkerImpl::kScriptworker) return;
  findings.push_back({.violation = Violation::kNotFromScriptworker,
                      .step = Step::kTaskTypes,
                      .link_name = link.name(),
                      .task_id = link.task_id().str(),
                      .message = absl::StrCat(link.Label(), " must be run from scriptworker!"),
                      .expected = std::string(ToString(WorkerImpl::kScriptworker)),
                      .found = std::string(ToString(link.worker_impl()))});
}

void CheckPool(const Link& link, const std::vector<std::string>& pools, std::string_view kind,
               Violation violation, std::string_view source, std::vector<Finding>& findings) {
  const std::string pool = link.worker_pool_id();
  if (std::find(pools.begin(), pools.end(), pool) != pools.end()) return;
  findings.push_back({.violation = violation,
                      .step = Step::kTaskTypes,
                      .link_name = link.name(),
                      .task_id = link.task_id().str(),
                      .message = absl::StrCat(pool, " is not a valid ", kind, " workerPoolId!"),
                      .expected = absl::StrJoin(pools, ", "),
                      .found = pool,
                      .source = std::string(source)});
}

}  // namespace

void CheckTaskType(const Link& link, const Product& product, std::vector<Finding>& findings) {
  if (HasOnlyScriptworkerCheck(link.type())) {
    CheckFromScriptworker(link, findings);
  } else if (link.type() == TaskType::kDockerImage) {
    CheckPool(link, product.docker_image_worker_pools, "docker-image",
              Violation::kDockerImageWorkerPool, "valid_docker_image_worker_pools", findings);
  } else if (IsDecisionOrAction(link.type())) {
    CheckPool(link, product.decision_worker_pools, "decision", Violation::kDecisionWorkerPool,
              "valid_decision_worker_pools", findings);
  }
  // All others rest on their decision task alone.
}

}  // namespace cot
