// SPDX-License-Identifier: MPL-2.0
#include "cot/upstream_artifacts.h"

#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/violation.h"
#include "scriptworker/base/glob.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace cot {
namespace {

using scriptworker::json::Reader;
using scriptworker::taskcluster::ArtifactName;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

absl::Status Malformed(const absl::Status& error) {
  return ToStatus(
      {.violation = Violation::kMalformedDependency, .message = std::string(error.message())});
}

absl::Status CheckPath(const TaskId& task_id, std::string_view path) {
  // ".." anywhere, also within a name, as in the reference.
  if (absl::StrContains(path, "..") || !ArtifactName::Parse(path).ok()) {
    return ToStatus({.violation = Violation::kIllegalUpstreamPath,
                     .task_id = task_id.str(),
                     .message = absl::StrCat("upstreamArtifacts taskId ", task_id.str(),
                                             " has illegal path ", path, "!"),
                     .expected = "a relative path without \"..\""});
  }
  return absl::OkStatus();
}

bool IsExactlyTrue(const scriptworker::json::Value* value) {
  return value != nullptr && value->is_bool() && value->bool_value();
}

absl::StatusOr<UpstreamArtifacts> ParseEntry(const Reader& entry) {
  SW_ASSIGN_OR_RETURN(const std::string id, entry.String("taskId"));
  absl::StatusOr<TaskId> task_id = TaskId::Parse(id);
  SW_RETURN_IF_ERROR(task_id.status());
  SW_ASSIGN_OR_RETURN(std::string type, entry.String("taskType"));
  SW_ASSIGN_OR_RETURN(std::vector<std::string> paths, entry.Strings("paths"));
  return UpstreamArtifacts{.task_id = *std::move(task_id),
                           .task_type = std::move(type),
                           .paths = std::move(paths),
                           .optional = IsExactlyTrue(entry.value().Find("optional"))};
}

}  // namespace

bool IsGlob(std::string_view path) { return absl::StrContains(path, '*'); }

absl::StatusOr<std::vector<UpstreamArtifacts>> ParseUpstreamArtifacts(const TaskDefinition& task) {
  std::vector<UpstreamArtifacts> result;
  const Reader payload(task.payload(), "task.payload");
  const absl::StatusOr<std::optional<Reader>> list = payload.OptionalField("upstreamArtifacts");
  if (!list.ok()) return Malformed(list.status());
  if (!list->has_value()) return result;
  const absl::StatusOr<std::vector<Reader>> entries = (*list)->Elements();
  if (!entries.ok()) return Malformed(entries.status());
  for (const Reader& reader : *entries) {
    absl::StatusOr<UpstreamArtifacts> entry = ParseEntry(reader);
    if (!entry.ok()) return Malformed(entry.status());
    for (const std::string& path : entry->paths) {
      SW_RETURN_IF_ERROR(CheckPath(entry->task_id, path));
    }
    result.push_back(*std::move(entry));
  }
  return result;
}

std::vector<WantedArtifact> WantedFrom(const TaskId& task_id,
                                       const std::vector<UpstreamArtifacts>& entries,
                                       const std::vector<std::string>& available) {
  std::map<std::string, bool> optional_by_name;
  const auto want = [&](const std::string& name, bool optional) {
    bool& is_optional = optional_by_name[name];
    is_optional = is_optional || optional;
  };
  for (const UpstreamArtifacts& entry : entries) {
    if (entry.task_id != task_id) continue;
    for (const std::string& path : entry.paths) {
      if (!IsGlob(path)) {
        want(path, entry.optional);
        continue;
      }
      for (const std::string& name : available) {
        if (scriptworker::GlobMatch(path, name)) want(name, entry.optional);
      }
    }
  }
  std::vector<WantedArtifact> wanted;
  for (const auto& [name, optional] : optional_by_name) {
    wanted.push_back({name, optional});
  }
  return wanted;
}

}  // namespace cot
