// SPDX-License-Identifier: MPL-2.0
#include "cot/generator.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/cot_body.h"
#include "cot/cot_schema.h"
#include "cot/signer.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace cot {
namespace {

using ::scriptworker::Dirname;
using ::scriptworker::FileListing;
using ::scriptworker::JoinPath;
using ::scriptworker::UniqueFd;
using ::scriptworker::crypto::HashAlgorithmName;
using ::scriptworker::taskcluster::ArtifactName;

// A fault of the machine or of the set-up, whatever its code was: the codes
// with a meaning in the header are kept for that meaning.
absl::Status Fault(const absl::Status& status) {
  return status.ok() ? status : absl::InternalError(status.message());
}

bool IsWrittenHere(std::string_view path) {
  for (std::string_view name : {kCotBodyName, kCotSignatureName}) {
    if (path == name || absl::StartsWith(path, absl::StrCat(name, "/"))) {
      return true;
    }
  }
  return false;
}

// Divides what lies in the folder into files to hash and entries to skip.
void Sort(FileListing listing, std::vector<std::string>& files,
          std::vector<SkippedEntry>& skipped) {
  for (const scriptworker::SkippedFile& entry : listing.skipped) {
    skipped.push_back(
        {entry.path, absl::StrCat("no regular file: ", SkippedFileKindName(entry.kind))});
  }
  for (std::string& path : listing.files) {
    if (IsWrittenHere(path)) {
      skipped.push_back({path, "replaced by the worker's own"});
    } else if (auto name = ArtifactName::Parse(path); !name.ok()) {
      skipped.push_back({path, std::string(name.status().message())});
    } else {
      files.push_back(std::move(path));
    }
  }
}

// Makes way for the two files, also where the script has left something.
absl::Status ClearPlace(const GeneratorInput& input, const std::vector<SkippedEntry>& skipped) {
  for (const SkippedEntry& entry : skipped) {
    if (entry.path == Dirname(kCotBodyName)) {
      return absl::InternalError(absl::StrCat(JoinPath(input.artifact_dir, entry.path),
                                              ": expected a folder, found ", entry.reason));
    }
  }
  for (std::string_view name : {kCotBodyName, kCotSignatureName}) {
    SW_RETURN_IF_ERROR(Fault(scriptworker::RemoveTree(JoinPath(input.artifact_dir, name))));
  }
  return absl::OkStatus();
}

// Fills `digests`, element i for file i.
absl::Status HashFiles(const GeneratorInput& input, const std::vector<std::string>& files,
                       std::vector<std::string>& digests) {
  const auto hash = [&](int index) -> absl::Status {
    const size_t i = static_cast<size_t>(index);
    SW_ASSIGN_OR_RETURN(const UniqueFd fd,
                        scriptworker::OpenFileBeneath(input.artifact_dir, files[i]));
    SW_ASSIGN_OR_RETURN(digests[i],
                        scriptworker::crypto::HashFileHex(input.hash_algorithm, fd.get(),
                                                          JoinPath(input.artifact_dir, files[i]),
                                                          input.cancellation));
    return absl::OkStatus();
  };
  return scriptworker::FirstError(
      scriptworker::ParallelStatus(static_cast<int>(files.size()), input.max_hash_threads, hash));
}

absl::Status CheckSchema(const GeneratorInput& input, std::string_view text) {
  // The very bytes are judged, not the structure they were made from.
  const absl::StatusOr<scriptworker::json::Schema> schema = LoadCotSchema(input.schema_path);
  if (!schema.ok()) return Fault(schema.status());
  SW_ASSIGN_OR_RETURN(const scriptworker::json::Value value, scriptworker::json::Parse(text));
  SW_RETURN_IF_ERROR(schema->Validate(value)).SetPrepend()
      << "the chain of trust does not fit its schema: ";
  return absl::OkStatus();
}

// Neither atomic nor synced, which would cost more than all else for a small
// task: nobody reads the two files before GenerateCot returns, and after a crash
// of the worker or the machine the folder is emptied, never published.
absl::Status Write(const std::string& path, std::string_view text) {
  const absl::Status written = scriptworker::WriteFile(path, text);
  if (!written.ok()) scriptworker::RemoveTree(path).IgnoreError();  // half a file is none
  return Fault(written);
}

}  // namespace

absl::StatusOr<GeneratedCot> GenerateCot(const GeneratorInput& input, Signer* signer) {
  absl::StatusOr<FileListing> listing = scriptworker::ListFiles(input.artifact_dir);
  if (!listing.ok()) return Fault(listing.status());
  GeneratedCot cot;
  std::vector<std::string> files;
  Sort(*std::move(listing), files, cot.skipped);
  SW_RETURN_IF_ERROR(ClearPlace(input, cot.skipped));
  std::vector<std::string> digests(files.size());
  const absl::Status hashed = HashFiles(input, files, digests);
  if (input.cancellation.cancelled()) return input.cancellation.reason();
  SW_RETURN_IF_ERROR(Fault(hashed));

  const std::string algorithm(HashAlgorithmName(input.hash_algorithm));
  for (size_t i = 0; i < files.size(); ++i) {
    cot.body.artifacts[files[i]] = {{algorithm, digests[i]}};
  }
  cot.body.run_id = input.run_id;
  cot.body.task = input.task;
  cot.body.task_id = input.task_id;
  cot.body.worker_group = input.worker_group;
  cot.body.worker_id = input.worker_id;
  cot.body.worker_type = input.worker_type;
  cot.text = FormatCotBody(cot.body);
  SW_RETURN_IF_ERROR(CheckSchema(input, cot.text));

  SW_RETURN_IF_ERROR(Write(JoinPath(input.artifact_dir, kCotBodyName), cot.text));
  if (signer != nullptr) {
    SW_ASSIGN_OR_RETURN(cot.signature, signer->Sign(cot.text));
    SW_RETURN_IF_ERROR(Write(JoinPath(input.artifact_dir, kCotSignatureName), cot.signature));
  }
  return cot;
}

}  // namespace cot
