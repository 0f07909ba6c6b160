// SPDX-License-Identifier: MPL-2.0
#include "cot/test_workdir.h"

#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/chain/upstream_artifacts.h"
#include "cot/evidence/artifact_verifier.h"
#include "cot/evidence/work_layout.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/readable_format.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_definition.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

using scriptworker::JoinPath;
using scriptworker::taskcluster::ArtifactName;
using scriptworker::taskcluster::TaskDefinition;
using scriptworker::taskcluster::TaskId;

namespace {

// The tasks that `entries` name, each once, in their order.
std::vector<TaskId> TasksOf(const std::vector<UpstreamArtifacts>& entries) {
  std::vector<TaskId> tasks;
  for (const UpstreamArtifacts& entry : entries) {
    if (!absl::c_linear_search(tasks, entry.task_id)) tasks.push_back(entry.task_id);
  }
  return tasks;
}

// What the patterns for the task, if there are any, can match.
absl::StatusOr<std::vector<std::string>> NamesForPatterns(
    const TaskId& task_id, const std::vector<UpstreamArtifacts>& entries,
    scriptworker::taskcluster::TaskReader& queue,
    const scriptworker::CancellationToken& cancellation) {
  std::vector<std::string> names;
  if (CountPatterns(task_id, entries) == 0) return names;
  SW_ASSIGN_OR_RETURN(const std::vector<scriptworker::taskcluster::ArtifactInfo> list,
                      queue.ListLatestArtifacts(task_id, cancellation));
  for (const scriptworker::taskcluster::ArtifactInfo& artifact : list) {
    names.push_back(artifact.name);
  }
  return names;
}

}  // namespace

absl::Status CreateTestWorkdir(const TaskId& task_id, const std::string& path, bool overwrite,
                               scriptworker::taskcluster::TaskReader& queue,
                               scriptworker::taskcluster::ArtifactDownloader& downloader,
                               scriptworker::Logger& logger,
                               const scriptworker::CancellationToken& cancellation) {
  struct stat info;
  if (::lstat(path.c_str(), &info) == 0) {
    if (!overwrite) {
      return absl::AlreadyExistsError(
          absl::StrCat("Scriptworker will not delete ", path, " without --overwrite!"));
    }
    SW_RETURN_IF_ERROR(scriptworker::RemoveTree(path));
  }
  SW_RETURN_IF_ERROR(scriptworker::MakeDirs(path));
  SW_ASSIGN_OR_RETURN(const TaskDefinition task, queue.Task(task_id, cancellation));
  SW_RETURN_IF_ERROR(scriptworker::WriteFile(JoinPath(path, kTaskFileName),
                                             scriptworker::json::FormatReadably(task.raw())));
  SW_ASSIGN_OR_RETURN(const std::vector<UpstreamArtifacts> upstream, ParseUpstreamArtifacts(task));
  for (const TaskId& id : TasksOf(upstream)) {
    SW_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        NamesForPatterns(id, upstream, queue, cancellation));
    for (const WantedArtifact& wanted : WantedFrom(id, upstream, names)) {
      SW_ASSIGN_OR_RETURN(const ArtifactName artifact, ArtifactName::Parse(wanted.name));
      SW_ASSIGN_OR_RETURN(const scriptworker::http::Url url, queue.ArtifactUrl(id, artifact.str()));
      logger.Info(absl::StrCat("Downloading artifact:\n", url.Redacted()));
      absl::Status downloaded = downloader.Download(
          url, JoinPath(path, UpstreamPath(id.str(), artifact.path())), {}, cancellation);
      if (wanted.optional && IsDefinitelyMissing(downloaded)) {
        logger.Warning(absl::StrCat("An optional artifact is missing: ", wanted.name));
      } else if (!downloaded.ok()) {
        return downloaded;
      }
    }
  }
  logger.Info("Done.");
  return absl::OkStatus();
}

}  // namespace cot
