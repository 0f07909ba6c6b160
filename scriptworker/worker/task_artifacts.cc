// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_artifacts.h"

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cot/cot_body.h"
#include "cot/generator.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/exit_status.h"

namespace scriptworker::worker {

using ::scriptworker::taskcluster::ArtifactName;
using ::scriptworker::taskcluster::UploadFile;

TaskArtifacts::TaskArtifacts(const WorkDir& dirs, ChainOfTrustOptions chain_of_trust,
                             taskcluster::ArtifactUploader& uploader, Logger& logger)
    : dirs_(dirs), options_(std::move(chain_of_trust)), uploader_(uploader), logger_(logger) {}

absl::Status TaskArtifacts::GenerateChainOfTrust(const taskcluster::ClaimedTask& task,
                                                 const CancellationToken& cancellation) {
  cot::GeneratorInput input;
  input.task_id = task.task_id.str();
  input.run_id = task.run_id;
  input.worker_group = task.worker_group;
  input.worker_id = options_.worker_id;
  input.worker_type = options_.worker_type;
  input.task = task.definition;
  input.artifact_dir = dirs_.artifact_dir();
  input.hash_algorithm = options_.hash_algorithm;
  input.schema_path = options_.schema_path;
  input.cancellation = cancellation;
  absl::StatusOr<cot::GeneratedCot> generated = cot::GenerateCot(input, options_.signer);
  if (!generated.ok()) return generated.status();
  for (const cot::SkippedEntry& skipped : generated->skipped) {
    logger_.Warning(absl::StrCat("Not in the chain of trust: \"", absl::CHexEscape(skipped.path),
                                 "\": ", skipped.reason));
  }
  body_ = std::move(generated->body);
  return absl::OkStatus();
}

std::optional<std::string> TaskArtifacts::Sha256Of(const std::string& path) const {
  if (!body_.has_value()) return std::nullopt;
  const auto artifact = body_->artifacts.find(path);
  if (artifact == body_->artifacts.end()) return std::nullopt;
  const auto digest = artifact->second.find("sha256");
  if (digest == artifact->second.end()) return std::nullopt;
  return digest->second;
}

int TaskArtifacts::UploadAll(const taskcluster::UploadTarget& target,
                             const CancellationToken& cancellation) {
  int status = kSuccess;
  const auto fail = [&](const absl::Status& error) {
    status = WorstStatus(status, StatusForError(Phase::kUpload, error));
    logger_.Error(absl::StrCat("Upload failed: ", error.message()));
  };
  const absl::StatusOr<FileListing> listing = ListFiles(dirs_.artifact_dir());
  if (!listing.ok()) {
    fail(listing.status());
    return status;
  }
  for (const SkippedFile& skipped : listing->skipped) {
    logger_.Warning(absl::StrCat("Not uploaded: \"", absl::CHexEscape(skipped.path),
                                 "\" is no regular file but a ",
                                 SkippedFileKindName(skipped.kind)));
  }
  std::vector<UploadFile> files;
  for (const std::string& path : listing->files) {
    absl::StatusOr<ArtifactName> name = ArtifactName::Parse(path);
    if (!name.ok()) {
      fail(name.status());
      continue;
    }
    files.push_back({.name = *std::move(name), .sha256 = Sha256Of(path)});
  }
  for (const absl::Status& uploaded :
       uploader_.UploadAll(target, dirs_.artifact_dir(), files, cancellation)) {
    if (!uploaded.ok()) fail(uploaded);
  }
  return status;
}

void TaskArtifacts::LinkChainOfTrustLog(const taskcluster::UploadTarget& target) {
  struct stat info;
  if (::lstat(dirs_.chain_of_trust_log().c_str(), &info) != 0) return;
  const absl::StatusOr<ArtifactName> name = ArtifactName::Parse(kLiveBackingLogArtifact);
  const absl::StatusOr<ArtifactName> existing = ArtifactName::Parse(kChainOfTrustLogArtifact);
  if (!name.ok() || !existing.ok()) return;
  if (const absl::Status linked = uploader_.CreateLink(target, *name, *existing); !linked.ok()) {
    logger_.Error(
        absl::StrCat("Failed to create live_backing.log link artifact: ", linked.message()));
  }
}

}  // namespace scriptworker::worker
