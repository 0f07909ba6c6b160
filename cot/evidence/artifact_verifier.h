// SPDX-License-Identifier: MPL-2.0
#ifndef COT_EVIDENCE_ARTIFACT_VERIFIER_H_
#define COT_EVIDENCE_ARTIFACT_VERIFIER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "cot/chain/link.h"
#include "cot/chain/link_id.h"
#include "cot/chain/violation.h"
#include "cot/evidence/cot_body.h"
#include "cot/evidence/cot_signature.h"
#include "cot/policy/policy.h"
#include "scriptworker/base/cancellation.h"
#include "scriptworker/base/logger.h"
#include "scriptworker/base/retry.h"
#include "scriptworker/base/unique_fd.h"
#include "scriptworker/http/url.h"
#include "scriptworker/taskcluster/artifact_download.h"
#include "scriptworker/taskcluster/artifact_name.h"
#include "scriptworker/taskcluster/queue.h"
#include "scriptworker/taskcluster/task_id.h"

namespace cot {

// A file whose bytes have every digest that its task's trusted chain-of-trust
// body names; only ArtifactVerifier can make one. Move-only, thread-compatible.
class VerifiedArtifact {
 public:
  const scriptworker::taskcluster::TaskId& task_id() const { return task_id_; }
  const scriptworker::taskcluster::ArtifactName& name() const { return name_; }
  const std::string& path() const { return path_; }         // WORK_DIR/cot/TASKID/NAME
  const ArtifactHashes& hashes() const { return hashes_; }  // never empty
  int64_t size() const { return size_; }
  // The very file that was hashed, readable; -1 unless it was to be kept open.
  int fd() const { return fd_.get(); }

 private:
  friend class ArtifactVerifier;
  VerifiedArtifact(const scriptworker::taskcluster::TaskId& task_id,
                   scriptworker::taskcluster::ArtifactName name, std::string path,
                   ArtifactHashes hashes, int64_t size)
      : task_id_(task_id),
        name_(std::move(name)),
        path_(std::move(path)),
        hashes_(std::move(hashes)),
        size_(size) {}

  scriptworker::taskcluster::TaskId task_id_;
  scriptworker::taskcluster::ArtifactName name_;
  std::string path_;
  ArtifactHashes hashes_;
  int64_t size_;
  scriptworker::UniqueFd fd_;
};

struct ArtifactOptions {
  std::string work_dir;  // absolute
  int64_t max_bytes = int64_t{64} << 30;
  // Default: that of taskcluster::DownloadOptions.
  std::optional<scriptworker::RetryPolicy> retry = std::nullopt;
};

// A file that nothing vouches for yet.
struct UntrustedFile {
  std::string bytes;
  // Of the task's run whose file it is, if the queue tells: it redirects to where it keeps
  // artifacts, and there they lie by task, run and name. For an artifact of storage type
  // "reference" it redirects to what the run that made it said.
  std::optional<int64_t> run_id = std::nullopt;
};

// Whether the script needs the file afterwards, or a rule reads it first.
enum class KeepOpen { kNo, kYes };

// Downloads artifacts, in one pass, into a quarantine below work_dir, and gives
// a file its place only when all its digests are right: on failure nothing
// remains. All references must outlive it. Thread-safe.
class ArtifactVerifier {
 public:
  ArtifactVerifier(const Policy& policy, scriptworker::taskcluster::TaskReader& queue,
                   scriptworker::taskcluster::ArtifactDownloader& downloader,
                   scriptworker::Logger& logger, ArtifactOptions options);

  // Violations (step 3): kIllegalArtifactName, kArtifactNotInCot,
  // kNoArtifactHash, kHashAlgorithmNotAllowed, kMalformedArtifactHash,
  // kArtifactMissing (a definite no: 404, or an error artifact),
  // kArtifactTooLarge, kArtifactHashMismatch. Other errors: EvidenceError().
  absl::StatusOr<VerifiedArtifact> Fetch(const LinkId& link, const TrustedCotBody& cot,
                                         std::string_view name, KeepOpen keep_open,
                                         const scriptworker::CancellationToken& cancellation);

  // A chain-of-trust.json or its signature, in memory only. `missing` is the violation for
  // a definite no, of step 2.
  absl::StatusOr<UntrustedFile> Read(const LinkId& link, std::string_view name, Violation missing,
                                     int64_t max_bytes,
                                     const scriptworker::CancellationToken& cancellation);

  // Where an artifact lies once it is accepted.
  std::string PathOf(const scriptworker::taskcluster::TaskId& task_id, std::string_view name) const;

 private:
  absl::StatusOr<scriptworker::http::Url> CheckedUrl(
      const LinkId& link, const scriptworker::taskcluster::ArtifactName& name,
      const scriptworker::CancellationToken& cancellation);
  scriptworker::taskcluster::DownloadOptions Options(int64_t max_bytes) const;

  const Policy& policy_;
  scriptworker::taskcluster::TaskReader& queue_;
  scriptworker::taskcluster::ArtifactDownloader& downloader_;
  scriptworker::Logger& logger_;
  const ArtifactOptions options_;
};

// Finding kArtifactPathTwice for names of one task that cannot all be files of
// one folder, beside the task's kTaskFileName and kCotBodyName, or that some program
// could take for one another: equal after percent-decoding. One for each name, at its first
// conflict.
void CheckNoPathTwice(const Link& link, const std::vector<std::string>& names,
                      std::vector<Finding>& findings);

// Whether the queue knows for sure that there is no such artifact, or has only the note of a
// failed upload.
bool IsDefinitelyMissing(const absl::Status& error);

// What an error that is no finding means: the token's reason, if it is
// cancelled; kInternal for faults of this machine; else kUnavailable.
absl::Status EvidenceError(const absl::Status& error,
                           const scriptworker::CancellationToken& cancellation);

}  // namespace cot

#endif  // COT_EVIDENCE_ARTIFACT_VERIFIER_H_
