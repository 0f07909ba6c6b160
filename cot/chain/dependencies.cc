// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/dependencies.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/link_id.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::json::Reader;
using scriptworker::taskcluster::TaskId;

absl::StatusOr<std::vector<Dependency>> Inputs(const Link& link) {
  std::vector<Dependency> inputs;
  const Reader extra(link.task().extra(), "task.extra");
  SW_ASSIGN_OR_RETURN(std::optional<Reader> chain, extra.OptionalField("chainOfTrust"));
  if (!chain.has_value()) return inputs;
  SW_ASSIGN_OR_RETURN(std::optional<Reader> members, chain->OptionalField("inputs"));
  if (!members.has_value()) return inputs;
  SW_ASSIGN_OR_RETURN(auto list, members->Members());
  for (const auto& [type, reader] : list) {
    SW_ASSIGN_OR_RETURN(const std::string text, reader.AsString());
    SW_ASSIGN_OR_RETURN(TaskId id, TaskId::Parse(text));
    inputs.push_back({std::string(type), std::move(id)});
  }
  return inputs;
}

absl::Status InLink(const Link& link, Finding finding) {
  return ToStatus(About(link.id(), Step::kBuildChain, std::move(finding)));
}

absl::Status Malformed(const Link& link, std::string_view what) {
  return InLink(link, {.violation = Violation::kMalformedDependency,
                       .message = absl::StrCat(link.Label(), ": ", what)});
}

// Types get into logs and onto terminals as a part of names.
absl::Status CheckType(const Link& link, const Dependency& dependency) {
  const std::string& id = dependency.task_id.str();
  if (dependency.type.size() > kMaxDependencyTypeBytes) {
    return Malformed(
        link, absl::StrCat("the type of ", id, " has ", dependency.type.size(), " bytes, at most ",
                           kMaxDependencyTypeBytes, " are allowed"));
  }
  if (std::any_of(dependency.type.begin(), dependency.type.end(),
                  [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
    return Malformed(link, absl::StrCat("the type of ", id, " has control characters"));
  }
  return absl::OkStatus();
}

void SortByTypeAndTaskId(std::vector<Dependency>& dependencies) {
  std::vector<std::pair<std::string, Dependency>> keyed;
  keyed.reserve(dependencies.size());
  for (Dependency& dependency : dependencies) {
    std::string key = absl::StrCat(dependency.type, "_", dependency.task_id.str());
    keyed.emplace_back(std::move(key), std::move(dependency));
  }
  std::stable_sort(keyed.begin(), keyed.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::transform(keyed.begin(), keyed.end(), dependencies.begin(),
                 [](auto& entry) { return std::move(entry.second); });
}

}  // namespace

absl::StatusOr<std::vector<Dependency>> FindDependencies(const Link& link) {
  // The reference refuses a task without `extra`; so does this.
  if (link.task().raw().Find("extra") == nullptr) {
    return Malformed(link, "'extra'");
  }
  absl::StatusOr<std::vector<Dependency>> dependencies = Inputs(link);
  if (!dependencies.ok()) {
    return Malformed(link, dependencies.status().message());
  }
  if (link.role() == Link::Role::kTarget) {
    // Its paths are what the script will be told to read; those of other tasks are past.
    const absl::Status paths = ParseUpstreamArtifacts(link.task()).status();
    if (!paths.ok()) return InLink(link, FindingOf(paths));
  }
  const absl::StatusOr<std::vector<UpstreamTask>> upstream = ParseUpstreamTasks(link.task());
  if (!upstream.ok()) {
    return InLink(link, FindingOf(upstream.status()));
  }
  for (const UpstreamTask& task : *upstream) {
    dependencies->push_back({task.task_type, task.task_id});
  }
  for (const Dependency& dependency : *dependencies) {
    SW_RETURN_IF_ERROR(CheckType(link, dependency));
  }
  SortByTypeAndTaskId(*dependencies);
  dependencies->insert(dependencies->begin(), {std::string(kParentType), link.parent_task_id()});
  return dependencies;
}

}  // namespace cot
