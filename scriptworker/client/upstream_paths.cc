// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/upstream_paths.h"

#include <sys/stat.h>

#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/glob.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/json/json_reader.h"
#include "scriptworker/json/value.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {
namespace {

using json::Reader;
using taskcluster::TaskId;

// What a script needs of an entry: less than the worker, which wants to know
// the task's type as well.
struct Entry {
  std::string task_id;
  std::vector<std::string> names;
  bool optional = false;
};

absl::StatusOr<std::vector<Entry>> ReadEntries(const json::Value& task) {
  std::vector<Entry> entries;
  SW_ASSIGN_OR_RETURN(const Reader payload, Reader(task, "task.json").Field("payload"));
  SW_ASSIGN_OR_RETURN(const std::optional<Reader> list, payload.OptionalField("upstreamArtifacts"));
  if (!list.has_value()) return entries;
  SW_ASSIGN_OR_RETURN(const std::vector<Reader> elements, list->Elements());
  for (const Reader& element : elements) {
    Entry entry;
    SW_ASSIGN_OR_RETURN(entry.task_id, element.String("taskId"));
    SW_RETURN_IF_ERROR(TaskId::Parse(entry.task_id).status());
    SW_ASSIGN_OR_RETURN(entry.names, element.Strings("paths"));
    entry.optional = cot::IsOptional(element.value());
    for (const std::string& name : entry.names) {
      SW_RETURN_IF_ERROR(cot::CheckUpstreamPath(entry.task_id, name));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

absl::StatusOr<std::vector<std::string>> Matching(const std::string& directory,
                                                  std::string_view pattern) {
  std::vector<std::string> paths;
  const absl::StatusOr<FileListing> listing = ListFiles(directory);
  if (absl::IsNotFound(listing.status())) return paths;
  if (!listing.ok()) return ScriptError(ErrorKind::kTask, listing.status().message());
  for (const std::string& name : listing->files) {
    if (GlobMatch(pattern, name)) paths.push_back(JoinPath(directory, name));
  }
  return paths;
}

// Also what lies below a file: there is nothing.
bool IsMissing(const absl::Status& opened, const std::string& path) {
  struct stat info = {};
  return absl::IsNotFound(opened) || (::lstat(path.c_str(), &info) != 0 && errno == ENOTDIR);
}

// Of a file that is there, or may be: a link, no regular file, or one that the machine does not
// give.
absl::Status Unusable(const absl::Status& opened) {
  const bool is_tasks = absl::IsFailedPrecondition(opened) || absl::IsInvalidArgument(opened);
  return ScriptError(is_tasks ? ErrorKind::kTask : ErrorKind::kScriptWorker,
                     absl::StrCat("upstream artifact: ", opened.message()));
}

}  // namespace

absl::StatusOr<UpstreamPaths> FindUpstreamArtifacts(const ScriptConfig& config,
                                                    const json::Value& task, Logger& log) {
  SW_ASSIGN_OR_RETURN(const std::string work_dir, config.WorkDir());
  const absl::StatusOr<std::vector<Entry>> entries = ReadEntries(task);
  if (!entries.ok()) return TaskError(entries.status().message(), kMalformedPayload);
  // A name is optional if any entry of its task says so, as in the reference.
  std::set<std::pair<std::string, std::string>> optional;
  for (const Entry& entry : *entries) {
    if (!entry.optional) continue;
    for (const std::string& name : entry.names) optional.emplace(entry.task_id, name);
  }
  UpstreamPaths paths;
  for (const Entry& entry : *entries) {
    const std::string directory = JoinPath(work_dir, cot::UpstreamPath(entry.task_id));
    for (const std::string& name : entry.names) {
      if (cot::IsPattern(name)) {
        SW_ASSIGN_OR_RETURN(const std::vector<std::string> found, Matching(directory, name));
        if (found.empty()) continue;
        std::vector<std::string>& all = paths.found[entry.task_id];
        all.insert(all.end(), found.begin(), found.end());
        continue;
      }
      const std::string path = JoinPath(directory, name);
      const absl::Status opened = OpenFileBeneath(directory, name).status();
      if (opened.ok()) {
        paths.found[entry.task_id].push_back(path);
      } else if (!IsMissing(opened, path)) {
        return Unusable(opened);
      } else if (optional.count({entry.task_id, name}) > 0) {
        log.Warning(absl::StrCat("Optional artifact \"", name, "\" of task \"", entry.task_id,
                                 "\" not found"));
        paths.missing[entry.task_id].push_back(name);
      } else {
        return ScriptError(ErrorKind::kTask,
                           absl::StrCat("upstream artifact with path: ", path, ", does not exist"));
      }
    }
  }
  return paths;
}

}  // namespace scriptworker::client
