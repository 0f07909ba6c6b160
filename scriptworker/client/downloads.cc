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

absl::Status Downloads::Fetch(std::string_view url, const std::string& path) {
  const absl::StatusOr<http::Url> parsed = http::Url::Parse(url);
  if (!parsed.ok()) return ScriptError(ErrorKind::kDownload, parsed.status().message());
  log_.Info(absl::StrCat("Downloading ", parsed->Redacted()));
  taskcluster::DownloadOptions options;
  options.algorithms = {};
  options.log = [this](std::string_view line) { log_.Warning(line); };
  const absl::Status done =
      downloader_.Download(*parsed, path, std::move(options), CancellationToken());
  if (done.ok()) {
    log_.Info("Done");
    return absl::OkStatus();
  }
  const bool is_missing = absl::IsNotFound(done);
  return ScriptError(is_missing ? ErrorKind::kDownload404 : ErrorKind::kDownload, done.message());
}

absl::StatusOr<std::vector<std::string>> Downloads::FetchArtifacts(
    const ArtifactRules& rules, absl::Span<const std::string> urls,
    absl::Span<const taskcluster::TaskId> valid_task_ids, const std::string& directory,
    int max_concurrent) {
  std::vector<std::string> paths;
  std::set<std::string> seen;
  for (const std::string& url : urls) {
    SW_ASSIGN_OR_RETURN(const std::string relative, rules.Validate(url, valid_task_ids));
    paths.push_back(JoinPath(directory, relative));
    if (!seen.insert(relative).second) {
      return ScriptError(ErrorKind::kTask,
                         absl::StrCat(relative, " is the path of more than one artifact"));
    }
  }
  const std::vector<absl::Status> done =
      ParallelStatus(static_cast<int>(urls.size()), max_concurrent, [&](int i) {
        const auto index = static_cast<size_t>(i);
        return Fetch(urls[index], paths[index]);
      });
  SW_RETURN_IF_ERROR(FirstError(done));
  return paths;
}

}  // namespace scriptworker::client
