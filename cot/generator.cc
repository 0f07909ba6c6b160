// SPDX-License-Identifier: MPL-2.0
#include "cot/generator.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cot/evidence/cot_body.h"
#include "cot/evidence/cot_schema.h"
#include "cot/signer.h"
#include "scriptworker/base/file.h"
#include "scriptworker/base/parallel.h"
#include "scriptworker/base/path.h"
#include "scriptworker/base/status_macros.h"
#include "scriptworker/crypto/hash.h"
#include "scriptworker/json/json.h"
#include "scriptworker/json/json_schema.h"
#include "scriptworker/taskcluster/artifact_file.h"
#include "scriptworker/taskcluster/artifact_name.h"

namespace cot {
namespace {

using ::scriptworker::Dirname;
using ::scriptworker::FileListing;
using ::scriptworker::JoinPath;
using ::scriptworker::crypto::HashAlgorithmName;
using ::scriptworker::taskcluster::ArtifactFile;
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
void Sort(FileListing&& listing, std::vector<ArtifactName>& files,
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
      files.push_back(*std::move(name));
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

// One file of the folder. Fills `digest`, and `opened` if `keep`.
absl::Status HashFile(const GeneratorInput& input, const ArtifactName& name, bool keep,
                      std::string& digest, std::optional<ArtifactFile>& opened) {
  SW_ASSIGN_OR_RETURN(ArtifactFile file, ArtifactFile::Open(input.artifact_dir, name));
  SW_RETURN_IF_ERROR(file.Hash(input.hash_algorithm, input.cancellation));
  digest = file.digest();
  if (keep) opened = std::move(file);
  return absl::OkStatus();
}

// Fills the artifacts of `cot` and its open files.
absl::Status HashFiles(const GeneratorInput& input, const std::vector<ArtifactName>& names,
                       GeneratedCot& cot) {
  std::vector<std::string> digests(names.size());
  std::vector<std::optional<ArtifactFile>> opened(names.size());
  SW_RETURN_IF_ERROR(scriptworker::FirstError(scriptworker::ParallelStatus(
      static_cast<int>(names.size()), input.max_hash_threads, [&](int index) {
        const size_t i = static_cast<size_t>(index);
        return HashFile(input, names[i], index < input.max_open_files, digests[i], opened[i]);
      })));
  const std::string algorithm(HashAlgorithmName(input.hash_algorithm));
  for (size_t i = 0; i < names.size(); ++i) {
    cot.body.artifacts[names[i].path()] = {{algorithm, std::move(digests[i])}};
    if (opened[i].has_value()) cot.files.push_back(*std::move(opened[i]));
  }
  return absl::OkStatus();
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
  absl::StatusOr<FileListing> listing =
      scriptworker::ListFiles(input.artifact_dir, {.skip_closed = true});
  if (!listing.ok()) return Fault(listing.status());
  GeneratedCot cot;
  std::vector<ArtifactName> names;
  Sort(*std::move(listing), names, cot.skipped);
  SW_RETURN_IF_ERROR(ClearPlace(input, cot.skipped));
  const absl::Status hashed = HashFiles(input, names, cot);
  if (input.cancellation.cancelled()) return input.cancellation.reason();
  SW_RETURN_IF_ERROR(Fault(hashed));

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
