// SPDX-License-Identifier: MPL-2.0

#ifndef SCRIPTWORKER_CLIENT_DOWNLOADS_H_
#define SCRIPTWORKER_CLIENT_DOWNLOADS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/client/artifact_rules.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/task_id.h"

namespace scriptworker::client {

// Downloads to files: redirects are followed, Content-Encoding is undone, five
// tries with pauses of 10 to 15 s (not for a 404). A file appears under its name
// when it is whole. Thread-safe.
class Downloads {
 public:
  // All must outlive the object.
  Downloads(http::Transport& transport, Clock& clock, Logger& log)
      : downloader_(transport, clock), log_(log) {}

  // Any URL: whether it may be asked is the caller's decision. A fragment is dropped. Folders are
  // made. ErrorKind::kDownload404, kDownload; a fault of this machine's disk has no kind.
  absl::Status Fetch(std::string_view url, const std::string& path);

  // Artifacts of `valid_task_ids`, which `rules` have to allow: all of them are
  // checked before the first is asked for. They come to the paths below
  // `directory` that their names say; returns these in the order of `urls`.
  // Errors are those of ArtifactRules::Validate and Fetch; kTask for two
  // artifacts with one path, and for a path that leads out of `directory` by a symbolic link
  // (none is followed below it).
  absl::StatusOr<std::vector<std::string>> FetchArtifacts(
      const ArtifactRules& rules, absl::Span<const std::string> urls,
      absl::Span<const taskcluster::TaskId> valid_task_ids, const std::string& directory,
      int max_concurrent = 5);

 private:
  absl::StatusOr<taskcluster::QuarantinedFile> Quarantine(std::string_view url,
                                                          std::string_view folder);
  absl::Status FetchBeneath(std::string_view url, const std::string& directory,
                            const std::string& relative);

  taskcluster::ArtifactDownloader downloader_;
  Logger& log_;
};

}  // namespace scriptworker::client

#endif  // SCRIPTWORKER_CLIENT_DOWNLOADS_H_
