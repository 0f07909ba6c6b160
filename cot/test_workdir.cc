// SPDX-License-Identifier: MPL-2.0
#include "cot/test_workdir.h"

#include <sys/stat.h>

#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "cot/upstream_artifacts.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/http/url.h"
#include "scriptworker/json/json.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/task_definition.h"

namespace cot {

using scriptworker::JoinPath;
using scriptworker::taskcluster::ArtifactName;
using scriptworker::taskcluster::TaskDefinition;

absl::Status CreateTestWorkdir(const scriptworker::taskcluster::TaskId& task_id,
                               const std::string& path, bool overwrite,
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
  SW_ASSIGN_OR_RETURN(const TaskDefinition task, queue.Task(task_id));
  SW_RETURN_IF_ERROR(
      scriptworker::WriteFile(JoinPath(path, "task.json"), scriptworker::json::Format(task.raw())));
  SW_ASSIGN_OR_RETURN(const std::vector<UpstreamArtifacts> upstream, ParseUpstreamArtifacts(task));
  for (const UpstreamArtifacts& entry : upstream) {
    for (const std::string& name : entry.paths) {
      SW_ASSIGN_OR_RETURN(const ArtifactName artifact, ArtifactName::Parse(name));
      SW_ASSIGN_OR_RETURN(const scriptworker::http::Url url,
                          queue.ArtifactUrl(entry.task_id, artifact.str()));
      logger.Info(absl::StrCat("Downloading artifact:\n", url.Redacted()));
      SW_RETURN_IF_ERROR(downloader.Download(
          url, JoinPath(path, "cot", entry.task_id.str(), artifact.path()), {}, cancellation));
    }
  }
  logger.Info("Done.");
  return absl::OkStatus();
}

}  // namespace cot
