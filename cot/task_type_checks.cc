// SPDX-License-Identifier: MPL-2.0
#include "cot/task_type_checks.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cot/chain/link_id.h"
#include "cot/chain/task_type.h"
#include "cot/chain/worker_impl.h"

namespace cot {
namespace {

void Add(const Link& link, Finding finding, std::vector<Finding>& findings) {
  findings.push_back(About(link.id(), Step::kTaskTypes, std::move(finding)));
}

void CheckFromScriptworker(const Link& link, std::vector<Finding>& findings) {
  if (link.worker_impl() == WorkerImpl::kScriptworker) return;
  Add(link,
      {.violation = Violation::kNotFromScriptworker,
       .message = absl::StrCat(link.Label(), " must be run from scriptworker!"),
       .expected = std::string(ToString(WorkerImpl::kScriptworker)),
       .found = std::string(ToString(link.worker_impl()))},
      findings);
}

void CheckPool(const Link& link, const std::vector<std::string>& pools, std::string_view kind,
               Violation violation, std::string_view source, std::vector<Finding>& findings) {
  const std::string pool = link.worker_pool_id();
  if (std::find(pools.begin(), pools.end(), pool) != pools.end()) return;
  Add(link,
      {.violation = violation,
       .message = absl::StrCat(pool, " is not a valid ", kind, " workerPoolId!"),
       .expected = absl::StrJoin(pools, ", "),
       .found = pool,
       .source = std::string(source)},
      findings);
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
