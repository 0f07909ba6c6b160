// SPDX-License-Identifier: MPL-2.0
#ifndef SCRIPTWORKER_TASKCLUSTER_ARTIFACT_UPLOAD_H_
#define SCRIPTWORKER_TASKCLUSTER_ARTIFACT_UPLOAD_H_

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/clock.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/http/transport.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/content_type.h"
#include "scriptworker/taskcluster/credentials.h"
#include "scriptworker/taskcluster/queue.h"

namespace scriptworker::taskcluster {

// The run that artifacts belong to.
struct UploadTarget {
  TaskId task_id;
  RunId run_id = 0;
  // When the artifacts expire: the task's `expires`.
  absl::Time expires;
  // The run's latest temporary credentials; asked before each createArtifact,
  // since a reclaim replaces them. Must be thread-safe.
  std::function<Credentials()> credentials = nullptr;
  // Files that are never sent, under any name.
  std::set<ArtifactFile::Identity> refused = {};
};

struct UploadFile {
  ArtifactName name;
  // SHA-256 or SHA-512, lower-case hex. If set, the file's bytes (before any compression) must
  // have this digest, or the upload fails and the store never gets a whole body.
  std::optional<std::string> digest = std::nullopt;
  // The file itself, if it is open already (and hashed, to make `digest`); otherwise it is opened
  // by its name.
  std::optional<ArtifactFile> opened = std::nullopt;
};

struct UploadOptions {
  // Of one PUT, from connect to answer.
  absl::Duration put_timeout = absl::Minutes(20);
  int max_parallel = 16;
  // Of createArtifact and PUT together; default: 5 tries with the sleeps of
  // the reference, 10-15 s first.
  std::optional<RetryPolicy> retry = std::nullopt;
  // Gets the lines that the reference logs at INFO, without line end and
  // without secrets. Must be thread-safe. Null: nobody wants them.
  std::function<void(std::string_view)> log = nullptr;
};

// Uploads artifacts: createArtifact, then a PUT of the file's bytes to the URL
// that comes back.
//
// Each file is open once, from before it is hashed until it is sent: the bytes
// sent, and their number, are those that were hashed. Text, JSON, HTML and XML
// are replaced on disk by their gzip form in between (sent as they are if that cannot be: on a full
// disk, in a folder that may not be written to), which is checked in the same way. If the PUT fails
// (any status but 200 and 204, or no answer), or the queue cannot be reached, answers too late or
// with something that is not its own, both requests are repeated. A refusal of
// createArtifact is final and concerns this artifact only.
//
// The queue is told how long the file is before it is compressed; one that does not know
// contentLength is asked again without.
//
// Thread-safe. All references must outlive the uploader.
class ArtifactUploader {
 public:
  // `store` must not retry by itself.
  ArtifactUploader(TaskClaimer& queue, http::Transport& store, Clock& clock,
                   UploadOptions options = {});

  // Uploads `directory`/name of each of `files`, in parallel. Every file is
  // tried, whatever happens to the others. The result has one status per file,
  // in the order of `files` (FirstError() of base/parallel.h tells whether all
  // is well). An error names the artifact and keeps the code and QueueError of
  // what failed: see queue.h and ArtifactFile::Open(); DataLoss if a file has
  // not its digest; PermissionDenied if it is refused; the token's reason if it is cancelled.
  std::vector<absl::Status> UploadAll(const UploadTarget& target, const std::string& directory,
                                      std::vector<UploadFile> files,
                                      const CancellationToken& cancellation);

  absl::Status Upload(const UploadTarget& target, const std::string& directory, UploadFile file,
                      const CancellationToken& cancellation);

  // Makes `name` another name of the artifact `existing` of the same run.
  absl::Status CreateLink(const UploadTarget& target, const ArtifactName& name,
                          const ArtifactName& existing, const CancellationToken& cancellation);

  // Says that `name` could not be uploaded.
  absl::Status CreateError(const UploadTarget& target, const ArtifactName& name,
                           ErrorArtifact::Reason reason, std::string message,
                           const CancellationToken& cancellation);

 private:
  struct Body;

  // The URL to PUT the body to.
  absl::StatusOr<std::string> Create(const UploadTarget& target, const Body& body,
                                     const CancellationToken& cancellation);
  absl::Status CreateAndPut(const UploadTarget& target, const Body& body,
                            const CancellationToken& cancellation);
  void Log(std::string_view line) const;

  TaskClaimer& queue_;
  http::Transport& store_;
  Clock& clock_;
  const UploadOptions options_;
};

// If the PUT of an upload failed: the HTTP status that the store answered the
// last one with, 0 if there was no answer. nullopt for every other failure, one
// of createArtifact for instance (which has a QueueError).
std::optional<int> GetPutStatus(const absl::Status& status);

// Whether the store answered the last PUT, with a status other than 200 and
// 204.
bool IsStoreRefusal(const absl::Status& status);

}  // namespace scriptworker::taskcluster

#endif  // SCRIPTWORKER_TASKCLUSTER_ARTIFACT_UPLOAD_H_
