// SPDX-License-Identifier: MPL-2.0
#include "cot/chain/upstream_artifacts.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/violation.h"
#include "scriptworker/base/glob.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace cot {
namespace {

using scriptworker::CancellationToken;
using scriptworker::json::Reader;
using scriptworker::json::Value;
using scriptworker::taskcluster::ArtifactName;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

absl::Status Malformed(const absl::Status& error) {
  return ToStatus(
      {.violation = Violation::kMalformedDependency, .message = std::string(error.message())});
}

// Of illegal paths in one message.
constexpr size_t kMaxPathsInText = 20;

// All illegal paths of all entries.
absl::Status CheckPaths(const std::vector<UpstreamArtifacts>& entries) {
  std::string message;
  size_t illegal = 0;
  for (const UpstreamArtifacts& entry : entries) {
    for (const std::string& path : entry.paths) {
      const absl::Status legal = CheckUpstreamPath(entry.task_id.str(), path);
      if (legal.ok() || ++illegal > kMaxPathsInText) continue;
      absl::StrAppend(&message, illegal == 1 ? "" : "\n", legal.message());
    }
  }
  if (illegal == 0) return absl::OkStatus();
  if (illegal > kMaxPathsInText) {
    absl::StrAppend(&message, "\n... and ", illegal - kMaxPathsInText, " more illegal paths");
  }
  return ToStatus({.violation = Violation::kIllegalUpstreamPath,
                   .message = std::move(message),
                   .expected = "relative paths without \"..\""});
}

absl::StatusOr<TaskId> ParseTaskId(const Reader& entry) {
  SW_ASSIGN_OR_RETURN(const std::string id, entry.String("taskId"));
  return TaskId::Parse(id);
}

absl::StatusOr<UpstreamTask> ParseTask(const Reader& entry) {
  SW_ASSIGN_OR_RETURN(TaskId task_id, ParseTaskId(entry));
  SW_ASSIGN_OR_RETURN(std::string type, entry.String("taskType"));
  return UpstreamTask{.task_id = std::move(task_id), .task_type = std::move(type)};
}

absl::StatusOr<UpstreamArtifacts> ParseEntry(const Reader& entry) {
  SW_ASSIGN_OR_RETURN(TaskId task_id, ParseTaskId(entry));
  SW_ASSIGN_OR_RETURN(std::vector<std::string> paths, entry.Strings("paths"));
  return UpstreamArtifacts{.task_id = std::move(task_id),
                           .paths = std::move(paths),
                           .optional = IsOptional(entry.value())};
}

// Paths or names, and whether they are optional.
using OptionalByPath = std::map<std::string_view, bool>;

void Want(std::string_view path, bool optional, OptionalByPath& paths) {
  bool& is_optional = paths[path];
  is_optional = is_optional || optional;
}

// Each once; optional in one entry is optional.
OptionalByPath PathsFor(const TaskId& task_id, const std::vector<UpstreamArtifacts>& entries) {
  OptionalByPath paths;
  for (const UpstreamArtifacts& entry : entries) {
    if (entry.task_id != task_id) continue;
    for (const std::string& path : entry.paths) Want(path, entry.optional, paths);
  }
  return paths;
}

// The elements of payload.upstreamArtifacts; none where it is absent.
absl::StatusOr<std::vector<Reader>> Entries(const TaskDefinition& task) {
  const Reader payload(task.payload(), "task.payload");
  const absl::StatusOr<std::optional<Reader>> list = payload.OptionalField("upstreamArtifacts");
  if (!list.ok()) return Malformed(list.status());
  if (!list->has_value()) return std::vector<Reader>();
  absl::StatusOr<std::vector<Reader>> entries = (*list)->Elements();
  if (!entries.ok()) return Malformed(entries.status());
  return entries;
}

}  // namespace

bool IsPattern(std::string_view path) { return absl::StrContains(path, '*'); }

absl::Status CheckUpstreamPath(std::string_view task_id, std::string_view path) {
  if (!absl::StrContains(path, "..") && ArtifactName::Parse(path).ok()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("upstreamArtifacts taskId ", task_id, " has illegal path ", path, "!"));
}

bool IsOptional(const Value& entry) {
  const Value* optional = entry.Find("optional");
  return optional != nullptr && optional->is_bool() && optional->bool_value();
}

absl::StatusOr<std::vector<UpstreamTask>> ParseUpstreamTasks(const TaskDefinition& task) {
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> entries, Entries(task));
  std::vector<UpstreamTask> tasks;
  for (const Reader& reader : entries) {
    absl::StatusOr<UpstreamTask> upstream = ParseTask(reader);
    if (!upstream.ok()) return Malformed(upstream.status());
    tasks.push_back(*std::move(upstream));
  }
  return tasks;
}

absl::StatusOr<std::vector<UpstreamArtifacts>> ParseUpstreamArtifacts(const TaskDefinition& task) {
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> entries, Entries(task));
  std::vector<UpstreamArtifacts> result;
  for (const Reader& reader : entries) {
    absl::StatusOr<UpstreamArtifacts> entry = ParseEntry(reader);
    if (!entry.ok()) return Malformed(entry.status());
    result.push_back(*std::move(entry));
  }
  SW_RETURN_IF_ERROR(CheckPaths(result));
  return result;
}

std::vector<WantedArtifact> WantedFrom(const TaskId& task_id,
                                       const std::vector<UpstreamArtifacts>& entries,
                                       const std::vector<std::string>& available,
                                       const CancellationToken& cancellation) {
  const OptionalByPath paths = PathsFor(task_id, entries);
  OptionalByPath names;
  for (const auto& [path, optional] : paths) {
    if (!IsPattern(path)) {
      Want(path, optional, names);
      continue;
    }
    for (const std::string& name : available) {
      if (cancellation.cancelled()) break;
      if (scriptworker::GlobMatch(path, name)) Want(name, optional, names);
    }
  }
  std::vector<WantedArtifact> wanted;
  for (const auto& [name, optional] : names) wanted.push_back({std::string(name), optional});
  return wanted;
}

size_t CountPatterns(const TaskId& task_id, const std::vector<UpstreamArtifacts>& entries) {
  const OptionalByPath paths = PathsFor(task_id, entries);
  return static_cast<size_t>(std::count_if(paths.begin(), paths.end(),
                                           [](const auto& path) { return IsPattern(path.first); }));
}

}  // namespace cot
