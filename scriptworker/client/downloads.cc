// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/client/downloads.h"

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/client/artifact_rules.h"
#include "scriptworker/client/script_error.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {

namespace {

// The reference lets faults of the disk escape: exit status 1.
absl::Status DownloadFailure(const absl::Status& error) {
  if (taskcluster::IsDiskFault(error)) return error;
  const bool is_missing = absl::IsNotFound(error);
  return ScriptError(is_missing ? ErrorKind::kDownload404 : ErrorKind::kDownload, error.message());
}

}  // namespace

absl::StatusOr<taskcluster::QuarantinedFile> Downloads::Quarantine(std::string_view url,
                                                                   std::string_view folder) {
  // What a fragment says never reaches a server.
  const absl::StatusOr<http::Url> parsed = http::Url::Parse(url.substr(0, url.find('#')));
  if (!parsed.ok()) return ScriptError(ErrorKind::kDownload, parsed.status().message());
  log_.Info(absl::StrCat("Downloading ", parsed->Redacted()));
  taskcluster::DownloadOptions options;
  options.quarantine_directory = std::string(folder);
  options.algorithms = {};
  options.log = [this](std::string_view line) { log_.Warning(line); };
  absl::StatusOr<taskcluster::QuarantinedFile> file =
      downloader_.Fetch(*parsed, options, CancellationToken());
  if (!file.ok()) return DownloadFailure(file.status());
  return file;
}

absl::Status Downloads::Fetch(std::string_view url, const std::string& path) {
  SW_ASSIGN_OR_RETURN(taskcluster::QuarantinedFile file, Quarantine(url, Dirname(path)));
  SW_RETURN_IF_ERROR(std::move(file).Commit(path).status());
  log_.Info("Done");
  return absl::OkStatus();
}

absl::Status Downloads::FetchBeneath(std::string_view url, const std::string& directory,
                                     const std::string& relative) {
  SW_ASSIGN_OR_RETURN(taskcluster::QuarantinedFile file, Quarantine(url, directory));
  const absl::Status committed = std::move(file).CommitBeneath(directory, relative).status();
  if (absl::IsFailedPrecondition(committed)) {
    return ScriptError(ErrorKind::kTask, absl::StrCat(JoinPath(directory, relative),
                                                      " is not under ", directory, "!"));
  }
  SW_RETURN_IF_ERROR(committed);
  log_.Info("Done");
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> Downloads::FetchArtifacts(
    const ArtifactRules& rules, absl::Span<const std::string> urls,
    absl::Span<const taskcluster::TaskId> valid_task_ids, const std::string& directory,
    int max_concurrent) {
  std::vector<std::string> names;
  std::set<std::string> seen;
  for (const std::string& url : urls) {
    SW_ASSIGN_OR_RETURN(std::string name, rules.Validate(url, valid_task_ids));
    if (!seen.insert(name).second) {
      return ScriptError(ErrorKind::kTask,
                         absl::StrCat(name, " is the path of more than one artifact"));
    }
    names.push_back(std::move(name));
  }
  const std::vector<absl::Status> done =
      ParallelStatus(static_cast<int>(urls.size()), max_concurrent, [&](int i) {
        const auto index = static_cast<size_t>(i);
        return FetchBeneath(urls[index], directory, names[index]);
      });
  SW_RETURN_IF_ERROR(FirstError(done));
  std::vector<std::string> paths;
  paths.reserve(names.size());
  for (const std::string& name : names) paths.push_back(JoinPath(directory, name));
  return paths;
}

}  // namespace scriptworker::client
