// SPDX-License-Identifier: MPL-2.0
#include "cot/dependencies.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cot/upstream_artifacts.h"
#include "cot/violation.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {
namespace {

using scriptworker::json::Reader;
using scriptworker::taskcluster::TaskId;

std::string SortKey(const LinkId& dependency) {
  return absl::StrCat(dependency.name, "_", dependency.task_id.str());
}

absl::StatusOr<std::vector<LinkId>> Inputs(const Link& link) {
  std::vector<LinkId> inputs;
  const Reader extra(link.task().extra(), "task.extra");
  SW_ASSIGN_OR_RETURN(std::optional<Reader> chain, extra.OptionalField("chainOfTrust"));
  if (!chain.has_value()) return inputs;
  SW_ASSIGN_OR_RETURN(std::optional<Reader> members, chain->OptionalField("inputs"));
  if (!members.has_value()) return inputs;
  SW_ASSIGN_OR_RETURN(auto list, members->Members());
  for (const auto& [type, reader] : list) {
    SW_ASSIGN_OR_RETURN(const std::string text, reader.AsString());
    SW_ASSIGN_OR_RETURN(TaskId id, TaskId::Parse(text));
    inputs.push_back({absl::StrCat(link.name(), ":", type), std::move(id)});
  }
  return inputs;
}

absl::Status InLink(const Link& link, Finding finding) {
  finding.link_name = link.name();
  finding.task_id = link.task_id().str();
  return ToStatus(finding);
}

absl::Status Malformed(const Link& link, std::string_view what) {
  return InLink(link, {.violation = Violation::kMalformedDependency,
                       .message = absl::StrCat(link.Label(), ": ", what)});
}

}  // namespace

absl::StatusOr<std::vector<LinkId>> FindDependencies(const Link& link) {
  // The reference refuses a task without `extra`; so does this.
  if (link.task().raw().Find("extra") == nullptr) {
    return Malformed(link, "'extra'");
  }
  absl::StatusOr<std::vector<LinkId>> dependencies = Inputs(link);
  if (!dependencies.ok()) {
    return Malformed(link, dependencies.status().message());
  }
  absl::StatusOr<std::vector<UpstreamArtifacts>> upstream = ParseUpstreamArtifacts(link.task());
  if (!upstream.ok()) {
    return InLink(link, GetFinding(upstream.status()).value_or(Finding{}));
  }
  for (const UpstreamArtifacts& entry : *upstream) {
    dependencies->push_back({absl::StrCat(link.name(), ":", entry.task_type), entry.task_id});
  }
  // They get into logs and onto terminals as a part of names.
  for (const LinkId& dependency : *dependencies) {
    if (std::any_of(dependency.name.begin(), dependency.name.end(),
                    [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
      return Malformed(
          link, absl::StrCat("the type of ", dependency.task_id.str(), " has control characters"));
    }
  }
  std::stable_sort(dependencies->begin(), dependencies->end(),
                   [](const LinkId& a, const LinkId& b) { return SortKey(a) < SortKey(b); });
  dependencies->insert(dependencies->begin(),
                       {absl::StrCat(link.name(), ":parent"), link.parent_task_id()});
  return dependencies;
}

}  // namespace cot
