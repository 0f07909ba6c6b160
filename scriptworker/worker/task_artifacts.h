// SPDX-License-Identifier: MPL-2.0
//
// What a run publishes: the files that its script left in the artifact folder,
// the logs, and the signed chain of trust.

#ifndef SCRIPTWORKER_WORKER_TASK_ARTIFACTS_H_
#define SCRIPTWORKER_WORKER_TASK_ARTIFACTS_H_

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cot/evidence/cot_body.h"
#include "cot/signer.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/work_dir.h"

namespace scriptworker::worker {

// How the worker describes its runs; see cot/generator.h.
struct ChainOfTrustOptions {
  std::string worker_id = {};
  std::string worker_type = {};
  crypto::HashAlgorithm hash_algorithm = crypto::HashAlgorithm::kSha256;
  std::string schema_path = {};   // empty: the built-in schema
  cot::Signer* signer = nullptr;  // not owned; null: not signed
  // Files of the worker's own that are never published, under any name.
  std::vector<std::string> secret_files = {};
  // An artifact folder with more entries is a failure.
  int max_entries = ListLimits().max_files;
};

// Thread-compatible. The references must outlive the object.
class TaskArtifacts {
 public:
  TaskArtifacts(const WorkDir& dirs, ChainOfTrustOptions chain_of_trust,
                taskcluster::ArtifactUploader& uploader, Logger& logger);

  // Writes chain-of-trust.json and its signature; the script and its logs must
  // be closed. What was hashed stays open for UploadAll(). Files that are not published are named
  // in a warning, and removed if they are another name (hard link) of one of the worker's secrets.
  // Errors: see cot/generator.h.
  absl::Status GenerateChainOfTrust(const taskcluster::ClaimedTask& task,
                                    const CancellationToken& cancellation);

  // Uploads, in parallel, what the chain of trust lists: from the descriptors
  // that were hashed, whatever became of the names since. Without a chain of
  // trust (the script was stopped): every regular file below the artifact folder.
  // All are tried; each failure is logged, and makes the status (kSuccess if there
  // is none; see exit_status.h). Symbolic links, fifos, sockets and devices, and
  // what has appeared since the files were hashed, are named in a warning, as are folders that
  // cannot be entered, and a chain of trust that the script has made itself; files
  // with other names (hard links) are uploaded with one; a file whose name no
  // artifact can have is a failure, as is one of the worker's secrets, and a folder that is nested
  // too deep. If the artifact folder cannot be listed (too many files) that is a failure, and the
  // logs are uploaded at least.
  int UploadAll(const taskcluster::UploadTarget& target, const CancellationToken& cancellation);

  // The same for what is there of the logs, and nothing else: all other files may be written on,
  // as something of the script runs.
  int UploadLogs(const taskcluster::UploadTarget& target, const CancellationToken& cancellation);

  // Lets live_backing.log show chain_of_trust.log, if that exists: what people
  // open when the verification failed before there was any output. A failure is
  // logged and otherwise ignored.
  void LinkChainOfTrustLog(const taskcluster::UploadTarget& target,
                           const CancellationToken& cancellation);

 private:
  // Both kInternal: something else lies in the artifact folder's place; it cannot be listed.
  absl::Status CheckFolder() const;
  absl::StatusOr<FileListing> ListArtifacts() const;
  // What is there of them.
  FileListing ListLogs() const;
  // Whether there were any.
  bool RemoveNamesOfSecrets(const std::vector<std::string>& files);
  std::set<taskcluster::ArtifactFile::Identity> Secrets() const;
  // And has not been made by it.
  bool IsTheWorkersToMake(std::string_view path) const;
  std::vector<taskcluster::UploadFile> FilesToUpload(
      const FileListing& listing, const std::function<void(const absl::Status&)>& fail);
  bool HasOtherNames(const taskcluster::UploadFile& file) const;
  // Both: the status.
  int Upload(const FileListing& listing, const taskcluster::UploadTarget& target,
             const CancellationToken& cancellation);
  int Fail(const absl::Status& error);

  const WorkDir& dirs_;
  const ChainOfTrustOptions options_;
  taskcluster::ArtifactUploader& uploader_;
  Logger& logger_;
  // Of the run in hand, once its chain of trust is made: digests by name, also of
  // the two files that were made here, and what is open.
  std::map<std::string, std::string> digests_;
  std::map<std::string, taskcluster::ArtifactFile> files_;
  bool has_unsigned_body_ = false;  // which the key failed to sign
};

}  // namespace scriptworker::worker

#endif  // SCRIPTWORKER_WORKER_TASK_ARTIFACTS_H_
