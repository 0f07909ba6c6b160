// SPDX-License-Identifier: MPL-2.0
#include "scriptworker/worker/task_artifacts.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/cot_body.h"
#include "cot/generator.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/crypto/hex.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/artifact_upload.h"
#include "scriptworker/taskcluster/task_claim.h"
#include "scriptworker/worker/outcome/exit_status.h"

namespace scriptworker::worker {

using ::scriptworker::taskcluster::ArtifactFile;
using ::scriptworker::taskcluster::ArtifactName;
using ::scriptworker::taskcluster::UploadFile;

namespace {

std::string HashHex(std::string_view bytes) { return crypto::HexEncode(crypto::Sha256(bytes)); }

// How many files may stay open from hashing to sending. The others of the
// process's descriptors are for the uploads themselves and all else.
int MaxOpenFiles() {
  constexpr rlim_t kReserve = 256;
  constexpr rlim_t kEnough = 100'000;
  rlimit limit = {};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur <= kReserve) return 0;
  return static_cast<int>(std::min(limit.rlim_cur - kReserve, kEnough));
}

}  // namespace

TaskArtifacts::TaskArtifacts(const WorkDir& dirs, ChainOfTrustOptions chain_of_trust,
                             taskcluster::ArtifactUploader& uploader, Logger& logger)
    : dirs_(dirs), options_(std::move(chain_of_trust)), uploader_(uploader), logger_(logger) {}

absl::Status TaskArtifacts::CheckFolder() const {
  const std::string& path = dirs_.artifact_dir();
  struct stat info;
  if (::lstat(path.c_str(), &info) == 0 && S_ISLNK(info.st_mode)) {
    return absl::InternalError(
        absl::StrCat(path, ": expected the folder that the worker made, found a symbolic link"));
  }
  return absl::OkStatus();
}

absl::StatusOr<FileListing> TaskArtifacts::ListArtifacts() const {
  absl::StatusOr<FileListing> listing =
      ListFiles(dirs_.artifact_dir(), {.max_files = options_.max_entries, .skip_closed = true});
  if (!listing.ok()) return absl::InternalError(listing.status().message());
  return listing;
}

FileListing TaskArtifacts::ListLogs() const {
  FileListing logs;
  for (const std::string_view name : {kChainOfTrustLogArtifact, kLiveBackingLogArtifact}) {
    if (OpenFileBeneath(dirs_.artifact_dir(), name).ok()) logs.files.emplace_back(name);
  }
  return logs;
}

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
  input.max_open_files = MaxOpenFiles();
  input.cancellation = cancellation;
  SW_RETURN_IF_ERROR(CheckFolder());
  SW_ASSIGN_OR_RETURN(const FileListing listing, ListArtifacts());
  RemoveNamesOfSecrets(listing.files);
  absl::StatusOr<cot::GeneratedCot> generated = cot::GenerateCot(input, options_.signer);
  has_unsigned_body_ = absl::IsFailedPrecondition(generated.status());
  if (!generated.ok()) return generated.status();
  for (const cot::SkippedEntry& skipped : generated->skipped) {
    logger_.Warning(absl::StrCat("Not in the chain of trust: \"", absl::CHexEscape(skipped.path),
                                 "\": ", skipped.reason));
  }
  const std::string algorithm(crypto::HashAlgorithmName(options_.hash_algorithm));
  for (const auto& [path, hashes] : generated->body.artifacts) {
    digests_[path] = hashes.at(algorithm);
  }
  for (ArtifactFile& file : generated->files) files_.insert({file.name().path(), std::move(file)});
  digests_[std::string(cot::kCotBodyName)] = HashHex(generated->text);
  if (!generated->signature.empty()) {
    digests_[std::string(cot::kCotSignatureName)] = HashHex(generated->signature);
  }
  return absl::OkStatus();
}

std::set<ArtifactFile::Identity> TaskArtifacts::Secrets() const {
  std::set<ArtifactFile::Identity> secrets;
  struct stat info;
  for (const std::string& path : options_.secret_files) {
    if (::stat(path.c_str(), &info) == 0) secrets.insert({info.st_dev, info.st_ino});
  }
  return secrets;
}

// A user other than the worker's can, on some machines, give a file another name
// that it cannot read.
bool TaskArtifacts::RemoveNamesOfSecrets(const std::vector<std::string>& files) {
  bool removed = false;
  const std::set<ArtifactFile::Identity> secrets = Secrets();
  struct stat info;
  for (const std::string& file : files) {
    const std::string path = JoinPath(dirs_.artifact_dir(), file);
    if (::lstat(path.c_str(), &info) != 0 || info.st_nlink < 2 ||
        !secrets.contains({info.st_dev, info.st_ino})) {
      continue;
    }
    logger_.Warning(absl::StrCat("Not uploaded: \"", absl::CHexEscape(file),
                                 "\" is another name (hard link) of one of the worker's secrets; "
                                 "the name is removed"));
    RemoveTree(path).IgnoreError();
    removed = true;
  }
  return removed;
}

bool TaskArtifacts::IsTheWorkersToMake(std::string_view path) const {
  if (!digests_.empty()) return false;
  return path == cot::kCotSignatureName || (path == cot::kCotBodyName && !has_unsigned_body_);
}

std::vector<UploadFile> TaskArtifacts::FilesToUpload(
    const FileListing& listing, const std::function<void(const absl::Status&)>& fail) {
  for (const SkippedFile& skipped : listing.skipped) {
    if (skipped.kind == SkippedFile::Kind::kTooDeep) {
      fail(absl::InternalError(absl::StrCat("\"", absl::CHexEscape(skipped.path),
                                            "\" is a folder that is nested too deep")));
      continue;
    }
    logger_.Warning(absl::StrCat("Not uploaded: \"", absl::CHexEscape(skipped.path),
                                 "\" is no regular file but a ",
                                 SkippedFileKindName(skipped.kind)));
  }
  std::vector<UploadFile> files;
  for (const std::string& path : listing.files) {
    absl::StatusOr<ArtifactName> name = ArtifactName::Parse(path);
    if (!name.ok()) {
      fail(name.status());
    } else if (IsTheWorkersToMake(path)) {
      logger_.Warning(absl::StrCat("Not uploaded: \"", path, "\" is not of the worker's making"));
    } else if (digests_.empty()) {
      files.push_back({.name = *std::move(name)});
    } else if (!digests_.contains(path)) {
      logger_.Warning(absl::StrCat("Not uploaded: \"", path,
                                   "\" has appeared since the chain of trust was made"));
    }
  }
  for (const auto& [path, digest] : digests_) {
    absl::StatusOr<ArtifactName> name = ArtifactName::Parse(path);
    if (!name.ok()) {
      fail(name.status());
      continue;
    }
    files.push_back({.name = *std::move(name), .digest = digest});
    if (auto opened = files_.extract(path)) files.back().opened = std::move(opened.mapped());
  }
  return files;
}

bool TaskArtifacts::HasOtherNames(const UploadFile& file) const {
  if (file.opened.has_value()) return file.opened->has_other_names();
  struct stat info;
  return ::lstat(JoinPath(dirs_.artifact_dir(), file.name.path()).c_str(), &info) == 0 &&
         info.st_nlink > 1;
}

int TaskArtifacts::Fail(const absl::Status& error) {
  logger_.Error(LogLineForError(Phase::kUpload, error));
  return StatusForError(Phase::kUpload, error);
}

int TaskArtifacts::UploadAll(const taskcluster::UploadTarget& target,
                             const CancellationToken& cancellation) {
  if (const absl::Status checked = CheckFolder(); !checked.ok()) return Fail(checked);
  absl::StatusOr<FileListing> listing = ListArtifacts();
  if (listing.ok() && RemoveNamesOfSecrets(listing->files)) {
    listing = ListArtifacts();
  }
  if (listing.ok()) return Upload(*listing, target, cancellation);
  const int status = Fail(listing.status());
  return WorstStatus(status, Upload(ListLogs(), target, cancellation));
}

int TaskArtifacts::UploadLogs(const taskcluster::UploadTarget& target,
                              const CancellationToken& cancellation) {
  if (const absl::Status checked = CheckFolder(); !checked.ok()) return Fail(checked);
  return Upload(ListLogs(), target, cancellation);
}

int TaskArtifacts::Upload(const FileListing& listing, const taskcluster::UploadTarget& target,
                          const CancellationToken& cancellation) {
  int status = kSuccess;
  const auto fail = [&](const absl::Status& error) { status = WorstStatus(status, Fail(error)); };
  std::vector<UploadFile> files = FilesToUpload(listing, fail);
  for (const UploadFile& file : files) {
    if (HasOtherNames(file)) {
      logger_.Warning(absl::StrCat("\"", file.name, "\" has another name (hard link) as well"));
    }
  }
  taskcluster::UploadTarget checked = target;
  checked.refused = Secrets();
  for (const absl::Status& uploaded :
       uploader_.UploadAll(checked, dirs_.artifact_dir(), std::move(files), cancellation)) {
    if (!uploaded.ok()) fail(uploaded);
  }
  return status;
}

void TaskArtifacts::LinkChainOfTrustLog(const taskcluster::UploadTarget& target,
                                        const CancellationToken& cancellation) {
  struct stat info;
  if (::lstat(dirs_.chain_of_trust_log().c_str(), &info) != 0) return;
  const absl::StatusOr<ArtifactName> name = ArtifactName::Parse(kLiveBackingLogArtifact);
  const absl::StatusOr<ArtifactName> existing = ArtifactName::Parse(kChainOfTrustLogArtifact);
  if (!name.ok() || !existing.ok()) return;
  if (const absl::Status linked = uploader_.CreateLink(target, *name, *existing, cancellation);
      !linked.ok()) {
    logger_.Error(
        absl::StrCat("Failed to create live_backing.log link artifact: ", linked.message()));
  }
}

}  // namespace scriptworker::worker
