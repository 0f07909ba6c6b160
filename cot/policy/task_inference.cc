// SPDX-License-Identifier: MPL-2.0
#include "cot/policy/task_inference.h"

#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cot/chain/worker_impl.h"
#include "cot/policy/restricted_scope.h"

namespace cot {
namespace {

using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

std::string_view Kind(const TaskDefinition& task) {
  for (const auto& [name, value] : task.tags()) {
    if (name == "kind") return value;
  }
  return "";
}

// The pool as provisioner and worker type, from either spelling.
std::pair<std::string, std::string> Pool(const TaskDefinition& task) {
  if (!task.provisioner_id().empty()) return {task.provisioner_id(), task.worker_type()};
  const std::string& queue = task.task_queue_id();
  const size_t slash = queue.find('/');
  if (slash == std::string::npos) return {queue, ""};
  return {queue.substr(0, slash), queue.substr(slash + 1)};
}

constexpr TaskType kPlainTypes[] = {TaskType::kBuild, TaskType::kL10n, TaskType::kRepackage,
                                    TaskType::kPartials};

bool IsLevel(char c) { return c >= '1' && c <= '3'; }

// "gecko" of "gecko-3" and of "gecko-3-signing"; nullopt without such a beginning.
std::optional<std::string> DomainBeforeLevel(std::string_view text) {
  for (size_t dash = text.find('-'); dash != std::string_view::npos;
       dash = text.find('-', dash + 1)) {
    const size_t level = dash + 1;
    if (level >= text.size() || !IsLevel(text[level])) continue;
    if (level + 1 == text.size() || text[level + 1] == '-') {
      return std::string(text.substr(0, dash));
    }
  }
  return std::nullopt;
}

std::optional<std::string> DomainOfScheduler(std::string_view scheduler) {
  if (scheduler.empty() || !IsLevel(scheduler.back())) return std::nullopt;
  scheduler.remove_suffix(1);
  if (!absl::ConsumeSuffix(&scheduler, "-level-")) return std::nullopt;
  return std::string(scheduler);
}

bool IsOfDomain(const Product& product, std::string_view domain) {
  return absl::c_any_of(product.decision_worker_pools, [&](const std::string& pool) {
    return DomainBeforeLevel(std::string_view(pool).substr(0, pool.find('/'))) == domain;
  });
}

bool Restricts(const Product& product, std::string_view scope) {
  return absl::c_any_of(product.restricted_scopes, [&](const RestrictedScope& restricted) {
    return restricted.Matches(scope);
  });
}

absl::Status AskForProduct(std::string_view why, const Policy& policy) {
  return absl::InvalidArgumentError(absl::StrCat("cannot tell the product of the task: ", why,
                                                 "; say --cot-product, one of ",
                                                 policy.ProductNames()));
}

}  // namespace

absl::StatusOr<TaskType> InferTaskType(const TaskId& task_id, const TaskDefinition& task,
                                       const Policy& policy, const Product& product) {
  const absl::StatusOr<WorkerImpl> impl =
      GuessWorkerImpl(task, policy.scriptworker_provisioners, task_id.str());
  const std::optional<TaskType> kind = ParseTaskType(Kind(task));
  // Who is nobody's is refused for that, as any type.
  if (!impl.ok() || *impl == WorkerImpl::kScriptworker) {
    return kind.has_value() && HasOnlyScriptworkerCheck(*kind) ? *kind : TaskType::kScriptworker;
  }
  if (task.task_group_id() == task_id) return TaskType::kDecision;
  if (IsAction(task)) return TaskType::kAction;
  const auto [provisioner, worker_type] = Pool(task);
  if (kind == TaskType::kDockerImage ||
      absl::c_linear_search(product.docker_image_worker_pools,
                            absl::StrCat(provisioner, "/", worker_type))) {
    return TaskType::kDockerImage;
  }
  if (kind.has_value() && absl::c_linear_search(kPlainTypes, *kind)) return *kind;
  return absl::InvalidArgumentError(absl::StrCat(
      "cannot tell the type of the task (its kind is \"", Kind(task), "\", it runs in ",
      provisioner, "/", worker_type, "); say --task-type, one of ", TaskTypeNames()));
}

absl::StatusOr<std::string> InferProduct(const TaskDefinition& task, const Policy& policy) {
  const auto [provisioner, worker_type] = Pool(task);
  std::set<std::string> domains;
  for (std::optional<std::string> domain :
       {DomainOfScheduler(task.scheduler_id()), DomainBeforeLevel(provisioner),
        DomainBeforeLevel(worker_type)}) {
    if (domain.has_value()) domains.insert(*std::move(domain));
  }
  if (domains.empty()) return AskForProduct("nothing in it names a trust domain", policy);
  if (domains.size() > 1) {
    return AskForProduct(
        absl::StrCat("it names several trust domains (", absl::StrJoin(domains, ", "), ")"),
        policy);
  }
  std::vector<std::string> products;
  for (const auto& [name, product] : policy.products) {
    if (IsOfDomain(product, *domains.begin())) products.push_back(name);
  }
  if (products.size() != 1) {
    return AskForProduct(
        absl::StrCat("trust domain ", *domains.begin(), " has ",
                     products.empty() ? "no product" : "several: " + absl::StrJoin(products, ", ")),
        policy);
  }
  const Product& chosen = policy.products.find(products.front())->second;
  for (const std::string& scope : task.scopes()) {
    if (Restricts(chosen, scope)) continue;
    for (const auto& [name, product] : policy.products) {
      if (!Restricts(product, scope)) continue;
      return AskForProduct(absl::StrCat("its trust domain is that of ", products.front(),
                                        ", but scope ", scope, " is restricted by ", name),
                           policy);
    }
  }
  return products.front();
}

}  // namespace cot
